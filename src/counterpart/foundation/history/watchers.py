"""Who else keeps something of what happens: told in the transaction that records it, before the chain is held."""

from collections.abc import Callable, Sequence

from counterpart.foundation.history.events import NewEvent

Watcher = Callable[[Sequence[NewEvent]], None]

_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> None:
    """Be told of every event from now on; called once by an app when it is ready."""
    _watchers.append(watcher)


def tell(events: Sequence[NewEvent]) -> None:
    """Hand the events to all watchers."""
    for watcher in _watchers:
        watcher(events)
