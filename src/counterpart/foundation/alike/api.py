"""Alike contacts and merging for programs, the same in both products (DUP-4, DUP-11, API-9)."""

from typing import Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.asking import alike
from counterpart.foundation.alike.cards import HIDDEN, Seen, seen_by
from counterpart.foundation.alike.choosing import NAMES, Row
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.merges import undoable
from counterpart.foundation.alike.merging import (
    TOGETHER_MAX,
    Preview,
    merge_contacts,
    preview,
    withdraw,
)
from counterpart.foundation.alike.models import Merge
from counterpart.foundation.alike.product import product
from counterpart.foundation.alike.undoing import undo_merge
from counterpart.foundation.api.making import answer
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocker, Missing

MATCHES_MAX: Final = 20


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class MatchOut(Schema):
    """A contact that could be the same. One the caller may not see has no id, name or reasons: only ``detail``."""

    contact_id: UUID | None
    name: str
    number: str
    score: int
    strong: bool
    closed: bool
    reasons: list[str]
    detail: str


class MatchesOut(Schema):
    """The matches, best first."""

    items: list[MatchOut]


class MergeIn(_Strict):
    """What to merge into the contact of the address, or, with ``survivor``, which of them all stays."""

    contacts: list[UUID] = Field(min_length=1, max_length=TOGETHER_MAX - 1, description="The other contacts.")
    survivor: UUID | None = Field(None, description="Which one stays; the contact of the address unless given.")
    field_choices: dict[str, str] = Field(
        default_factory=dict,
        description="By field, the id of the contact whose value is kept, or 'all' to unite values. Left out: the "
        "survivor's, or the first there is; lists are united.",
    )
    add_names: bool = Field(default=True, description="The names of those that go away become aliases.")
    dry_run: bool = Field(default=False, description="Say what would happen and change nothing.")


class BlockerOut(Schema):
    """One reason why it is not possible now."""

    message: str
    url: str
    count: int


class MergeFieldOut(Schema):
    """A field of the contacts side by side, and what it will be."""

    name: str
    label: str
    state: Literal["equal", "different", "missing"]
    values: dict[str, list[str]] = Field(description="By contact, the value in words.")
    united: list[str] | None
    result: list[str]


class MergePreviewOut(Schema):
    """What a merge would do. ``asked``: contacts about which the other product decides."""

    survivor: UUID
    contacts: list[UUID]
    asked: list[UUID]
    fields: list[MergeFieldOut]
    moves: dict[str, int]
    blockers: list[BlockerOut]


class MergeOut(Schema):
    """A merge: done, waiting for the other product, or undone. ``problem``: why the other product refuses it."""

    id: UUID
    survivor: UUID
    contact: UUID
    state: str
    moved: dict[str, int]
    problem: str


class MergedOut(Schema):
    """What became of each contact."""

    survivor: UUID
    merges: list[MergeOut]


def matches_answer(actor: Actor, face: Face, except_for: UUID | None) -> HttpResponse:
    """Answer ``POST /contacts/check-duplicates`` with ``MatchesOut``; products read the contact in their own shape."""
    actor.require("contact.read")
    seen = seen_by(actor, alike(face, except_for=except_for), at_most=MATCHES_MAX)
    return answer({"items": [_match(one) for one in seen]})


def router() -> Router:
    """Return the routes of merging."""
    made = Router(tags=["Duplicates"])

    @made.post(
        "/contacts/{uuid:contact_id}/merge", response={200: MergedOut | MergePreviewOut}, summary="Merge contacts"
    )
    def merge(request: HttpRequest, contact_id: UUID, body: MergeIn) -> HttpResponse:
        """All that points at the others then points at the survivor; they answer 410 with `merged_into` from then on.

        Where the other product holds the contacts, too, and decides, they wait (`state`: asked).
        """
        actor = _actor(request)
        ids = list(dict.fromkeys([contact_id, *body.contacts]))
        survivor = body.survivor or contact_id
        if survivor not in ids:
            raise Missing("The survivor is not one of the contacts to merge.")
        losers = [one for one in ids if one != survivor]
        choices = body.field_choices | ({} if body.add_names else {NAMES: ""})
        if body.dry_run:
            seen = preview(actor=actor, survivor=survivor, losers=losers, choices=choices)
            return answer(_preview(seen))
        result = merge_contacts(actor=actor, survivor=survivor, losers=losers, choices=choices, at=now())
        rows = [*result.done, *result.asked]
        return answer({"survivor": survivor, "merges": [_merge(row) for row in rows]})

    @made.get("/contact-merges/{uuid:merge_id}", response=MergeOut, summary="Read a merge")
    def read_merge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
        """Those of the last 30 days, and those that wait."""
        actor = _actor(request)
        actor.require("contact.merge")
        return answer(_merge(_found(merge_id)))

    @made.delete("/contact-merges/{uuid:merge_id}", response=MergeOut, summary="Undo a merge")
    def take_back(request: HttpRequest, merge_id: UUID) -> HttpResponse:
        """Within 30 days, unless something that moved has changed since; one that still waits is withdrawn.

        A merge the other product decided is undone there first (`state`: undoing).
        """
        actor = _actor(request)
        act = withdraw if _found(merge_id).state == Merge.State.ASKED else undo_merge
        return answer(_merge(act(actor=actor, merge_id=merge_id, at=now())))

    return made


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the API's token check
    actor.require("contact.read")
    return actor


def _found(merge_id: UUID) -> Merge:
    found = undoable(now()).filter(pk=merge_id).first()
    if found is None:
        raise Missing("There is no such merge, or it is too old to be undone.")
    return found


def _match(seen: Seen) -> dict[str, Any]:
    card = seen.card
    return {
        "contact_id": card.id if card else None, "name": card.name if card else "",
        "number": card.number if card else "", "score": seen.score, "strong": seen.is_strong,
        "closed": bool(card and card.is_closed), "reasons": list(seen.reasons), "detail": "" if card else HIDDEN,
    }  # fmt: skip


def _preview(seen: Preview) -> dict[str, Any]:
    return {
        "survivor": seen.survivor.id, "contacts": [one.id for one in seen.losers],
        "asked": [one.id for one in seen.asked], "fields": [_field(row) for row in seen.rows], "moves": seen.counts,
        "blockers": [_blocker(one) for one in seen.blockers],
    }  # fmt: skip


def _field(row: Row) -> dict[str, Any]:
    return {
        "name": row.name, "label": row.label, "state": row.state, "united": row.united, "result": row.result,
        "values": {str(cell.id): cell.lines for cell in row.cells},
    }  # fmt: skip


def _blocker(one: Blocker) -> dict[str, Any]:
    return {"message": one.message, "url": one.url, "count": one.count}


def _merge(row: Merge) -> dict[str, Any]:
    waits = row.state in (Merge.State.ASKED, Merge.State.UNDOING)
    return {
        "id": row.pk, "survivor": row.survivor_id, "contact": row.loser_id, "state": str(row.state),
        "moved": row.counts, "problem": product().trouble(row.loser_id) if waits else "",
    }  # fmt: skip
