"""The engine as a Django app."""

from django.apps import AppConfig

from counterpart.foundation.exporting import snapshot, tables


class SyncConfig(AppConfig):
    """Installed in both products."""

    name = "counterpart.sync"
    label = "sync"
    verbose_name = "Sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what of the link is this installation's own, and no part of what the firm takes elsewhere."""
        from counterpart.sync.golive.facts import golive_facts  # noqa: PLC0415 - models must be ready
        from counterpart.sync.registry import register_policy_block  # noqa: PLC0415 - as above

        register_policy_block(golive_facts)
        from counterpart.sync.moments import moment  # noqa: PLC0415 - models exist only now

        snapshot.register_moment(moment)
        tables.leave_out("sync.Key", f"{tables.HIDDEN} A loaded product makes a new key and is connected again.")
        tables.blank("sync.Link", "peer_url", tables.OF_THE_PLACE)
