"""The lines of the sync centre: a record with its state, the reason in words, and the ways out."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from counterpart.foundation.actor import Actor
from counterpart.sync.handler import Label
from counterpart.sync.registry import handler_for
from counterpart.sync.remedies import Remedy, remedies_for
from counterpart.sync.states import LinkState, link_states
from counterpart.sync.web.listing import Reference, reason_word
from counterpart.sync.web.presenting import Holder, holder_of, may_force


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    kind: str
    local_id: UUID
    label: Label
    state: LinkState
    reason: str
    holder: Holder | None
    remedies: tuple[Remedy, ...]
    may_retry: bool


def rows_of(references: Sequence[Reference], actor: Actor) -> list[Row]:
    """The lines of one page; a constant number of queries per kind, and a few per red line for its ways out."""
    rows: dict[Reference, Row] = {}
    for kind in {kind for kind, _ in references}:
        ids = [local_id for its_kind, local_id in references if its_kind == kind]
        states, labels = link_states(kind, ids), handler_for(kind).labels(ids)
        for local_id in ids:
            if local_id in labels:
                rows[kind, local_id] = _row(kind, local_id, labels[local_id], states[local_id], actor)
    return [rows[reference] for reference in references if reference in rows]


def _row(kind: str, local_id: UUID, label: Label, state: LinkState, actor: Actor) -> Row:
    return Row(
        kind=kind,
        local_id=local_id,
        label=label,
        state=state,
        reason=reason_word(state.error_code) if state.error_code else "",
        holder=holder_of(handler_for(kind), state, actor),
        remedies=tuple(remedies_for(kind, local_id, state, actor)),
        may_retry=may_force(actor, state),
    )
