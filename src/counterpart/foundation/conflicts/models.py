"""What records were called before, kept as the history is written so that a check need not read all of it."""

from typing import ClassVar

from django.db import models


class FormerName(models.Model):
    """The old values of one change of names or numbers; read newest first they lead back through time."""

    id = models.BigAutoField(primary_key=True)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    values = models.JSONField()
    """{field: what it was}."""
    folded = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["object_type", "object_id"], name="former_name_of")]

    def __str__(self) -> str:
        return self.folded
