"""Matters, their types with roles, and their parties."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from counterpart.contracts.matter import LIMITS
from counterpart.foundation.ids import new_id
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.enums import Limit, Priority, Status
from counterpart.practice.matters.naming import KEY_MAX, matter_title
from counterpart.practice.records import KeptRecord
from counterpart.protocol.numbers import FILE_NUMBER_MAX

ACTIVE = Q(deleted_at=None)
TYPE_NAME_MAX = 100
ROLE_NAME_MAX = 60
EXTERNAL_REFERENCE_MAX = 200


class MatterType(models.Model):
    """A kind of legal work and the roles people have in it (3.2, PTY-2)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=TYPE_NAME_MAX)
    name_key = models.CharField(max_length=KEY_MAX, unique=True)
    """The name folded: two types never differ by case or accents alone."""
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    needs_roles_to_close = models.BooleanField("Closing needs every required role filled", default=True)
    needs_link_to_close = models.BooleanField("Closing needs a link without error", default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What a contact can be on a matter of this type.

    The primary role is the client role: its parties, in their order, are whom Legal Accounting bills (PTY-2, GRP-2).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter_type = models.ForeignKey(MatterType, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=ROLE_NAME_MAX)
    name_key = models.CharField(max_length=KEY_MAX)
    position = models.PositiveIntegerField(default=0)
    is_required = models.BooleanField(default=False)
    is_many = models.BooleanField(default=True)
    limited_to = models.CharField(max_length=10, choices=Limit, default=Limit.ANY, blank=True)
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter_type", "name_key"], name="matter_role_named_once"),
            models.UniqueConstraint(
                fields=["matter_type"], condition=Q(is_primary=True), name="matter_role_one_primary"
            ),
            models.CheckConstraint(condition=Q(limited_to__in=Limit.values), name="matter_role_limit_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Matter(KeptRecord):
    """The unit of legal work. Empty text is '' in the columns."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter_number = models.PositiveBigIntegerField(unique=True)
    """The Matter ID people see: given once, never again, with gaps where a matter was not stored after all (MAT-4)."""
    name = models.CharField(max_length=LIMITS["title"])
    file_reference = models.CharField(max_length=FILE_NUMBER_MAX, blank=True)
    """The number Legal Accounting gave; '' until then. Only the sync writes it."""
    file_reference_key = models.CharField(max_length=4 * FILE_NUMBER_MAX, blank=True)
    """Number in the form in which numbers are compared (CON-2, MAT-2); folding can lengthen a text."""
    requested_reference = models.CharField(max_length=FILE_NUMBER_MAX, blank=True)
    """What a user typed and Legal Accounting has not granted yet."""
    requested_key = models.CharField(max_length=4 * FILE_NUMBER_MAX, blank=True)
    requested_keep_sequence = models.BooleanField(default=False)
    external_reference = models.CharField(max_length=EXTERNAL_REFERENCE_MAX, blank=True)
    """What another system calls it; not unique. Imports find a matter again by it."""
    external_key = models.CharField(max_length=KEY_MAX, blank=True)
    matter_type = models.ForeignKey(MatterType, on_delete=models.PROTECT, related_name="matters")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.NORMAL)
    date = models.DateField()
    """Open Date there, sent when it changes here, never received (MAT-7, scenario 19)."""
    restricted = models.BooleanField(default=False)
    responsible_email = models.CharField(max_length=LIMITS["assigned"], blank=True)
    """Legal Accounting's Responsible and Lead, as far as it tells them (IMP-11); shown here, never edited."""
    lead_email = models.CharField(max_length=LIMITS["assigned"], blank=True)
    sort_name = models.CharField(max_length=KEY_MAX)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sort_name", "id"], name="matter_by_name"),
            models.Index(fields=["updated_at", "id"], name="matter_by_update"),
            models.Index(fields=["date", "id"], name="matter_by_date"),
            models.Index(
                fields=["file_reference_key"], name="matter_by_reference", condition=~Q(file_reference_key="")
            ),
            models.Index(fields=["requested_key"], name="matter_by_request", condition=~Q(requested_key="")),
            models.Index(fields=["external_key"], name="matter_by_external", condition=~Q(external_key="")),
            models.Index(fields=["id"], name="matter_restricted", condition=Q(restricted=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="matter_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="matter_priority_known"),
            models.CheckConstraint(condition=~Q(name=""), name="matter_has_a_name"),
        ]

    def __str__(self) -> str:
        return matter_title(self.matter_number, self.name)

    def get_absolute_url(self) -> str:
        return matter_url(self.pk)

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def is_template(self) -> bool:
        return self.status == Status.TEMPLATE

    @property
    def shown_reference(self) -> str:
        """The number, or else what was asked for."""
        return self.file_reference or self.requested_reference


class Party(models.Model):
    """A contact on a matter in one role, in an order the firm decides (PTY-1, PTY-3)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="parties")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    """Place within the role, from 0. Not unique in the database: places are exchanged row by row."""
    represents = models.JSONField(default=list)
    """Ids of the contacts this one stands for on the matter; some may have left it since."""

    class Meta:
        ordering: ClassVar = ["role__position", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "role", "contact"], name="matter_party_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.contact}"


class MatterAccess(models.Model):
    """Somebody who may see a restricted matter (PRM-4)."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="access")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["matter", "user"], name="matter_access_once")]

    def __str__(self) -> str:
        return f"{self.user} may see {self.matter}"


class MatterCounter(models.Model):
    """The last Matter ID given: one row. Who gives an ID, or asks for a number, holds it until the commit."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="matter_counter_one_row")]


def matter_url(matter_id: UUID) -> str:
    """The stable address of a matter's page (UI-8)."""
    return reverse("matters:matter", args=[matter_id])
