"""Where Practice Management's parts meet: its sync handlers are registered with the engine here."""

from django.apps import AppConfig


class PracticeSite(AppConfig):
    name = "counterpart.sites.practice"
    label = "practice_site"
    verbose_name = "Practice Management"

    def ready(self) -> None:
        """Tell the engine what this product has, once all models are known."""
        from counterpart.contracts import contact, matter
        from counterpart.foundation.history.veils import register_veil
        from counterpart.practice.conflict_check.operations import conflict_check
        from counterpart.practice.contacts import remedies as contact_remedies
        from counterpart.practice.contacts.blocking import register_blockers
        from counterpart.practice.contacts.parts import register_part
        from counterpart.practice.matters import queries as matters
        from counterpart.practice.matters import remedies as matter_remedies
        from counterpart.practice.matters.views.of_contact import PART
        from counterpart.practice.sync_handlers.contacts import ContactHandler
        from counterpart.practice.sync_handlers.matters import MatterHandler
        from counterpart.practice.sync_handlers.policy import policy_block
        from counterpart.sync import api as sync

        sync.register(ContactHandler())
        sync.register(MatterHandler())
        sync.register_policy_block(policy_block)
        sync.register_remedies(contact.KIND, contact_remedies.remedies)
        sync.register_remedies(matter.KIND, matter_remedies.remedies)
        sync.register_answer("conflict_check", conflict_check.answer)
        register_blockers(matters.contact_blockers)
        register_part(PART)
        register_veil(matters.veil)
