"""What a matter's state means for its file: people, clients and fields, before anything is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from counterpart.accounting.files.fields import EMPTY
from counterpart.accounting.files.models import File
from counterpart.accounting.files.rows import Held
from counterpart.accounting.files.shares import after_clients
from counterpart.contracts.contact import KIND as CONTACT
from counterpart.contracts.matter import Values, problems
from counterpart.foundation.users.models import User
from counterpart.sync import api as sync
from counterpart.sync.api import Newcomer, Refusal


@dataclass(frozen=True, slots=True)
class World:
    """What a batch refers to, read once: the clients here by sync identity, people by e-mail."""

    clients: Mapping[UUID, UUID]
    people: Mapping[str, int]

    def payers(self, held: Sequence[tuple[UUID, int]], clients: Sequence[str]) -> list[tuple[UUID, int]]:
        """The payers after the list of clients became this one (GRP-4, GRP-7 to GRP-11). The engine lets a matter in
        only when all its clients are here (section 9).
        """
        return after_clients(held, [self.clients[UUID(client)] for client in clients])


def world_of(all_values: Iterable[Values]) -> World:
    """Read what these states refer to; two statements."""
    listed = list(all_values)
    clients = {UUID(client) for values in listed for client in values.get("clients") or ()}
    emails = {values["assigned"] for values in listed if values.get("assigned")}
    return World(sync.local_ids(CONTACT, clients) if clients else {}, people_of(emails))


def people_of(emails: Iterable[str]) -> dict[str, int]:
    """Users who may sign in, by e-mail (MAT-22)."""
    wanted = list(emails)
    found = User.objects.filter(email__in=wanted, is_active=True).values_list("email", "pk")
    return dict(found) if wanted else {}


def incomplete(values: Values) -> Refusal | None:
    """A file needs a description and a payer. The engine has asked ``check`` about every value that came; a state
    without one of these passes there.
    """
    found = problems({name: values.get(name) for name in ("title", "clients")})
    return Refusal(found[0].code, found[0].text, found[0].register) if found else None


def unknown_staff(values: Values, world: World) -> Refusal | None:
    """Whether the person assigned is nobody here: that refuses this register alone (MAT-22)."""
    email = values.get("assigned")
    if not email or email in world.people:
        return None
    text = f"{email} is not a user of Legal Accounting who may sign in."
    return Refusal("unknown_staff", text, "assigned", {"email": email})


def opened_file(newcomer: Newcomer, world: World, defaults: Mapping[str, int], at: datetime) -> Held:
    """The file of a new matter, without its number yet. The person assigned also becomes responsible and lead (MAT
    table); the lists take the firm's defaults (MAT-7); the first client pays all (GRP-4).
    """
    values = newcomer.values
    person = world.people.get(values.get("assigned") or "")
    received = _day(values.get("opened"))
    fields = {
        **EMPTY,
        **defaults,
        **dict.fromkeys(("assigned", "responsible", "lead"), person),
        "description": values["title"],
        "opened_on": received or at.date(),
    }
    payers = world.payers([], values["clients"])
    return Held(newcomer.local_id, "", 1, File.Status.OPEN, True, None, received, fields, payers)  # noqa: FBT003 - from the other product


def amended_file(held: Held, changed: Values, world: World) -> Held:
    """The file as it shall be. Responsible and lead stay (MAT-28), unless nobody known here was assigned yet."""
    fields = dict(held.fields)
    received, payers = held.opened_received, held.payers
    if "title" in changed:
        fields["description"] = changed["title"]
    if "assigned" in changed and not unknown_staff(changed, world):
        person = world.people.get(changed["assigned"] or "")
        if fields["assigned"] is None:
            # The first one known here answers for the file as on creation (MAT-22).
            fields |= {role: fields[role] or person for role in ("responsible", "lead")}
        fields["assigned"] = person
    if "opened" in changed:
        before, received = received, _day(changed["opened"])
        if before is not None or fields["opened_on"] is None:
            # A file that is paired with a matter keeps the date it was opened on; what it is told stands beside it.
            fields["opened_on"] = received or fields["opened_on"]
    if "clients" in changed:
        payers = world.payers(held.payers, changed["clients"])
    return replace(held, fields=fields, opened_received=received, payers=payers)


def staff_changed(before: Held, after: Held) -> bool:
    """Whether other people answer for the file now."""
    return any(before.fields[role] != after.fields[role] for role in ("responsible", "lead"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
