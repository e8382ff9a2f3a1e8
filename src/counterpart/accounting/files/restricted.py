"""What Legal Accounting leaves to Practice Management while the two are connected (integration 4.2, GRP-15, GRP-17).

Asked by every operation the table names, so that pages, API and imports are bound alike.
"""

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from counterpart.accounting.files.registers import KIND
from counterpart.contracts.contact import KIND as CONTACT
from counterpart.foundation.errors import Blocked, Blocker
from counterpart.sync import api as sync

CLIENTS: Final = "Clients are added, removed and put in order on the matter in {peer}; the first one is the primary."
NEW_FILE: Final = "Files begin in {peer}: open the matter there, and its file appears here."
GROUPS: Final = "Several clients are put on the matter in {peer}; the group for their file is made here by itself."


@dataclass(frozen=True, slots=True)
class Restriction:
    """Why something can't be done here now, and the page in the other product where it is done."""

    reason: str
    pm_url: str


class RestrictedByIntegration(Blocked):
    """This belongs to Practice Management while the integration is on (409); ``pm_url`` is where it is done."""

    default_code = "restricted-by-integration"
    problem_type = "restricted-by-integration"

    def __init__(self, restriction: Restriction) -> None:
        blocker = Blocker(f"Open it in {settings.COUNTERPART_PEER_NAME}", restriction.pm_url)
        super().__init__(restriction.reason, [blocker])
        self.pm_url = restriction.pm_url

    @property
    def members(self) -> dict[str, Any]:
        """See ``Refusal.members``."""
        return {"pm_url": self.pm_url}


def clients_restriction(file_id: UUID) -> Restriction | None:
    """Why clients of this file can't be added, removed or put in order now; None if they can."""
    return _restriction(CLIENTS, KIND, file_id)


def new_file_restriction() -> Restriction | None:
    """Why no file can be opened here now; None if one can (MAT-2). The page is the one that creates a matter."""
    found = _restriction(NEW_FILE)
    return replace(found, pm_url=f"{found.pm_url.rstrip('/')}/matters/new/") if found else None


def group_restriction(group_id: UUID | None = None) -> Restriction | None:
    """Why no group contact can be made, or this one's members can't be changed now; None if they can (GRP-16)."""
    return _restriction(GROUPS, CONTACT, group_id)


def require_unrestricted(restriction: Restriction | None) -> None:
    """Raise RestrictedByIntegration if there is a restriction."""
    if restriction is not None:
        raise RestrictedByIntegration(restriction)


def _restriction(reason: str, kind: str = "", local_id: UUID | None = None) -> Restriction | None:
    if not sync.is_on():
        return None
    page = sync.peer_page(kind, local_id) if local_id is not None else None
    return Restriction(reason.format(peer=settings.COUNTERPART_PEER_NAME), page or sync.peer_home())
