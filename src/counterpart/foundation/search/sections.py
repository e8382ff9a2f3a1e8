"""What the pages show of each kind of record that can be found: the products say so, the pages know none of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor

ME: Final = "me"
DAYS: Final = (("7", "Last 7 days"), ("30", "Last 30 days"), ("365", "Last 12 months"))


@dataclass(frozen=True, slots=True)
class Hit:
    """One record as it stands among what is found."""

    id: Any
    url: str
    name: str
    number: str = ""
    detail: str = ""
    """Whatever tells it from another of the same name."""
    status: str = ""
    """In words, where it is not an ordinary active one (SRC-4)."""
    why: str = ""
    """Where the words were found, if that is not to be seen here (SRC-5)."""
    state: Any = None
    """The state of its link, for ``dot``."""
    icon: str = "user"


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be created from a text that finds nothing (SRC-6)."""

    label: str
    url: str
    dialog: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A way of narrowing what is found (SRC-8)."""

    name: str
    label: str
    choices: Callable[[Actor], Sequence[tuple[str, str]]]
    narrow: Callable[[QuerySet[Any], str, Actor], QuerySet[Any]]
    column: str = ""
    """What the hits of each choice are counted by; empty where choices overlap."""


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record on the pages of the search."""

    name: str
    """As it stands in the address."""
    label: str
    noun: str
    right: str
    visible: Callable[[Actor], QuerySet[Any]]
    hits: Callable[[Actor, Sequence[Any], str], list[Hit]]
    """The records as hits of a text, in their order, with a constant number of statements."""
    finds: str
    """What finds such a record, in words."""
    offer: Callable[[Actor, str], Offer | None]
    dot: str
    """The template that shows the state of a link."""
    facets: Sequence[Facet] = field(default=())
    notices: Callable[[Actor, str], Iterable[str]] = lambda _actor, _text: ()
    """Further sentences, such as whose a number was."""


_sections: list[Section] = []


def register_section(section: Section) -> None:
    """Show a kind of record among what is found, after those registered before; once, in the site's wiring."""
    _sections.append(section)


def sections_for(actor: Actor) -> list[Section]:
    """The kinds of records this person may see at all (SRC-7)."""
    return [section for section in _sections if actor.may(section.right)]


def by_column(name: str, label: str, column: str, choices: Callable[[], Iterable[tuple[Any, Any]]]) -> Facet:
    """Narrow by the value of a column; ``choices`` are value and label of each."""
    return Facet(
        name,
        label,
        lambda _actor: [(str(value), str(said)) for value, said in choices()],
        lambda rows, value, _actor: rows.filter(**{column: value}),
        column,
    )


def by_person(name: str, label: str, column: str, people: Callable[[], Iterable[tuple[Any, str]]]) -> Facet:
    """Narrow by somebody named on the record; oneself first."""
    return Facet(
        name,
        label,
        lambda _actor: [(ME, "Me"), *((str(value), said) for value, said in people())],
        lambda rows, value, actor: rows.filter(**{column: actor.user_id if value == ME else value}),
        column,
    )


def by_days(name: str, label: str, column: str) -> Facet:
    """Narrow to records whose moment or day is not long ago."""

    def narrow(rows: QuerySet[Any], value: str, _actor: Actor) -> QuerySet[Any]:
        since = clock.now() - timedelta(days=int(value))
        is_day = rows.model._meta.get_field(column).get_internal_type() == "DateField"  # noqa: SLF001 - Django's public door
        return rows.filter(**{f"{column}__gte": since.date() if is_day else since})

    return Facet(name, label, lambda _actor: DAYS, narrow)


def names_of(text: str) -> dict[str, str]:
    """What was typed as the names of a new contact: the last word is the last name."""
    first, _, last = text.rpartition(" ")
    return {"first": first.strip(), "last": last} if first.strip() else {"last": last}
