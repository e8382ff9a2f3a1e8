"""Django's own commands, in the site named: `counterpart practice [--data DIR] COMMAND …`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from counterpart.cli import folder
from counterpart.cli.place import Place, Product, data_folder, enter_site


def run(product: Product, arguments: list[str]) -> None:
    """Turns this process into a management command of the site. A leading --data DIR is ours."""
    given: Path | None = None
    if arguments[:1] == ["--data"] and len(arguments) > 1:
        given, arguments = Path(arguments[1]), arguments[2:]
    data = data_folder(given)
    folder.create(data)
    enter_site(folder.place(data), product)
    from django.core.management import ManagementUtility

    ManagementUtility([f"counterpart {product.value}", *arguments]).execute()


def start(place: Place, product: Product, *arguments: str) -> subprocess.Popen[str]:
    """A management command in a process of its own, its output captured."""
    return subprocess.Popen(
        [sys.executable, "-m", "counterpart.cli", product.value, *arguments],
        env=place.environment(product),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
