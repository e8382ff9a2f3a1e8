"""While records may still be found to be the same, none of them is offered to the other product as a new one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from counterpart.protocol.stamps import Site
from counterpart.sync.concluding import Incoming
from counterpart.sync.golive.handler import MatchingHandler
from counterpart.sync.golive.pairing import Half, pair, write_halves
from counterpart.sync.golive.runs import BEFORE_WRITING, HELD, PROPOSED, current
from counterpart.sync.golive.tables import Candidate, GoLive, Pair
from counterpart.sync.handler import Handler, Refusal
from counterpart.sync.link import my_site
from counterpart.sync.models import Link, Record

UNDECIDED: Final = "pairing_undecided"
_TEXT: Final = "Legal Accounting may have this one already. Somebody has to say whether they are the same."


def judge(link: Link, handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> None:
    """What Practice Management offers as new may be one that is here already (GOL-7).

    Approved, it is paired at once under the identity it came with. Still open, it is refused until a person decides:
    a second copy could not be taken back.
    """
    if link.golive not in HELD or my_site() is not Site.LA or not hasattr(handler, "match_keys"):
        return
    strangers = [a for a in arrivals if a.record is None and a.outcome is None]
    fresh = {UUID(a.event.data.origin): a for a in strangers if a.event.data.origin}
    if not fresh:
        return
    able: MatchingHandler = handler  # type: ignore[assignment]  # asked above
    _take_over_identity(able, fresh, at)
    run = current()
    rows = Candidate.objects.filter(kind=handler.kind, mine=False, local_id__in=list(fresh), done=False)
    for row in rows.exclude(result="").exclude(result="clash"):
        arrival = fresh[row.local_id]
        if arrival.record is not None:
            continue
        if run is not None and _is_approved(run, row) and row.partner:
            terms = [(arrival.sync_id, row.partner, row.local_id)]
            if pair(able, terms, stands=run.stands, at=at):
                Candidate.objects.filter(pk=row.pk).update(done=True)
                Candidate.objects.filter(kind=handler.kind, mine=True, local_id=row.partner).update(done=True)
                _present(able, arrival)
                continue
        Candidate.objects.filter(pk=row.pk).update(sync_id=arrival.sync_id)
        detail: dict[str, Any] = {"candidate": str(row.local_id)}
        arrival.outcome = Refusal(UNDECIDED, _TEXT, "", detail)


def _is_approved(run: GoLive, row: Candidate) -> bool:
    return not run.rehearsal and run.phase not in BEFORE_WRITING and row.result in PROPOSED


def _take_over_identity(handler: MatchingHandler, fresh: dict[UUID, Incoming], at: datetime) -> None:
    """Paired here while it was saved there: the identity it was saved under counts, ours has not arrived."""
    for row in Pair.objects.filter(kind=handler.kind, peer_id__in=list(fresh)):
        arrival = fresh[row.peer_id]
        held = Record.objects.filter(sync_id=row.sync_id, known_at_peer=False)
        if not held.exists():
            continue
        held.delete()
        Pair.objects.filter(pk=row.pk).delete()
        half = Half(arrival.sync_id, row.local_id, row.peer_id)
        if write_halves(handler, [half], stands=row.stands, approved=row.at, at=at):
            row.sync_id = arrival.sync_id
            row.save(force_insert=True)
            _present(handler, arrival)


def _present(handler: MatchingHandler, arrival: Incoming) -> None:
    record = Record.objects.select_for_update().filter(sync_id=arrival.sync_id).first()
    if record is not None and record.local_id is not None:
        arrival.record = record
        arrival.before = handler.read([record.local_id]).get(record.local_id)
