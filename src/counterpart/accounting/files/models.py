"""The file, those who pay for it, and group contacts (LA-FIL-1 to LA-FIL-6, LA-SPL-1 to LA-SPL-5)."""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.urls import reverse

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.records import KeptRecord
from counterpart.accounting.split import WHOLE
from counterpart.contracts.matter import LIMITS
from counterpart.protocol.numbers import FILE_NUMBER_MAX

REASON_MAX: Final = 500
CODE_MAX: Final = 20
CODE_NAME_MAX: Final = 100


class FileCode(models.Model):
    """An entry of one of the firm's lists that a file must name (LA-FIL-1, LA-FIL-3, MAT-7)."""

    class Listing(models.TextChoices):
        AREA = "area_of_practice", "Area of practice"
        RATE = "rate_group", "Rate group"
        FILE = "file_group", "File group"
        BILLING = "billing_group", "Billing group"
        TASK = "default_task", "Default task"

    id = models.BigAutoField(primary_key=True)
    listing = models.CharField(max_length=16, choices=Listing.choices)
    code = models.CharField(max_length=CODE_MAX)
    name = models.CharField(max_length=CODE_NAME_MAX)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["listing", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint("listing", models.functions.Lower("code"), name="file_code_once"),
            models.UniqueConstraint("listing", condition=models.Q(is_default=True), name="file_code_one_default"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FileOptions(models.Model):
    """The firm's choices about files, one row (IMP-10, IMP-11)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    publishes_staff = models.BooleanField(default=False)
    closes_in_step = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="file_options_one_firm")]


class File(KeptRecord):
    """A piece of work and its account.

    The payers of a file are its hidden group (GRP-3): they have rows of their own and the group has none, so no list,
    picker, number or count of contacts can ever show one. ``group`` is the visible group contact the file was opened
    for, stand-alone only.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=FILE_NUMBER_MAX)
    number_key = models.CharField(max_length=3 * FILE_NUMBER_MAX, unique=True)
    description = models.CharField(max_length=LIMITS["title"])
    opened_on = models.DateField()
    opened_received = models.DateField(null=True)
    area_of_practice = models.ForeignKey(FileCode, on_delete=models.PROTECT, related_name="+")
    rate_group = models.ForeignKey(FileCode, on_delete=models.PROTECT, related_name="+")
    file_group = models.ForeignKey(FileCode, on_delete=models.PROTECT, related_name="+")
    billing_group = models.ForeignKey(FileCode, on_delete=models.PROTECT, related_name="+")
    default_task = models.ForeignKey(FileCode, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    assigned = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    originating = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    responsible_allocation = models.PositiveIntegerField(null=True)
    assigned_allocation = models.PositiveIntegerField(null=True)
    lead_allocation = models.PositiveIntegerField(null=True)
    originating_allocation = models.PositiveIntegerField(null=True)
    billing_hold = models.BooleanField(default=False)
    entry_hold = models.BooleanField(default=False)
    trust_hold = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=REASON_MAX, blank=True)
    group = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="group_files")
    from_pm = models.BooleanField(default=False)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.OPEN)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="file_has_a_description", condition=~models.Q(description="")),
            models.CheckConstraint(
                name="file_closed_has_day",
                condition=models.Q(status="open", closed_on=None) | models.Q(status="closed", closed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="file_hold_has_reason",
                condition=models.Q(billing_hold=False, entry_hold=False, trust_hold=False) | ~models.Q(hold_reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["updated_at", "id"], name="file_by_update"),
            models.Index(fields=["status", "number_key"], name="file_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.description}"

    def get_absolute_url(self) -> str:
        """Return the page of the file."""
        return reverse("files:general", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """Whether the file is closed."""
        return self.status == self.Status.CLOSED


class FilePayer(models.Model):
    """A contact's share of a file's bills. The first position is the primary contact (LA-SPL-1).

    A removed payer's row stays with an end: unpaid invoices and trust money may still be his (LA-SPL-3, GRP-13).
    """

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="payers")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="payments_due")
    position = models.PositiveIntegerField()
    share = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["file", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "contact"], name="payer_once_a_file"),
            models.CheckConstraint(condition=models.Q(share__lte=WHOLE), name="payer_share_not_above_whole"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(share=0), name="payer_former_pays_nothing"
            ),
        ]

    @property
    def is_former(self) -> bool:
        """Whether the contact is no client of the file any more."""
        return self.ended_at is not None


class SplitReview(models.Model):
    """A task: somebody has to confirm how a file's bills are divided, because its clients changed (GRP-8, IMP-12).

    It is for those who answer for the file, its responsible and assigned lawyers. A file has one open task at most.
    """

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="split_reviews")
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file"], condition=models.Q(done_at=None), name="split_review_one_open"),
        ]


class GroupMember(models.Model):
    """A contact's membership of a visible group contact (LA-SPL-4)."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="members")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="memberships")
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["group", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "contact"], name="group_member_once"),
            models.CheckConstraint(condition=~models.Q(group=models.F("contact")), name="group_not_its_own_member"),
        ]
