"""Addresses of the Files part of the main toolbar, and of what files and groups add to a contact."""

from django.urls import path

from counterpart.accounting.files.views import (
    clients,
    editing,
    groups,
    lifecycle,
    listing,
    numbers,
    record,
    reviews,
    split,
)

app_name = "files"

urlpatterns = [
    path("files/", listing.manager, name="manager"),
    path("files/new/", editing.new, name="new"),
    path("files/number-check/", numbers.check, name="number-check"),
    path("files/splits/", reviews.open_reviews, name="splits"),
    path("files/<uuid:file_id>/", record.general, name="general"),
    path("files/<uuid:file_id>/edit/", editing.edit, name="edit"),
    path("files/<uuid:file_id>/staff/", record.staff_tab, name="staff"),
    path("files/<uuid:file_id>/billing/", record.billing_tab, name="billing"),
    path("files/<uuid:file_id>/split/", split.edit, name="split"),
    path("files/<uuid:file_id>/split/preview/", split.preview, name="split-preview"),
    path("files/<uuid:file_id>/split/confirmation/", reviews.confirmation, name="split-confirmation"),
    path("files/<uuid:file_id>/clients/", clients.add, name="add-client"),
    path("files/<uuid:file_id>/clients/<uuid:contact_id>/removal/", clients.remove, name="remove-client"),
    path("files/<uuid:file_id>/primary/", clients.primary, name="primary"),
    path("files/<uuid:file_id>/other/", numbers.other, name="other"),
    path("files/<uuid:file_id>/holds/", lifecycle.holds, name="holds"),
    path("files/<uuid:file_id>/closure/", lifecycle.closure, name="closure"),
    path("files/<uuid:file_id>/reopening/", lifecycle.reopening, name="reopening"),
    path("files/<uuid:file_id>/deletion/", lifecycle.deletion, name="deletion"),
    path("files/<uuid:file_id>/history/", record.history_tab, name="history"),
    path("contacts/groups/new/", groups.new, name="new-group"),
    path("contacts/<uuid:contact_id>/files/", listing.of_contact, name="of-contact"),
    path("contacts/<uuid:contact_id>/members/", groups.members, name="members"),
    path("contacts/<uuid:contact_id>/members/<uuid:member_id>/removal/", groups.remove_member, name="remove-member"),
    path("contacts/<uuid:contact_id>/member-of/", groups.memberships, name="memberships"),
]
