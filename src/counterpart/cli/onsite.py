"""Errands run inside one site: `python -m counterpart.cli.onsite`, in a process of its own.

The command line itself belongs to no product, so whatever needs a site's models is an errand. Starting Django takes
longer than most errands, so a process takes a list of them on standard input and answers with a list on its last line;
what it prints before is for people.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop

Facts = dict[str, Any]
Errand = Callable[[Facts], Facts]
Asked = tuple[str, Facts]

REFUSED = 3


class Running:
    """Errands under way; started at once, so that two sites can be prepared at the same time."""

    def __init__(self, place: Place, product: Product, *asked: Asked) -> None:
        self.product, self.names = product, ", ".join(name for name, _ in asked)
        self.said: tuple[str, ...] = ()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "counterpart.cli.onsite"],
            env=place.environment(product),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin is not None
        # Facts may hold a password: standard input, unlike arguments, is not in the process list.
        self.process.stdin.write(json.dumps(asked))
        self.process.stdin.close()
        self.process.stdin = None

    def wait(self) -> None:
        if not self.said:
            self.said = self.process.communicate()

    def results(self) -> list[Facts]:
        """Waits; raises Stop with the errand's own words when it was refused or failed."""
        self.wait()
        output, complaint = self.said
        if self.process.returncode == 0:
            answers: list[Facts] = json.loads(output.strip().splitlines()[-1])
            return answers
        words = complaint.strip()
        if self.process.returncode == REFUSED:
            raise Stop(words.splitlines()[-1])
        raise Stop(f"{self.product.label}: '{self.names}' failed.\n{words}")


def run(place: Place, product: Product, errand: str, facts: Facts) -> Facts:
    return Running(place, product, (errand, facts)).results()[0]


def side_by_side(place: Place, asked: Mapping[Product, list[Asked]]) -> dict[Product, list[Facts]]:
    """Errands on each site named, both sites at the same time."""
    running = {product: Running(place, product, *errands) for product, errands in asked.items()}
    # All are waited for before any is judged: a refusal must not leave another one working unseen.
    for process in running.values():
        process.wait()
    return {product: process.results() for product, process in running.items()}


def main() -> int:
    import django

    asked: list[Asked] = json.loads(sys.stdin.read())
    django.setup()
    try:
        answers = [errands()[name](facts) for name, facts in asked]
    except Stop as refusal:
        sys.stderr.write(f"{refusal}\n")
        return REFUSED
    sys.stdout.write(json.dumps(answers) + "\n")
    return 0


def errands() -> dict[str, Errand]:
    from counterpart.cli.errands import demo, people, prepare, tokens

    return {
        "prepare": prepare.prepare,
        "connect": prepare.connect,
        "administrator": people.create_administrator,
        "demo-load": demo.load,
        "demo-remove": demo.remove,
        "token": tokens.create,
    }


def command_output(*arguments: str, **options: Any) -> str:
    """Run a management command of this site and return what it printed."""
    from django.core.management import call_command

    written = io.StringIO()
    call_command(*arguments, stdout=written, **options)
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
