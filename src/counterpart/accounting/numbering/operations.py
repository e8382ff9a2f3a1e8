"""Giving numbers to contacts, and changing how they are given."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from counterpart.accounting.numbering.book import Book, NotGiven
from counterpart.accounting.numbering.models import (
    PREFIX_MAX,
    SEQUENCE_LABELS,
    FirmNumbering,
    NumberLedger,
    NumberSequence,
)
from counterpart.accounting.numbering.queries import firm_numbering, sequence_code
from counterpart.accounting.numbering.used import UsedNumbers
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import update_rows
from counterpart.foundation.errors import FieldError, Refused
from counterpart.protocol import numbers as rules
from counterpart.protocol.numbers import number_key, number_problem


@dataclass(frozen=True, slots=True)
class Wish:
    """A contact that needs a number: the one it wishes, or the next of its type's sequence."""

    contact_id: UUID
    scheme: str
    number: str = ""
    keep_sequence: bool = False
    reason: str = NumberLedger.Reason.TYPED


@dataclass(frozen=True, slots=True)
class SequenceChange:
    """What an administrator wants of one sequence; None leaves it as it is."""

    prefix: str | None = None
    next: int | None = None
    width: int | None = None


def give_numbers(wishes: Sequence[Wish], *, at: datetime) -> list[str | NotGiven]:
    """Give each contact a number, in the order of the wishes, and write them to the ledger.

    Set-based: any number of wishes costs one lock, one or two reads and two writes. Must run in the transaction
    that writes the contacts, so that a number is never given without its contact (LA-NUM-8). A wish that can't be
    granted uses nothing up and does not hinder the others.
    """
    assert connection.in_atomic_block, "numbers are given in the transaction that writes their contacts"
    if not wishes:
        return []
    book = _ContactBook(wishes)
    answers = [book.answer(wish) for wish in wishes]
    book.write(at)
    return answers


def locked_sequences() -> dict[str, NumberSequence]:
    """Lock the three sequences until the end of the transaction and return them by code.

    On SQLite the transaction holds the only write lock there is since its beginning.
    """
    rows = {row.code: row for row in NumberSequence.objects.select_for_update().order_by("code")}
    assert len(rows) == len(SEQUENCE_LABELS), "a migration makes the three sequences; nothing removes them"
    return rows


@transaction.atomic
def change_numbering(
    *,
    actor: Actor,
    at: datetime,
    separate: bool | None = None,
    resets: bool | None = None,
    sequences: Mapping[str, SequenceChange] | None = None,
) -> None:
    """Change the firm's numbering; what is None stays. Every change is logged (LA-NUM-6, LA-AUD-1).

    Setting a sequence back is harmless: used numbers are stepped over. Raises Forbidden, Refused.
    """
    actor.require("settings.edit")
    rows = locked_sequences()
    firm = firm_numbering()
    wanted = {"separate_numbering_sequences": separate, "manual_number_resets_sequence": resets}
    changes = _apply(firm, wanted)
    for code, one in (sequences or {}).items():
        found = _apply(rows[code], {"prefix": one.prefix, "next": one.next, "width": one.width})
        changes |= {f"{code}.{name}": change for name, change in found.items()}
    if not changes:
        return
    if errors := _sequence_errors(rows):
        raise Refused(errors)
    firm.save()
    for row in rows.values():
        row.save()
    event = history.NewEvent("settings", None, "Automatic File Numbering", "setting_changed", actor, at, changes)
    history.record([event])


def _apply(row: FirmNumbering | NumberSequence, wanted: Mapping[str, object]) -> dict[str, object]:
    """Set what is wanted and differs; return {name: [old, new]}."""
    changes: dict[str, object] = {}
    for name, value in wanted.items():
        if value is not None and getattr(row, name) != value:
            changes[name] = [getattr(row, name), value]
            setattr(row, name, value)
    return changes


def _sequence_errors(rows: Mapping[str, NumberSequence]) -> list[FieldError]:
    errors: list[FieldError] = []
    seen: dict[str, str] = {}
    for code, row in rows.items():
        where = f"sequences.{code}"
        key = number_key(row.prefix)
        if len(row.prefix) > PREFIX_MAX:
            errors.append(FieldError(f"{where}.prefix", f"A prefix can have at most {PREFIX_MAX} characters."))
        elif row.prefix and number_problem(row.prefix, noun="prefix"):
            errors.append(FieldError(f"{where}.prefix", number_problem(row.prefix, noun="prefix")))
        elif re.search(r"\d$", row.prefix):
            errors.append(FieldError(f"{where}.prefix", "A prefix can't end in a digit: V1 and 2 would read as V12."))
        elif key in seen:
            text = f"{SEQUENCE_LABELS[seen[key]]} have this prefix already; each sequence needs its own."
            errors.append(FieldError(f"{where}.prefix", text))
        seen.setdefault(key, code)
        if row.next < 1 or len(row.rule.text()) > rules.CONTACT_NUMBER_MAX:
            text = f"The next number must be 1 or more and have at most {rules.CONTACT_NUMBER_MAX} characters."
            errors.append(FieldError(f"{where}.next", text))
    return errors


class _ContactBook:
    """The number book open for contacts: sequences locked, used numbers at hand."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        rows = locked_sequences()
        # Read after the lock: whoever changes the settings holds the same lock.
        self.firm: FirmNumbering = firm_numbering()
        self.rules = {code: row.rule for code, row in rows.items()}
        self.before = dict(self.rules)
        self.last: dict[str, str] = {}
        self.book = Book(UsedNumbers(), longest=rules.CONTACT_NUMBER_MAX, noun="number")
        used = self.book.used
        used.look_up(number_key(wish.number) for wish in wishes if wish.number)
        expected = Counter(sequence_code(wish.scheme, self.firm) for wish in wishes if not wish.number)
        self.is_used = {code: used.checker(rule, expected[code]) for code, rule in self.rules.items()}

    def answer(self, wish: Wish) -> str | NotGiven:
        """Grant one wish or say why not."""
        code = sequence_code(wish.scheme, self.firm)
        return self._typed(wish, code) if wish.number else self._automatic(wish, code)

    def write(self, at: datetime) -> None:
        """Write the ledger and the sequences."""
        self.book.write(at)
        moved = [
            (code, rule.next, rule.width, self.last.get(code))
            for code, rule in self.rules.items()
            if rule != self.before[code] or code in self.last
        ]
        with_last = [row for row in moved if row[3] is not None]
        without = [row[:3] for row in moved if row[3] is None]
        if with_last:
            update_rows(NumberSequence, ("next", "width", "last_given"), with_last, key_columns=("code",))
        if without:
            update_rows(NumberSequence, ("next", "width"), without, key_columns=("code",))

    def _automatic(self, wish: Wish, code: str) -> str | NotGiven:
        number, self.rules[code] = self.book.next(self.rules[code], self.is_used[code], wish.contact_id)
        if isinstance(number, str):
            self.last[code] = number
        return number

    def _typed(self, wish: Wish, code: str) -> str | NotGiven:
        number = self.book.typed(wish.number, wish.contact_id, wish.reason)
        if isinstance(number, str) and self.firm.manual_number_resets_sequence and not wish.keep_sequence:
            moved = rules.after_typed(self.rules[code], number)
            if moved is not self.rules[code]:
                self.rules[code], self.last[code] = moved, number
        return number
