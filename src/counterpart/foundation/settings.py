"""What the person who runs the server can set: environment (COUNTERPART_…) or counterpart.toml."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

DATA_DEFAULT = "counterpart-data"


def data_folder() -> Path:
    """Return the data folder; only the environment can name it, the rest may stand in its counterpart.toml."""
    return Path(os.environ.get("COUNTERPART_DATA") or DATA_DEFAULT).expanduser().resolve()


class ServerSettings(BaseSettings):
    """The settings of one installation; the environment wins over counterpart.toml in the data folder."""

    model_config = SettingsConfigDict(env_prefix="COUNTERPART_", extra="ignore")

    data: Path = Field(default_factory=data_folder, description="Folder for databases, secrets, sockets and logs.")
    practice_database_url: str = Field("", description="postgres://… for Practice Management; empty means SQLite.")
    accounting_database_url: str = Field("", description="postgres://… for Legal Accounting; empty means SQLite.")
    practice_url: str = Field("http://127.0.0.1:8701", description="Public address of Practice Management.")
    accounting_url: str = Field("http://127.0.0.1:8702", description="Public address of Legal Accounting.")
    firm_name: str = Field("", description="Name of the firm, shown beside the product name.")
    allowed_hosts: list[str] = Field(default_factory=list, description="Further host names the sites answer to.")
    trusted_proxy_count: int = Field(0, ge=0, le=5, description="Reverse proxies in front that set X-Forwarded-For.")
    database_pool_size: int = Field(8, ge=1, le=100, description="PostgreSQL connections per process.")
    sweep_at: str = Field(
        "02:30", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="When the nightly sweep begins, UTC."
    )
    mail_host: str = Field("", description="Mail server for alerts; empty: alerts are shown, not sent.")
    mail_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    mail_security: Literal["starttls", "tls", "none"] = Field("starttls", description="How mail is encrypted.")
    mail_user: str = Field("", description="Name to sign in with at the mail server, if it asks for one.")
    mail_password: str = Field("", description="Password for that; better set in the environment than in the file.")
    mail_from: str = Field("counterpart@localhost", description="Sender of the mails.")
    session_hours: int = Field(12, ge=1, le=720, description="Hours until a sign-in lapses.")
    debug: bool = Field(default=False, description="Django's debug pages. Never in production.")

    @field_validator("practice_url", "accounting_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("an address must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of the sources: arguments, environment, counterpart.toml."""
        del dotenv_settings, file_secret_settings
        toml = TomlConfigSettingsSource(settings_cls, toml_file=data_folder() / "counterpart.toml")
        return init_settings, env_settings, toml
