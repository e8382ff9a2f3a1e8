"""What is stored about numbers. Only Legal Accounting gives numbers (LA-NUM-12)."""

from typing import ClassVar, Final

from django.db import models

from counterpart.protocol.numbers import CONTACT_NUMBER_MAX, Sequence

SEQUENCE_LABELS: Final = {"client": "Clients", "vendor": "Vendors", "other": "Others"}
PREFIX_MAX: Final = 4
NEXT_MAX: Final = 10**CONTACT_NUMBER_MAX - 1


class FirmNumbering(models.Model):
    """The firm's choices, one row (LA-NUM-1, LA-NUM-5)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    separate_numbering_sequences = models.BooleanField(default=False)
    manual_number_resets_sequence = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="numbering_one_firm")]


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


class NumberLedger(models.Model):
    """Every number ever given, and to which contact. Rows are never changed or removed: triggers refuse it.

    So a number stays used after its contact is renumbered, closed or deleted (LA-NUM-7), and the old number still
    finds the contact. ``key`` is the number without letter case.
    """

    class Reason(models.TextChoices):
        AUTOMATIC = "automatic", "Next in the sequence"
        TYPED = "typed", "Typed"
        REQUESTED = "requested", "Asked for in Practice Management"

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=CONTACT_NUMBER_MAX)
    key = models.CharField(max_length=3 * CONTACT_NUMBER_MAX, unique=True)
    contact_id = models.UUIDField()
    given_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=Reason.choices)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contact_id"], name="numbering_ledger_contact")]
