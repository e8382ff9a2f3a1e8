from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "counterpart.foundation.importing"
    label = "foundation_importing"
    verbose_name = "Imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Imports are carried on by the background runner."""
        # Imported here: models exist only once every app is loaded.
        from counterpart.foundation.importing.acts import JOB  # noqa: PLC0415
        from counterpart.foundation.jobs.kinds import register  # noqa: PLC0415

        register(JOB)
