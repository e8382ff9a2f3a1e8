"""Where Practice Management's parts meet: its sync handlers are registered with the engine here."""

from django.apps import AppConfig


class PracticeSite(AppConfig):
    name = "counterpart.sites.practice"
    label = "practice_site"
    verbose_name = "Practice Management"

    def ready(self) -> None:
        """Tell the engine what this product has, once all models are known."""
        from counterpart.contracts import contact, matter
        from counterpart.foundation.alike import product as alike
        from counterpart.foundation.history.veils import register_veil
        from counterpart.foundation.importing.subjects import register_import
        from counterpart.foundation.masking import keep_secret
        from counterpart.foundation.search.sections import register_section
        from counterpart.foundation.search.subjects import register_subject
        from counterpart.practice.conflict_check.operations import conflict_check
        from counterpart.practice.contacts import remedies as contact_remedies
        from counterpart.practice.contacts.blocking import register_blockers
        from counterpart.practice.contacts.import_page import CONTACTS as CONTACT_IMPORT
        from counterpart.practice.contacts.parts import register_counter, register_part
        from counterpart.practice.contacts.searching import SUBJECT as CONTACTS
        from counterpart.practice.contacts.views.found import SECTION as FOUND_CONTACTS
        from counterpart.practice.duplicates.product import PracticeContacts
        from counterpart.practice.matters import queries as matters
        from counterpart.practice.matters import remedies as matter_remedies
        from counterpart.practice.matters.importing.page import MATTERS as MATTER_IMPORT
        from counterpart.practice.matters.searching import SUBJECT as MATTERS
        from counterpart.practice.matters.views.found import SECTION as FOUND_MATTERS
        from counterpart.practice.matters.views.of_contact import PART
        from counterpart.practice.sync_handlers.contacts import ContactHandler
        from counterpart.practice.sync_handlers.matters import MatterHandler
        from counterpart.practice.sync_handlers.policy import policy_block
        from counterpart.sync import api as sync

        sync.register(ContactHandler())
        alike.register(PracticeContacts())
        sync.register(MatterHandler())
        sync.register_policy_block(policy_block)
        sync.register_remedies(contact.KIND, contact_remedies.remedies)
        sync.register_remedies(matter.KIND, matter_remedies.remedies)
        sync.register_answer("conflict_check", conflict_check.answer)
        register_blockers(matters.contact_blockers)
        register_part(PART)
        register_counter(matters.open_matter_counts)
        register_veil(matters.veil)
        keep_secret(contact.KIND, "tax_number")
        register_subject(CONTACTS)
        register_subject(MATTERS)
        register_section(FOUND_CONTACTS)
        register_section(FOUND_MATTERS)
        register_import(CONTACT_IMPORT)
        register_import(MATTER_IMPORT)
