"""What became of the rows of a chunk, while it is being made."""

from dataclasses import dataclass, field

from counterpart.foundation.importing.subjects import Mark


@dataclass(slots=True)
class Made:
    """What became of the rows of a chunk: why each was refused, or what it made; the rest was here already."""

    reasons: list[str]
    marks: dict[int, list[Mark]] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    """Rows that added to, or changed, a matter that was here."""
    created: set[int] = field(default_factory=set)
    """Rows of matters that were made."""

    def mark(self, place: int, mark: Mark) -> None:
        """Note what a row made or changed."""
        self.marks.setdefault(place, []).append(mark)
