"""What an operation has to know before it decides: matters under lock, types, people, contacts, references."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Missing, Stale
from counterpart.foundation.users.models import User
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.queries import contacts_visible_to
from counterpart.practice.matters.models import ACTIVE, Matter, MatterCounter, MatterType, Role
from counterpart.practice.matters.naming import folded_key, matter_title
from counterpart.practice.matters.queries import matters_visible_to
from counterpart.practice.matters.rows import NAME_COLUMNS, states_of
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What a role takes."""

    id: UUID
    name: str
    position: int
    is_required: bool
    is_many: bool
    limited_to: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A matter type with its roles, by id and by folded name."""

    id: UUID
    name: str
    is_active: bool
    roles: Mapping[UUID, RoleFacts]
    role_ids: Mapping[str, UUID]

    def role(self, wanted: UUID | str) -> RoleFacts | None:
        """The role meant by an id or a name."""
        role_id = wanted if isinstance(wanted, UUID) else self.role_ids.get(folded_key(wanted))
        return self.roles.get(role_id) if role_id is not None else None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a matter can be assigned to."""

    id: int
    email: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What a party's contact is."""

    kind: str
    name: str


def locked(actor: Actor, matter_ids: Collection[UUID]) -> dict[UUID, State]:
    """The matters as they are, locked until commit. Raises Missing unless the actor may see each of them."""
    sync.lock("matter", matter_ids)
    wanted = set(matter_ids)
    rows = matters_visible_to(actor).filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk")
    if set(rows.values_list("pk", flat=True)) != wanted:
        raise Missing
    return states_of(wanted)


def locked_one(actor: Actor, matter_id: UUID, version: int | None = None) -> State:
    """One matter as it is, locked until commit. Raises Missing, and Stale if ``version`` is another one."""
    state = locked(actor, [matter_id])[matter_id]
    if version is not None and version != state["version"]:
        raise Stale("The matter was changed meanwhile.", current_version=state["version"])
    return state


@dataclass(frozen=True, slots=True)
class Types:
    """Some matter types, by id and by folded name."""

    by_id: Mapping[UUID, TypeFacts]
    ids: Mapping[str, UUID]

    def get(self, wanted: UUID | str | None) -> TypeFacts | None:
        """The type meant by an id or a name."""
        type_id = self.ids.get(folded_key(wanted)) if isinstance(wanted, str) else wanted
        return self.by_id.get(type_id) if type_id is not None else None


def types_by(ids: Iterable[UUID] = (), names: Iterable[str] = ()) -> Types:
    """The matter types with these ids or names; one statement."""
    found: dict[UUID, TypeFacts] = {}
    keys: dict[str, UUID] = {}
    roles: dict[UUID, dict[UUID, RoleFacts]] = {}
    role_ids: dict[UUID, dict[str, UUID]] = {}
    condition = Q(matter_type_id__in=set(ids)) | Q(matter_type__name_key__in={folded_key(name) for name in names})
    own = ("id", "name", "position", "is_required", "is_many", "limited_to", "is_primary")
    of_type = ("matter_type_id", "matter_type__name", "matter_type__name_key", "matter_type__is_active")
    rows = Role.objects.filter(condition).order_by("position", "id")
    for *facts, role_key, type_id, name, key, is_active in rows.values_list(*own, "name_key", *of_type):
        role = RoleFacts(*facts)
        keys[key] = type_id
        roles.setdefault(type_id, {})[role.id] = role
        role_ids.setdefault(type_id, {})[role_key] = role.id
        found.setdefault(type_id, TypeFacts(type_id, name, is_active, roles[type_id], role_ids[type_id]))
    return Types(found, keys)


def first_type() -> UUID | None:
    """The type a matter has when none is named: the first one in use."""
    return MatterType.objects.filter(is_active=True).values_list("pk", flat=True).first()


class People:
    """The people named by key or e-mail; one statement."""

    def __init__(self, wanted: Iterable[int | str | None]) -> None:
        named = {one.strip().lower() if isinstance(one, str) else one for one in wanted if one is not None}
        emails = [one for one in named if isinstance(one, str)]
        keys = [one for one in named if not isinstance(one, str)]
        rows = User.objects.filter(Q(pk__in=keys) | Q(email__in=emails)) if named else User.objects.none()
        people = [Person(*row) for row in rows.values_list("pk", "email", "name", "is_active")]
        self._found: dict[int | str, Person] = {person.id: person for person in people}
        self._found |= {person.email: person for person in people}

    def get(self, wanted: int | str | None) -> Person | None:
        """The person meant, or None."""
        if wanted is None:
            return None
        return self._found.get(wanted.strip().lower() if isinstance(wanted, str) else wanted)


def assignee_problem(person: Person | None) -> FieldError | None:
    """A matter is assigned to one person who works here (MAT-23)."""
    if person is None:
        return FieldError("assigned_to", "Choose the person the matter is assigned to.", "assigned_to.unknown")
    if not person.is_active:
        text = f"{person.name} may not sign in any more. Choose somebody else."
        return FieldError("assigned_to", text, "assigned_to.disabled")
    return None


def contacts_for(actor: Actor, contact_ids: Iterable[UUID]) -> dict[UUID, ContactFacts]:
    """The contacts to be put on a matter, as far as the actor may see them; one statement.

    They stay locked until commit, so that none is deleted while it is put on a matter (CLS-7).
    """
    wanted = set(contact_ids)
    if not wanted:
        return {}
    rows = contacts_visible_to(actor).filter(pk__in=wanted).select_for_update(no_key=True).order_by("pk")
    return {row["id"]: ContactFacts(row["kind"], display_name(row)) for row in rows.values("id", *NAME_COLUMNS)}


def hold_references() -> None:
    """Wait for others who give or ask for a number just now: references stay unique among matters (MAT-2)."""
    list(MatterCounter.objects.select_for_update().values_list("pk"))


def reference_holders(references: Iterable[str], other_than: Collection[UUID] = ()) -> dict[str, UUID]:
    """The matter that has or asked for each reference, by key; hold_references first."""
    keys = {number_key(reference) for reference in references if reference}
    if not keys:
        return {}
    rows = Matter.objects.filter(ACTIVE & (Q(file_reference_key__in=keys) | Q(requested_key__in=keys)))
    found: dict[str, UUID] = {}
    for matter_id, *held in rows.exclude(pk__in=other_than).values_list("pk", "requested_key", "file_reference_key"):
        found |= dict.fromkeys((key for key in held if key in keys), matter_id)
    return found


def taken(actor: Actor, holders: Sequence[UUID | None]) -> list[FieldError]:
    """For each holder the refusal of a repeated reference; what the actor may not see is not named (PRM-4)."""
    visible = matters_visible_to(actor).filter(pk__in=[one for one in holders if one is not None])
    names = {row[0]: matter_title(*row[1:]) for row in visible.values_list("pk", "matter_number", "name")}
    return [
        FieldError(
            "file_reference",
            f"Matter {names[one]} has this file reference already."
            if one in names
            else "Another matter has this file reference already.",
            "reference.taken",
        )
        for one in holders
    ]
