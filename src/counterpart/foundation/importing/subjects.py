"""What a product lets people import: one subject for each kind of record, and what it has to be able to do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django import forms

from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.columns import Fields, Record
from counterpart.foundation.importing.models import ImportMark
from counterpart.foundation.importing.staging import Staged
from counterpart.foundation.importing.tallies import Tally


@dataclass(frozen=True, slots=True)
class Line:
    """A row under way: its place in the file, what it says by field, and its cells as they were."""

    number: int
    record: Record
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A record a row made or changed, for the undo."""

    kind: str
    object_id: UUID
    action: str
    label: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that looks like somebody who is here; ``candidates``: [{"id", "score", "reasons"}], best first."""

    label: str
    details: Sequence[str]
    candidates: Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Outcome:
    """What became of a row: created, updated, skipped or failed, the last two with the reason."""

    action: str
    reason: str = ""
    marks: list[Mark] = field(default_factory=list)
    doubt: Doubt | None = None


CREATED: Final = "created"
UPDATED: Final = "updated"
SKIPPED: Final = "skipped"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class Context:
    """Who imports what, as chosen; ``rehearsing``: everything is going to be taken back."""

    run_id: UUID
    actor: Actor
    options: Mapping[str, Any]
    staged: Staged
    rehearsing: bool = False
    held: bool = False
    is_demo: bool = False


class Importer(Protocol):
    """What a subject does with the rows of one file."""

    headings: tuple[str, ...]

    def keys(self, record: Record) -> Iterable[tuple[str, str]]:
        """What tells rows of the file apart or makes them the same: (sort, value)."""

    def together(self, record: Record) -> object:
        """Rows following each other for which this is the same are dealt with together; None: each by itself."""

    def prepare(self, lines: Sequence[Line]) -> object:
        """Whatever has to be found out before the transaction, such as from the other product."""

    def take(self, lines: Sequence[Line], at: datetime, tally: Tally, prepared: object) -> list[Outcome]:
        """Deal with the rows, inside a transaction; an answer for each. Raises Forbidden."""


class Undoer(Protocol):
    """What a subject does with what its imports made."""

    def undo(self, marks: Sequence[ImportMark], at: datetime) -> list[str]:
        """Take back what these marks say, newest first; for each '' or why it has to stay."""

    def release(self, marks: Sequence[ImportMark], at: datetime) -> None:
        """Offer what was held back to the other product (IMP-8)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """``needs_one_of``: fields of which a file must have at least one. ``back``: the name of the list's address.

    ``importer`` raises Refused for options that make no sense. ``template_name``: what the example file is called.
    """

    key: str
    title: str
    noun: str
    back: str
    rights: tuple[str, ...]
    fields: Fields
    needs_one_of: tuple[str, ...]
    form: Callable[..., forms.Form]
    importer: Callable[[Context], Importer]
    undoer: Callable[[Actor], Undoer]
    what: Callable[[Mapping[str, Any]], str] = lambda _options: ""
    """Tells an import of a file from another of the same file by its options."""
    hint: str = ""
    """What should be known before choosing a file."""
    identify: Callable[[Iterable[UUID], Actor], Mapping[UUID, Mapping[str, str]]] | None = None
    """For the review: how the records a row looks like are shown to this person: name, address, line."""


_subjects: Final[dict[str, Subject]] = {}


def register_import(subject: Subject) -> None:
    """Make a subject known; in a site's ``ready``."""
    _subjects[subject.key] = subject


def subject_of(key: str) -> Subject:
    """The subject with this key."""
    return _subjects[key]
