from django.apps import AppConfig


class StartingConfig(AppConfig):
    name = "counterpart.foundation.starting"
    label = "foundation_starting"
    verbose_name = "Start guide"
    default_auto_field = "django.db.models.BigAutoField"
