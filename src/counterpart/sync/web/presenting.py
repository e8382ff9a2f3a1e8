"""What the link indicator of one record shows to one person (IND-1 to IND-5, STA-4)."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from counterpart.foundation.actor import Actor
from counterpart.foundation.users.access import actor_of
from counterpart.protocol.colour import Colour
from counterpart.sync.golive.single import may_pair
from counterpart.sync.handler import Handler, Label
from counterpart.sync.registry import handler_for
from counterpart.sync.remedies import Remedy, remedies_for
from counterpart.sync.states import Difference, LinkState, find_local, link_state
from counterpart.sync.web.access import RETRY
from counterpart.sync.web.values import value_text

POLL_BLUE_S = 1
"""While something is under way a person is waiting for it."""
POLL_S = 5
UNLINKED = (Colour.GRAY, Colour.RED)
"""Only such a record may be one that the other product has under another identity."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has what this record asked for. ``label`` is None when the viewer may not see it, or it is not here."""

    number: str
    label: Label | None


@dataclass(frozen=True, slots=True)
class Differing:
    """A field that is not carried over and differs, in the words of this product (IND-5)."""

    register: str
    label: str
    mine: str
    theirs: str

    @property
    def theirs_line(self) -> str:
        """The peer's value in one line, for the narrow panel."""
        return ", ".join(self.theirs.splitlines())


@dataclass(frozen=True, slots=True)
class Indicator:
    """Everything the pill and its panel show."""

    kind: str
    object_id: UUID
    state: LinkState
    label: Label | None
    fault_label: str
    holder: Holder | None
    remedies: tuple[Remedy, ...]
    differences: tuple[Differing, ...]
    may_retry: bool
    may_pair: bool = False
    """Whether it may be a record that the other product has under another identity (section 11)."""
    page_number: str | None = None
    """The number the page around it shows, where that was read at another moment."""

    @property
    def poll_s(self) -> int:
        """Seconds until the page should ask again."""
        return POLL_BLUE_S if self.state.colour == "lightblue" else POLL_S

    @property
    def number(self) -> str:
        """The number as this site shows it."""
        return self.label.number if self.label else ""

    @property
    def said(self) -> str:
        """What is announced when the state has changed: once, in a sentence (IND-4)."""
        return f"{self.state.word.rstrip('…')}: {self.state.detail}"

    @property
    def known_number(self) -> str:
        """The number the page knows; a change of it makes open pages reload what shows it (CON-3)."""
        return self.number if self.page_number is None else self.page_number

    @property
    def revision(self) -> str:
        """Changes exactly when something shown changes, so that most polls are answered with nothing."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def indicator_of(
    request: HttpRequest,
    kind: str,
    object_id: UUID,
    *,
    probe: bool = False,
    page_number: str | None = None,
    state: LinkState | None = None,
) -> Indicator:
    """The indicator of a record the caller has already found visible to this person.

    The state is read before the number: should the peer's answer come in between, the pill is blue beside a number,
    and never green without one. ``state``: the one the rest of the page was made from, so that the two agree.
    """
    handler, actor = handler_for(kind), actor_of(request)
    state = state or link_state(kind, object_id, probe=probe)
    label = handler.labels([object_id]).get(object_id)
    return Indicator(
        kind=kind,
        object_id=object_id,
        state=state,
        label=label,
        fault_label=handler.register_label(state.error_register) if state.error_register else "",
        holder=holder_of(handler, state, actor),
        remedies=tuple(remedies_for(kind, object_id, state, actor)),
        differences=tuple(in_words(handler, one) for one in state.differences),
        may_retry=may_force(actor, state),
        may_pair=actor.may(RETRY) and state.colour in UNLINKED and may_pair(kind, object_id),
        page_number=None if page_number is None or (label and label.number == page_number) else page_number,
    )


def may_force(actor: Actor, state: LinkState) -> bool:
    """Whether *Sync now* makes sense for this state and person: a severed record is offered again, one that is not for
    the other product is changed first.
    """
    return actor.may(RETRY) and state.peer_presence != "deleted" and not state.is_excluded


def holder_of(handler: Handler, state: LinkState, actor: Actor) -> Holder | None:
    """Who holds the number that was asked for; named only to those who may see that record (DUP-5, USR-10)."""
    number, sync_id = state.error_detail.get("number"), state.error_detail.get("holder")
    if not number:
        return None
    local_id = find_local(handler.kind, UUID(sync_id)) if sync_id else None
    if local_id is None or not handler.visible(actor).filter(pk=local_id).exists():
        return Holder(number, None)
    return Holder(number, handler.labels([local_id]).get(local_id))


def in_words(handler: Handler, difference: Difference) -> Differing:
    """A difference as people read it."""
    register = difference.register
    mine, theirs = (value_text(handler, register, value) for value in (difference.mine, difference.theirs))
    return Differing(register, difference.label, mine, theirs)
