"""Version 1 put together."""

from counterpart.accounting.api.v1 import contacts, files, firm, groups
from counterpart.accounting.conflict_check.operations import conflict_check
from counterpart.foundation.alike import api as duplicates
from counterpart.foundation.api.making import make_api
from counterpart.foundation.conflicts import api as conflict_checks
from counterpart.foundation.exporting.api import export_router
from counterpart.foundation.search import api as searching

api = make_api(
    title="Legal Accounting",
    version="1.0.0",
    description="Contacts, files, their numbers and their link with Practice Management. "
    "Whatever is written here obeys the same rules and permissions as the pages.",
)
api.add_router("", contacts.router)
api.add_router("", files.router)
api.add_router("", groups.router)
api.add_router("", export_router("contacts", "files"))
api.add_router("", firm.router)
api.add_router("", conflict_checks.router(conflict_check))
api.add_router("", searching.router)
api.add_router("", duplicates.router())
