"""What a person has ticked off in the start guide."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Tick(models.Model):
    """A step this person called done, or the whole guide (an empty code) that is not to be shown on the first page."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "code"], name="start_tick_once")]

    def __str__(self) -> str:
        return self.code or "(the guide)"
