"""What the product of this process registered with the engine; filled once, in the site's wiring."""

from collections.abc import Iterable
from typing import Any

from counterpart.protocol.canonical import canonical_json, sha256
from counterpart.sync.handler import Handler, PolicyBlock, QuestionAnswer

PROTOCOL_VERSION = 1
PASSING_FACTS = "passing"
"""Under this name a policy block lists those of its facts that change by themselves (the next number, say): a change of
these is no change of settings."""

_handlers: dict[str, Handler] = {}
_policy_blocks: list[PolicyBlock] = []
_passing: set[str] = set()
_answers: dict[str, QuestionAnswer] = {}


def register(handler: Handler) -> None:
    """Make a kind of record known to the engine."""
    _handlers[handler.kind] = handler


def handler_for(kind: str) -> Handler:
    """The handler of a kind. Raises KeyError for a kind this product does not have."""
    return _handlers[kind]


def has_handler(kind: str) -> bool:
    """Whether this product has the kind."""
    return kind in _handlers


def handlers() -> list[Handler]:
    """All registered handlers."""
    return list(_handlers.values())


def register_policy_block(block: PolicyBlock, *, passing: Iterable[str] = ()) -> None:
    """Add facts of this product to every beat; ``passing`` names those that change by themselves."""
    _policy_blocks.append(block)
    _passing.update(passing)


def policy_block() -> dict[str, Any]:
    """This product's facts for its peer, as they are now."""
    merged: dict[str, Any] = {}
    for block in _policy_blocks:
        merged.update(block())
    if _passing:
        merged[PASSING_FACTS] = sorted(_passing)
    return merged


def register_answer(question: str, answer: QuestionAnswer) -> None:
    """Answer a live question of the peer, for example 'number'."""
    _answers[question] = answer


def answer_to(question: str) -> QuestionAnswer | None:
    """The function that answers, or None."""
    return _answers.get(question)


def policy_digest() -> str:
    """Digest over the authority rules; both sites must have the same, or nothing merges (section 17)."""
    rules = [
        [h.kind, r.name, sorted(site.code for site in r.writers), r.create_only, r.kept, r.refers_to]
        for h in sorted(_handlers.values(), key=lambda h: h.kind)
        for r in sorted(h.registers.values(), key=lambda r: r.name)
    ]
    return sha256(canonical_json([PROTOCOL_VERSION, rules]))
