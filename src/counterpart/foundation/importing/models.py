"""How far files have been imported."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from counterpart.foundation.ids import new_id


class ImportRun(models.Model):
    """How far a file has come; committed with each chunk, so that a killed import goes on where it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    next_row = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Two imports of one file at once would create every record twice.
            models.UniqueConstraint(
                fields=["file_sha256"], condition=Q(finished_at=None), name="importing_one_open_run_per_file"
            ),
        ]


class ImportFailure(models.Model):
    """A row that could not be imported, with the reason; kept so that a resumed run can still list it."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="failures")
    row_number = models.PositiveIntegerField()
    reason = models.TextField()
    cells = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["row_number"]
