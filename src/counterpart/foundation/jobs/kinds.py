"""The kinds of work there are; each is registered by whoever does it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from counterpart.foundation.jobs.running import Run

Steps = Callable[["Run"], Iterator[None]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """``steps``: does the work; every piece of it inside ``with run.step()``, a ``yield`` after each.

    A step is one transaction and takes seconds at most. When the process dies the work is called again and goes on
    from ``run.job.state``. A Refusal ends the job with its sentence; any other fault is tried again a few times.
    ``ended``: called once when the job has ended in whatever way, outside any transaction.
    """

    key: str
    steps: Steps
    ended: Callable[["Run"], None] | None = None


_kinds: Final[dict[str, JobKind]] = {}


def register(kind: JobKind) -> None:
    """Make a kind of work known; in an AppConfig's or a site's ``ready``."""
    known = _kinds.setdefault(kind.key, kind)
    if known is not kind:
        raise ValueError(f"There is a kind of job {kind.key} already.")


def kind_of(key: str) -> JobKind:
    """The kind with this key."""
    return _kinds[key]
