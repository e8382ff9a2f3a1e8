from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "counterpart.accounting.contacts"
    label = "accounting_contacts"
    verbose_name = "Contacts"
