"""Reading matters. Everything a person sees comes through ``matters_visible_to``."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, Max, OuterRef, Prefetch, Q, QuerySet, Value, When

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocker
from counterpart.foundation.users.models import User
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.models import ACTIVE, Matter, MatterAccess, MatterType, Party, Role
from counterpart.practice.matters.naming import folded_key
from counterpart.practice.viewing import may, rights_of, user_id_of
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

SORTS: Final = {
    "name": ("sort_name", "id"),
    "-name": ("-sort_name", "-id"),
    "number": ("matter_number",),
    "-number": ("-matter_number",),
    "reference": ("file_reference_key", "sort_name", "id"),
    "-reference": ("-file_reference_key", "-sort_name", "-id"),
    "date": ("date", "id"),
    "-date": ("-date", "-id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "-id"),
    "status": ("status", "sort_name", "id"),
    "-status": ("-status", "-sort_name", "-id"),
}


def matters_visible_to(viewer: User | Actor) -> QuerySet[Matter]:
    """The matters this person may see; deleted ones are not among them (PRM-4, CON-11, SRC-7)."""
    return _visible(viewer).filter(ACTIVE)


def deleted_matters_visible_to(viewer: User | Actor) -> QuerySet[Matter]:
    """Deleted matters, for those who may restore them."""
    return _visible(viewer).exclude(ACTIVE) if may(viewer, "matter.delete") else Matter.objects.none()


def hidden_matters(viewer: User | Actor) -> QuerySet[Matter]:
    """The restricted matters this person may not know of, deleted ones included."""
    if may(viewer, "matter.see_restricted"):
        return Matter.objects.none()
    restricted = Matter.objects.filter(restricted=True)
    return restricted.filter(~_is_listed(viewer)) if may(viewer, "matter.read") else restricted


def veil(actor: Actor) -> Q:
    """The events of the history that are hidden from this person, for the firm's audit log (PRM-4)."""
    return Q(object_type="matter", object_id__in=hidden_matters(actor).values("pk"))


def open_first(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    """Active ones, then inactive ones, closed ones last; by name."""
    is_last = Case(
        When(status=Status.ACTIVE, then=Value(0)),
        When(status=Status.CLOSED, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return matters.order_by(is_last, "sort_name", "id")


def referenced(matters: QuerySet[Matter], reference: str) -> QuerySet[Matter]:
    """Those that have this File Reference, or asked for it; letter case does not matter (MAT-2)."""
    key = number_key(reference.strip())
    return matters.filter(Q(file_reference_key=key) | Q(requested_key=key)) if key else Matter.objects.none()


@dataclass(frozen=True, slots=True)
class ReferenceHolder:
    """Who holds a File Reference, as far as the viewer may know."""

    id: UUID
    matter: Matter | None


def reference_holder(viewer: User | Actor, reference: str, *, other_than: UUID | None = None) -> ReferenceHolder | None:
    """The other matter that has the reference; without its name if the viewer may not see it (PRM-4)."""
    others = referenced(Matter.objects.filter(ACTIVE), reference)
    if other_than is not None:
        others = others.exclude(pk=other_than)
    found = others.order_by("requested_key", "pk").first()
    if found is None:
        return None
    is_visible = matters_visible_to(viewer).filter(pk=found.pk).exists()
    return ReferenceHolder(found.pk, found if is_visible else None)


@dataclass(frozen=True, slots=True)
class Found:
    """A matter another system's reference stands for."""

    id: UUID
    is_visible: bool


def matters_by_external_key(viewer: User | Actor, references: Iterable[str]) -> dict[str, Found]:
    """The matter that has each external reference (the oldest, if several do); two statements."""
    keys = {folded_key(reference): reference for reference in references if reference}
    rows = Matter.objects.filter(ACTIVE, external_key__in=keys).order_by("-matter_number")
    found = {keys[key]: matter_id for key, matter_id in rows.values_list("external_key", "pk")}
    visible = set(matters_visible_to(viewer).filter(pk__in=found.values()).values_list("pk", flat=True))
    return {reference: Found(matter_id, matter_id in visible) for reference, matter_id in found.items()}


def parties_of(matter_id: UUID) -> list[Party]:
    """The parties in the order of their roles and places, with role and contact."""
    rows = Party.objects.filter(matter_id=matter_id).select_related("role", "contact")
    return list(rows.order_by("role__position", "position", "id"))


def clients_of(matter_ids: Iterable[UUID]) -> dict[UUID, list[Contact]]:
    """The clients of each matter in order, the primary client first; one statement."""
    ids = list(matter_ids)
    found: dict[UUID, list[Contact]] = {matter_id: [] for matter_id in ids}
    rows = Party.objects.filter(matter_id__in=ids, role__is_primary=True).select_related("contact")
    for party in rows.order_by("position", "id"):
        found[party.matter_id].append(party.contact)
    return found


@dataclass(frozen=True, slots=True)
class ContactMatter:
    """A matter a contact is on, with its roles there."""

    matter: Matter
    roles: list[str]


def matters_of_contact(viewer: User | Actor, contact_id: UUID) -> list[ContactMatter]:
    """The matters a contact is on, as far as the viewer may see them, open ones first (PAG-3, PAG-5)."""
    visible = matters_visible_to(viewer).select_related("matter_type", "assigned_to")
    parties = Party.objects.filter(contact_id=contact_id).select_related("role").order_by("role__position")
    matters = open_first(visible.filter(parties__contact_id=contact_id).distinct()).prefetch_related(
        Prefetch("parties", parties, to_attr="held")
    )
    return [ContactMatter(one, [party.role.name for party in one.held]) for one in matters]


def hidden_matter_count(viewer: User | Actor, contact_id: UUID) -> int:
    """How many matters of the contact the viewer does not see, for those who may know that much (PAG-5)."""
    if not may(viewer, "matter.see_restricted_count"):
        return 0
    every = Matter.objects.filter(ACTIVE, parties__contact_id=contact_id).distinct()
    return every.count() - matters_visible_to(viewer).filter(parties__contact_id=contact_id).distinct().count()


def contact_blockers(contacts: Sequence[Contact], viewer: User | Actor) -> dict[UUID, list[Blocker]]:
    """The matters that stand in the way of deleting contacts, each with where to take it off (CLS-7, DEL-1).

    A matter the viewer may not see is counted and not named. Three statements for any number of contacts.
    """
    parties = Party.objects.filter(contact_id__in=[one.pk for one in contacts], matter__deleted_at=None)
    pairs = set(parties.values_list("contact_id", "matter_id").order_by())
    if not pairs:
        return {}
    visible = matters_visible_to(viewer).in_bulk({matter_id for _, matter_id in pairs})
    found: dict[UUID, list[Blocker]] = {}
    hidden: Counter[UUID] = Counter(contact_id for contact_id, matter_id in pairs if matter_id not in visible)
    seen = [(contact_id, visible[matter_id]) for contact_id, matter_id in pairs if matter_id in visible]
    for contact_id, matter in sorted(seen, key=lambda pair: pair[1].matter_number):
        found.setdefault(contact_id, []).append(Blocker(f"It is on matter {matter}.", matter.get_absolute_url(), 1))
    for contact_id, count in hidden.items():
        text = "It is on a matter you can't view." if count == 1 else f"It is on {count} matters you can't view."
        found.setdefault(contact_id, []).append(Blocker(text, "", count))
    return found


def open_matter_counts(viewer: User | Actor, contact_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many active matters this person may see each contact is on; one statement."""
    seen = matters_visible_to(viewer).filter(status=Status.ACTIVE)
    rows = Party.objects.filter(contact_id__in=contact_ids, matter__in=seen).values_list("contact_id").order_by()
    return dict(rows.annotate(Count("matter_id", distinct=True)))


def matter_types(*, only_active: bool = True) -> list[MatterType]:
    """The matter types in their order, with their roles; two statements."""
    types = MatterType.objects.filter(is_active=True) if only_active else MatterType.objects.all()
    return list(types.prefetch_related("roles"))


def types_last_used_first(viewer: User | Actor) -> list[MatterType]:
    """The types in use with their roles, those whose matters this person may see and made last first (MAT-1)."""
    mine = matters_visible_to(viewer).filter(created_by=viewer.name)
    last = dict(mine.values_list("matter_type_id").annotate(last=Max("created_at")).order_by())
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(matter_types(), key=lambda one: last.get(one.pk, never), reverse=True)


def type_usage() -> dict[UUID, int]:
    """How many matters, deleted ones included, each type has."""
    return dict(Matter.objects.values_list("matter_type_id").annotate(Count("pk")).order_by())


def role_usage(type_id: UUID) -> dict[UUID, int]:
    """How many parties each role of a type has."""
    roles = Role.objects.filter(matter_type_id=type_id)
    return dict(Party.objects.filter(role__in=roles).values_list("role_id").annotate(Count("pk")).order_by())


def staff() -> list[User]:
    """The people a matter can be assigned to, by name."""
    return list(User.objects.filter(is_active=True).order_by("name", "id"))


def access_of(matter_id: UUID) -> list[User]:
    """The people listed for a restricted matter, by name."""
    listed = MatterAccess.objects.filter(matter_id=matter_id)
    return list(User.objects.filter(pk__in=listed.values("user_id")).order_by("name", "id"))


def is_offered(matter_id: UUID) -> bool:
    """Whether Legal Accounting was ever told of the matter: then it keeps a client for good (GRP-12)."""
    return matter_id in sync.sync_ids("matter", [matter_id])


def _visible(viewer: User | Actor) -> QuerySet[Matter]:
    rights = rights_of(viewer)
    if "matter.read" not in rights:
        return Matter.objects.none()
    if "matter.see_restricted" in rights:
        return Matter.objects.all()
    return Matter.objects.filter(Q(restricted=False) | _is_listed(viewer))


def _is_listed(viewer: User | Actor) -> Q:
    return Q(Exists(MatterAccess.objects.filter(matter_id=OuterRef("pk"), user_id=user_id_of(viewer))))
