"""Files as the registers of the contract, as they are now: for the engine, before and after a change."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from counterpart.accounting.files.models import FileOptions
from counterpart.accounting.files.rows import Held
from counterpart.contracts.contact import KIND as CONTACT
from counterpart.contracts.matter import Values
from counterpart.foundation.users.models import User
from counterpart.sync import api as sync


def values_of(files: Iterable[Held], *, publishes: bool | None = None) -> list[Values]:
    """Return the register values of each file, in their order; a constant number of statements. ``publishes``: whether
    the other product is told the staff (IMP-11), as the firm chose unless said otherwise.

    Clients are named by their sync identity. One without, which a file from Practice Management can only have got while
    the integration was off, is named by its own: the list must differ from the one that product wrote, so that this
    is put back when the integration is on again (sync-protocol 15).
    """
    listed = list(files)
    clients = sync.sync_ids(CONTACT, {client for held in listed for client in held.clients})
    emails = _emails(listed, ("assigned", "responsible", "lead"))
    told = publishes_staff() if publishes is None else publishes
    return [_values(held, clients, emails, publishes=told) for held in listed]


def publishes_staff() -> bool:
    """Whether the other product is told who is responsible and who leads (IMP-11)."""
    return FileOptions.objects.filter(publishes_staff=True).exists()


def told_staff(files: Iterable[Held]) -> dict[UUID, dict[str, str]]:
    """Return the register ``staff`` of the files that have any, as far as the other product is told it (IMP-11)."""
    listed = list(files)
    if not listed or not publishes_staff():
        return {}
    emails = _emails(listed, ("responsible", "lead"))
    return {held.id: staff for held in listed if (staff := _staff(held, emails))}


def _emails(files: Iterable[Held], roles: Iterable[str]) -> dict[int, str]:
    wanted = tuple(roles)
    people = {held.fields[role] for held in files for role in wanted} - {None}
    return dict(User.objects.filter(pk__in=people).values_list("pk", "email")) if people else {}


def _staff(held: Held, emails: Mapping[int, str]) -> dict[str, str] | None:
    """Responsible and lead by e-mail, what is known of them."""
    named = {role: emails[person] for role in ("responsible", "lead") if (person := held.fields[role]) is not None}
    return named or None


def _values(held: Held, clients: Mapping[UUID, UUID], emails: Mapping[int, str], *, publishes: bool) -> Values:
    return {
        "title": held.fields["description"],
        "clients": [str(clients.get(client, client)) for client in held.clients],
        "assigned": emails.get(held.fields["assigned"]),
        "opened": held.opened_received.isoformat() if held.opened_received else None,
        "number": held.number,
        "staff": _staff(held, emails) if publishes else None,
    }
