"""The addresses of this site."""

from django.urls import URLPattern, URLResolver, include, path

from counterpart.foundation.exporting.list_urls import export_urls
from counterpart.foundation.importing.urls import import_urls
from counterpart.foundation.lists.views import list_urls
from counterpart.foundation.web import problems
from counterpart.practice.contacts.exporting import CONTACTS as CONTACT_EXPORT
from counterpart.practice.contacts.import_page import CONTACTS
from counterpart.practice.contacts.views.general_settings import contact_settings_page
from counterpart.practice.contacts.views.listing import CONTACTS as CONTACT_LIST
from counterpart.practice.matters.exporting import MATTERS as MATTER_EXPORT
from counterpart.practice.matters.importing.page import MATTERS
from counterpart.practice.matters.views.listing import MATTERS as MATTER_LIST
from counterpart.practice.settings.views import matter_settings_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("counterpart.practice.home.urls")),
    path("", include("counterpart.foundation.search.urls")),
    path("contacts/import/", include(import_urls(CONTACTS))),
    path("matters/import/", include(import_urls(MATTERS))),
    path("contacts/export/", include(export_urls(CONTACT_EXPORT))),
    path("matters/export/", include(export_urls(MATTER_EXPORT))),
    path("contacts/", include(list_urls(CONTACT_LIST))),
    path("matters/", include(list_urls(MATTER_LIST))),
    path("", include("counterpart.foundation.alike.urls")),
    path("", include("counterpart.practice.contacts.urls")),
    path("", include("counterpart.practice.matters.urls")),
    path("", include("counterpart.practice.conflict_check.urls")),
    path("settings/contacts/", contact_settings_page, name="contact-settings"),
    path("settings/matters/", matter_settings_page, name="matter-settings"),
    path("api/v1/", include("counterpart.practice.api.v1.urls")),
    path("sync/v1/", include("counterpart.sync.endpoints")),
    path("", include("counterpart.sync.web.urls")),
    path("", include("counterpart.foundation.urls")),
]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error
