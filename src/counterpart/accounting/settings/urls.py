"""Addresses under Administrator Settings."""

from django.urls import path

from counterpart.accounting.settings import views

app_name = "settings"

urlpatterns = [
    path("", views.index, name="index"),
    path("firm/settings/file/", views.file, name="file"),
    path("firm/settings/file/numbers/", views.file_numbers, name="file-numbers"),
    path("firm/settings/file/options/", views.options, name="file-options"),
    path("firm/settings/file/details/", views.required_details, name="required-details"),
    path("contact-casefile/lists/", views.lists, name="lists"),
    path("contact-casefile/lists/<int:entry_id>/", views.entry, name="list-entry"),
    path("contact-casefile/lists/<int:entry_id>/default/", views.default_entry, name="list-default"),
]
