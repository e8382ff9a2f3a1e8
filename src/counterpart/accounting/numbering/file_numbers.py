"""Numbers of files: by contact (25-001) or by firm (12345), in a space of their own (LA-NUM-3, MAT-8 to MAT-18)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from counterpart.accounting.numbering.book import Book, NotGiven
from counterpart.accounting.numbering.models import (
    FILE_WIDTH_MAX,
    NEXT_MAX,
    SEPARATORS,
    FileCounter,
    FileNumberLedger,
    FileSequence,
    FirmNumbering,
    GivenNumber,
)
from counterpart.accounting.numbering.queries import Preview, firm_numbering, next_of
from counterpart.accounting.numbering.used import used_file_numbers
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import upsert_rows
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.reading import rows_of
from counterpart.foundation.users.models import User
from counterpart.protocol import numbers as rules
from counterpart.protocol.numbers import FILE_NUMBER_MAX, number_key, number_problem

NOUN: Final = "file number"


@dataclass(frozen=True, slots=True)
class FileWish:
    """A file that needs a number: the one it wishes, or the next one. ``contact``: its primary contact."""

    file_id: UUID
    contact_id: UUID
    contact_number: str
    number: str = ""
    keep_sequence: bool = False
    reason: str = GivenNumber.Reason.TYPED


def give_file_numbers(wishes: Sequence[FileWish], *, at: datetime) -> list[str | NotGiven]:
    """Give each file a number, in the order of the wishes, and write them to the ledger.

    By contact a typed number must begin with the primary contact's number and the separator (MAT-13), and moves that
    contact's counter; by firm it moves the firm's (MAT-16). Set-based, in the transaction that writes the files, as
    for contacts (LA-NUM-8).
    """
    assert connection.in_atomic_block, "numbers are given in the transaction that writes their files"
    if not wishes:
        return []
    book = _FileBook(wishes)
    answers = [book.answer(wish) for wish in wishes]
    book.write(at)
    return answers


def preview_file_number(
    number: str, *, contact_id: UUID | None, contact_number: str, file_id: UUID | None = None
) -> Preview:
    """Say what using this number for a file of this primary contact would mean (LA-NUM-5, IMP-3, IMP-4)."""
    firm, used = firm_numbering(), used_file_numbers()
    rule = _rule(firm, contact_id, contact_number)
    following = after = next_of(rule, used, longest=FILE_NUMBER_MAX)
    problem = _problem(number, rule) if number else ""
    owner = used.owner(number_key(number)) if number else None
    if number and not problem and firm.manual_number_resets_sequence:
        used.take(number_key(number), owner or UUID(int=0))
        after = next_of(_after_typed(rule, number, firm), used, longest=FILE_NUMBER_MAX)
    return Preview(number, problem, None if owner == file_id else owner, following, after)


def next_file_number(*, contact_id: UUID | None = None, contact_number: str = "") -> str:
    """Return the next automatic file number of this contact, or of the firm; '' by contact if none is named."""
    firm = firm_numbering()
    if firm.file_scheme == FirmNumbering.FileScheme.CONTACT and contact_id is None:
        return ""
    rule = _rule(firm, contact_id, contact_number)
    return next_of(rule, used_file_numbers(), longest=FILE_NUMBER_MAX)


def file_prefix(contact_number: str) -> str:
    """Return what a file number of this primary contact must begin with; '' by firm (MAT-13)."""
    firm = firm_numbering()
    return f"{contact_number}{firm.file_separator}" if firm.file_scheme == FirmNumbering.FileScheme.CONTACT else ""


def file_numbers_of(file_id: UUID) -> QuerySet[FileNumberLedger]:
    """Return every number the file ever had, newest first."""
    return FileNumberLedger.objects.filter(file_id=file_id).order_by("-id")


def file_number_locked_emails() -> set[str]:
    """Return the e-mails of those who may not set file numbers (MAT-19): active, restricted, not administrators."""
    restricted = User.objects.filter(is_active=True, roles__restrict_file_number_changes=True)
    return set(restricted.exclude(roles__is_administrator=True).values_list("email", flat=True))


def file_sequence() -> FileSequence:
    """Return the firm's counter."""
    return FileSequence.objects.get()


def file_numbering_facts() -> Mapping[str, object]:
    """Return the file numbering settings in the shape the API and the peer read."""
    firm = firm_numbering()
    return {"scheme": firm.file_scheme, "width": firm.file_width, "separator": firm.file_separator}


@transaction.atomic
def change_file_numbering(
    *,
    actor: Actor,
    at: datetime,
    scheme: str | None = None,
    width: int | None = None,
    separator: str | None = None,
    next: int | None = None,  # noqa: A002 - what people call it
) -> None:
    """Change how files are numbered; what is None stays. Files that exist keep their numbers (MAT-12).

    ``next`` is the firm's next number; used ones are stepped over. Raises Forbidden, Refused.
    """
    actor.require("settings.edit")
    sequence, firm = locked_file_sequence(), firm_numbering()
    if errors := _setting_errors(scheme, width, separator, next):
        raise Refused(errors)
    before = {**file_numbering_facts(), "next": sequence.next}
    wanted = {"scheme": scheme, "width": width, "separator": separator, "next": next}
    changes = {f"file.{k}": [before[k], v] for k, v in wanted.items() if v is not None and v != before[k]}
    if not changes:
        return
    firm.file_scheme = scheme or firm.file_scheme
    firm.file_width = width or firm.file_width
    firm.file_separator = separator or firm.file_separator
    firm.save()
    if next is not None:
        FileSequence.objects.update(next=next)
    event = history.NewEvent("settings", None, "Automatic File Numbering", "setting_changed", actor, at, changes)
    history.record([event])


def locked_file_sequence() -> FileSequence:
    """Lock the counter of file numbers until the end of the transaction and return it."""
    return FileSequence.objects.select_for_update().get()


class _FileBook:
    """The number book open for files: counter locked, used numbers at hand."""

    def __init__(self, wishes: Sequence[FileWish]) -> None:
        sequence = locked_file_sequence()
        # Read after the lock: whoever changes the settings holds the same lock.
        self.firm = firm_numbering()
        self.by_contact = self.firm.file_scheme == FirmNumbering.FileScheme.CONTACT
        self.rules = self._rules(wishes, sequence)
        self.before = dict(self.rules)
        used = used_file_numbers()
        self.book = Book(used, longest=FILE_NUMBER_MAX, noun=NOUN)
        expected = Counter(self._counter(wish) for wish in wishes if not wish.number)
        soon = [
            number_key(rule.text(rule.next + step))
            for counter, rule in self.rules.items()
            for step in range(expected[counter])
        ]
        used.look_up([*soon, *(number_key(wish.number) for wish in wishes if wish.number)])
        self.is_used = {counter: used.checker(rule, expected[counter]) for counter, rule in self.rules.items()}

    def answer(self, wish: FileWish) -> str | NotGiven:
        """Grant one wish or say why not."""
        counter = self._counter(wish)
        rule = self.rules[counter]
        if not wish.number:
            number, self.rules[counter] = self.book.next(rule, self.is_used[counter], wish.file_id)
            return number
        if problem := _prefix_problem(wish.number, rule):
            return NotGiven("number_prefix", problem, wish.number)
        typed = self.book.typed(wish.number, wish.file_id, wish.reason)
        if isinstance(typed, str) and not wish.keep_sequence:
            self.rules[counter] = _after_typed(rule, typed, self.firm)
        return typed

    def write(self, at: datetime) -> None:
        """Write the ledger and the counters."""
        self.book.write(at)
        moved = {counter: rule for counter, rule in self.rules.items() if rule != self.before[counter]}
        if self.by_contact:
            rows = [(counter, rule.next) for counter, rule in moved.items()]
            upsert_rows(FileCounter, ("contact_id", "next"), rows, key_columns=("contact_id",))
            return
        for rule in moved.values():
            FileSequence.objects.update(next=rule.next, width=rule.width)

    def _counter(self, wish: FileWish) -> UUID | None:
        return wish.contact_id if self.by_contact else None

    def _rules(self, wishes: Sequence[FileWish], sequence: FileSequence) -> dict[UUID | None, rules.Sequence]:
        if not self.by_contact:
            return {None: rules.Sequence("", sequence.next, sequence.width)}
        numbers = {wish.contact_id: wish.contact_number for wish in wishes}
        counters = dict(rows_of(FileCounter.objects.filter(pk__among=numbers).values_list("pk", "next")))
        return {key: _contact_rule(self.firm, number, counters.get(key, 1)) for key, number in numbers.items()}


def _rule(firm: FirmNumbering, contact_id: UUID | None, contact_number: str) -> rules.Sequence:
    if firm.file_scheme == FirmNumbering.FileScheme.CONTACT and contact_id is not None:
        counter = FileCounter.objects.filter(pk=contact_id).first() or FileCounter()
        return _contact_rule(firm, contact_number, counter.next)
    sequence = file_sequence()
    return rules.Sequence("", sequence.next, sequence.width)


def _contact_rule(firm: FirmNumbering, contact_number: str, following: int) -> rules.Sequence:
    return rules.Sequence(f"{contact_number}{firm.file_separator}", following, firm.file_width)


def _after_typed(rule: rules.Sequence, number: str, firm: FirmNumbering) -> rules.Sequence:
    """The sequence after a typed number. By contact the width is the firm's setting, whatever zeros were typed."""
    if not firm.manual_number_resets_sequence:
        return rule
    moved = rules.after_typed(rule, number, longest=FILE_NUMBER_MAX)
    return replace(moved, width=rule.width) if rule.prefix else moved


def _problem(number: str, rule: rules.Sequence) -> str:
    return number_problem(number, longest=FILE_NUMBER_MAX, noun=NOUN) or _prefix_problem(number, rule)


def _prefix_problem(number: str, rule: rules.Sequence) -> str:
    prefix, key = number_key(rule.prefix), number_key(number)
    if key.startswith(prefix) and key != prefix:
        return ""
    return f"The file number must begin with {rule.prefix}, the number of the primary contact, and go on after it."


def _setting_errors(
    scheme: str | None, width: int | None, separator: str | None, following: int | None
) -> list[FieldError]:
    errors = []
    if scheme is not None and scheme not in FirmNumbering.FileScheme.values:
        errors.append(FieldError("scheme", "Choose by contact or by firm."))
    if width is not None and not 1 <= width <= FILE_WIDTH_MAX:
        errors.append(FieldError("width", f"The width must be between 1 and {FILE_WIDTH_MAX} digits."))
    if separator is not None and separator not in SEPARATORS:
        errors.append(FieldError("separator", "The separator is - or a full stop."))
    if following is not None and not 1 <= following <= NEXT_MAX:
        errors.append(FieldError("next", "The next number must be 1 or more and not too long."))
    return errors
