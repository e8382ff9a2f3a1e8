"""Matter types and their roles, as an administrator shapes them (PTY-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Blocker, FieldError, Missing, Refused, Stale
from counterpart.foundation.ids import new_id
from counterpart.foundation.text import normalise
from counterpart.practice.matters.enums import Limit
from counterpart.practice.matters.models import ROLE_NAME_MAX, TYPE_NAME_MAX, Matter, MatterType, Party, Role
from counterpart.practice.matters.naming import folded_key

RIGHT: Final = "settings.edit"
ROLES_MAX: Final = 100
EDITABLE: Final = ("name", "is_active", "needs_roles_to_close", "needs_link_to_close")
ROLE_FIELDS: Final = ("name", "is_required", "is_many", "limited_to", "is_primary")


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """A role as somebody typed it; with ``id`` it is one the type has already."""

    name: str
    id: UUID | None = None
    is_required: bool = False
    is_many: bool = True
    limited_to: str = Limit.ANY
    is_primary: bool = False


@transaction.atomic
def create_matter_type(
    *, actor: Actor, name: str, roles: Sequence[RoleDraft], at: datetime, **guards: bool
) -> MatterType:
    """Add a matter type with its roles, last in the list. Raises Forbidden, Refused."""
    actor.require(RIGHT)
    last = MatterType.objects.aggregate(last=Max("position"))["last"]
    made = MatterType(name=normalise(name), position=0 if last is None else last + 1, **guards)
    errors = _type_problems(made) + _role_problems(roles)
    if errors:
        raise Refused(errors)
    made.name_key = folded_key(made.name)
    made.save(force_insert=True)
    Role.objects.bulk_create(_role(draft, made.pk, place) for place, draft in enumerate(roles))
    changes = {"name": [None, made.name], "roles": [None, [_words(draft) for draft in roles]]}
    history.record([_event(made, "created", actor, at, changes)])
    return made


@transaction.atomic
def edit_matter_type(
    *,
    actor: Actor,
    type_id: UUID,
    changes: Mapping[str, Any],
    roles: Sequence[RoleDraft] | None = None,
    at: datetime,
    version: int | None = None,
) -> MatterType:
    """Change the named fields of a type and, with ``roles``, make its roles exactly these, in this order.

    A role somebody holds stays; so does which role is the primary one, once there are matters of the type, because
    its parties are whom Legal Accounting bills. Raises Forbidden, Missing, Refused, Stale.
    """
    actor.require(RIGHT)
    found = _locked(type_id, version)
    before = {name: getattr(found, name) for name in EDITABLE}
    for name, value in changes.items():
        if name in EDITABLE:
            setattr(found, name, normalise(value) if name == "name" else value)
    errors = _type_problems(found)
    held = list(found.roles.all())
    if roles is not None:
        errors += _role_problems(roles) or _held_problems(found, held, roles)
    if errors:
        raise Refused(errors)
    different = {name: [old, getattr(found, name)] for name, old in before.items() if old != getattr(found, name)}
    if roles is not None and (said := _write_roles(found, held, roles)):
        different["roles"] = said
    if different:
        found.name_key = folded_key(found.name)
        found.version += 1
        found.save()
        history.record([_event(found, "edited", actor, at, different)])
    return found


@transaction.atomic
def add_roles(*, actor: Actor, type_id: UUID, names: Sequence[str], at: datetime) -> dict[str, Role]:
    """See to it that the type has roles of these names; answer all of them by the names given.

    Raises Forbidden, Missing, Refused.
    """
    actor.require(RIGHT)
    found = _locked(type_id, None)
    held = list(found.roles.all())
    known = {role.name_key for role in held}
    wanted = {folded_key(normalise(name)): normalise(name) for name in reversed(names)}
    new = [RoleDraft(name) for key, name in reversed(wanted.items()) if key not in known]
    if new:
        drafts = [*(_draft(role) for role in held), *new]
        edit_matter_type(actor=actor, type_id=type_id, changes={}, roles=drafts, at=at)
    by_key = {role.name_key: role for role in Role.objects.filter(matter_type=found)}
    return {name: by_key[folded_key(normalise(name))] for name in names}


@transaction.atomic
def delete_matter_type(*, actor: Actor, type_id: UUID, at: datetime, version: int | None = None) -> None:
    """Delete a type no matter ever had; another can be taken out of use. Raises Forbidden, Missing, Blocked, Stale."""
    actor.require(RIGHT)
    found = _locked(type_id, version)
    if count := Matter.objects.filter(matter_type=found).count():
        noun = "matter is" if count == 1 else "matters are"
        blocker = Blocker(f"{count} {noun} of this type; take it out of use instead.", "", count)
        raise Blocked("The matter type can't be deleted.", [blocker], code="matter_type.used")
    if not MatterType.objects.filter(is_active=True).exclude(pk=type_id).exists():
        raise Blocked("There must be a matter type in use.", code="matter_type.last")
    event = _event(found, "deleted", actor, at, {"name": [found.name, None]})
    found.delete()
    history.record([event])


@transaction.atomic
def order_matter_types(*, actor: Actor, type_ids: Sequence[UUID], at: datetime) -> None:
    """Put the types in this order; those not named follow as they were. Raises Forbidden, Missing."""
    actor.require(RIGHT)
    types = {one.pk: one for one in MatterType.objects.select_for_update().order_by("position", "id")}
    if not set(type_ids) <= set(types):
        raise Missing("There is no such matter type.")
    before = [one.name for one in types.values()]
    order = [*dict.fromkeys(type_ids), *(pk for pk in types if pk not in set(type_ids))]
    for place, pk in enumerate(order):
        types[pk].position = place
    MatterType.objects.bulk_update(types.values(), ["position"])
    after = [types[pk].name for pk in order]
    if before != after:
        event = history.NewEvent("matter_type", None, "Matter types", "ordered", actor, at, {"order": [before, after]})
        history.record([event])


def _locked(type_id: UUID, version: int | None) -> MatterType:
    found = MatterType.objects.select_for_update().filter(pk=type_id).first()
    if found is None:
        raise Missing("There is no such matter type.")
    if version is not None and version != found.version:
        raise Stale("The matter type was changed meanwhile.", current_version=found.version)
    return found


def _type_problems(found: MatterType) -> list[FieldError]:
    errors = []
    if not found.name:
        errors.append(FieldError("name", "Enter the name of the matter type.", "matter_type.name_required"))
    if len(found.name) > TYPE_NAME_MAX:
        errors.append(FieldError("name", f"This can have at most {TYPE_NAME_MAX} characters.", "too_long"))
    others = MatterType.objects.exclude(pk=found.pk)
    if others.filter(name_key=folded_key(found.name)).exists():
        errors.append(FieldError("name", "There is a matter type of this name already.", "matter_type.twice"))
    if not found.is_active and not others.filter(is_active=True).exists():
        errors.append(FieldError("is_active", "There must be a matter type in use.", "matter_type.last"))
    return errors


def _role_problems(roles: Sequence[RoleDraft]) -> list[FieldError]:
    errors = []
    if sum(role.is_primary for role in roles) != 1:
        text = "Mark exactly one role as primary: the one whose parties are the clients."
        errors.append(FieldError("roles", text, "role.primary"))
    if len(roles) > ROLES_MAX:
        errors.append(FieldError("roles", f"A type can have at most {ROLES_MAX} roles.", "too_many"))
    seen: set[str] = set()
    for place, role in enumerate(roles):
        name = normalise(role.name)
        if not name:
            errors.append(FieldError(f"roles.{place}.name", "Enter the name of the role.", "role.name_required"))
        elif len(name) > ROLE_NAME_MAX:
            text = f"This can have at most {ROLE_NAME_MAX} characters."
            errors.append(FieldError(f"roles.{place}.name", text, "too_long"))
        elif folded_key(name) in seen:
            errors.append(FieldError(f"roles.{place}.name", "There is a role of this name already.", "role.twice"))
        seen.add(folded_key(name))
        if role.limited_to not in Limit.values:
            errors.append(FieldError(f"roles.{place}.limited_to", "Choose one of the limits.", "role.limit"))
    return errors


def _held_problems(found: MatterType, held: Sequence[Role], roles: Sequence[RoleDraft]) -> list[FieldError]:
    """What parties there are that the roles as wanted would not allow."""
    known = {role.pk: role for role in held}
    errors = [
        FieldError(f"roles.{place}.name", "This role belongs to another matter type.", "role.unknown")
        for place, role in enumerate(roles)
        if role.id is not None and role.id not in known
    ]
    kept = {role.id for role in roles}
    gone = [role for role in held if role.pk not in kept]
    used = set(Party.objects.filter(role__in=gone).values_list("role_id", flat=True).distinct())
    errors += [
        FieldError("roles", f"{role.name} is held on matters and can't be removed.", "role.used")
        for role in gone
        if role.pk in used
    ]
    primary = next((role.pk for role in held if role.is_primary), None)
    wanted = next((role.id for role in roles if role.is_primary), None)
    if primary != wanted and Matter.objects.filter(matter_type=found).exists():
        text = "There are matters of this type, so its primary role stays: its parties are whom Legal Accounting bills."
        errors.append(FieldError("roles", text, "role.primary_fixed"))
    for place, role in enumerate(roles):
        if role.id in known:
            errors += _tightened(place, known[role.id], role)
    return errors


def _tightened(place: int, held: Role, wanted: RoleDraft) -> list[FieldError]:
    errors = []
    parties = Party.objects.filter(role=held)
    if held.is_many and not wanted.is_many:
        crowded = parties.values("matter").annotate(count=Count("pk")).filter(count__gt=1).count()
        if crowded:
            text = f"{crowded} matters have several contacts in this role."
            errors.append(FieldError(f"roles.{place}.is_many", text, "role.crowded"))
    if wanted.limited_to and wanted.limited_to != held.limited_to:
        others = parties.filter(~Q(contact__kind=wanted.limited_to)).count()
        if others:
            text = f"{others} contacts in this role are of the other kind."
            errors.append(FieldError(f"roles.{place}.limited_to", text, "role.other_kind"))
    return errors


def _write_roles(found: MatterType, held: Sequence[Role], roles: Sequence[RoleDraft]) -> list[Any]:
    """Make the roles what they shall be; answer them in words, old and new, or nothing if they were so."""
    before, after = [_words(_draft(role)) for role in held], [_words(role) for role in roles]
    if before == after:
        return []
    kept = {role.id for role in roles if role.id is not None}
    Role.objects.filter(matter_type=found).exclude(pk__in=kept).delete()
    # Names and the primary mark may be exchanged between roles; for a moment nobody has them.
    for role in held:
        if role.pk in kept:
            Role.objects.filter(pk=role.pk).update(name_key=str(role.pk), is_primary=False)
    known = {role.pk: role for role in held}
    for place, draft in enumerate(roles):
        role = _role(draft, found.pk, place)
        role.save(force_insert=draft.id not in known, force_update=draft.id in known)
    return [before, after]


def _role(draft: RoleDraft, type_id: UUID, place: int) -> Role:
    name = normalise(draft.name)
    return Role(
        id=draft.id or new_id(), matter_type_id=type_id, name=name, name_key=folded_key(name), position=place,
        is_required=draft.is_required, is_many=draft.is_many, limited_to=draft.limited_to,
        is_primary=draft.is_primary,
    )  # fmt: skip


def _draft(role: Role) -> RoleDraft:
    return RoleDraft(role.name, role.pk, role.is_required, role.is_many, role.limited_to, role.is_primary)


def _words(role: RoleDraft) -> str:
    """A role in one line, for history."""
    marks = [
        "primary" if role.is_primary else "",
        "required" if role.is_required else "",
        "" if role.is_many else "one only",
        str(Limit(role.limited_to).label).lower() if role.limited_to else "",
    ]
    said = ", ".join(mark for mark in marks if mark)
    name = normalise(role.name)
    return f"{name} ({said})" if said else name


def _event(found: MatterType, verb: str, actor: Actor, at: datetime, changes: dict[str, Any]) -> history.NewEvent:
    return history.NewEvent("matter_type", found.pk, found.name, verb, actor, at, changes)
