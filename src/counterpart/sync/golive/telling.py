"""What a state says besides while two filled products are being paired."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from counterpart.sync.codec import to_ms
from counterpart.sync.golive.tables import Pair
from counterpart.sync.messages import Pairing, RecordState
from counterpart.sync.models import Link, Record


def tell_pairs(link: Link, records: Sequence[Record], states: Mapping[UUID, RecordState]) -> None:
    """Add to the states of records that the peer is not known to hold whose counterpart they are there; and during a
    go-live their own id here, by which the peer recognises a record that is still being matched.
    """
    unknown = {record.sync_id: record for record in records if not record.known_at_peer}
    if not unknown:
        return
    for row in Pair.objects.filter(sync_id__in=list(unknown)):
        states[row.sync_id].pairing = Pairing(str(row.peer_id), row.stands, to_ms(row.at))
    if link.golive:
        for sync_id, record in unknown.items():
            states[sync_id].origin = str(record.local_id or "")
