"""Waiting for what the sync brings about, without a fixed pause anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_S = 0.03
WITHIN_S = 20.0


def eventually(look: Callable[[], Found], within_s: float = WITHIN_S, what: str | Callable[[], str] = "") -> Found:
    """What `look` returns, as soon as that is true; what it last saw or raised when it never is."""
    deadline = time.monotonic() + within_s
    while True:
        last: object
        try:
            found = look()
            if found:
                return found
            last = found
        except (AssertionError, LookupError, OSError, ValueError) as problem:
            last = problem
        if time.monotonic() > deadline:
            aim = what() if callable(what) else what or look
            raise AssertionError(f"not within {within_s:.0f} s: {aim}; last: {last!r}")
        time.sleep(POLL_S)


def steadily(look: Callable[[], object], for_s: float, what: str = "") -> None:
    """Assert that `look` stays true for a while: for what must not happen."""
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline:
        assert look(), what
        time.sleep(POLL_S)
