from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "counterpart.accounting.files"
    label = "accounting_files"
    verbose_name = "Files"
