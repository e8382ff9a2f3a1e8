"""The two sites as the command line knows them: where their data lies, which settings run them."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from counterpart.cli.say import Stop
from counterpart.foundation.settings import ServerSettings


class Product(StrEnum):
    PRACTICE = "practice"
    ACCOUNTING = "accounting"

    @property
    def label(self) -> str:
        return {"practice": "Practice Management", "accounting": "Legal Accounting"}[self.value]

    @property
    def settings_module(self) -> str:
        return f"counterpart.sites.{self.value}.settings"

    @property
    def url_field(self) -> str:
        return f"{self.value}_url"

    @property
    def url_variable(self) -> str:
        return f"COUNTERPART_{self.value.upper()}_URL"

    @property
    def default_port(self) -> int:
        return {"practice": 8701, "accounting": 8702}[self.value]

    @property
    def peer(self) -> Product:
        return Product.ACCOUNTING if self is Product.PRACTICE else Product.PRACTICE


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder and the addresses under which its two sites are reached."""

    data: Path
    ports: dict[Product, int]

    def url(self, product: Product) -> str:
        """The public address: what the firm set (a proxy, another machine), else this machine's port."""
        return configured_urls(self.data).get(product, self.local_url(product))

    def local_url(self, product: Product) -> str:
        return f"http://127.0.0.1:{self.ports[product]}"

    def environment(self, product: Product) -> dict[str, str]:
        """What a child process of this product is given: its settings, the folder and both addresses."""
        environment = dict(os.environ)
        environment["COUNTERPART_DATA"] = str(self.data)
        environment["DJANGO_SETTINGS_MODULE"] = product.settings_module
        environment["PYTHONUNBUFFERED"] = "1"
        for each in Product:
            environment[each.url_variable] = self.url(each)
        return environment


def data_folder(given: Path | None) -> Path:
    """--data, else COUNTERPART_DATA, else ./counterpart-data; always absolute."""
    return (given or Path(os.environ.get("COUNTERPART_DATA") or "counterpart-data")).expanduser().resolve()


def configured_urls(data: Path) -> dict[Product, str]:
    """Addresses the firm wrote into the environment or counterpart.toml; they win over the ports."""
    os.environ["COUNTERPART_DATA"] = str(data)
    try:
        settings = ServerSettings()
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise Stop(f"The settings (environment or {data}/counterpart.toml) are not usable: {reason(error)}") from None
    written = settings.model_dump(include=settings.model_fields_set)
    return {each: str(written[each.url_field]) for each in Product if each.url_field in written}


def reason(error: ValidationError | tomllib.TOMLDecodeError) -> str:
    if isinstance(error, tomllib.TOMLDecodeError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())


def enter_site(place: Place, product: Product) -> None:
    """Make this process a process of `product`; from here on there is no way back."""
    os.environ.update(place.environment(product))
