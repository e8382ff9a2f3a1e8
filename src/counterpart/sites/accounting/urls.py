"""The addresses of this site."""

from django.urls import URLPattern, URLResolver, include, path

from counterpart.accounting.api.v1.product import api
from counterpart.accounting.contacts.exporting import CONTACTS as CONTACT_EXPORT
from counterpart.accounting.contacts.import_page import CONTACTS as CONTACT_IMPORT
from counterpart.accounting.contacts.views.listing import CONTACTS
from counterpart.accounting.files.exporting import FILES as FILE_EXPORT
from counterpart.accounting.files.views.listing import FILES
from counterpart.accounting.home import views as home
from counterpart.foundation.api.making import api_urls
from counterpart.foundation.exporting.list_urls import export_urls
from counterpart.foundation.importing.urls import import_urls
from counterpart.foundation.lists.views import list_urls
from counterpart.foundation.web import problems

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include("counterpart.foundation.search.urls")),
    path("contacts/", include(list_urls(CONTACTS))),
    path("contacts/export/", include(export_urls(CONTACT_EXPORT))),
    path("files/export/", include(export_urls(FILE_EXPORT))),
    path("files/", include(list_urls(FILES))),
    path("", include("counterpart.foundation.alike.urls")),
    path("", include("counterpart.accounting.files.urls")),
    path("contacts/import/", include(import_urls(CONTACT_IMPORT))),
    path("contacts/", include("counterpart.accounting.contacts.urls")),
    path("", include("counterpart.accounting.conflict_check.urls")),
    path("settings/", include("counterpart.accounting.settings.urls")),
    path("api/v1/", include(api_urls(api))),
    path("sync/v1/", include("counterpart.sync.endpoints")),
    path("", include("counterpart.sync.web.urls")),
    path("", include("counterpart.foundation.urls")),
]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error
