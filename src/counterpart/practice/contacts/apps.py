from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "counterpart.practice.contacts"
    label = "practice_contacts"
    verbose_name = "Contacts"
    default_auto_field = "django.db.models.BigAutoField"
