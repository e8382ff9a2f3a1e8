"""Records here that are not offered yet, because a go-live may find that the other product has them."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from counterpart.protocol.stamps import Site
from counterpart.sync.golive.runs import HELD, PROPOSED, Phase, current
from counterpart.sync.golive.tables import Candidate
from counterpart.sync.link import my_site
from counterpart.sync.models import Link

_WAITS: Final = "It is being compared with the records of Practice Management. It goes there once that is decided."


def held_back(link: Link | None, kind: str, local_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Of records here that were never offered: those that stay gray until their match is decided, with the reason.

    Only Legal Accounting holds any back: what Practice Management offers is judged when it arrives.
    """
    if link is None or link.golive not in HELD or my_site() is not Site.LA:
        return {}
    ids = list(local_ids)
    run = current()
    if run is not None and not run.rehearsal and run.phase in (Phase.HANDSHAKE, Phase.CENSUS, Phase.MATCH):
        return dict.fromkeys(ids, _WAITS)
    rows = Candidate.objects.filter(
        kind=kind, mine=True, local_id__in=ids, done=False, result__in=(*PROPOSED, "review")
    )
    if link.golive == "open":
        rows = rows.filter(result="review")
    return dict.fromkeys(rows.values_list("local_id", flat=True), _WAITS)
