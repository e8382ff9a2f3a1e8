"""One turn of the worker for a go-live, after what is due has been sent: what people save overtakes it."""

from collections.abc import Callable
from datetime import datetime

from counterpart.protocol.stamps import Site
from counterpart.sync.golive import driving, leading
from counterpart.sync.link import my_site


def golive_turn(send: Callable[[bytes], bytes | None], at: datetime) -> bool:
    """Do the next piece, if there is one; whether there may be more at once."""
    return driving.step(send, at) if my_site() is Site.PM else leading.step(at)
