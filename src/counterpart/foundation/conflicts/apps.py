from django.apps import AppConfig


class ConflictsConfig(AppConfig):
    name = "counterpart.foundation.conflicts"
    label = "foundation_conflicts"
    verbose_name = "Conflict check"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep what is changed from now on."""
        from counterpart.foundation.conflicts.former import keep  # noqa: PLC0415 - models exist only now
        from counterpart.foundation.history.watchers import watch  # noqa: PLC0415 - the same

        watch(keep)
