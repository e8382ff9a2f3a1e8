"""The contact as Legal Accounting keeps it (LA-CON-1, LA-CON-2)."""

from typing import ClassVar, Final

from django.db import models
from django.db.models.functions import Length, Lower
from django.urls import reverse

from counterpart.accounting.contacts.fields import EXTERNAL_REFERENCE_MAX
from counterpart.accounting.records import KeptRecord
from counterpart.contracts.contact import LIMITS
from counterpart.protocol.numbers import CONTACT_NUMBER_MAX

OF_LISTS: Final = ("status", "contact_type", "deleted_at")
"""What lists are filtered by most: with these in it an index answers alone, in the order it has."""


class ContactOptions(models.Model):
    """The firm's choices about contacts, one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    required = models.JSONField(default=list)
    """Which of ``contracts.contact.REQUIRABLE`` people have to fill in on a new contact (IMP-8, ADR-7)."""

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="contact_options_one_firm")]


class Contact(KeptRecord):
    """A client, vendor or other contact."""

    class DisplayAs(models.TextChoices):
        INDIVIDUAL = "individual", "Individual"
        COMPANY = "company", "Company"

    class ContactType(models.TextChoices):
        CLIENT = "client", "Client"
        VENDOR = "vendor", "Vendor"
        OTHER = "other", "Other"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=CONTACT_NUMBER_MAX)
    number_key = models.CharField(max_length=3 * CONTACT_NUMBER_MAX, unique=True)
    contact_type = models.CharField(max_length=6, choices=ContactType.choices, default=ContactType.CLIENT)
    display_as = models.CharField(max_length=10, choices=DisplayAs.choices, default=DisplayAs.INDIVIDUAL)
    title = models.CharField(max_length=LIMITS["title"], blank=True)
    first = models.CharField(max_length=LIMITS["first"], blank=True)
    middle = models.CharField(max_length=LIMITS["middle"], blank=True)
    last = models.CharField(max_length=LIMITS["last"], blank=True)
    suffix = models.CharField(max_length=LIMITS["suffix"], blank=True)
    company = models.CharField(max_length=LIMITS["company"], blank=True)
    alias = models.CharField(max_length=LIMITS["alias"], blank=True)
    email = models.CharField("e-mail", max_length=LIMITS["email"], blank=True)
    work_phone = models.CharField(max_length=LIMITS["phone"], blank=True)
    mobile_phone = models.CharField(max_length=LIMITS["phone"], blank=True)
    home_phone = models.CharField(max_length=LIMITS["phone"], blank=True)
    other_phone = models.CharField(max_length=LIMITS["phone"], blank=True)
    fax = models.CharField(max_length=LIMITS["phone"], blank=True)
    main_address = models.JSONField(default=dict, blank=True)
    additional_addresses = models.JSONField(default=list, blank=True)
    additional_methods = models.JSONField(default=list, blank=True)
    """Further numbers and counties, as Practice Management says them: [{"label", "value"}] (IMP-7)."""
    external_reference = models.CharField(max_length=EXTERNAL_REFERENCE_MAX, blank=True, db_default="")
    """What another program calls the contact; imports find it again by this. It stays here."""
    external_key = models.CharField(max_length=2 * EXTERNAL_REFERENCE_MAX, blank=True, db_default="")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.ACTIVE)
    closed_at = models.DateTimeField(null=True)
    is_group = models.BooleanField(default=False, db_default=False)
    """A container for several contacts (LA-SPL-4): it has a name and a number and is never itself a payer."""
    sort_name = models.CharField(max_length=420)
    phone_digits = models.CharField(max_length=600, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="contact_external_once",
                fields=["external_key"],
                condition=~models.Q(external_key="") & models.Q(deleted_at=None),
            ),
            models.CheckConstraint(
                name="contact_has_a_name",
                condition=(models.Q(display_as="company") & ~models.Q(company=""))
                | (models.Q(display_as="individual") & ~(models.Q(first="") & models.Q(last=""))),
            ),
            models.CheckConstraint(
                name="contact_closed_has_moment",
                condition=models.Q(status="active", closed_at=None)
                | models.Q(status="closed", closed_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sort_name", "id", *OF_LISTS], name="contact_by_name"),
            models.Index(fields=["updated_at", "id", *OF_LISTS], name="contact_by_update"),
            models.Index(fields=["email", "id", *OF_LISTS], name="contact_list_by_email"),
            models.Index(Length("number"), "number_key", name="contact_by_number"),
            models.Index(fields=["contact_type", "sort_name"], name="contact_by_type"),
            models.Index(Lower("email"), name="contact_by_email", condition=~models.Q(email="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the contact."""
        return reverse("contacts:general", args=[self.pk])

    @property
    def name(self) -> str:
        """The name as it is displayed: the company's, or the person's in full."""
        if self.display_as == self.DisplayAs.COMPANY:
            return self.company
        return " ".join(filter(None, (self.title, self.first, self.middle, self.last, self.suffix)))

    @property
    def attention(self) -> str:
        """The person at a company, for the attention line of a bill (LA-CON-1)."""
        if self.display_as != self.DisplayAs.COMPANY:
            return ""
        return " ".join(filter(None, (self.title, self.first, self.middle, self.last, self.suffix)))

    @property
    def is_closed(self) -> bool:
        """Whether the contact is closed."""
        return self.status == self.Status.CLOSED
