from django.urls import path

from counterpart.practice.contacts.views import acts, listing, live, page, writing

app_name = "contacts"

urlpatterns = [
    path("contacts/", listing.contact_list, name="list"),
    path("contacts/new/", writing.create, name="create"),
    path("contacts/reference-check/", live.reference_check, name="reference-check"),
    path("contacts/state-field/", writing.state_field, name="state-field"),
    path("contacts/<uuid:contact_id>/", page.contact_page, name="contact"),
    path("contacts/<uuid:contact_id>/history/", page.contact_history, name="history"),
    path("contacts/<uuid:contact_id>/edit/", writing.edit, name="edit"),
    path("contacts/<uuid:contact_id>/closure/", acts.close, name="closure"),
    path("contacts/<uuid:contact_id>/reopening/", acts.reopen, name="reopening"),
    path("contacts/<uuid:contact_id>/deletion/", acts.delete, name="deletion"),
    path("contacts/<uuid:contact_id>/restoration/", acts.restore, name="restoration"),
    path("contacts/<uuid:contact_id>/reference/", acts.reference, name="reference"),
    path("contacts/<uuid:contact_id>/reference/withdrawal/", acts.withdraw_reference, name="reference-withdrawal"),
    path("contacts/<uuid:contact_id>/addresses/copy/", acts.copy_addresses, name="addresses-copy"),
]
