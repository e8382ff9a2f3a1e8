"""What needs a person on one record: values that lost, a deletion on the other side, addresses that differ."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from counterpart.foundation.users.access import actor_of
from counterpart.protocol.colour import Colour
from counterpart.sync.conflicts import Conflict, Side, conflicts_for
from counterpart.sync.dependencies import begins_here
from counterpart.sync.link import is_on, my_site
from counterpart.sync.registry import handler_for
from counterpart.sync.remedies import Remedy, remedies_for
from counterpart.sync.states import LinkState, link_state, peer_page
from counterpart.sync.web.access import RETRY
from counterpart.sync.web.presenting import Differing, in_words
from counterpart.sync.web.values import value_text


@dataclass(frozen=True, slots=True)
class ShownSide:
    """One of the two values of a conflict, in words."""

    text: str
    author: str
    place: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """A conflict as a page shows it."""

    id: str
    field: str
    standing: ShownSide
    losing: ShownSide
    decided_there: str = ""
    """Where alone the other value can be used, if not here; with the page there."""
    page_there: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything on a record that needs a person."""

    kind: str
    object_id: UUID
    state: LinkState
    conflicts: tuple[ShownConflict, ...]
    differences: tuple[Differing, ...]
    remedies: tuple[Remedy, ...]
    may_act: bool

    @property
    def may_offer(self) -> bool:
        """Whether the record can be created there anew from here."""
        return begins_here(handler_for(self.kind))

    @property
    def deleted_there(self) -> bool:
        """Whether the other product deleted its record while this one stays (section 16)."""
        return self.state.colour == Colour.GRAY.value and self.state.peer_presence == "deleted"


def panel_of(request: HttpRequest, kind: str, object_id: UUID) -> Panel:
    """The panel of a record the caller has already found visible to this person."""
    state, actor, handler = link_state(kind, object_id), actor_of(request), handler_for(kind)
    differing = {difference.register for difference in state.differences}
    return Panel(
        kind=kind,
        object_id=object_id,
        state=state,
        conflicts=tuple(shown(conflict) for conflict in conflicts_for(kind, object_id)),
        differences=tuple(in_words(handler, difference) for difference in state.differences),
        remedies=tuple(one for one in remedies_for(kind, object_id, state, actor) if one.register in differing),
        may_act=actor.may(RETRY),
    )


def shown(conflict: Conflict) -> ShownConflict:
    """Both values in words."""
    standing, losing = _side(conflict, conflict.standing), _side(conflict, conflict.losing)
    found = ShownConflict(conflict.id, conflict.register_label, standing, losing)
    if my_site() in handler_for(conflict.kind).registers[conflict.register].writers or not is_on():
        return found
    return replace(
        found,
        decided_there=settings.COUNTERPART_PEER_NAME,
        page_there=peer_page(conflict.kind, conflict.local_id),
    )


def _side(conflict: Conflict, side: Side) -> ShownSide:
    text = value_text(handler_for(conflict.kind), conflict.register, side.value)
    here = side.site == settings.COUNTERPART_SITE
    place = settings.COUNTERPART_PRODUCT_NAME if here else settings.COUNTERPART_PEER_NAME
    return ShownSide(text, side.author or "someone", place, side.at)
