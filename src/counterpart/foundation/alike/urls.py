"""The pages of alike contacts; both products mount them as they are."""

from django.urls import path

from counterpart.foundation.alike.views import finder, merging, pane, settings, undoing

app_name = "alike"

urlpatterns = [
    path("contacts/alike/", pane.pane, name="pane"),
    path("contacts/duplicates/", finder.finder, name="finder"),
    path("contacts/duplicates/apart/", finder.apart, name="apart"),
    path("contacts/duplicates/settings/", settings.options_page, name="options"),
    path("contacts/merge/", merging.merge, name="merge"),
    path("contacts/merges/", undoing.merges, name="merges"),
    path("contacts/merges/<uuid:merge_id>/", undoing.merge, name="undo"),
]
