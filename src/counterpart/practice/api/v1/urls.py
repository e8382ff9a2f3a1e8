"""The API of Practice Management, version 1."""

from counterpart.foundation.api.making import api_urls, make_api
from counterpart.practice.api.v1 import contacts, settings, sync

api = make_api(
    title="Practice Management",
    version="1",
    description="Contacts of the firm, kept in step with Legal Accounting. Additions only within version 1.",
)
api.add_router("/contacts", contacts.router)
api.add_router("/settings", settings.router)
api.add_router("/sync", sync.router)

urlpatterns = api_urls(api)
