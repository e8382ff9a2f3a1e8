"""What contacts and files have in common as rows."""

from django.db import models


class KeptRecord(models.Model):
    """A record with a version, whose author stays readable. Deleted ones stay as tombstones, so that their number still
    finds them. Rows are written set-based.
    """

    closed_by = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200, blank=True)
    deleted_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)
    search_text = models.TextField()

    class Meta:
        abstract = True

    @property
    def is_deleted(self) -> bool:
        """Whether only the tombstone is left."""
        return self.deleted_at is not None
