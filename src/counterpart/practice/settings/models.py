"""Settings of the firm: one row, so that a change is one versioned edit."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class NameOrder(models.TextChoices):
    FIRST_LAST = "first_last", "First Last"
    LAST_FIRST = "last_first", "Last, First"


class ContactSettings(models.Model):
    """Admin > General settings > Contacts (4.7)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    separate_numbering_sequences = models.BooleanField("Allow separate Contact numbering sequences", default=False)
    sync_addresses = models.BooleanField("Keep addresses in step with Legal Accounting", default=False)
    share_methods = models.BooleanField("Carry further phone numbers and counties to Legal Accounting", default=False)
    name_order = models.CharField(max_length=10, choices=NameOrder, default=NameOrder.FIRST_LAST)
    show_title = models.BooleanField("Title", default=True)
    show_middle = models.BooleanField("Middle name", default=True)
    show_suffix = models.BooleanField("Suffix", default=True)
    default_country = models.CharField(max_length=2, blank=True, default="US")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="contact_settings_one_row")]


class MatterSettings(models.Model):
    """Admin > General settings > Matters."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    close_in_step = models.BooleanField("Close and reopen matters with their files", default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="matter_settings_one_row")]
