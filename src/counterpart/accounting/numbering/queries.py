"""Reading numbers: what would be next, whose a number is, which numbers a contact had."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from counterpart.accounting.numbering.models import FileNumberLedger, FirmNumbering, NumberLedger, NumberSequence
from counterpart.accounting.numbering.used import UsedNumbers
from counterpart.foundation.users.models import User
from counterpart.protocol.numbers import (
    CONTACT_NUMBER_MAX,
    Sequence,
    SequenceExhausted,
    after_typed,
    allocate,
    number_key,
    number_problem,
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a typed number would do, told before anything is saved (LA-NUM-5, IMP-3, IMP-4)."""

    number: str
    problem: str
    """Why it can't be used, in words; empty if it can. A number in use is told by ``owner``, not here."""
    owner: UUID | None
    """The record the number was once given to, unless that is the one asking."""
    next: str
    """The next automatic number now, and after a save that keeps the sequence."""
    next_after: str
    """The next automatic number if the typed one is used and moves the sequence."""

    @property
    def is_free(self) -> bool:
        """Whether the number can be used."""
        return not self.problem and self.owner is None

    @property
    def moves(self) -> bool:
        """Whether using the number changes what comes next."""
        return self.is_free and self.next_after != self.next


def firm_numbering() -> FirmNumbering:
    """Return the firm's choices; the defaults until somebody chose."""
    return FirmNumbering.objects.first() or FirmNumbering()


def sequences() -> dict[str, NumberSequence]:
    """Return the three sequences by code, clients first."""
    rows = {row.code: row for row in NumberSequence.objects.all()}
    return {code: rows[code] for code in ("client", "vendor", "other") if code in rows}


def sequence_code(scheme: str, firm: FirmNumbering) -> str:
    """Return the sequence a contact type draws from: its own, or the client sequence for all (LA-NUM-1, SEQ-8)."""
    return scheme if firm.separate_numbering_sequences else "client"


def next_numbers() -> dict[str, str]:
    """Return the next automatic number for each contact type, used numbers stepped over (LA-NUM-2)."""
    firm, rows, used = firm_numbering(), sequences(), UsedNumbers()
    following = {code: next_of(row.rule, used) for code, row in rows.items()}
    return {scheme: following[sequence_code(scheme, firm)] for scheme in rows}


def preview(number: str, *, scheme: str, contact_id: UUID | None = None) -> Preview:
    """Say what using this number would mean; an empty number asks only for the next one."""
    firm, used = firm_numbering(), UsedNumbers()
    rule = sequences()[sequence_code(scheme, firm)].rule
    key = number_key(number)
    owner = used.owner(key) if number else None
    following = next_of(rule, used)
    after = following
    problem = number_problem(number, noun="number") if number else ""
    if number and not problem and firm.manual_number_resets_sequence:
        used.take(key, owner or UUID(int=0))
        after = next_of(after_typed(rule, number), used)
    return Preview(number, problem, None if owner == contact_id else owner, following, after)


def numbers_of(contact_id: UUID) -> QuerySet[NumberLedger]:
    """Return every number the contact ever had, newest first."""
    return NumberLedger.objects.filter(contact_id=contact_id).order_by("-id")


def numbers_had(contact_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return by contact every number it ever had, newest first; one statement."""
    rows = NumberLedger.objects.filter(contact_id__in=list(contact_ids)).order_by("-id")
    return _by_owner(rows.values_list("contact_id", "number"))


def file_numbers_had(file_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return by file every number it ever had, newest first; one statement."""
    rows = FileNumberLedger.objects.filter(file_id__in=list(file_ids)).order_by("-id")
    return _by_owner(rows.values_list("file_id", "number"))


def number_locked_emails() -> set[str]:
    """Return the e-mails of those who may not set numbers (NUM-16): active, restricted, not administrators."""
    restricted = User.objects.filter(is_active=True, roles__restrict_contact_number_changes=True)
    return set(restricted.exclude(roles__is_administrator=True).values_list("email", flat=True))


def settings_facts() -> Mapping[str, object]:
    """Return the numbering settings in the shape the API and the peer read."""
    firm = firm_numbering()
    return {
        "separate_numbering_sequences": firm.separate_numbering_sequences,
        "manual_number_resets_sequence": firm.manual_number_resets_sequence,
        "sequences": {code: {"prefix": row.prefix, "next": row.next} for code, row in sequences().items()},
    }


def used_sentence(number: str, name: str, *, holds: bool, joint: str = "by") -> str:
    """Say that a number can't be used: something has it, or had it. ``name`` is empty for those who may not know."""
    if holds:
        return f"Number {number} is already used {joint} {name}." if name else f"Number {number} is already used."
    was = f" It was the number of {name}." if name else ""
    return f"Number {number} was given before and is never used twice.{was}"


def next_of(rule: Sequence, used: UsedNumbers, *, longest: int = CONTACT_NUMBER_MAX) -> str:
    """Return the next free number of a sequence, '' if none is left."""
    try:
        return allocate(rule, used.checker(rule), longest=longest)[0]
    except SequenceExhausted:
        return ""


def _by_owner(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for owner, number in rows:
        found.setdefault(owner, []).append(number)
    return found
