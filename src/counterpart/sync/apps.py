"""The engine as a Django app."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Installed in both products."""

    name = "counterpart.sync"
    label = "sync"
    verbose_name = "Sync"
    default_auto_field = "django.db.models.BigAutoField"
