"""Views with a name, and how a person left a list: reading and keeping them (LST-5, LST-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Missing, Refused
from counterpart.foundation.ids import parse_id
from counterpart.foundation.lists.models import NAME_MAX, QUERY_MAX, ListMemory, SavedView
from counterpart.foundation.lists.spec import ListSpec

SHARE: Final = "view.share"
VIEWS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who sees a view besides its owner."""

    role_ids: Sequence[int] = ()
    is_default: bool = False


def visible_views(spec: ListSpec, actor: Actor) -> QuerySet[SavedView]:
    """The person's own, those shared with a role of theirs, and the firm's."""
    mine = Q(owner_id=actor.user_id) | Q(is_default=True) | Q(roles__users=actor.user_id)
    return SavedView.objects.filter(mine, listing=spec.key).distinct()


def query_of(spec: ListSpec, key: str, actor: Actor) -> str | None:
    """What a view keeps; None if this person has no such view."""
    built_in = next((view for view in spec.views_for(actor) if view.key == key), None)
    if built_in is not None:
        return built_in.query
    view_id = parse_id(key)
    found = visible_views(spec, actor).filter(pk=view_id).first() if view_id else None
    return found.query if found else None


def firm_default(spec: ListSpec) -> SavedView | None:
    """What everybody begins with, if the firm chose something."""
    return SavedView.objects.filter(listing=spec.key, is_default=True).first()


@transaction.atomic
def save_view(
    *,
    spec: ListSpec,
    actor: Actor,
    name: str,
    query: str,
    at: datetime,
    sharing: Sharing | None = None,
    view_id: UUID | None = None,
) -> SavedView:
    """Keep a view, or change one's own. Sharing it takes a right. Raises Forbidden, Missing, Refused."""
    wanted, owner = sharing or Sharing(), _person(actor)
    if wanted.role_ids or wanted.is_default:
        actor.require(SHARE)
    if not name.strip() or len(name.strip()) > NAME_MAX:
        raise Refused([FieldError("name", f"Give the view a name of at most {NAME_MAX} characters.", "required")])
    if len(query) > QUERY_MAX:
        raise Refused([FieldError("name", "These are too many filters for one view.", "too_long")])
    view = own_view(spec, actor, view_id) if view_id else SavedView(listing=spec.key, owner_id=owner)
    if view_id is None and SavedView.objects.filter(listing=spec.key, owner_id=owner).count() >= VIEWS_MAX:
        raise Refused([FieldError("name", "You keep too many views of this list; delete one first.", "too_many")])
    if wanted.is_default:
        SavedView.objects.filter(listing=spec.key, is_default=True).exclude(pk=view.pk).update(is_default=False)
    view.name, view.query, view.changed_at, view.is_default = name.strip(), query, at, wanted.is_default
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise Refused([FieldError("name", "You have a view of this name already.", "taken")]) from None
    view.roles.set(list(wanted.role_ids))
    return view


def delete_view(*, spec: ListSpec, actor: Actor, view_id: UUID) -> str:
    """Delete a view of one's own, or with the right to share, one that was shared. Returns its name. Raises Missing."""
    view = own_view(spec, actor, view_id)
    view.delete()
    return view.name


def own_view(spec: ListSpec, actor: Actor, view_id: UUID) -> SavedView:
    """A view this person may change. Raises Missing."""
    mine = Q(owner_id=actor.user_id)
    if actor.may(SHARE):
        mine |= Q(is_default=True) | Q(roles__isnull=False)
    found = SavedView.objects.filter(mine, listing=spec.key, pk=view_id).distinct().first()
    if found is None:
        raise Missing("There is no such view, or it is somebody else's.")
    return found


def remembered(spec: ListSpec, actor: Actor) -> str:
    """How the person left the list; before that, what the firm begins with."""
    kept = ListMemory.objects.filter(user_id=_person(actor), listing=spec.key).values_list("query", flat=True).first()
    if kept is not None:
        return str(kept)
    default = firm_default(spec)
    return default.query if default else ""


def remember(spec: ListSpec, actor: Actor, query: str) -> None:
    """Keep how the list is left; writes only what is new."""
    if len(query) > QUERY_MAX or remembered(spec, actor) == query:
        return
    ListMemory.objects.update_or_create(user_id=_person(actor), listing=spec.key, defaults={"query": query})


def forget(spec: ListSpec, actor: Actor) -> None:
    """Back to how the list begins."""
    ListMemory.objects.filter(user_id=_person(actor), listing=spec.key).delete()


def _person(actor: Actor) -> int:
    assert actor.user_id is not None, "lists are kept for people"
    return actor.user_id
