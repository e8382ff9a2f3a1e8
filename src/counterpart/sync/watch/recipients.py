"""Who is told: those who manage the link, under the bell; of these, by mail who has not said otherwise."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User
from counterpart.sync.link import note
from counterpart.sync.models import Watcher

RIGHT = "integration.manage"


def managers() -> list[User]:
    """Everybody who may sign in and manage the link."""
    people = User.objects.filter(is_active=True).prefetch_related("roles")
    return [user for user in people if any(one.is_administrator or RIGHT in one.rights for one in user.roles.all())]


def mail_recipients() -> list[User]:
    """Those of them who get the alerts by mail: administrators and whoever was chosen, but nobody who was left out."""
    chosen = dict(Watcher.objects.values_list("user_id", "wants_mail"))
    return [user for user in managers() if chosen.get(user.pk, _is_administrator(user))]


def _is_administrator(user: User) -> bool:
    return any(role.is_administrator for role in user.roles.all())


@transaction.atomic
def choose_recipients(user_ids: Collection[int], *, actor: Actor, at: datetime) -> None:
    """These of the people who manage the link get the alerts by mail, the others do not. Raises Forbidden."""
    actor.require(RIGHT)
    before = sorted(user.email for user in mail_recipients())
    for user in managers():
        Watcher.objects.update_or_create(user=user, defaults={"wants_mail": user.pk in user_ids})
    after = sorted(user.email for user in mail_recipients())
    if before != after:
        note(actor, at, "setting_changed", {"alerts by e-mail": [", ".join(before), ", ".join(after)]})
