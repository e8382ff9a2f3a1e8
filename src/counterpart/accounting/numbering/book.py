"""The open number book: what giving numbers to contacts and to files has in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterpart.accounting.numbering.models import GivenNumber
from counterpart.accounting.numbering.used import UsedNumbers
from counterpart.foundation.bulk import insert_rows
from counterpart.protocol import numbers as rules
from counterpart.protocol.numbers import Sequence, number_key, number_problem


@dataclass(frozen=True, slots=True)
class NotGiven:
    """Why a wish was not granted: ``number_in_use`` (with its owner), ``number_invalid``, ``number_prefix`` (of a file
    number by contact) or ``number_exhausted``.
    """

    code: str
    text: str
    number: str
    owner: UUID | None = None


class Book:
    """Used numbers at hand, and what was given so far."""

    def __init__(self, used: UsedNumbers, *, longest: int, noun: str) -> None:
        self.used = used
        self.longest = longest
        self.noun = noun
        self._entries: list[tuple[str, str, UUID, str]] = []

    def next(
        self, rule: Sequence, is_used: Callable[[str], bool], owner: UUID
    ) -> tuple[str, Sequence] | tuple[NotGiven, Sequence]:
        """Give the next number of a sequence; returns it, or why there is none, and the sequence afterwards."""
        try:
            number, after = rules.allocate(rule, is_used, longest=self.longest)
        except rules.SequenceExhausted as end:
            text = f"No number is left in the sequence that goes on with {end}."
            return NotGiven("number_exhausted", text, ""), rule
        self._enter(number, number_key(number), owner, GivenNumber.Reason.AUTOMATIC)
        return number, after

    def typed(self, number: str, owner: UUID, reason: str) -> str | NotGiven:
        """Give a typed number, or say why not. One that the record had before is its own still (LA-NUM-7)."""
        if problem := number_problem(number, longest=self.longest, noun=self.noun):
            return NotGiven("number_invalid", problem, number)
        key = number_key(number)
        holder = self.used.owner(key)
        if holder not in (None, owner):
            return NotGiven("number_in_use", f"Number {number} is already used.", number, holder)
        if holder is None:
            self._enter(number, key, owner, reason)
        return number

    def write(self, at: datetime) -> None:
        """Write the ledger."""
        rows = [(number, key, owner, at, reason) for number, key, owner, reason in self._entries]
        insert_rows(self.used.ledger, ("number", "key", self.used.owner_column, "given_at", "reason"), rows)

    def _enter(self, number: str, key: str, owner: UUID, reason: str) -> None:
        self.used.take(key, owner)
        self._entries.append((number, key, owner, reason))
