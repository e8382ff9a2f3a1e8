"""Work under way in the background, and what became of it."""

from datetime import datetime
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from counterpart.foundation.ids import new_id

MINUTE_S: Final = 60


class Job(models.Model):
    """A piece of work: how far it is, who asked for it, how it ended. Committed with each of its steps."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    """What is done, in words: "Close 1,234 contacts"."""
    options = models.JSONField(default=dict)
    """What was asked for; never changes."""
    state = models.JSONField(default=dict)
    """Where the work stands; the kind's own, written with each step."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    started_by = models.CharField(max_length=200)
    ip = models.CharField(max_length=45, blank=True)
    back_url = models.CharField(max_length=2_000, blank=True)
    """Where the person came from."""

    total = models.PositiveIntegerField(null=True)
    """None: not known yet."""
    done = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """Further counts in words of the kind: {"contacts created": 3}."""
    per_second = models.FloatField(null=True)
    """How fast it goes, smoothed; for the time left."""

    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    fault = models.TextField(blank=True)
    """Why it could not be finished, in a sentence."""
    outcome = models.TextField(blank=True)
    """What came of it, in a sentence, if the counts do not say it."""

    runner = models.CharField(max_length=60, blank=True)
    leased_until = models.DateTimeField(null=True)
    """Who carries it on, and until when nobody else may."""
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    file_name = models.CharField(max_length=255, blank=True)
    """The name of the file it made, if it made one."""
    file_type = models.CharField(max_length=100, blank=True)
    file_expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(finished_at=None), name="job_open"),
            models.Index(fields=["user", "-created_at"], name="job_of_person"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        """Nothing more happens to it."""
        return self.finished_at is not None

    @property
    def is_stopped(self) -> bool:
        """Ended because somebody asked for it."""
        return self.is_finished and self.stop_asked_at is not None

    @property
    def has_begun(self) -> bool:
        """Whether anything happened yet."""
        return self.begun_at is not None

    @property
    def summary(self) -> str:
        """How it ended, in a sentence."""
        if self.fault:
            return f"{self.title}: {self.fault}"
        parts = [f"{self.done:,} done"]
        parts += [
            f"{number:,} {word}" for number, word in ((self.skipped, "skipped"), (self.failed, "failed")) if number
        ]
        ending = "stopped" if self.is_stopped else "finished"
        return f"{self.title}: {ending}. {self.outcome or ', '.join(parts) + '.'}"

    @property
    def processed(self) -> int:
        """How many things it has dealt with."""
        return self.done + self.skipped + self.failed

    @property
    def seconds_left(self) -> int | None:
        """How long it will take, as far as that can be told."""
        if self.total is None or not self.per_second or self.is_finished:
            return None
        return max(1, round((self.total - self.processed) / self.per_second))

    @property
    def time_left(self) -> str:
        """The same in words."""
        seconds = self.seconds_left
        if seconds is None:
            return ""
        if seconds < MINUTE_S:
            return "less than a minute left"
        minutes = -(-seconds // MINUTE_S)
        return f"about {minutes} minute{'s' if minutes > 1 else ''} left"

    @property
    def not_reached(self) -> int:
        """What it did not come to before it was stopped."""
        return max(0, (self.total or 0) - self.processed)

    def offers_file(self, at: datetime) -> bool:
        """Whether the file it made can still be taken away."""
        return (
            bool(self.file_name)
            and self.is_finished
            and not self.fault
            and (self.file_expires_at is None or at < self.file_expires_at)
        )


class JobLine(models.Model):
    """One thing that a job left as it was, with the reason."""

    class What(models.TextChoices):
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    what = models.CharField(max_length=7, choices=What.choices)
    label = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True)
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.label
