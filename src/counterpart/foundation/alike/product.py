"""What a product says of its contacts so that they can be compared and merged; registered once, in its wiring."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.errors import Blocker
from counterpart.foundation.history import NewEvent

Columns = Mapping[str, Any]
"""A contact's own columns by name; what a history event says of a new contact will do."""


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as a person who may see it is shown it beside a form or in a group (WIN-5)."""

    id: UUID
    name: str
    kind: str
    number: str
    city: str
    reach: str
    """An e-mail address or else a phone number."""
    url: str
    is_closed: bool
    uses: str
    """On how many matters or files it is, in words."""
    copy: Mapping[str, str] = field(default_factory=dict)
    """Boxes of the form and what *Copy details* puts into those that are empty."""


@dataclass(frozen=True, slots=True)
class MergeField:
    """A part of a contact that is taken from one of the merged contacts as a whole, or united from all."""

    name: str
    label: str
    columns: tuple[str, ...]
    lines: Callable[[tuple[Any, ...]], list[str]]
    """The value in words, a line each; none for an empty one."""
    unite: Callable[[Sequence[tuple[Any, ...]]], tuple[Any, ...]] | None = None
    """All values as one, the survivor's first; None where only one can be kept."""


@dataclass(frozen=True, slots=True)
class Held:
    """A contact about to be merged."""

    id: UUID
    label: str
    number: str
    version: int
    columns: dict[str, Any]
    url: str
    is_closed: bool = False


@dataclass(slots=True)
class Moved:
    """What pointed at the losers and now points at the survivor: how many of each, before and after, and the events."""

    counts: dict[str, int] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    events: list[NewEvent] = field(default_factory=list)


Route = Literal["here", "ask"]
"""Whether this product merges by itself or asks the other one, which decides (sync-protocol 16)."""


class Product(Protocol):
    """One for each product."""

    number_word: str
    """What the number of a contact is called."""
    list_url_name: str
    """The list of contacts."""
    key_fields: frozenset[str]
    """The columns, as history names them, a face is made of."""
    alias_max: int

    def fields(self, survivor: Held, actor: Actor) -> Sequence[MergeField]:
        """What can be chosen, in the order of the form, in words this person may read."""

    def face(self, columns: Columns) -> Face:
        """The contact as it is compared; columns may be missing."""

    def posted(self, data: QueryDict, actor: Actor) -> dict[str, Any]:
        """The columns ``face`` needs as they stand in the product's contact form, half-filled as it may be; only what
        the person may read, so that nobody can try values out.
        """

    def columns(self, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        """What ``face`` needs of contacts that are neither deleted nor groups; one statement."""

    def holders(self, number_keys: Collection[str]) -> dict[str, list[UUID]]:
        """The contacts that have a number, or ask for it, by the number as it is compared."""

    def everything(self) -> QuerySet[Any]:
        """Every contact that is neither deleted nor a group."""

    def visible(self, actor: Actor) -> QuerySet[Any]:
        """The contacts this person may see."""

    def cards(self, ids: Iterable[UUID], actor: Actor) -> dict[UUID, Card]:
        """How these contacts are shown; the caller asks only for those the person may see."""

    def lock(self, ids: Sequence[UUID]) -> None:
        """Lock the links of the contacts and of all that points at them: first statement of the transaction."""

    def hold(self, ids: Sequence[UUID]) -> dict[UUID, Held]:
        """Lock the contacts and return those that are not deleted, as they are now."""

    def blockers(self, actor: Actor, survivor: Held, losers: Sequence[Held]) -> list[Blocker]:
        """What stands in the way of merging these (DUP-9)."""

    def route(self, survivor: UUID, loser: UUID) -> Route:
        """Who decides about this pair."""

    def ask(self, survivor: UUID, loser: UUID, *, actor: Actor, at: datetime) -> None:
        """Ask the other product to merge."""

    def withdraw(self, loser: UUID, *, actor: Actor, at: datetime) -> None:
        """Take the question back."""

    def ask_apart(self, survivor: UUID, loser: UUID, *, actor: Actor, at: datetime) -> None:
        """Ask the other product to undo its merge."""

    def trouble(self, loser: UUID) -> str:
        """Why the other product has refused what was asked about this contact; '' if it has not."""

    def completed(self, holders: Sequence[Held], after: dict[str, Any]) -> dict[str, Any]:
        """The survivor's fields as chosen, with what a loser's field held and another field has room for."""

    def linked_along(self, survivor: Held, loser: Held, after: dict[str, Any]) -> dict[str, Any]:
        """The survivor's columns with the number, if of the two only the loser is linked (DUP-10)."""

    def followed(self, survivor: Held, loser: Held) -> dict[str, Any]:
        """The survivor's columns after the other product decided: only what it does not send by itself."""

    def move(self, survivor: Held, loser: Held, *, actor: Actor, at: datetime) -> Moved:
        """Let everything that points at the loser point at the survivor (DUP-8)."""

    def write(
        self,
        survivor: Held,
        loser: Held,
        after: dict[str, Any],
        moved: Moved,
        *,
        decided: bool,
        actor: Actor,
        at: datetime,
    ) -> None:
        """Write the survivor, leave the loser as a tombstone and tell the link. ``decided``: it knows already."""

    def changed_since(self, merge_records: Mapping[str, Any], actor: Actor) -> list[Blocker]:
        """What was moved and has changed since, so that it can't go back (DUP-11); what the actor may not see is only
        counted.
        """

    def move_back(self, merge_records: Mapping[str, Any], *, actor: Actor, at: datetime) -> list[NewEvent]:
        """Let what was moved point at the loser again."""

    def write_apart(
        self,
        survivor: Held,
        loser: UUID,
        after: dict[str, Any],
        merge_records: Mapping[str, Any],
        *,
        decided: bool,
        actor: Actor,
        at: datetime,
    ) -> list[NewEvent]:
        """Write the survivor, bring the loser back and tell the link."""

    def preview(self, survivor: Held, losers: Sequence[Held], actor: Actor) -> dict[str, int]:
        """How many of each would move."""


_product: list[Product] = []


def register(product: Product) -> None:
    """Say what this process's contacts are; once."""
    _product[:] = [product]


def product() -> Product:
    """The product of this process."""
    return _product[0]


def is_registered() -> bool:
    """Whether there is a product: not in tools that load only parts of it."""
    return bool(_product)


KIND: Final = "contact"
