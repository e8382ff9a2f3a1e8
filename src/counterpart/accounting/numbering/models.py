"""What is stored about numbers. Only Legal Accounting gives numbers (LA-NUM-12)."""

from typing import ClassVar, Final

from django.db import models

from counterpart.protocol.numbers import CONTACT_NUMBER_MAX, FILE_NUMBER_MAX, Sequence

SEQUENCE_LABELS: Final = {"client": "Clients", "vendor": "Vendors", "other": "Others"}
PREFIX_MAX: Final = 4
NEXT_MAX: Final = 10**CONTACT_NUMBER_MAX - 1
SEPARATORS: Final = ("-", ".")
FILE_WIDTH_MAX: Final = FILE_NUMBER_MAX - CONTACT_NUMBER_MAX - 1
"""So that contact number, separator and counter fit (LA-NUM-4)."""


class FirmNumbering(models.Model):
    """The firm's choices, one row (LA-NUM-1, LA-NUM-3, LA-NUM-5)."""

    class FileScheme(models.TextChoices):
        CONTACT = "contact", "By contact"
        FIRM = "firm", "By firm"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    separate_numbering_sequences = models.BooleanField(default=False)
    manual_number_resets_sequence = models.BooleanField(default=True)
    file_scheme = models.CharField(max_length=7, choices=FileScheme.choices, default=FileScheme.CONTACT)
    file_width = models.PositiveSmallIntegerField(default=3)
    file_separator = models.CharField(max_length=1, choices=[(one, one) for one in SEPARATORS], default="-")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="numbering_one_firm"),
            models.CheckConstraint(
                condition=models.Q(file_width__gte=1, file_width__lte=FILE_WIDTH_MAX), name="numbering_file_width"
            ),
            models.CheckConstraint(condition=models.Q(file_separator__in=SEPARATORS), name="numbering_file_separator"),
        ]


class NumberSequence(models.Model):
    """One sequence: its prefix, the value it continues with, and the least digits to print.

    Whoever gives a number locks these rows first, all of them in the order of ``code``, because a number must be
    unique across the sequences and a typed number may belong to any (LA-NUM-8).
    """

    code = models.CharField(primary_key=True, max_length=6)
    prefix = models.CharField(max_length=PREFIX_MAX, blank=True)
    next = models.BigIntegerField(default=1)
    width = models.PositiveSmallIntegerField(default=0)
    last_given = models.CharField(max_length=CONTACT_NUMBER_MAX, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(code__in=list(SEQUENCE_LABELS)), name="numbering_known_code"),
            models.CheckConstraint(condition=models.Q(next__gte=0), name="numbering_next_not_negative"),
        ]

    @property
    def label(self) -> str:
        """The sequence in words."""
        return SEQUENCE_LABELS[self.code]

    @property
    def rule(self) -> Sequence:
        """The sequence as the pure rules take it."""
        return Sequence(self.prefix, self.next, self.width)


class FileSequence(models.Model):
    """The counter of file numbers by firm, one row (LA-NUM-3).

    Whoever gives a file number locks this row first, by contact too: a file number must be unique in the firm
    (LA-NUM-8).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    next = models.BigIntegerField(default=1)
    width = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="numbering_one_file_sequence"),
            models.CheckConstraint(condition=models.Q(next__gte=0), name="numbering_file_next_not_negative"),
        ]


class FileCounter(models.Model):
    """A contact's own counter of file numbers by contact; it stays the contact's when his number changes (LA-NUM-3)."""

    contact_id = models.UUIDField(primary_key=True)
    next = models.BigIntegerField(default=1)


class GivenNumber(models.Model):
    """A number given to a record. Rows are never changed or removed: triggers refuse it.

    So a number stays used after its record is renumbered, closed or deleted (LA-NUM-7), and the old number still
    finds it. ``key`` is the number without letter case.
    """

    class Reason(models.TextChoices):
        AUTOMATIC = "automatic", "Next in the sequence"
        TYPED = "typed", "Typed"
        REQUESTED = "requested", "Asked for in Practice Management"

    id = models.BigAutoField(primary_key=True)
    given_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=Reason.choices)

    class Meta:
        abstract = True


class NumberLedger(GivenNumber):
    """Every number ever given to a contact."""

    number = models.CharField(max_length=CONTACT_NUMBER_MAX)
    key = models.CharField(max_length=3 * CONTACT_NUMBER_MAX, unique=True)
    contact_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contact_id"], name="numbering_ledger_contact")]


class FileNumberLedger(GivenNumber):
    """Every number ever given to a file: a space of their own, beside the contacts' (sync-protocol 8)."""

    number = models.CharField(max_length=FILE_NUMBER_MAX)
    key = models.CharField(max_length=3 * FILE_NUMBER_MAX, unique=True)
    file_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["file_id"], name="numbering_ledger_file")]
