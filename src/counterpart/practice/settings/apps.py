from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "counterpart.practice.settings"
    label = "practice_settings"
    verbose_name = "General settings"
    default_auto_field = "django.db.models.BigAutoField"
