"""What is kept about alike contacts: keys, the firm's weights, pairs known to differ, what the finder found, merges."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from counterpart.foundation.ids import new_id

NAME_MAX = 200


class Key(models.Model):
    """A contact can be found by this key; made from its columns, and made anew from them at any time."""

    pk = models.CompositePrimaryKey("key", "contact_id")
    key = models.BigIntegerField()
    contact_id = models.UUIDField()


class AlikeOptions(models.Model):
    """The firm's choices, one row (DUP-1, 4.7)."""

    class Check(models.TextChoices):
        TYPING = "typing", "While typing"
        SAVE = "save", "On save only"
        OFF = "off", "Off"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    check_when = models.CharField(max_length=6, choices=Check, default=Check.TYPING)
    weights = models.JSONField(default=dict)
    """{name of a weight: points}; what is not in it is as it comes."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="alike_options_one_firm")]


class Apart(models.Model):
    """Two contacts somebody knows to be different; the smaller id stands first, so it holds both ways (DUP-6)."""

    id = models.BigAutoField(primary_key=True)
    one = models.UUIDField()
    other = models.UUIDField()
    at = models.DateTimeField()
    by = models.CharField(max_length=NAME_MAX)
    how = models.CharField(max_length=10)
    """'finder' or 'create': where it was said."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="alike_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="alike_apart_in_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["other"], name="alike_apart_other")]


class Search(models.Model):
    """One run of the finder over all contacts; its groups stay until the next run has ended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    job = models.UUIDField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=NAME_MAX)
    finished_at = models.DateTimeField(null=True)
    contacts = models.PositiveIntegerField(default=0)
    compared = models.PositiveIntegerField(default=0)


class Group(models.Model):
    """Contacts the finder holds for one and the same."""

    id = models.BigAutoField(primary_key=True)
    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="groups")
    score = models.PositiveSmallIntegerField()
    is_strong = models.BooleanField()
    is_company = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["search", "-score", "id"], name="alike_group_by_score")]


class Member(models.Model):
    """A contact in a group, with the reasons of its best pair there."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    contact_id = models.UUIDField()
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contact_id"], name="alike_member_contact")]


class Merge(models.Model):
    """One contact that went into another, or waits to (DUP-11). The way back is kept with it."""

    class State(models.TextChoices):
        ASKED = "asked", "Waits for Legal Accounting"
        DONE = "done", "Merged"
        UNDOING = "undoing", "Being undone by Legal Accounting"
        UNDONE = "undone", "Undone"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id)
    survivor_id = models.UUIDField()
    loser_id = models.UUIDField()
    survivor_label = models.CharField(max_length=NAME_MAX)
    loser_label = models.CharField(max_length=NAME_MAX)
    loser_number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=9, choices=State)
    decided_there = models.BooleanField(default=False)
    """The other product decided it; it also decides the undoing."""
    choices = models.JSONField(default=dict)
    """{field: id of the contact whose value is taken, or 'all'}; as long as the merge waits."""
    before = models.JSONField(default=dict)
    """Columns of the survivor that changed, as they were."""
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    """What pointed at the loser, before and after, as the product keeps it."""
    counts = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.CharField(max_length=NAME_MAX)
    by_email = models.CharField(max_length=254, blank=True)
    by_user = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=NAME_MAX, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["survivor_id"], name="alike_merge_survivor"),
            models.Index(fields=["-at"], name="alike_merge_by_time"),
        ]
        constraints: ClassVar = [
            # A contact goes into one other at most.
            models.UniqueConstraint(
                fields=["loser_id"], condition=Q(state__in=["asked", "done", "undoing"]), name="alike_merge_once"
            ),
            models.CheckConstraint(condition=~Q(survivor_id=F("loser_id")), name="alike_merge_not_itself"),
        ]
