"""What an import makes, counted and shown: for the dry run and for the words at the end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

EXAMPLES_MAX: Final = 20
REMARKS_MAX: Final = 50


@dataclass(slots=True)
class Tally:
    """``counts``: records made, by what they are called. ``remarks``: sentences a person should read before going on.

    ``examples``: the first records as rows of a table whose headings are ``headings``. ``goes``: records that would go
    to the other product.
    """

    headings: Sequence[str] = ()
    counts: Counter[str] = field(default_factory=Counter)
    remarks: dict[str, None] = field(default_factory=dict)
    examples: list[Sequence[str]] = field(default_factory=list)
    goes: int = 0

    def count(self, noun: str, number: int = 1) -> None:
        """Count records made."""
        if number:
            self.counts[noun] += number

    def remark(self, sentence: str) -> None:
        """Say something once."""
        if len(self.remarks) < REMARKS_MAX:
            self.remarks[sentence] = None

    def show(self, *cells: str) -> None:
        """One of the records, if there is still room."""
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append(cells)

    def added_to(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Everything so far, with what is kept of the chunks before."""
        counts = Counter(kept.get("counts", {}))
        counts.update(self.counts)
        remarks = list(dict.fromkeys([*kept.get("remarks", ()), *self.remarks]))[:REMARKS_MAX]
        examples = [*kept.get("examples", ()), *map(list, self.examples)][:EXAMPLES_MAX]
        goes = kept.get("goes", 0) + self.goes
        return {**kept, "counts": dict(counts), "remarks": remarks, "headings": list(self.headings),
                "examples": examples, "goes": goes}  # fmt: skip


def in_words(counts: Mapping[str, int]) -> str:
    """'12 contacts, 3 matters and 1 party'; 'nothing' when nothing was made."""
    said = [counted(number, noun) for noun, number in sorted(counts.items()) if number]
    if len(said) < 2:  # noqa: PLR2004 - one thing needs no 'and'
        return "".join(said) or "nothing"
    return f"{', '.join(said[:-1])} and {said[-1]}"


def counted(number: int, noun: str) -> str:
    """The number with its noun, in the plural where it belongs."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"
