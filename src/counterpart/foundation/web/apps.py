from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "counterpart.foundation.web"
    label = "foundation_web"
    verbose_name = "Pages"
