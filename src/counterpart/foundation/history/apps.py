from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "counterpart.foundation.history"
    label = "foundation_history"
    verbose_name = "History"
    default_auto_field = "django.db.models.BigAutoField"
