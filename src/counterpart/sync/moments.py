"""Where the exchange stands in a database, so that two databases can be taken out as of one moment (section 14)."""

from dataclasses import asdict
from typing import Any

from counterpart.protocol.moments import Moment
from counterpart.sync.models import Link


def moment(using: str) -> dict[str, Any] | None:
    """Where the exchange stands as this database connection sees it; None before the site has an identity."""
    link = Link.objects.using(using).order_by("pk").first()
    if link is None:
        return None
    found = Moment(
        link.instance, link.epoch, link.head_n, link.acked_n, link.statement_n, link.peer_instance, link.peer_epoch,
        link.peer_head_n, link.peer_statement_n, link.peer_announced_n,
    )  # fmt: skip
    return asdict(found)
