from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "counterpart.foundation.api"
    label = "foundation_api"
    verbose_name = "API"
    default_auto_field = "django.db.models.BigAutoField"
