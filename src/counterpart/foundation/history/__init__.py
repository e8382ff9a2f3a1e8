"""The record of what happened: append-only, chained, written set-based (HIS-1 to HIS-3).

`history.record(events)` is the last statement of an operation: from then until commit the chain
is held, so that two transactions can not both follow the same event.
"""

from typing import TYPE_CHECKING, Any

from counterpart.foundation.history.events import Break, NewEvent, with_message

if TYPE_CHECKING:
    from counterpart.foundation.history.recording import collected, events_for, record, verify

__all__ = ["Break", "NewEvent", "collected", "events_for", "record", "verify", "with_message"]


def __getattr__(name: str) -> Any:
    """Import the parts that need the model only when used: Django imports this package before its models."""
    if name in {"collected", "record", "verify", "events_for"}:
        from counterpart.foundation.history import recording  # noqa: PLC0415 - see the docstring

        return getattr(recording, name)
    raise AttributeError(name)
