"""The contact, and what an import leaves behind so that it can be resumed."""

from typing import ClassVar, Final
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from counterpart.foundation.ids import new_id
from counterpart.practice.contacts.bare_names import BareName
from counterpart.practice.contacts.enums import Kind, Numbering, Status
from counterpart.practice.contacts.naming import DEFAULT_FORMAT, display_name
from counterpart.practice.records import KeptRecord

ACTIVE = Q(deleted_at=None)
OF_LISTS: Final = ("status", "kind", "numbering_sequence", "deleted_at")
"""What lists are filtered by most: with these in it an index answers alone, in the order it has."""
EXTERNAL_REFERENCE_MAX = 200
WEBSITE_MAX = 500
OCCUPATION_MAX = 100
TAX_NUMBER_MAX = 50


class Contact(KeptRecord):
    """A person or an organisation, stored once for the whole firm. Empty text is '' in the columns."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INDIVIDUAL)
    title = models.CharField(max_length=30, blank=True)
    first = models.CharField(max_length=100, blank=True)
    middle = models.CharField(max_length=100, blank=True)
    last = models.CharField(max_length=100, blank=True)
    suffix = models.CharField(max_length=30, blank=True)
    company = models.CharField(max_length=200, blank=True)
    alias = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    emails = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    """Further addresses in order, as text; ``email`` is the primary one (4.1)."""
    phones = models.JSONField(default=list)
    """Ordered list of {"label", "number"}; a label may repeat (PHN-1)."""
    physical_address = models.JSONField(default=dict)
    mailing_address = models.JSONField(default=dict)
    reference = models.CharField(max_length=15, blank=True)
    """The number Legal Accounting gave; '' until then. Only the sync writes it."""
    reference_key = models.CharField(max_length=60, blank=True)
    """Number in the form in which numbers are compared (CON-2); folding can lengthen a text."""
    requested_reference = models.CharField(max_length=15, blank=True)
    """What a user typed and Legal Accounting has not granted yet."""
    requested_key = models.CharField(max_length=60, blank=True)
    requested_keep_sequence = models.BooleanField(default=False)
    numbering_sequence = models.CharField(max_length=6, choices=Numbering, default=Numbering.CLIENT)
    external_reference = models.CharField(max_length=EXTERNAL_REFERENCE_MAX, blank=True, db_default="")
    """What another program calls the contact; imports find it again by this. It stays here."""
    external_key = models.CharField(max_length=2 * EXTERNAL_REFERENCE_MAX, blank=True, db_default="")
    website = models.CharField(max_length=WEBSITE_MAX, blank=True, db_default="")
    occupation = models.CharField(max_length=OCCUPATION_MAX, blank=True, db_default="")
    date_of_birth = models.CharField(max_length=10, blank=True, db_default="")
    """ISO text, since it travels as text through forms, files, history and undo; '' if not known."""
    tax_number = models.CharField(max_length=TAX_NUMBER_MAX, blank=True, db_default="")
    """Shown to those alone who have the right ``contact.view_sensitive``; history never says it (HIS-1)."""
    status = models.CharField(max_length=6, choices=Status, default=Status.ACTIVE)
    sort_name = models.CharField(max_length=450)
    phone_digits = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sort_name", "id", *OF_LISTS], name="contact_by_name"),
            models.Index(BareName("sort_name"), name="contact_by_bare_name"),
            models.Index(fields=["updated_at", "id", *OF_LISTS], name="contact_by_update"),
            models.Index(fields=["email", "id", *OF_LISTS], name="contact_list_by_email"),
            models.Index(fields=["reference_key", "id", *OF_LISTS], name="contact_by_reference"),
            models.Index(fields=["requested_key"], name="contact_by_request", condition=~Q(requested_key="")),
            models.Index(Lower("email"), name="contact_by_email", condition=~Q(email="")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["external_key"], condition=~Q(external_key="") & ACTIVE, name="contact_external_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="contact_kind_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="contact_status_known"),
            models.CheckConstraint(
                condition=Q(numbering_sequence__in=Numbering.values), name="contact_numbering_known"
            ),
            models.CheckConstraint(
                condition=(Q(kind=Kind.COMPANY) & ~Q(company=""))
                | (Q(kind=Kind.INDIVIDUAL) & (~Q(first="") | ~Q(last=""))),
                name="contact_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return display_name(self.__dict__, DEFAULT_FORMAT)

    def get_absolute_url(self) -> str:
        return contact_url(self.pk)

    @property
    def is_company(self) -> bool:
        return self.kind == Kind.COMPANY

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def shown_reference(self) -> str:
        """The number, or else what was asked for."""
        return self.reference or self.requested_reference


def contact_url(contact_id: UUID) -> str:
    """The stable address of a contact's page (UI-8)."""
    return reverse("contacts:contact", args=[contact_id])
