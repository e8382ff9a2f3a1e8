from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "counterpart.accounting.numbering"
    label = "accounting_numbering"
    verbose_name = "Numbering"
