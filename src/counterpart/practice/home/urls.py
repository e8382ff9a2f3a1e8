from django.urls import path

from counterpart.practice.home.views import home

urlpatterns = [
    path("", home, name="home"),
]
