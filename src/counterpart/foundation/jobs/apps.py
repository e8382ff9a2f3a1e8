from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "counterpart.foundation.jobs"
    label = "foundation_jobs"
    verbose_name = "Background work"
    default_auto_field = "django.db.models.BigAutoField"
