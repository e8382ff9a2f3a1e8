"""Reads about people and roles."""

from django.conf import settings
from django.db import models

from counterpart.foundation.actor import Actor
from counterpart.foundation.rights import Right
from counterpart.foundation.users.models import ApiToken, Role, User


def users_visible_to(actor: Actor) -> models.QuerySet[User]:
    """Return the people an actor may look at: all for who manages users, else only themselves."""
    everybody = User.objects.prefetch_related("roles")
    return everybody if actor.may("users.manage") else everybody.filter(pk=actor.user_id or 0)


def roles_visible_to(actor: Actor) -> models.QuerySet[Role]:
    """Return the roles, for those who manage users."""
    roles = Role.objects.annotate(user_count=models.Count("users", filter=models.Q(users__is_active=True)))
    return roles if actor.may("users.manage") else roles.none()


def tokens_visible_to(actor: Actor) -> models.QuerySet[ApiToken]:
    """Return the actor's own tokens, or everybody's for who manages users."""
    tokens = ApiToken.objects.select_related("user")
    return tokens if actor.may("users.manage") else tokens.filter(user_id=actor.user_id or 0)


def rights_by_group() -> list[tuple[str, list[Right]]]:
    """Return the rights a role of this product can grant: group by group, in their fixed order."""
    grouped: dict[str, list[Right]] = {}
    for right in settings.COUNTERPART_RIGHTS:
        if right.only_administrators:
            continue
        grouped.setdefault(right.group, []).append(right)
    return list(grouped.items())


def reasons(user: User) -> list[tuple[Right, list[str]]]:
    """Return each right of this product with the roles that give it to the person (PRM-2)."""
    roles = list(user.roles.all())
    return [(right, [role.name for role in roles if _gives(role, right)]) for right in settings.COUNTERPART_RIGHTS]


def _gives(role: Role, right: Right) -> bool:
    return role.is_administrator or (right.code in role.rights and not right.only_administrators)
