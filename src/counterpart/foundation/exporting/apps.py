from django.apps import AppConfig


class ExportingConfig(AppConfig):
    name = "counterpart.foundation.exporting"
    label = "foundation_exporting"
    verbose_name = "Export"

    def ready(self) -> None:
        """Long exports are background work."""
        from counterpart.foundation.exporting.everything import FIRM  # noqa: PLC0415 - models exist only now
        from counterpart.foundation.exporting.list_work import LISTS  # noqa: PLC0415 - the same
        from counterpart.foundation.jobs.kinds import register  # noqa: PLC0415 - the same

        register(FIRM)
        register(LISTS)
