"""Addresses of the Contacts part of the main toolbar."""

from django.urls import path

from counterpart.accounting.contacts.views import editing, lifecycle, listing, numbers, record

app_name = "contacts"

urlpatterns = [
    path("", listing.manager, name="manager"),
    path("new/", editing.new, name="new"),
    path("number-check/", numbers.check, name="number-check"),
    path("<uuid:contact_id>/", record.general, name="general"),
    path("<uuid:contact_id>/edit/", editing.edit, name="edit"),
    path("<uuid:contact_id>/other/", numbers.other, name="other"),
    path("<uuid:contact_id>/history/", record.history_tab, name="history"),
    path("<uuid:contact_id>/closure/", lifecycle.closure, name="closure"),
    path("<uuid:contact_id>/reopening/", lifecycle.reopening, name="reopening"),
    path("<uuid:contact_id>/deletion/", lifecycle.deletion, name="deletion"),
    path("<uuid:contact_id>/address-copy/", lifecycle.address_copy, name="address-copy"),
]
