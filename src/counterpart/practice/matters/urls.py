from django.urls import path

from counterpart.practice.matters.views import (
    acts,
    finding,
    listing,
    live,
    of_contact,
    page,
    parties,
    types,
    writing,
)

app_name = "matters"

urlpatterns = [
    path("matters/", listing.matter_list, name="list"),
    path("matters/new/", writing.create, name="create"),
    path("matters/find-contact/", finding.find_contact, name="find-contact"),
    path("matters/reference-check/", live.reference_check, name="reference-check"),
    path("matters/<uuid:matter_id>/", page.matter_page, name="matter"),
    path("matters/<uuid:matter_id>/history/", page.matter_history, name="history"),
    path("matters/<uuid:matter_id>/edit/", writing.edit, name="edit"),
    path("matters/<uuid:matter_id>/parties/", parties.parties_page, name="parties"),
    path("matters/<uuid:matter_id>/parties/new/", parties.add, name="party-new"),
    path("matters/<uuid:matter_id>/parties/<uuid:party_id>/change/", parties.change, name="party-change"),
    path("matters/<uuid:matter_id>/parties/<uuid:party_id>/place/", parties.move, name="party-place"),
    path("matters/<uuid:matter_id>/parties/<uuid:party_id>/removal/", parties.remove, name="party-removal"),
    path("matters/<uuid:matter_id>/closure/", acts.close, name="closure"),
    path("matters/<uuid:matter_id>/reopening/", acts.reopen, name="reopening"),
    path("matters/<uuid:matter_id>/deletion/", acts.delete, name="deletion"),
    path("matters/<uuid:matter_id>/restoration/", acts.restore, name="restoration"),
    path("matters/<uuid:matter_id>/access/", acts.access, name="access"),
    path("matters/<uuid:matter_id>/reference/", acts.reference, name="reference"),
    path("matters/<uuid:matter_id>/reference/withdrawal/", acts.withdraw_reference, name="reference-withdrawal"),
    path("contacts/<uuid:contact_id>/matters/", of_contact.contact_matters, name="of-contact"),
    path("settings/matter-types/", types.type_list, name="types"),
    path("settings/matter-types/new/", types.create_type, name="type-new"),
    path("settings/matter-types/<uuid:type_id>/", types.edit_type, name="type"),
    path("settings/matter-types/<uuid:type_id>/place/", types.move_type, name="type-place"),
    path("settings/matter-types/<uuid:type_id>/deletion/", types.delete_type, name="type-deletion"),
]
