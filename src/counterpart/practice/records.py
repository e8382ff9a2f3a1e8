"""What contacts and matters have in common as rows."""

from django.db import models


class KeptRecord(models.Model):
    """A record with a version, whose author stays readable. Deleted ones can be brought back for a while."""

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200)
    deleted_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    search_text = models.TextField()

    class Meta:
        abstract = True

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None
