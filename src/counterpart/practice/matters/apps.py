from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "counterpart.practice.matters"
    label = "practice_matters"
    verbose_name = "Matters"
    default_auto_field = "django.db.models.BigAutoField"
