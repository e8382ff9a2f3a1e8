from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "counterpart.foundation.users"
    label = "foundation_users"
    verbose_name = "Users and permissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for sign-ins."""
        from counterpart.foundation.users import signals  # noqa: PLC0415 - needs the models, which load first

        signals.connect()
