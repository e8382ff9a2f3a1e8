"""The pages that are looked at by axe; a test in each product sees to it that none is forgotten."""

BOTH = [
    "/", "/start/", "/search/?q=heron", "/jobs/", "/export/", "/sync/", "/sync/?state=red", "/sync/sweeps/",
    "/sync/trends/", "/sync/alerts/", "/sync/conflicts/", "/sync/connection/", "/sync/check/", "/sync/go-live/",
    "/users/", "/users/roles/", "/users/new/", "/users/roles/new/", "/audit/", "/profile/", "/profile/tokens/",
    "/notifications/", "/help/", "/api/v1/docs", "/contacts/", "/contacts/?q=nobody-is-called-so",
    "/contacts/import/", "/contacts/export/", "/contacts/views/", "/contacts/views/new/", "/contacts/columns/",
    "/contacts/duplicates/", "/contacts/duplicates/apart/", "/contacts/duplicates/settings/", "/contacts/merges/",
    "/contacts/new/", "/contacts/{id}/", "/contacts/{id}/edit/", "/contacts/{id}/history/",
    "/contacts/{id}/deletion/", "/conflict-check/", "/no-such-page/",
]  # fmt: skip
PRACTICE = [
    "/contacts/{id}/reference/", "/settings/contacts/", "/settings/matters/", "/matters/", "/matters/import/",
    "/matters/export/", "/matters/new/", "/matters/views/new/", "/settings/matter-types/",
    "/settings/matter-types/new/", "/matters/views/",
    "/matters/columns/",
]  # fmt: skip
ACCOUNTING = [
    "/contacts/{id}/other/", "/contacts/{id}/closure/", "/settings/", "/settings/firm/settings/file/",
    "/users/security/", "/files/", "/files/export/", "/files/views/", "/files/columns/",
    "/contacts/groups/new/", "/files/new/", "/files/splits/", "/files/views/new/", "/settings/contact-casefile/lists/",
]  # fmt: skip


def pages(product: str) -> list[str]:
    """The addresses of one product's pages; ``{id}`` stands for a contact."""
    return BOTH + (PRACTICE if product == "practice" else ACCOUNTING)
