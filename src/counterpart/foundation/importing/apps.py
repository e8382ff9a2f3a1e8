from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "counterpart.foundation.importing"
    label = "foundation_importing"
    verbose_name = "Imports"
    default_auto_field = "django.db.models.BigAutoField"
