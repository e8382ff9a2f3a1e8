"""The addresses of this site."""

from django.urls import URLPattern, URLResolver, include, path

from counterpart.foundation.importing.urls import import_urls
from counterpart.foundation.web import problems
from counterpart.practice.contacts.import_page import CONTACTS
from counterpart.practice.contacts.views.general_settings import contact_settings_page
from counterpart.practice.matters.importing.page import MATTERS
from counterpart.practice.settings.views import matter_settings_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("counterpart.practice.home.urls")),
    path("contacts/import/", include(import_urls(CONTACTS))),
    path("matters/import/", include(import_urls(MATTERS))),
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
