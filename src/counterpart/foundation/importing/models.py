"""How far files have been imported."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from counterpart.foundation.ids import new_id


class ImportRun(models.Model):
    """How far a file has come; committed with each chunk, so that a killed import goes on where it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    what = models.CharField(max_length=200, default="", blank=True)
    """What is made of the file, with its options: the same file imported otherwise is another import."""
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    header = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    preview = models.JSONField(null=True)
    """What a rehearsal of the first rows made, for the page that asks whether to go on."""
    total_rows = models.PositiveIntegerField(default=0)
    next_row = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """How many records of each kind were made."""
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """Whose upload it is; nobody's when the command line imports."""
    cancelled_at = models.DateTimeField(null=True)
    """Stopped by hand. Not finished: the same file goes on from here."""
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Two imports of one file at once would create every record twice.
            models.UniqueConstraint(
                fields=["file_sha256", "what"], condition=Q(finished_at=None), name="importing_one_open_run_per_file"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def is_stopped(self) -> bool:
        return self.cancelled_at is not None and self.finished_at is None


class ImportFailure(models.Model):
    """A row that could not be imported, with the reason; kept so that a resumed run can still list it."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="failures")
    row_number = models.PositiveIntegerField()
    reason = models.TextField()
    cells = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["row_number"]
