from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "counterpart.practice.home"
    label = "practice_home"
    verbose_name = "Home"
