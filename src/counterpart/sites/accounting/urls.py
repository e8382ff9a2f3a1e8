"""The addresses of this site."""

from django.urls import URLPattern, URLResolver, include, path

from counterpart.accounting.api.v1.product import api
from counterpart.accounting.home import views as home
from counterpart.foundation.api.making import api_urls
from counterpart.foundation.web import problems

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("", include("counterpart.accounting.files.urls")),
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
