"""What can be found: a product says of each kind of record which columns its words come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models

from counterpart.foundation.search.models import Entry

EVENTS: Final = ("INSERT", "UPDATE", "DELETE")
JOIN: Final = "{join}"
"""In a subject's SQL: the engine's function that joins the texts of several rows."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that a record's words come from: a change of them writes its entry anew.

    ``records`` is SQL for the ids of the records concerned; ``{row}`` is the row that came, changed or went.
    """

    model: type[models.Model]
    columns: Sequence[str]
    """A change of other columns concerns no entry."""
    records: str
    events: Sequence[str] = EVENTS
    """Whether a row that comes or goes concerns entries too: not where other rows make it part of a record, which come
    after it and go before it.
    """


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of record. The SQL is the same on both engines; ``r`` is the record's row."""

    kind: str
    model: type[models.Model]
    entry: type[Entry]
    columns: Sequence[str]
    """The record's own columns that the SQL below reads."""
    place: str
    sort: str
    numbers: str
    text: str
    folds: Sequence[str]
    """The columns that ``folded`` reads."""
    folded: Callable[[Mapping[str, Any]], str]
    """The value of ``search_text`` from a row's columns, to fold all anew when the way of folding has changed."""
    sources: Sequence[Source] = field(default=())

    @property
    def table(self) -> str:
        return self.model._meta.db_table  # noqa: SLF001 - Django's public door

    @property
    def entries(self) -> str:
        return self.entry._meta.db_table  # noqa: SLF001 - as above


_subjects: dict[type[models.Model], Subject] = {}


def register_subject(subject: Subject) -> None:
    """Let records of a kind be found; once, in the site's wiring."""
    _subjects[subject.model] = subject


def subjects() -> list[Subject]:
    """Every kind of record of this product that can be found."""
    return list(_subjects.values())


def subject_of(model: type[models.Model]) -> Subject:
    """The subject whose records these are."""
    return _subjects[model]


def joined(rows: str) -> str:
    """SQL for the texts of several rows as one; ``rows`` selects them as ``words``, in an order that stays."""
    return f"COALESCE((SELECT {JOIN}(parts.words, ' ') FROM ({rows}) AS parts), '')"  # noqa: S608 - constants of ours


def former_words(kind: str) -> str:
    """SQL for what a record was called before, of the rows the conflict check keeps as well."""
    table = "foundation_conflicts_formername"
    return joined(
        f"SELECT folded AS words FROM {table} WHERE object_type = '{kind}' AND object_id = r.id ORDER BY id"  # noqa: S608 - constants of ours
    )


def former_source(kind: str) -> Source:
    """The rows ``former_words`` reads."""
    from counterpart.foundation.conflicts.models import FormerName  # noqa: PLC0415 - models exist only now

    return Source(FormerName, ("folded",), f"SELECT {{row}}.object_id AS record WHERE {{row}}.object_type = '{kind}'")
