"""What a go-live stores, on both sites: the run, and in Legal Accounting the records of both with their matches."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from counterpart.foundation.fields import FastJSONField


class GoLive(models.Model):
    """One run; its identity is the same on both sites. The newest is the current one."""

    id = models.UUIDField(primary_key=True)
    rehearsal = models.BooleanField(default=False)
    """Ends with the report: nothing is paired and nothing created."""
    phase = models.CharField(max_length=12)
    stopped = models.BooleanField(default=False)
    """Somebody has stopped it here."""
    stopped_there = models.BooleanField(default=False)
    stands = models.CharField(max_length=5)
    """Whose value stands where both have one: 'la', 'pm' or 'later'."""
    cursor = FastJSONField(default=dict)
    """How far the phase has come."""
    facts = FastJSONField(default=dict)
    """The handshake: what both sites said of themselves."""
    report = FastJSONField(default=dict)
    problem = models.TextField(blank=True)
    """What it waits for, in a sentence."""
    started_by = models.CharField(max_length=254)
    started_at = models.DateTimeField()
    approved_by = models.CharField(max_length=254, blank=True)
    approved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "sync"
        indexes: ClassVar = [models.Index(fields=["started_at"], name="sync_golive_newest")]


class Candidate(models.Model):
    """A record of either site that has no counterpart yet, as it is recognised; in Legal Accounting only."""

    mine = models.BooleanField()
    """Whether it is a record of this site."""
    kind = models.CharField(max_length=20)
    local_id = models.UUIDField()
    """Its id at its own site."""
    sync_id = models.UUIDField(null=True)
    """The identity it was given there before anybody knew of the other."""
    number = models.CharField(max_length=80, blank=True)
    email = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=520, blank=True)
    label = models.CharField(max_length=520, blank=True)
    """What people call it; '' if not everybody may see that."""
    keys = FastJSONField(default=dict)
    """Everything it is recognised by, and a mark for each register: equal marks are equal values."""
    result = models.CharField(max_length=8, blank=True)
    """'A', 'B', 'C', 'S' (a person said so), 'review', 'clash' (its number was given before), or '' for none."""
    reason = models.CharField(max_length=24, blank=True)
    partner = models.UUIDField(null=True)
    """The record of the other site it is proposed to be."""
    rivals = FastJSONField(default=list)
    """Those it may be, where a person has to decide."""
    is_foreign = models.BooleanField(default=False)
    """Its number is none that Legal Accounting could have given (IMP-19)."""
    included = models.BooleanField(default=False)
    """To be created in the other product."""
    done = models.BooleanField(default=False)

    class Meta:
        app_label = "sync"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mine", "kind", "local_id"], name="sync_candidate_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "mine", "number"], name="sync_candidate_number", condition=~Q(number="")),
            models.Index(fields=["kind", "mine", "email"], name="sync_candidate_email", condition=~Q(email="")),
            models.Index(fields=["kind", "mine", "name"], name="sync_candidate_name", condition=~Q(name="")),
            models.Index(fields=["kind", "mine", "result", "done"], name="sync_candidate_result"),
            models.Index(fields=["partner"], name="sync_candidate_partner", condition=Q(partner__isnull=False)),
        ]


class Verdict(models.Model):
    """What a person said of two records; kept for every later run."""

    kind = models.CharField(max_length=20)
    pm_id = models.UUIDField()
    la_id = models.UUIDField()
    same = models.BooleanField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        app_label = "sync"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "pm_id", "la_id"], name="sync_verdict_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "la_id"], name="sync_verdict_la")]


class Pair(models.Model):
    """A record here and the one at the peer that it is, until the peer has heard of it."""

    sync_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    local_id = models.UUIDField()
    peer_id = models.UUIDField()
    stands = models.CharField(max_length=5)
    at = models.DateTimeField()

    class Meta:
        app_label = "sync"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "peer_id"], name="sync_pair_once")]
