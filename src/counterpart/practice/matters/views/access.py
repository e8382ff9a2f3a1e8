"""What every page of a matter begins with: the matter, if this person may see it."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.views.access import actor_of
from counterpart.practice.matters.models import Matter, Party
from counterpart.practice.matters.queries import matters_visible_to
from counterpart.practice.number_locks import FILE_REFERENCE_LOCK


def matter_or_404(request: HttpRequest, matter_id: UUID, right: str = "") -> Matter:
    """The matter, if this person may see it; hidden and missing look the same (PRM-4).

    Raises Forbidden when they see it and lack the ``right`` to do what the page is for.
    """
    actor = actor_of(request)
    visible = matters_visible_to(actor).select_related("matter_type", "assigned_to")
    matter = get_object_or_404(visible, pk=matter_id)
    if right:
        actor.require(right)
    return matter


def party_or_404(matter: Matter, party_id: UUID) -> Party:
    """A party of this matter, with role and contact."""
    return get_object_or_404(Party.objects.select_related("role", "contact"), matter=matter, pk=party_id)


def number_lock(actor: Actor, right: str = "") -> str:
    """Why this person may not define a file reference; '' if they may (MAT-19)."""
    if right and not actor.may(right):
        return "Your role does not include changing file references."
    return FILE_REFERENCE_LOCK.reason(actor)
