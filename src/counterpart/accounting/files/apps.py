from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "counterpart.accounting.files"
    label = "accounting_files"
    verbose_name = "Files"

    def ready(self) -> None:
        """Protect the contacts that files and groups stand on (LA-CON-6)."""
        # Imported here: models exist only once every app is loaded.
        from counterpart.accounting.contacts import blockers  # noqa: PLC0415
        from counterpart.accounting.files import contact_blockers  # noqa: PLC0415

        blockers.closing_checks.append(contact_blockers.closing)
        blockers.deletion_checks.append(contact_blockers.deletion)
