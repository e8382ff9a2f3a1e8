"""Where Legal Accounting's parts meet: its sync handlers are registered with the engine here."""

from django.apps import AppConfig


class AccountingSite(AppConfig):
    name = "counterpart.sites.accounting"
    label = "accounting_site"
    verbose_name = "Legal Accounting"

    def ready(self) -> None:
        """Register what Legal Accounting gives the engine (GEN-3, LA-NUM-12)."""
        # Imported here: models exist only once every app is loaded.
        from counterpart.accounting.conflict_check.operations import conflict_check
        from counterpart.accounting.contacts import registers as contacts
        from counterpart.accounting.contacts.import_page import CONTACTS as CONTACT_IMPORT
        from counterpart.accounting.contacts.remedies import remedies as contact_remedies
        from counterpart.accounting.contacts.searching import SUBJECT as CONTACTS
        from counterpart.accounting.contacts.views.found import SECTION as FOUND_CONTACTS
        from counterpart.accounting.duplicates.product import AccountingContacts
        from counterpart.accounting.files import registers as files
        from counterpart.accounting.files.remedies import remedies as file_remedies
        from counterpart.accounting.files.searching import SUBJECT as FILES
        from counterpart.accounting.files.views.found import SECTION as FOUND_FILES
        from counterpart.accounting.sync_handlers import answers
        from counterpart.accounting.sync_handlers.contacts import ContactHandler
        from counterpart.accounting.sync_handlers.matters import MatterHandler
        from counterpart.foundation.alike import product as alike
        from counterpart.foundation.importing.subjects import register_import
        from counterpart.foundation.search.sections import register_section
        from counterpart.foundation.search.subjects import register_subject
        from counterpart.sync import api as sync

        sync.register(ContactHandler())
        alike.register(AccountingContacts())
        sync.register(MatterHandler())
        sync.register_remedies(contacts.KIND, contact_remedies)
        sync.register_remedies(files.KIND, file_remedies)
        sync.register_policy_block(answers.policy_block, passing=answers.PASSING)
        sync.register_answer("number", answers.answer_number)
        sync.register_answer("numbers", answers.answer_numbers)
        sync.register_answer("file_number", answers.answer_file_number)
        sync.register_answer("conflict_check", conflict_check.answer)
        register_subject(CONTACTS)
        register_subject(FILES)
        register_section(FOUND_CONTACTS)
        register_section(FOUND_FILES)
        register_import(CONTACT_IMPORT)
