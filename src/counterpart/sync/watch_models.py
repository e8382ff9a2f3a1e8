"""What the engine remembers of its own working: sweeps and what they found, alerts, and how it went over the week.

Nothing here decides about a record; it is read by administrators and kept for a while.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from counterpart.foundation.fields import FastJSONField


class Sweep(models.Model):
    """One comparison of all records with the other product, under way or reported (section 12).

    ``by_peer``: the other product drives it, and sends its report here when it is done.
    """

    class Phase(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", "Waiting to begin"
        READ = "read", "Reading the records of both"
        TREE = "tree", "Comparing"
        REPAIR = "repair", "Exchanging what differed"
        DONE = "done", "Finished"
        FAILED = "failed", "Not finished"

    key = models.UUIDField(unique=True)
    """The same in both products."""
    by_peer = models.BooleanField(default=False)
    why = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=254, blank=True)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.ASKED)
    cursor = models.CharField(max_length=40, blank=True)
    """The last identity that was read here, or that all are."""
    cursor_there = models.CharField(max_length=40, blank=True)
    lease = models.CharField(max_length=40, blank=True)
    """Which process drives it, and until when: none else does."""
    lease_until = models.DateTimeField(null=True)
    next_attempt = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    total = models.IntegerField(default=0)
    read_here = models.IntegerField(default=0)
    read_there = models.IntegerField(default=0)
    compared = models.IntegerField(default=0)
    different = models.IntegerField(default=0)
    repaired = models.IntegerField(default=0)
    unrepaired = models.IntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["asked_at"], name="sync_sweep_asked")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["by_peer"], condition=Q(by_peer=False, finished_at=None), name="sync_sweep_one_at_a_time"
            )
        ]

    @property
    def is_finished(self) -> bool:
        """Whether there is a report, or the reason why there is none."""
        return self.phase in (self.Phase.DONE, self.Phase.FAILED)


class Finding(models.Model):
    """One record that a sweep found different, and what became of it."""

    class What(models.TextChoices):
        """In what way."""

        OUTSIDE_HERE = "outside here", "Changed here outside the application"
        OUTSIDE_THERE = "outside there", "Changed there outside the application"
        DIFFERENT = "different", "Different without a reason"
        ONLY_HERE = "only here", "The other product did not know it"
        ONLY_THERE = "only there", "This product did not know it"

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="findings")
    sync_id = models.UUIDField()
    kind = models.CharField(max_length=20, blank=True)
    what = models.CharField(max_length=20, choices=What)
    registers = FastJSONField(default=list)
    outcome = models.CharField(max_length=10, blank=True)
    """'repaired' or 'unrepaired'; empty while it is under way."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sweep", "sync_id"], name="sync_finding_once")]


class Sample(models.Model):
    """How the exchange went in one interval of five minutes: what the charts of the sync centre show."""

    at = models.DateTimeField(unique=True)
    sent = models.IntegerField(default=0)
    received = models.IntegerField(default=0)
    pending = models.IntegerField(default=0)
    red = models.IntegerField(default=0)
    oldest_pending_s = models.IntegerField(default=0)


class Alert(models.Model):
    """Something administrators must know of: raised once, told once, and told again when it is over (section 10)."""

    code = models.CharField(max_length=20)
    text = models.TextField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    """When the mail about its beginning went out; null: it still has to, or nobody wants mail."""
    over_mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["raised_at"], name="sync_alert_raised")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(cleared_at=None), name="sync_alert_one_open")
        ]


class Watcher(models.Model):
    """Whether a person who manages the link gets its alerts by e-mail; without a row administrators do."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    wants_mail = models.BooleanField(default=True)
