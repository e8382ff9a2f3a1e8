"""What a product gives the engine for each kind of record: the only door between the two.

A handler turns columns into register values and back. It is called inside the engine's transactions, always with
whole batches, and must use a constant number of SQL statements per call.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from counterpart.protocol.registers import Register

Values = dict[str, Any]
"""Register name -> value; None is empty."""


@dataclass(frozen=True, slots=True)
class Author:
    """The person who made a change at its origin; ``at_ms`` is milliseconds since 1970 by the origin's clock."""

    name: str
    email: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A record born at the peer, to be created here under ``local_id``."""

    sync_id: UUID
    local_id: UUID
    values: Values
    authors: Mapping[str, Author]
    author: Author
    """Who made the newest change in this state."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """Changes of the peer to a record we hold. ``before``: what ``read`` gave in this transaction."""

    sync_id: UUID
    local_id: UUID
    before: Values
    changed: Values
    authors: Mapping[str, Author]
    author: Author


@dataclass(frozen=True, slots=True)
class Closure:
    """The peer has closed its record ('archived') or reopened it ('active'): told, not asked (section 16)."""

    local_id: UUID
    presence: str
    author: Author


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason for which a record (or one register of it) can't be stored; permanent until something changes.

    ``register`` empty: the record as a whole. ``detail`` may name what the remedy needs, for example
    ``{"holder": "<sync_id>", "number": "40"}`` for ``number_in_use``. No names of people in ``text``: the other
    site shows the holder to those who may see it.
    """

    code: str
    text: str
    register: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """A record was written, a new one or a changed one. ``own``: registers this site itself decided in doing so (a
    number, say), as new local edits by this site. ``refusal``: one register was not stored although the rest was.
    """

    own: Values = field(default_factory=dict)
    refusal: Refusal | None = None


Outcome = Stored | Refusal


@dataclass(frozen=True, slots=True)
class Label:
    """How a record is called on this site's pages."""

    name: str
    number: str
    url: str


class Handler(Protocol):
    """One per kind of record and product; registered once, in the site's wiring."""

    kind: str
    registers: Mapping[str, Register]
    requires_number: bool
    """Whether a linked record is pending until the register ``number`` has a value."""

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, Values]:
        """Register values from the columns: every register of ``registers`` that is not ``kept`` (those the engine
        keeps; one that waits to be told with a record never offered may be among them). Records that do not exist, or
        are deleted, are absent. One statement.
        """

    def prepare(self, local_ids: Sequence[UUID], *, actor: Any, at: datetime) -> None:
        """Give what these records refer to a sync identity (``sync.identify``); called before they are exchanged for
        the first time. Nothing to do for a kind without such registers.
        """

    def excluded(self, local_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Those of the records that are not exchanged as they are now, each with the reason its gray link shows. Only
        records never offered may be among them.
        """

    def check(self, values: Values) -> Refusal | None:
        """The contract's rules on values received (format, length); None when all of them can be stored exactly."""

    def everything(self) -> QuerySet[Any]:
        """All records of this kind that are not deleted, whoever may see them: for counts and *sync all*."""

    def admit(self, newcomers: Sequence[Newcomer], at: datetime) -> dict[UUID, Outcome]:
        """Create the local records and their history. Key of the answer: sync_id. The product's own permissions and
        required-field options do not apply (CON-8, ADR-7, PER-4).
        """

    def amend(self, amendments: Sequence[Amendment], at: datetime) -> dict[UUID, Outcome]:
        """Write the changed registers and their history, leaving everything else untouched (GEN-6). Key: sync_id."""

    def follow(self, closures: Sequence[Closure], at: datetime) -> set[UUID]:
        """Close and reopen what the peer closed and reopened, if the firm lets records follow (IMP-10). Returns the
        local ids of those that did, which the engine then tells the peer.
        """

    def labels(self, local_ids: Iterable[UUID]) -> dict[UUID, Label]:
        """Name, number and page of each record, for lists and messages. Check visibility separately."""

    def visible(self, user: Any) -> QuerySet[Any]:
        """The records this user may see (primary key ``id`` = local_id), as the product's own lists define it."""

    def register_label(self, register: str) -> str:
        """The register in this product's words: 'Reference', 'Contact number', 'E-mail'."""

    def overwrite(self, *, local_id: UUID, register: str, value: Any, actor: Any, at: datetime) -> None:
        """An ordinary edit by ``actor`` that gives one register this value: *use the other value* of a conflict.
        Raises what the product's edit operation raises.
        """

    def delete(self, *, local_id: UUID, actor: Any, at: datetime) -> None:
        """The product's own deletion with its own checks: *delete here too*."""


class MergingHandler(Handler, Protocol):
    """The handler of a kind whose records can be duplicates: the one with the register ``merged_into`` (section 16)."""

    def absorb(self, survivor: UUID, loser: UUID, *, asked: bool, author: Author, at: datetime) -> None:
        """Merge ``loser`` into ``survivor``: move all that points at it and leave a tombstone.

        ``asked``: Practice Management asks and this site decides; it calls ``sync.absorb`` itself, and raises Blocked
        with a sentence for whoever asked if it will not. Otherwise the peer has decided and this site follows:
        registers that both write are left alone, they arrive with the survivor's own state.
        """

    def separate(self, survivor: UUID, loser: UUID, *, asked: bool, author: Author, at: datetime) -> None:
        """Undo that merge, by the same rules. ``asked``: calls ``sync.separate`` itself, raises Blocked."""


PolicyBlock = Callable[[], dict[str, Any]]
"""Facts of a product that its peer should know (numbering switches, restricted e-mail addresses, user e-mails, …);
travels in every beat. Keep it under 64 KB."""

QuestionAnswer = Callable[[dict[str, Any]], dict[str, Any]]
"""Answers a live question of the peer, for example 'is this number free?'."""
