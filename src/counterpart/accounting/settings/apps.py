from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "counterpart.accounting.settings"
    label = "accounting_settings"
    verbose_name = "Firm settings"
