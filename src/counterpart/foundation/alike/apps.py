from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AlikeConfig(AppConfig):
    name = "counterpart.foundation.alike"
    label = "foundation_alike"
    verbose_name = "Alike contacts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the keys of contacts from now on; those stored before there were any get theirs once."""
        from counterpart.foundation.alike.keeping import keep, rebuild  # noqa: PLC0415 - models exist only now
        from counterpart.foundation.alike.searching import FINDER  # noqa: PLC0415 - the same
        from counterpart.foundation.exporting import tables  # noqa: PLC0415 - the same
        from counterpart.foundation.history.watchers import watch  # noqa: PLC0415 - the same
        from counterpart.foundation.jobs import kinds  # noqa: PLC0415 - the same

        watch(keep)
        tables.leave_out(f"{self.label}.Key", "Derived from the contacts, and made anew when they are loaded.")
        for table in ("Search", "Group", "Member"):
            tables.leave_out(f"{self.label}.{table}", "What the finder last found; it is asked again.")
        tables.after_loading(rebuild)
        kinds.register(FINDER)
        post_migrate.connect(_fill, sender=self)


def _fill(**_: Any) -> None:
    from counterpart.foundation.alike.keeping import fill  # noqa: PLC0415 - as above

    fill()
