"""Addresses under Administrator Settings > Firm."""

from django.urls import path

from counterpart.accounting.settings import views

app_name = "settings"

urlpatterns = [
    path("", views.index, name="index"),
    path("firm/settings/file/", views.file, name="file"),
]
