"""What a file says of matters beyond their parties: fields of those that are here, and whether they are closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refusal, Refused
from counterpart.foundation.importing.running import sentence
from counterpart.foundation.importing.subjects import UPDATED, Mark
from counterpart.foundation.importing.tallies import Tally, counted
from counterpart.foundation.text import fold
from counterpart.foundation.users.models import User
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.importing.dockets import Docket
from counterpart.practice.matters.importing.journal import Made
from counterpart.practice.matters.operations import close_matter, edit_matter
from counterpart.practice.matters.rows import states_of

CLOSED: Final = frozenset({"closed", "archived", "complete", "completed", "finished", "settled", "done"})
_OPEN: Final = {
    "open": Status.ACTIVE, "active": Status.ACTIVE, "current": Status.ACTIVE, "": Status.ACTIVE,
    "pending": Status.INACTIVE, "inactive": Status.INACTIVE, "on hold": Status.INACTIVE, "dormant": Status.INACTIVE,
    "prospective": Status.INACTIVE,
}  # fmt: skip
REASON: Final = "It was closed where it came from."


def open_status(text: str) -> str:
    """The status a matter is made with; one that is closed is closed afterwards. Unknown words mean active."""
    word = fold(text)
    return str(Status.ACTIVE if word in CLOSED else _OPEN.get(word, Status.ACTIVE))


def is_known_status(text: str) -> bool:
    """Whether a word says how a matter stands."""
    return fold(text) in CLOSED or fold(text) in _OPEN


def close_closed(matters: Sequence[tuple[UUID, Docket]], actor: Actor, at: datetime, tally: Tally) -> None:
    """Close the new matters that are closed in the file. What its type's guards find open is no reason not to, for
    whoever may close a matter all the same; for others it stays open, and the remark says so.
    """
    stay = 0
    for matter_id, docket in matters:
        if fold(docket.status) not in CLOSED:
            continue
        try:
            with transaction.atomic():
                close_matter(
                    actor=actor, matter_id=matter_id, at=at, reason=REASON, force=actor.may("matter.force_close")
                )
        except Refusal:
            stay += 1
    if stay:
        verb = "is" if stay == 1 else "are"
        tally.remark(f"{counted(stay, 'matter')} that {verb} closed in the file would stay open: "
                     "your role can't close matters with something open.")  # fmt: skip


def change_known(
    matters: Sequence[tuple[UUID, Docket, User]], made: Made, actor: Actor, at: datetime, *, month_first: bool
) -> None:
    """Give matters that are here what the file says of them; empty cells say nothing."""
    states = states_of([matter_id for matter_id, _, _ in matters])
    for matter_id, docket, assigned in matters:
        state = states.get(matter_id)
        if state is None:
            continue
        try:
            wanted = _wanted(docket, assigned, month_first=month_first)
            changes = {name: value for name, value in wanted.items() if state[COLUMN_OF.get(name, name)] != value}
            if not changes:
                continue
            with transaction.atomic():
                edit_matter(actor=actor, matter_id=matter_id, changes=changes, at=at)
        except Refusal as refusal:
            for place in docket.places:
                made.reasons[place] = made.reasons[place] or sentence(refusal)
            continue
        before = {name: _plain(state[COLUMN_OF.get(name, name)]) for name in changes}
        after = {name: _plain(value) for name, value in changes.items()}
        made.mark(docket.places[0], Mark("matter", matter_id, UPDATED, docket.title or state["name"], before, after))
        made.changed.update(docket.places)


COLUMN_OF: Final = {"assigned_to": "assigned_to_id"}


def _wanted(docket: Docket, assigned: User, *, month_first: bool) -> dict[str, Any]:
    """The fields the file names. Raises Refused."""
    wanted: dict[str, Any] = {}
    if docket.title:
        wanted["name"] = docket.title
    if docket.filed:
        wanted["date"] = docket.opened_as(month_first=month_first)
    if docket.assigned and fold(docket.assigned) in (fold(assigned.email), fold(assigned.name)):
        wanted["assigned_to"] = assigned.pk
    if docket.status:
        if not is_known_status(docket.status):
            text = f"'{docket.status}' is no status; use open, pending or closed."
            raise Refused([FieldError("status", text, "status.invalid")])
        if fold(docket.status) not in CLOSED:
            wanted["status"] = open_status(docket.status)
    return wanted


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
