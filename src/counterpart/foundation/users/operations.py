"""What can be done to people, roles and tokens: one function per verb, each in the history (HIS-3).

Called by the pages, by commands and by the demonstration alike. Ids outside are the uuids.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Forbidden, Refusal, Refused
from counterpart.foundation.history import NewEvent
from counterpart.foundation.text import normalise
from counterpart.foundation.users.models import SCOPES, ApiToken, Role, User

MANAGE: Final = "users.manage"
TOKEN_PREFIX: Final = "cpt_"  # noqa: S105 - the public part, by which a leaked token is recognised
TOKEN_DAYS_MAX: Final = 366
TOKENS_PER_USER_MAX: Final = 50


class LastAdministrator(Refusal):
    """The firm would be left without anybody who can manage it (PRM-3)."""

    default_code = "users.last_administrator"

    def __init__(self) -> None:
        super().__init__(
            "This is the last active administrator. Make someone else an administrator first.", field="roles"
        )


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is known here and never again."""

    token: ApiToken
    secret: str


@transaction.atomic
def create_user(
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str,
    roles: Sequence[Role],
    at: datetime,
    is_demo: bool = False,
    check_password: bool = True,
) -> User:
    """Add a person who can sign in at once.

    Raises Forbidden, and Refused for an e-mail in use, a missing name or a weak password.
    """
    actor.require(MANAGE)
    _may_grant(actor, roles)
    user = User(email=email.strip().lower(), name=normalise(name), created_at=at, is_demo=is_demo)
    errors = _identity_errors(user)
    if check_password:
        errors += _password_errors(password, user)
    if errors:
        raise Refused(errors)
    user.set_password(password)
    user.save()
    user.roles.set(roles)
    changes = {"email": [None, user.email], "name": [None, user.name], "roles": [[], sorted(r.name for r in roles)]}
    history.record([_about(user, "created", actor, at, changes)])
    return user


@transaction.atomic
def edit_user(*, actor: Actor, user: User, email: str, name: str, at: datetime) -> User:
    """Change a person's name or e-mail. Raises Forbidden, Refused."""
    actor.require(MANAGE)
    user = _locked(user)
    _may_grant(actor, list(user.roles.all()))
    before = {"email": user.email, "name": user.name}
    user.email, user.name = email.strip().lower(), normalise(name)
    if errors := _identity_errors(user):
        raise Refused(errors)
    changes = {key: [old, getattr(user, key)] for key, old in before.items() if old != getattr(user, key)}
    if changes:
        user.save(update_fields=["email", "name"])
        history.record([_about(user, "edited", actor, at, changes)])
    return user


@transaction.atomic
def set_password(*, actor: Actor, user: User, password: str, at: datetime) -> None:
    """Give a person a new password, which ends their other sign-ins. Raises Forbidden, Refused."""
    actor.require(MANAGE)
    user = _locked(user)
    _may_grant(actor, list(user.roles.all()))
    if errors := _password_errors(password, user):
        raise Refused(errors)
    user.set_password(password)
    user.save(update_fields=["password"])
    history.record([_about(user, "password_set", actor, at, {})])


@transaction.atomic
def disable_user(*, actor: Actor, user: User, at: datetime) -> None:
    """Take away sign-in and API at once; everything the person did stays. Raises Forbidden, LastAdministrator."""
    actor.require(MANAGE)
    user = _locked(user)
    _may_grant(actor, list(user.roles.all()))
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        _require_an_administrator()
        history.record([_about(user, "disabled", actor, at, {"may_sign_in": [True, False]})])


@transaction.atomic
def enable_user(*, actor: Actor, user: User, at: datetime) -> None:
    """Let a disabled person sign in again. Raises Forbidden."""
    actor.require(MANAGE)
    user = _locked(user)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        history.record([_about(user, "enabled", actor, at, {"may_sign_in": [False, True]})])


@transaction.atomic
def set_roles(*, actor: Actor, user: User, roles: Sequence[Role], at: datetime) -> None:
    """Give a person exactly these roles. Raises Forbidden, LastAdministrator."""
    actor.require(MANAGE)
    user = _locked(user)
    before = list(user.roles.all())
    _may_grant(actor, [role for role in {*before, *roles} if (role in before) != (role in roles)])
    if set(before) == set(roles):
        return
    user.roles.set(roles)
    _require_an_administrator()
    change = [sorted(role.name for role in before), sorted(role.name for role in roles)]
    history.record([_about(user, "permission_changed", actor, at, {"roles": change})])


@transaction.atomic
def create_role(*, actor: Actor, name: str, copy_of: Role, at: datetime, description: str = "") -> Role:
    """Make a role that starts as a copy of another, never empty (PRM-2). Raises Forbidden, Refused."""
    actor.require(MANAGE)
    role = Role(
        name=normalise(name),
        description=normalise(description),
        rights=list(copy_of.rights) or sorted(actor.rights),
        restrict_contact_number_changes=copy_of.restrict_contact_number_changes,
        restrict_file_number_changes=copy_of.restrict_file_number_changes,
    )
    _may_grant(actor, [role])
    if errors := _role_errors(role):
        raise Refused(errors)
    role.save()
    history.record([_about(role, "created", actor, at, {"rights": [[], role.rights]})])
    return role


@transaction.atomic
def edit_role(*, actor: Actor, role: Role, name: str, description: str, rights: Collection[str], at: datetime) -> Role:
    """Change what a role grants. The administrator role is fixed (PRM-2). Raises Forbidden, Refused."""
    actor.require(MANAGE)
    role = Role.objects.select_for_update().get(pk=role.pk)
    if role.is_administrator:
        raise Refusal("The administrator role holds every right and can not be changed.", code="roles.fixed")
    before = {"name": role.name, "description": role.description, "rights": role.rights}
    changed_rights = set(rights) ^ set(role.rights)
    if not changed_rights <= actor.rights:
        raise Forbidden("You can only give or take rights that you hold yourself.", right=MANAGE)
    role.name, role.description, role.rights = normalise(name), normalise(description), sorted(rights)
    if errors := _role_errors(role):
        raise Refused(errors)
    changes = {key: [old, getattr(role, key)] for key, old in before.items() if old != getattr(role, key)}
    if changes:
        role.save()
        history.record([_about(role, "permission_changed", actor, at, changes)])
    return role


@transaction.atomic
def set_number_restriction(
    *, actor: Actor, role: Role, restricted: bool, at: datetime, what: Literal["contact", "file"] = "contact"
) -> None:
    """Switch *Restrict contact number changes (new & existing)* for a group, or the same for files (NUM-16, MAT-19).

    Raises Forbidden, and Refusal for the administrator role, to which it can not be applied.
    """
    actor.require(MANAGE)
    role = Role.objects.select_for_update().get(pk=role.pk)
    if role.is_administrator and restricted:
        raise Refusal("The restriction can not be applied to administrators.", code="roles.fixed")
    field = f"restrict_{what}_number_changes"
    if getattr(role, field) != restricted:
        setattr(role, field, restricted)
        role.save(update_fields=[field])
        changes = {field: [not restricted, restricted]}
        history.record([_about(role, "permission_changed", actor, at, changes)])


@transaction.atomic
def create_token(*, actor: Actor, user: User, label: str, scopes: Collection[str], days: int, at: datetime) -> NewToken:
    """Make an API token for a person: their own, or for others with the right to manage users.

    Raises Forbidden, Refused. The secret is returned once; only its SHA-256 is stored, which is
    enough for a random 256-bit secret.
    """
    if actor.user_id != user.pk:
        actor.require(MANAGE)
        _may_grant(actor, list(user.roles.all()))
    label = normalise(label)
    if errors := _token_errors(user, label, scopes, days, at):
        raise Refused(errors)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        label=label,
        prefix=secret[:10],
        digest=token_digest(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    changes = {"scopes": [[], token.scopes], "expires_at": [None, token.expires_at.isoformat()]}
    history.record([NewEvent("api_token", token.pk, f"{label} of {user.name}", "created", actor, at, changes)])
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(*, actor: Actor, token: ApiToken, at: datetime) -> None:
    """End a token at once. Its owner may, and who manages users. Raises Forbidden."""
    if actor.user_id != token.user_id:
        actor.require(MANAGE)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        label = f"{token.label} of {token.user.name}"
        history.record([NewEvent("api_token", token.pk, label, "revoked", actor, at)])


def token_digest(secret: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _about(thing: User | Role, verb: str, actor: Actor, at: datetime, changes: dict[str, Any]) -> NewEvent:
    kind = "user" if isinstance(thing, User) else "role"
    return NewEvent(kind, thing.uuid, thing.name, verb, actor, at, changes)


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _may_grant(actor: Actor, roles: Collection[Role]) -> None:
    """Nobody raises themselves: only an actor with every right of a role may give or take it."""
    for role in roles:
        missing = _all_rights() - actor.rights if role.is_administrator else set(role.rights) - actor.rights
        if missing & _all_rights():
            raise Forbidden(f"You can not give or take the role {role.name}: it holds rights you do not have.")


def _all_rights() -> set[str]:
    return {right.code for right in settings.COUNTERPART_RIGHTS}


def _only_administrators() -> set[str]:
    return {right.code for right in settings.COUNTERPART_RIGHTS if right.only_administrators}


def _require_an_administrator() -> None:
    """PRM-3. Two administrators who demote each other at once are put in a row by the lock."""
    if connection.vendor == "postgresql":
        list(Role.objects.select_for_update().filter(is_administrator=True).values_list("pk"))
    if not User.objects.filter(is_active=True, roles__is_administrator=True).exists():
        raise LastAdministrator


def _identity_errors(user: User) -> list[FieldError]:
    errors = []
    if not user.name:
        errors.append(FieldError("name", "Enter a name.", "required"))
    elif len(user.name) > User.NAME_LENGTH:
        errors.append(FieldError("name", f"A name has at most {User.NAME_LENGTH} characters.", "too_long"))
    try:
        validate_email(user.email)
    except ValidationError:
        errors.append(FieldError("email", "Enter an e-mail address like name@example.com.", "invalid"))
    else:
        if User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
            errors.append(FieldError("email", f"{user.email} already belongs to someone here.", "taken"))
    return errors


def _password_errors(password: str, user: User) -> list[FieldError]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [FieldError("password", message, "weak") for message in error.messages]
    return []


def _role_errors(role: Role) -> list[FieldError]:
    errors = []
    if not role.name or len(role.name) > Role.NAME_LENGTH:
        message = f"Enter a name of at most {Role.NAME_LENGTH} characters."
        errors.append(FieldError("name", message, "required"))
    elif Role.objects.filter(name__iexact=role.name).exclude(pk=role.pk).exists():
        errors.append(FieldError("name", f"There is already a role called {role.name}.", "taken"))
    if not role.rights:
        errors.append(FieldError("rights", "A role grants at least one right.", "required"))
    if unknown := set(role.rights) - _all_rights() | _only_administrators() & set(role.rights):
        errors.append(FieldError("rights", f"Unknown rights: {', '.join(sorted(unknown))}.", "unknown"))
    return errors


def _token_errors(user: User, label: str, scopes: Collection[str], days: int, at: datetime) -> list[FieldError]:
    errors = []
    if not label or len(label) > ApiToken.LABEL_LENGTH:
        errors.append(FieldError("label", "Say in a few words what the token is for.", "required"))
    if not scopes or not set(scopes) <= set(SCOPES):
        errors.append(FieldError("scopes", "Choose read, write or both.", "invalid"))
    if not 1 <= days <= TOKEN_DAYS_MAX:
        errors.append(FieldError("days", f"A token lives from 1 to {TOKEN_DAYS_MAX} days.", "invalid"))
    if not user.is_active:
        errors.append(FieldError("user", f"{user.name} may not sign in and can have no token.", "disabled"))
    usable = ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=at)
    if usable.count() >= TOKENS_PER_USER_MAX:
        errors.append(FieldError("label", f"{user.name} already has {TOKENS_PER_USER_MAX} tokens.", "too_many"))
    return errors
