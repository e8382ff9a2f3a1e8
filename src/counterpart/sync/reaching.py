"""Whether the two products reach each other right now, in both directions: asked, not remembered (ONB-4)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from counterpart.sync.messages import Probe, encode, read_probe_answer
from counterpart.sync.probing import transport
from counterpart.sync.transports import TransportFailed

THERE_S = 5.0
BACK_S = 3.0
"""The way back is tried while the peer's question waits for its answer."""
HERE = "here"
REACH_BACK = "reach_back"


@dataclass(frozen=True, slots=True)
class Reach:
    """How the way there and the way back went; a problem in the words of the side that had it."""

    there_ms: int | None
    there_problem: str = ""
    back_ok: bool | None = None
    """None: the peer is older than this question."""
    back_problem: str = ""


def reach() -> Reach:
    """Ask the peer now, and have it ask us."""
    began = time.monotonic()
    try:
        answer = _ask(REACH_BACK, THERE_S)
    except TransportFailed as failure:
        return Reach(None, str(failure))
    took = int((time.monotonic() - began) * 1000)
    if answer is None:
        return Reach(took)
    return Reach(took, back_ok=bool(answer.get("reached")), back_problem=str(answer.get("problem", ""))[:300])


def _here(_: dict[str, Any]) -> dict[str, Any]:
    return {"here": True}


def _reach_back(_: dict[str, Any]) -> dict[str, Any]:
    try:
        _ask(HERE, BACK_S)
    except TransportFailed as failure:
        return {"reached": False, "problem": str(failure)}
    return {"reached": True}


def _ask(question: str, timeout_s: float) -> dict[str, Any] | None:
    body = transport().send("probe", encode(Probe(question=question)), timeout_s=timeout_s)
    return read_probe_answer(body).answer


ANSWERS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {HERE: _here, REACH_BACK: _reach_back}
"""Questions the engine itself answers."""
