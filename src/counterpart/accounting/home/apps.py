from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "counterpart.accounting.home"
    label = "accounting_home"
    verbose_name = "Home"
