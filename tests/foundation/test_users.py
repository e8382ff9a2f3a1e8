"""People, roles and tokens: every verb with its refusal (PRM-2, PRM-3, HIS-3, NUM-16)."""

import hashlib

import pytest
from tests.foundation.conftest import AT, PASSWORD, person

from counterpart.foundation import clock, history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden, Refusal, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.users import operations
from counterpart.foundation.users.models import ApiToken, Role, User
from counterpart.foundation.users.operations import LastAdministrator

pytestmark = pytest.mark.django_db


def acting(user: User) -> Actor:
    return Actor.of(User.objects.get(pk=user.pk), "screen")


def events() -> list[tuple[str, str]]:
    return list(Event.objects.order_by("id").values_list("object_type", "verb"))


def new_user(actor: Actor, **facts: object) -> User:
    given = {"email": "Cleo@Example.com ", "name": " Cleo  Tan", "password": "a long enough one", "roles": []}
    return operations.create_user(actor=actor, at=AT, **given | facts)  # type: ignore[arg-type]


def test_create_user_adds_a_person_who_can_sign_in(admin: User, lawyer_role: Role) -> None:
    user = new_user(acting(admin), roles=[lawyer_role])

    stored = User.objects.get(pk=user.pk)
    assert (stored.email, stored.name, stored.is_active, stored.created_at) == (
        "cleo@example.com",
        "Cleo Tan",
        True,
        AT,
    )
    assert stored.check_password("a long enough one")
    assert stored.password.startswith(("md5$", "argon2"))
    assert acting(user).rights == {"contact.read", "contact.create"}
    event = history.events_for("user", user.uuid).get()
    assert (event.verb, event.changes["roles"]) == ("created", [[], ["Lawyer"]])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"email": "ADMIN@example.com"}, "email"),
        ({"email": "no address"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "cleo@example.com"}, "password"),
    ],
)
def test_create_user_refuses_what_is_not_acceptable(admin: User, facts: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        new_user(acting(admin), **facts)

    assert [error.field for error in refused.value.errors] == [field]
    assert User.objects.count() == 1
    assert events() == []


def test_managing_people_needs_the_right(admin: User, ben: User, lawyer_role: Role) -> None:
    """PRM-6: every verb asks."""
    actor = acting(ben)
    token = operations.create_token(
        actor=acting(admin), user=admin, label="t", scopes=["read"], days=1, at=clock.now()
    ).token
    attempts = [
        lambda: new_user(actor),
        lambda: operations.edit_user(actor=actor, user=admin, email="x@example.com", name="X", at=AT),
        lambda: operations.set_password(actor=actor, user=admin, password="a long enough one", at=AT),
        lambda: operations.disable_user(actor=actor, user=admin, at=AT),
        lambda: operations.enable_user(actor=actor, user=admin, at=AT),
        lambda: operations.set_roles(actor=actor, user=ben, roles=[lawyer_role], at=AT),
        lambda: operations.create_role(actor=actor, name="R", copy_of=lawyer_role, at=AT),
        lambda: operations.edit_role(actor=actor, role=lawyer_role, name="R", description="", rights=[], at=AT),
        lambda: operations.set_number_restriction(actor=actor, role=lawyer_role, restricted=True, at=AT),
        lambda: operations.create_token(actor=actor, user=admin, label="t", scopes=["read"], days=1, at=AT),
        lambda: operations.revoke_token(actor=actor, token=token, at=AT),
    ]
    before = events()

    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()

    assert events() == before
    assert acting(ben).rights == frozenset()


def test_nobody_gives_more_than_they_hold(admin: User, administrator_role: Role, lawyer_role: Role) -> None:
    """A person who manages users but is no administrator can not make themselves one, nor take over one."""
    clerk_role = Role.objects.create(name="Clerk", rights=["users.manage"])
    clerk = person("clerk@example.com", "Clerk", clerk_role)
    actor = acting(clerk)

    for attempt in (
        lambda: operations.set_roles(actor=actor, user=clerk, roles=[administrator_role], at=AT),
        lambda: operations.set_roles(actor=actor, user=clerk, roles=[lawyer_role, clerk_role], at=AT),
        lambda: operations.edit_role(
            actor=actor, role=clerk_role, name="Clerk", description="", rights=["users.manage", "audit.read"], at=AT
        ),
        lambda: operations.set_password(actor=actor, user=admin, password="a long enough one", at=AT),
        lambda: operations.disable_user(actor=actor, user=admin, at=AT),
        lambda: operations.create_token(actor=actor, user=admin, label="t", scopes=["read"], days=1, at=AT),
    ):
        with pytest.raises(Forbidden):
            attempt()
    operations.create_user(actor=actor, email="x@example.com", name="X", password=PASSWORD, roles=[clerk_role], at=AT)

    assert events() == [("user", "created")]


def test_the_last_active_administrator_stays(admin: User, administrator_role: Role, ada: User) -> None:
    """PRM-3: not demoted, not disabled; with a second one both work."""
    actor = acting(admin)
    for attempt in (
        lambda: operations.disable_user(actor=actor, user=admin, at=AT),
        lambda: operations.set_roles(actor=actor, user=admin, roles=[], at=AT),
    ):
        with pytest.raises(LastAdministrator, match="last active administrator"):
            attempt()
    assert User.objects.get(pk=admin.pk).is_active
    assert acting(admin).may("users.manage")

    operations.set_roles(actor=actor, user=ada, roles=[administrator_role], at=AT)
    operations.disable_user(actor=actor, user=admin, at=AT)

    assert not User.objects.get(pk=admin.pk).is_active
    assert events() == [("user", "permission_changed"), ("user", "disabled")]


def test_a_role_starts_as_a_copy_and_grants_what_is_ticked(admin: User, ada: User, lawyer_role: Role) -> None:
    """PRM-2: the wider grant wins; each right is explained by its roles."""
    actor = acting(admin)
    role = operations.create_role(actor=actor, name="Reader", copy_of=lawyer_role, at=AT)
    assert role.rights == lawyer_role.rights

    operations.edit_role(actor=actor, role=role, name="Reader", description="Reads.", rights=["audit.read"], at=AT)
    operations.set_roles(actor=actor, user=ada, roles=[lawyer_role, role], at=AT)

    assert acting(ada).rights == {"contact.read", "contact.create", "audit.read"}
    change = history.events_for("role", role.uuid).first()
    assert change is not None
    assert change.changes["rights"] == [["contact.read", "contact.create"], ["audit.read"]]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " lawyer "}, "name"),
        ({"name": ""}, "name"),
        ({"rights": []}, "rights"),
        ({"rights": ["contact.fly"]}, ""),
    ],
)
def test_a_role_refuses_a_taken_name_no_rights_and_unknown_rights(
    admin: User, lawyer_role: Role, facts: dict[str, object], field: str
) -> None:
    role = Role.objects.create(name="Reader", rights=["audit.read"])
    given = {"name": "Reader", "description": "", "rights": ["audit.read"]} | facts

    with pytest.raises(Refusal) as refused:
        operations.edit_role(actor=acting(admin), role=role, at=AT, **given)  # type: ignore[arg-type]

    assert refused.value.field == field
    assert Role.objects.get(pk=role.pk).rights == ["audit.read"]


def test_the_administrator_role_is_fixed(admin: User, administrator_role: Role) -> None:
    with pytest.raises(Refusal, match="can not be changed"):
        operations.edit_role(
            actor=acting(admin), role=administrator_role, name="A", description="", rights=["audit.read"], at=AT
        )
    with pytest.raises(Refusal, match="administrators"):
        operations.set_number_restriction(actor=acting(admin), role=administrator_role, restricted=True, at=AT)

    assert acting(admin).may("contact.delete")


def test_the_number_restriction_binds_members_but_no_administrator(
    admin: User, ada: User, administrator_role: Role, lawyer_role: Role
) -> None:
    """NUM-16, MAT-19."""
    for what in ("contact", "file"):
        operations.set_number_restriction(actor=acting(admin), role=lawyer_role, restricted=True, at=AT, what=what)
    operations.set_roles(actor=acting(admin), user=admin, roles=[administrator_role, lawyer_role], at=AT)

    assert (acting(ada).locks_number, acting(ada).locks_file_number) == (True, True)
    assert (acting(admin).locks_number, acting(admin).locks_file_number) == (False, False)


def test_a_token_is_shown_once_and_stored_hashed(ada: User) -> None:
    made = operations.create_token(actor=acting(ada), user=ada, label="export", scopes=["read"], days=30, at=AT)

    stored = ApiToken.objects.get()
    assert stored.digest == hashlib.sha256(made.secret.encode()).hexdigest()
    assert made.secret.startswith(stored.prefix)
    assert made.secret not in str(list(Event.objects.values())) + str(ApiToken.objects.values()[0])
    assert (stored.scopes, (stored.expires_at - AT).days) == (["read"], 30)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"label": " "}, "label"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["own"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
    ],
)
def test_a_token_needs_a_label_a_scope_and_an_end(ada: User, facts: dict[str, object], field: str) -> None:
    given = {"label": "export", "scopes": ["read"], "days": 30} | facts

    with pytest.raises(Refused) as refused:
        operations.create_token(actor=acting(ada), user=ada, at=AT, **given)  # type: ignore[arg-type]

    assert refused.value.field == field
    assert not ApiToken.objects.exists()


def test_revoking_a_token_is_recorded_once(ada: User) -> None:
    token = operations.create_token(
        actor=acting(ada), user=ada, label="t", scopes=["read"], days=1, at=clock.now()
    ).token

    operations.revoke_token(actor=acting(ada), token=token, at=AT)
    operations.revoke_token(actor=acting(ada), token=token, at=AT)

    assert not ApiToken.objects.get().is_usable(clock.now())
    assert events() == [("api_token", "created"), ("api_token", "revoked")]
