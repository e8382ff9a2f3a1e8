"""What pages and programs show of the exchange: the state of one record's link, or of many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from counterpart.foundation.clock import now
from counterpart.foundation.reading import rows_of
from counterpart.protocol.colour import STATUS, Colour, Facts, Mode, colour, is_unknown
from counterpart.sync.codec import author_of, presence_register, to_ms
from counterpart.sync.conflicts import open_conflicts
from counterpart.sync.dependencies import is_in_trouble, refers, waits_of
from counterpart.sync.golive.holding import held_back
from counterpart.sync.handler import Handler, Label
from counterpart.sync.link import effective_mode, get_link, my_site, peer
from counterpart.sync.models import Link, Record
from counterpart.sync.probing import probe_record
from counterpart.sync.registry import handler_for

WORDS = {
    Colour.GREEN: "In sync",
    Colour.GRAY: "Not in sync",
    Colour.BLUE: "Syncing…",
    Colour.YELLOW: "Status unavailable",
    Colour.RED: "Sync error",
}
ICONS = {
    Colour.GREEN: "circle-check",
    Colour.GRAY: "circle",
    Colour.BLUE: "refresh",
    Colour.YELLOW: "help-circle",
    Colour.RED: "alert-circle",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A value both products have but do not keep in step (an address), and that differs now (IND-5)."""

    register: str
    label: str
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class LinkState:
    """The state of one record's link, as the indicator shows it (STA-1 to STA-10)."""

    kind: str
    local_id: UUID
    colour: str
    status: str
    word: str
    icon: str
    detail: str
    since: datetime | None = None
    last_success: datetime | None = None
    last_attempt: datetime | None = None
    next_attempt: datetime | None = None
    error_code: str = ""
    error_text: str = ""
    error_register: str = ""
    error_detail: dict[str, Any] = field(default_factory=dict)
    sync_id: UUID | None = None
    counterpart_url: str | None = None
    peer_label: str = ""
    peer_presence: str = "active"
    severed_by: str = ""
    severed_at: datetime | None = None
    differences: tuple[Difference, ...] = ()
    has_conflicts: bool = False
    is_excluded: bool = False
    """Not for the other product as it is now: ``detail`` says why, and pressing *Sync now* would do nothing."""
    waiting_for: str = ""
    waiting_url: str = ""
    """The page of the record it waits for."""


def link_state(kind: str, local_id: UUID, *, probe: bool = False, at: datetime | None = None) -> LinkState:
    """The state of one record. With ``probe`` the peer is asked for its digest now (800 ms, at most every 10 s)."""
    moment = at or now()
    is_silent = False
    if probe:
        record = Record.objects.filter(kind=kind, local_id=local_id).first()
        is_silent = record is not None and probe_record(record, moment)
    state = link_states(kind, [local_id], at=moment, with_differences=True)[local_id]
    if is_silent and state.colour in (Colour.GREEN, Colour.BLUE):
        return _painted(state, Colour.YELLOW, f"{settings.COUNTERPART_PEER_NAME} did not answer just now.")
    return state


def link_states(
    kind: str, local_ids: Iterable[UUID], *, at: datetime | None = None, with_differences: bool = False
) -> dict[UUID, LinkState]:
    """The states of many records with a constant number of queries."""
    ids = list(local_ids)
    moment = at or now()
    link = get_link()
    records = {r.local_id: r for r in Record.objects.filter(kind=kind, local_id__in=ids)}
    waits = waits_of(records.values()) if refers(handler_for(kind)) else {}
    conflicted = set(
        open_conflicts(kind).filter(sync_id__in=[r.sync_id for r in records.values()]).values_list("sync_id", flat=True)
    )
    handler = handler_for(kind)
    labels = _labels_of(needed[0] for needed in waits.values())
    apart = handler.excluded([local_id for local_id in ids if local_id not in records])
    held = held_back(link, kind, (local_id for local_id in ids if local_id not in records))
    states = {}
    for local_id in ids:
        record = records.get(local_id)
        awaited = waits.get(record.sync_id, ()) if record is not None else ()
        state = _state(handler, link, record, local_id, moment, awaited)
        if awaited:
            state = _waiting(state, awaited, labels.get(awaited[0].sync_id))
        if record is None and local_id in apart and link is not None and link.peer_instance:
            state = replace(state, detail=apart[local_id], is_excluded=True)
        if record is None and local_id in held:
            state = replace(state, detail=held[local_id])
        if record is not None and record.sync_id in conflicted:
            state = replace(state, has_conflicts=True)
        states[local_id] = state
    if with_differences:
        _add_differences(handler, records, states)
    return states


def newborn_states(kind: str, local_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, LinkState]:
    """The states of records that were born here just now, without reading them back; what creating answers with."""
    ids, link, handler = list(local_ids), get_link(), handler_for(kind)
    paired = link is not None and link.mode not in (Mode.UNPAIRED, Mode.OFF)
    record = Record(kind=kind, regs="stamped", shadow="", pending_since=at) if paired else None
    apart = handler.excluded(ids) if paired else {}
    states = {}
    for local_id in ids:
        state = _state(handler, link, None if local_id in apart else record, local_id, at)
        states[local_id] = replace(state, detail=apart[local_id], is_excluded=True) if local_id in apart else state
    return states


def facts_of(link: Link | None, record: Record | None, *, requires_number: bool, waits: Sequence[Record] = ()) -> Facts:
    """The stored facts a colour rests on. ``waits``: what it waits for, worst first (``dependencies.waits_of``)."""
    mode = effective_mode(link)
    contact = to_ms(link.last_contact) if link is not None and link.last_contact else None
    if link is None or record is None:
        return Facts(mode, contact, "", "", out_of_scope=True)
    return Facts(
        mode, contact, link.peer_epoch, record.digest, record.stated_digest, record.stated_epoch,
        severed=record.severed, error=bool(record.error_code), peer_incompatible=bool(link.peer_incompatible),
        dirty=record.regs != record.shadow or record.unsent_conflicts, force=record.force > 0,
        blocked_by_error=bool(waits) and is_in_trouble(waits[0]), waiting_for=bool(waits),
        person_needed=bool(record.refused_code),
        number_missing=requires_number and not record.numbered,
        pending_since=_waiting_since(link, record.pending_since),
    )  # fmt: skip


def _waiting_since(link: Link, pending_since: datetime | None) -> int | None:
    """Since when a record waits while the exchange could have happened: an outage or a pause makes nothing stuck."""
    if pending_since is None:
        return None
    return to_ms(max(pending_since, link.contact_since or pending_since, link.mode_since or pending_since))


def _state(
    handler: Handler,
    link: Link | None,
    record: Record | None,
    local_id: UUID,
    at: datetime,
    waits: Sequence[Record] = (),
) -> LinkState:
    facts = facts_of(link, record, requires_number=handler.requires_number, waits=waits)
    shade = colour(facts, to_ms(at))
    state = LinkState(
        handler.kind, local_id, shade.value, STATUS[shade], WORDS[shade], ICONS[shade], "",
        peer_label=settings.COUNTERPART_PEER_NAME,
    )  # fmt: skip
    if record is None or link is None:
        return replace(state, detail=_gray_reason(link))
    state = replace(
        state, last_success=record.agreed_at, last_attempt=record.attempted_at, sync_id=record.sync_id,
        next_attempt=_next_attempt(link, record) if shade is Colour.BLUE else None,
        peer_presence=record.held.get(presence_register(my_site().peer), "active"),
    )  # fmt: skip
    return _explained(state, link, record, shade, facts, at)


def _waiting(state: LinkState, waits: Sequence[Record], label: Label | None) -> LinkState:
    """What a record that is held back waits for: named, and linked, because there lies the remedy (MAT-4)."""
    if state.error_code not in ("", "stuck") or state.colour not in (Colour.BLUE, Colour.RED):
        return state
    needed = waits[0]
    name = label.name if label else f"a {needed.kind}"
    peer, more = settings.COUNTERPART_PEER_NAME, f" and {len(waits) - 1} more" if len(waits) > 1 else ""
    state = replace(state, waiting_for=name, waiting_url=label.url if label else "")
    if state.colour == Colour.BLUE:
        return replace(state, detail=f"Waiting for {name}{more} to synchronise.")
    text = f"{name}{more} can't be synchronised, so this can't either. Put that right first; {peer} gets both then."
    if needed.severed:
        text = f"{name}{more} was deleted in one of the two products. Offer it again, or take it off here."
    return replace(state, detail=text, error_code="dependency_in_error", error_text=text, since=needed.error_at)


def _labels_of(records: Iterable[Record]) -> dict[UUID, Label]:
    """The labels of records of any kind, by sync id; one call for each kind."""
    by_kind: dict[str, dict[UUID, UUID]] = {}
    for record in records:
        if record.local_id is not None:
            by_kind.setdefault(record.kind, {})[record.local_id] = record.sync_id
    labels: dict[UUID, Label] = {}
    for kind, members in by_kind.items():
        labels.update({members[key]: label for key, label in handler_for(kind).labels(list(members)).items()})
    return labels


def _explained(state: LinkState, link: Link, record: Record, shade: Colour, facts: Facts, at: datetime) -> LinkState:
    match shade:
        case Colour.GREEN:
            url = _page_there(link, record)
            text = f"{settings.COUNTERPART_PEER_NAME} holds the same."
            explained = replace(state, detail=text, since=record.agreed_at, counterpart_url=url)
        case Colour.RED:
            explained = _with_error(state, record)
        case Colour.YELLOW:
            since = link.last_contact if _is_quiet(facts, at) else link.mode_since
            explained = replace(state, detail=unknown_reason(link), since=since)
        case Colour.BLUE:
            explained = replace(state, detail=_pending_reason(link, record), since=record.pending_since)
        case Colour.GRAY:
            explained = _with_severance(state, record) if record.severed else replace(state, detail=_gray_reason(link))
    return explained


def _with_error(state: LinkState, record: Record) -> LinkState:
    if not record.error_code and record.refused_code:
        return _with_refusal(state, record)
    if not record.error_code:
        text = "Nothing has happened for more than 15 minutes although the other product can be reached."
        return replace(state, detail=text, error_code="stuck", error_text=text, since=record.pending_since)
    return replace(
        state, detail=record.error_text, since=record.error_at, error_code=record.error_code,
        error_text=record.error_text, error_register=record.error_register, error_detail=record.error_detail,
    )  # fmt: skip


def _with_refusal(state: LinkState, record: Record) -> LinkState:
    """We did not take over what the peer holds: it is red there too, and there it is decided."""
    peer, refused = settings.COUNTERPART_PEER_NAME, record.refused
    text = f"A change made in {peer} was not accepted here. {refused['text']} It is decided in {peer}."
    return replace(
        state, detail=text, since=record.pending_since, error_code="refused_here", error_text=text,
        error_register=refused["register"], error_detail=refused["detail"],
    )  # fmt: skip


def _with_severance(state: LinkState, record: Record) -> LinkState:
    site = my_site().peer if state.peer_presence == "deleted" else my_site()
    name, _, at_ms = author_of(record.authors, presence_register(site))
    where = settings.COUNTERPART_PEER_NAME if site is not my_site() else settings.COUNTERPART_PRODUCT_NAME
    moment = datetime.fromtimestamp(at_ms / 1000, now().tzinfo) if at_ms else None
    by = f" by {name}" if name else ""
    on = f" on {moment:%d %b %Y}" if moment else ""
    text = f"Deleted in {where}{by}{on}. The record here was kept and is no longer kept in step."
    return replace(state, detail=text, severed_by=name, severed_at=moment, since=moment)


def _gray_reason(link: Link | None) -> str:
    peer = settings.COUNTERPART_PEER_NAME
    if link is None or not link.peer_instance:
        return f"{peer} is not connected."
    if effective_mode(link) is Mode.OFF:
        where = settings.COUNTERPART_PRODUCT_NAME if link.mode == Mode.OFF else peer
        return f"The link with {peer} is switched off in {where}."
    return f"This record has not been offered to {peer} yet. Save it, or press Sync now."


def unknown_reason(link: Link) -> str:
    """Why nothing can be known about the peer's records right now, in a sentence."""
    peer = settings.COUNTERPART_PEER_NAME
    if link.mode == Mode.HEALING:
        return link.mode_reason
    if link.mode == Mode.PAUSED:
        return link.mode_reason or "The link is paused."
    if link.peer_mode == Mode.HEALING:
        return f"{peer} has stopped the link because it was probably restored from a backup. Nothing is exchanged."
    if link.peer_mode == Mode.PAUSED:
        return f"The link was paused in {peer}."
    return link.peer_incompatible or _silence(link)


def _silence(link: Link) -> str:
    peer = settings.COUNTERPART_PEER_NAME
    if link.last_contact is None:
        return f"{peer} has not been heard yet. {link.last_problem}".strip()
    text = f"{peer} has not been heard for a while. Changes are kept and sent as soon as it answers."
    return f"{text} {link.last_problem}".strip()


def _pending_reason(link: Link, record: Record) -> str:
    peer = settings.COUNTERPART_PEER_NAME
    if link.failures:
        return f"Saved. Waiting for {peer}: {link.last_problem}"
    if record.attempts:
        return f"{peer} could not store this yet; it is tried again."
    if record.known_at_peer and not record.numbered:
        return f"Waiting for the number from {peer}."
    return f"Saved. Being sent to {peer}."


def _next_attempt(link: Link, record: Record) -> datetime | None:
    times = [time for time in (link.next_attempt, record.next_attempt) if time is not None]
    return max(times) if times else None


def _is_quiet(facts: Facts, at: datetime) -> bool:
    """Yellow for want of contact rather than because someone stopped the link."""
    return facts.mode is Mode.LIVE and not facts.peer_incompatible and is_unknown(facts, to_ms(at))


def _painted(state: LinkState, shade: Colour, detail: str) -> LinkState:
    return replace(
        state, colour=shade.value, status=STATUS[shade], word=WORDS[shade], icon=ICONS[shade], detail=detail,
        counterpart_url=None,
    )  # fmt: skip


def _add_differences(handler: Handler, records: dict[UUID | None, Record], states: dict[UUID, LinkState]) -> None:
    comparable = [
        local_id
        for local_id, record in records.items()
        if local_id is not None and record.known_at_peer and not record.severed and record.peer_addresses
    ]
    for local_id, values in handler.read(comparable).items():
        theirs = records[local_id].peer_addresses
        found = tuple(
            Difference(name, handler.register_label(name), values.get(name), theirs[name])
            for name in sorted(theirs)
            if handler.registers[name].create_only and values.get(name) != theirs[name]
        )
        states[local_id] = replace(states[local_id], differences=found)


def sync_ids(kind: str, local_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The sync identities of local records; those never offered are absent."""
    rows = Record.objects.filter(kind=kind, local_id__among=list(local_ids)).values_list("local_id", "sync_id")
    return dict(rows_of(rows))


def local_ids(kind: str, sync_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The local records behind sync identities; of an alias the survivor. Those that are not here are absent."""
    wanted = list(sync_ids)
    rows = rows_of(
        Record.objects.filter(kind=kind, sync_id__among=wanted).values_list("sync_id", "local_id", "alias_of")
    )
    found = {sync_id: local_id for sync_id, local_id, end in rows if local_id is not None and end is None}
    if aliases := {sync_id: end for sync_id, _, end in rows if end is not None}:
        ends = local_ids(kind, aliases.values())
        found |= {sync_id: ends[end] for sync_id, end in aliases.items() if end in ends}
    return found


def peer_page(kind: str, local_id: UUID) -> str | None:
    """The address of the record's page in the other product, whatever the colour; None while it has none."""
    link = get_link()
    record = Record.objects.filter(kind=kind, local_id=local_id, known_at_peer=True, severed=False).first()
    return _page_there(link, record) if link is not None and record is not None else None


def peer_home() -> str:
    """Where the other product begins."""
    return peer().url or settings.COUNTERPART_PEER_URL


def _page_there(link: Link, record: Record) -> str:
    return f"{link.peer_url.rstrip('/')}/open/{record.kind}/{record.sync_id}/"


def find_local(kind: str, sync_id: UUID) -> UUID | None:
    """The local record behind a sync identity, of an alias the survivor; or None."""
    return local_ids(kind, [sync_id]).get(sync_id)
