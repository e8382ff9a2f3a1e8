"""Where Practice Management's parts meet: its sync handlers are registered with the engine here."""

from django.apps import AppConfig


class PracticeSite(AppConfig):
    name = "counterpart.sites.practice"
    label = "practice_site"
    verbose_name = "Practice Management"

    def ready(self) -> None:
        """Tell the engine what this product has, once all models are known."""
        from counterpart.contracts.contact import KIND
        from counterpart.practice.contacts.remedies import remedies
        from counterpart.practice.sync_handlers.contacts import ContactHandler
        from counterpart.practice.sync_handlers.policy import policy_block
        from counterpart.sync import api as sync

        sync.register(ContactHandler())
        sync.register_policy_block(policy_block)
        sync.register_remedies(KIND, remedies)
