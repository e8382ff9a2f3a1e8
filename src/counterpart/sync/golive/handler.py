"""What the go-live asks of a product beside what every exchange does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

from django.db.models import QuerySet

from counterpart.foundation.actor import Actor
from counterpart.protocol.matching import Keys
from counterpart.sync.handler import Handler
from counterpart.sync.registry import handlers


class MatchingHandler(Handler, Protocol):
    """A kind of which both products may hold the same records before they know each other."""

    def census(self) -> QuerySet[Any]:
        """The records that may have a counterpart: not deleted, and of a sort both products have."""

    def match_keys(self, local_ids: Sequence[UUID]) -> dict[UUID, Keys]:
        """What the records are recognised by, as ``read`` gives them. ``owners``: the local ids of the records they
        belong to. A constant number of statements.
        """

    def compatible(self, left: Keys, right: Keys) -> bool:
        """Whether two names can be one's. Symmetric."""

    def modified(self, local_ids: Sequence[UUID]) -> dict[UUID, datetime]:
        """When each record was changed last."""

    def hidden(self, local_ids: Sequence[UUID]) -> set[UUID]:
        """Those of which not everybody may know the name: matchers elsewhere must not show it."""

    def paired(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        """The records have a counterpart now: the history says so, and what a record from the peer has, these get."""

    def judge_numbers(self, numbers: Iterable[str]) -> Mapping[str, str]:
        """Of these numbers (in the form of ``number_key``): 'taken' for one that was given before, 'foreign' for one
        that no sequence could give. Only the product that gives numbers knows any.
        """

    def relocate_numbers(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> int:
        """Move what was typed as number, and is none, to where another system's reference belongs (IMP-19)."""

    def look_alike(self, keys: Keys, text: str, *, limit: int) -> list[UUID]:
        """Records that may be the one with these keys, or that ``text`` finds; not yet judged."""


def matching_handlers() -> list[MatchingHandler]:
    """The kinds to be paired, those that others belong to first."""
    able = [cast("MatchingHandler", handler) for handler in handlers() if hasattr(handler, "match_keys")]
    return sorted(able, key=lambda handler: any(rule.refers_to for rule in handler.registers.values()))


def matching_handler(kind: str) -> MatchingHandler:
    """The handler of a kind that can be paired. Raises KeyError for any other."""
    for handler in matching_handlers():
        if handler.kind == kind:
            return handler
    raise KeyError(kind)


def owner_kind(handler: Handler) -> str:
    """The kind that records of this one belong to; ''."""
    return next((rule.refers_to for rule in handler.registers.values() if rule.refers_to), "")
