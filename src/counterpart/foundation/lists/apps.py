from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "counterpart.foundation.lists"
    label = "foundation_lists"
    verbose_name = "Lists"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Changes of many records are a kind of background work."""
        from counterpart.foundation.jobs.kinds import register  # noqa: PLC0415 - models exist only once apps are loaded
        from counterpart.foundation.lists.bulk import BULK  # noqa: PLC0415 - as above

        register(BULK)
