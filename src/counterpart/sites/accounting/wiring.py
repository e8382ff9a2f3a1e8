"""Where Legal Accounting's parts meet: its sync handlers are registered with the engine here."""

from django.apps import AppConfig


class AccountingSite(AppConfig):
    name = "counterpart.sites.accounting"
    label = "accounting_site"
    verbose_name = "Legal Accounting"

    def ready(self) -> None:
        """Register what Legal Accounting gives the engine (GEN-3, LA-NUM-12)."""
        # Imported here: models exist only once every app is loaded.
        from counterpart.accounting.contacts.registers import KIND
        from counterpart.accounting.contacts.remedies import remedies
        from counterpart.accounting.sync_handlers.answers import answer_number, policy_block
        from counterpart.accounting.sync_handlers.contacts import ContactHandler
        from counterpart.sync import api as sync

        sync.register(ContactHandler())
        sync.register_remedies(KIND, remedies)
        sync.register_policy_block(policy_block, passing=["sequences"])
        sync.register_answer("number", answer_number)
