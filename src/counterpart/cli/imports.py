"""`counterpart import-contacts` and `import-matters`: a progress bar around the product's own import command.

The command runs in this very process, so that killing what the user started kills the import; the product commits
how far it came with each chunk, and the same command goes on from there.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from counterpart.cli.memory import collect_rarely
from counterpart.cli.place import Place, Product, enter_site
from counterpart.cli.say import Stop, err, line

FAILED_ROWS_STATUS = 2


Choice = str | bool | list[str]


def contacts(place: Place, product: Product, file: Path, **choices: Choice) -> None:
    """Contacts into either product; see ``run``."""
    run(place, product, "import_contacts", file, **choices)


def matters(place: Place, file: Path, **choices: Choice) -> None:
    """Matters with their parties into Practice Management, where matters begin; see ``run``."""
    run(place, Product.PRACTICE, "import_matters", file, **choices)


def run(place: Place, product: Product, command: str, file: Path, **options: Choice) -> None:
    """Status 2 when rows were refused: the others are in, and the file named holds the rest with their reasons."""
    if not file.is_file():
        raise Stop(f"There is no file {file}.")
    enter_site(place, product)
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    collect_rarely()
    with bar(file.name) as progress:
        reader = ProgressReader(progress)
        try:
            call_command(command, str(file.resolve()), porcelain=True, stdout=reader, **options)
        except CommandError as refusal:
            raise Stop(str(refusal)) from None
    if options["undo"]:
        line(f"{product.label}: {reader.last['created']} changes taken back, {reader.last['failed']} left as they are.")
        return
    tell(product, reader.last, dry_run=bool(options["dry_run"]))
    if reader.last.get("failed"):
        raise Stop("", FAILED_ROWS_STATUS)


def bar(title: str) -> Progress:
    return Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )


class ProgressReader(io.StringIO):
    """Stands in for the command's output: every line is one JSON object about how far it came."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress, self.task = progress, progress.add_task("rows", total=None)
        self.last: dict[str, Any] = {}

    def write(self, text: str) -> int:
        for each in text.splitlines():
            if each.strip():
                self._take(json.loads(each))
        return len(text)

    def _take(self, facts: dict[str, Any]) -> None:
        self.last = {**self.last, **facts}
        if "total" in facts:
            self.progress.update(self.task, completed=facts["done"], total=facts["total"])


def tell(product: Product, facts: dict[str, Any], *, dry_run: bool) -> None:
    from counterpart.foundation.importing.tallies import counted, in_words

    failed = counted(facts.get("failed", 0), "row")
    made = in_words(facts.get("counts", {}))
    if facts.get("resumed") and facts["resumed"] == facts["total"]:
        line(f"This file was imported before: {made}, {failed} refused. --again imports it once more.")
        return
    if facts.get("resumed"):
        line(f"An earlier run had come to row {facts['resumed']}; went on from there.")
    more = [
        f"{counted(facts[name], 'row')} {word}"
        for name, word in (("updated", "changed"), ("skipped", "left out"))
        if facts.get(name)
    ]
    for remark in facts.get("remarks", ()):
        line(remark)
    done = "would be imported" if dry_run else "imported"
    line(f"{product.label}: {made} {done}, {''.join(f'{text}, ' for text in more)}{failed} refused.")
    if facts.get("failed_file"):
        line(f"The refused rows, each with its reason: {facts['failed_file']}")
