"""What the commands print: sentences for people on the terminal, a refusal as one sentence and status 1."""

from __future__ import annotations

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)


class Stop(Exception):
    """Ends the command; the text tells the user what to do. Never carries a traceback to the terminal."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def line(text: str = "") -> None:
    out.print(text, markup=False)


def warn(text: str) -> None:
    err.print(text, markup=False, style="yellow")
