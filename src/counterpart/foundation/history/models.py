"""The event table. Rows are never changed or removed: triggers in the database refuse it (HIS-2)."""

from typing import ClassVar

from django.db import models

LABEL_LENGTH = 200


class Event(models.Model):
    """One thing that happened. Who is kept as text as well, so it stays readable when users go."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=LABEL_LENGTH)
    actor_email = models.CharField(max_length=254, blank=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_ip = models.CharField(max_length=45, blank=True)
    origin = models.CharField(max_length=10)
    site = models.CharField(max_length=2)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    object_label = models.CharField(max_length=LABEL_LENGTH, blank=True)
    verb = models.CharField(max_length=40)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    message_id = models.CharField(max_length=100, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_id", "id"], name="history_event_object"),
            models.Index(fields=["at"], name="history_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.object_type} {self.object_label}"
