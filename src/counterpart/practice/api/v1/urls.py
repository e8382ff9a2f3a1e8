"""The API of Practice Management, version 1."""

from counterpart.foundation.alike import api as duplicates
from counterpart.foundation.api.making import api_urls, make_api
from counterpart.foundation.conflicts import api as conflict_checks
from counterpart.foundation.exporting.api import export_router
from counterpart.foundation.search import api as searching
from counterpart.practice.api.v1 import contacts, matter_types, matters, parties, settings, sync
from counterpart.practice.conflict_check.operations import conflict_check

api = make_api(
    title="Practice Management",
    version="1",
    description="Contacts and matters, kept in step with Legal Accounting. Additions only within version 1.",
)
api.add_router("/contacts", contacts.router)
api.add_router("/matters", matters.router)
api.add_router("/matters", parties.router)
api.add_router("/matter-types", matter_types.router)
api.add_router("", export_router("contacts", "matters"))
api.add_router("/staff", matter_types.staff_router)
api.add_router("/settings", settings.router)
api.add_router("/sync", sync.router)
api.add_router("", conflict_checks.router(conflict_check))
api.add_router("", searching.router)
api.add_router("", duplicates.router())

urlpatterns = api_urls(api)
