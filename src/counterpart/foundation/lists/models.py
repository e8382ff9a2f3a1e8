"""What people keep of lists: views with a name, and how each list was left."""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from counterpart.foundation.ids import new_id

NAME_MAX: Final = 80
QUERY_MAX: Final = 2_000


class SavedView(models.Model):
    """Filters, sort and columns of a list under a name (LST-6): private, for roles, or what everybody begins with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=NAME_MAX)
    query = models.CharField(max_length=QUERY_MAX, blank=True)
    """The canonical query of the address, without page, search and view."""
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    roles: "models.ManyToManyField[models.Model, models.Model]" = models.ManyToManyField(
        "foundation_users.Role", related_name="+", blank=True
    )
    """Who sees it besides the owner."""
    is_default = models.BooleanField(default=False)
    """The firm's: everybody sees it and begins with it."""
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint("listing", "owner", Lower("name"), name="list_view_name_once"),
            models.UniqueConstraint("listing", condition=Q(is_default=True), name="list_view_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class ListMemory(models.Model):
    """How a person left a list (LST-5)."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    listing = models.CharField(max_length=40)
    query = models.CharField(max_length=QUERY_MAX, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "listing"], name="list_memory_once")]

    def __str__(self) -> str:
        return self.query
