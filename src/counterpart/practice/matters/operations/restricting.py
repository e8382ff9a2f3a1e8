"""Who may see a matter: restricting it to listed people, on every surface at once (PRM-4)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.users.models import User
from counterpart.practice.matters.models import Matter, MatterAccess
from counterpart.practice.matters.operations.looking_up import State, locked_one
from counterpart.practice.matters.operations.recording import event
from counterpart.practice.matters.queries import access_of
from counterpart.practice.matters.rows import insert_access


@transaction.atomic
def restrict_matter(
    *, actor: Actor, matter_id: UUID, user_ids: Collection[int], at: datetime, version: int | None = None
) -> None:
    """Let only these people see a matter, whoever restricts it and whoever it is assigned to; also changes the list
    of a restricted one.

    People who may see every restricted matter need not be listed. Raises Forbidden, Missing, Refused, Stale.
    """
    actor.require("matter.restrict")
    state = locked_one(actor, matter_id, version)
    wanted = {*user_ids, state["assigned_to_id"], *([actor.user_id] if actor.user_id else [])}
    people = list(User.objects.filter(pk__in=wanted).order_by("name", "id"))
    if len(people) != len(wanted):
        raise Refused([FieldError("access", "Choose people of this firm.", "access.unknown")])
    before = access_of(matter_id) if state["restricted"] else []
    if state["restricted"] and before == people:
        return
    verb = "access_changed" if state["restricted"] else "restricted"
    _write(state, [person.pk for person in people], actor, at, restricted=True)
    names = [[person.name for person in listed] for listed in (before, people)]
    history.record([event(state, verb, actor, at, {"access": names})])


@transaction.atomic
def unrestrict_matter(*, actor: Actor, matter_id: UUID, at: datetime, version: int | None = None) -> None:
    """Let everybody who may see matters see this one again. Raises Forbidden, Missing, Stale."""
    actor.require("matter.restrict")
    state = locked_one(actor, matter_id, version)
    if not state["restricted"]:
        return
    before = access_of(matter_id)
    _write(state, [], actor, at, restricted=False)
    history.record([event(state, "unrestricted", actor, at, {"access": [[person.name for person in before], []]})])


def _write(state: State, user_ids: list[int], actor: Actor, at: datetime, *, restricted: bool) -> None:
    MatterAccess.objects.filter(matter_id=state["id"]).delete()
    insert_access((state["id"], user_id) for user_id in user_ids)
    Matter.objects.filter(pk=state["id"]).update(
        restricted=restricted, version=state["version"] + 1, updated_at=at, updated_by=actor.name
    )
