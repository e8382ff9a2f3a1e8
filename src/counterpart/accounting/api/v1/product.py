"""Version 1 put together."""

from counterpart.accounting.api.v1 import contacts, firm
from counterpart.foundation.api.making import make_api

api = make_api(
    title="Legal Accounting",
    version="1.0.0",
    description="Contacts, their numbers and their link with Practice Management. "
    "Whatever is written here obeys the same rules and permissions as the pages.",
)
api.add_router("", contacts.router)
api.add_router("", firm.router)
