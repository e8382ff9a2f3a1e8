from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SearchConfig(AppConfig):
    name = "counterpart.foundation.search"
    label = "foundation_search"
    verbose_name = "Search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the triggers aside while tables change, and build what is missing afterwards."""
        from counterpart.foundation.exporting import tables  # noqa: PLC0415 - models exist only now
        from counterpart.foundation.search.keeping import after_migrate, before_migrate  # noqa: PLC0415 - the same

        for table in ("ContactEntry", "MatterEntry", "IndexState"):
            tables.leave_out(f"{self.label}.{table}", "The database writes the search index as the records are loaded.")
        pre_migrate.connect(before_migrate, sender=self)
        post_migrate.connect(after_migrate, sender=self)
