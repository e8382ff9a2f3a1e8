"""Matter types and their roles (PTY-2): what an administrator may shape, and what matters there are hold in place."""

import pytest
from tests.practice.conftest import AT, actor, errors_of, history_of, person
from tests.practice.matters import MATTER_WORK, ROLES, matter_type, open_matter, parties, people, role

from counterpart.foundation.errors import Blocked, Forbidden, Missing, Refused, Stale
from counterpart.foundation.ids import new_id
from counterpart.practice.matters import operations
from counterpart.practice.matters.models import MatterType, Role
from counterpart.practice.matters.operations import RoleDraft
from counterpart.practice.matters.queries import matter_types, role_usage, type_usage

pytestmark = pytest.mark.django_db
CLIENT = RoleDraft("Client", is_primary=True)


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


def drafts(type_name="Dispute", **changes):
    """The roles of a type as drafts; a keyword changes one by its name."""
    found = Role.objects.filter(matter_type__name=type_name)
    return [
        RoleDraft(
            **{
                "name": one.name, "id": one.pk, "is_required": one.is_required, "is_many": one.is_many,
                "limited_to": one.limited_to, "is_primary": one.is_primary, **changes.get(one.name, {}),
            }
        )
        for one in found
    ]  # fmt: skip


def edit(admin, found, changes=None, **given):
    return operations.edit_matter_type(actor=actor(admin), type_id=found.pk, changes=changes or {}, at=AT, **given)


def test_a_firm_starts_with_two_types():
    """So that the first matter needs no set-up."""
    assert [(one.name, one.roles.get(is_primary=True).name) for one in matter_types()] == [
        ("General", "Client"), ("Litigation", "Client"),
    ]  # fmt: skip


def test_a_type_is_added_last_with_its_roles(admin):
    made = operations.create_matter_type(actor=actor(admin), name=" Estate ", roles=ROLES, at=AT, is_active=True)

    assert [one.name for one in matter_types()][-1] == "Estate"
    assert [(one.name, one.position, one.is_many, one.limited_to, one.is_primary) for one in made.roles.all()] == [
        ("Client", 0, True, "", True), ("Opposing party", 1, True, "", False), ("Judge", 2, False, "", False),
        ("Bank", 3, True, "company", False),
    ]  # fmt: skip
    assert history_of(made.pk, "matter_type") == [
        (
            "created", "Admin",
            {
                "name": [None, "Estate"],
                "roles": [None, ["Client (primary)", "Opposing party", "Judge (one only)", "Bank (companies only)"]],
            },
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "roles", "expected"),
    [
        ("", [CLIENT], {"name": "matter_type.name_required"}),
        ("x" * 101, [CLIENT], {"name": "too_long"}),
        ("GENERAL", [CLIENT], {"name": "matter_type.twice"}),
        ("Estate", [], {"roles": "role.primary"}),
        ("Estate", [RoleDraft("Client")], {"roles": "role.primary"}),
        ("Estate", [CLIENT, RoleDraft("Payer", is_primary=True)], {"roles": "role.primary"}),
        ("Estate", [CLIENT, RoleDraft("cliënt")], {"roles.1.name": "role.twice"}),
        ("Estate", [CLIENT, RoleDraft(" ")], {"roles.1.name": "role.name_required"}),
        ("Estate", [CLIENT, RoleDraft("x" * 61)], {"roles.1.name": "too_long"}),
        ("Estate", [CLIENT, RoleDraft("Cat", limited_to="cat")], {"roles.1.limited_to": "role.limit"}),
    ],
)
def test_bad_input_is_refused_with_its_field(admin, name, roles, expected):
    with pytest.raises(Refused) as refusal:
        operations.create_matter_type(actor=actor(admin), name=name, roles=roles, at=AT)

    assert errors_of(refusal.value) == expected
    assert MatterType.objects.count() == 2


def test_roles_are_renamed_reordered_added_and_removed(admin):
    """Names may be exchanged; a role keeps its identity."""
    found = matter_type()
    client, other, judge, bank = drafts()
    swapped = [
        RoleDraft("Judge", other.id), RoleDraft("Client", client.id, is_primary=True),
        RoleDraft("Opposing party", judge.id), RoleDraft("Witness"),
    ]  # fmt: skip

    edit(admin, found, roles=swapped)

    assert [(one.name, one.pk) for one in Role.objects.filter(matter_type=found)][:3] == [
        ("Judge", other.id), ("Client", client.id), ("Opposing party", judge.id),
    ]  # fmt: skip
    assert not Role.objects.filter(pk=bank.id).exists()
    assert history_of(found.pk, "matter_type")[-1][0] == "edited"
    assert MatterType.objects.get(pk=found.pk).version == 2


def test_the_primary_role_moves_only_while_there_is_no_matter(admin, ada):
    """Its parties are whom Legal Accounting bills: GRP-2."""
    found = matter_type()
    other = {"Client": {"is_primary": False}, "Opposing party": {"is_primary": True}}
    back = {"Client": {"is_primary": True}, "Opposing party": {"is_primary": False}}
    edit(admin, found, roles=drafts(**other))
    assert role("Opposing party").is_primary
    edit(admin, found, roles=drafts(**back))
    open_matter(ada)

    with pytest.raises(Refused) as refusal:
        edit(admin, found, roles=drafts(**other))

    assert errors_of(refusal.value) == {"roles": "role.primary_fixed"}


def test_what_matters_hold_stays_as_it_is(admin, ada):
    """A held role is not removed; limits do not tighten around those who are there."""
    found = matter_type()
    ng, acme = people("Ng", "Acme")
    open_matter(ada, ng, acme, parties=parties(Opposing_party=acme))

    def refused(roles):
        with pytest.raises(Refused) as refusal:
            edit(admin, found, roles=roles)
        return errors_of(refusal.value)

    assert refused([one for one in drafts() if one.name != "Opposing party"]) == {"roles": "role.used"}
    assert refused(drafts(Client={"is_many": False})) == {"roles.0.is_many": "role.crowded"}
    assert refused(drafts(Client={"limited_to": "company"})) == {"roles.0.limited_to": "role.other_kind"}
    assert refused([*drafts(), RoleDraft("Thief", new_id())]) == {"roles.4.name": "role.unknown"}
    edit(admin, found, roles=drafts(Client={"limited_to": "individual"}))
    assert role_usage(found.pk) == {role("Client").pk: 2, role("Opposing party").pk: 1}
    assert type_usage() == {found.pk: 1}


def test_missing_roles_are_added_by_name(admin):
    """What an import needs; those there are stay."""
    found = matter_type()
    known = role("Client")

    by_name = operations.add_roles(
        actor=actor(admin), type_id=found.pk, names=["client", "Trustee", " trustee "], at=AT
    )

    assert by_name["client"] == known
    assert by_name["Trustee"] == by_name[" trustee "] == role("Trustee")
    assert Role.objects.filter(matter_type=found).count() == 5


def test_a_used_type_is_taken_out_of_use_instead_of_deleted(admin, ada):
    found = matter_type()
    open_matter(ada)
    with pytest.raises(Blocked):
        operations.delete_matter_type(actor=actor(admin), type_id=found.pk, at=AT)

    edit(admin, found, {"is_active": False})

    assert found not in matter_types()
    assert found in matter_types(only_active=False)


def test_one_type_stays_in_use(admin):
    first, second = matter_types()
    operations.delete_matter_type(actor=actor(admin), type_id=first.pk, at=AT)

    with pytest.raises(Blocked):
        operations.delete_matter_type(actor=actor(admin), type_id=second.pk, at=AT)
    with pytest.raises(Refused):
        edit(admin, second, {"is_active": False})

    assert matter_types() == [second]


def test_types_are_put_in_order(admin):
    general, litigation = matter_types()

    operations.order_matter_types(actor=actor(admin), type_ids=[litigation.pk], at=AT)

    assert matter_types() == [litigation, general]
    with pytest.raises(Missing):
        operations.order_matter_types(actor=actor(admin), type_ids=[new_id()], at=AT)


def test_another_version_is_stale(admin):
    found = matter_type()

    with pytest.raises(Stale):
        edit(admin, found, {"name": "x"}, version=7)


def test_only_an_administrator_shapes_types(ada):
    """PRM-6: `settings.edit`."""
    found = matter_type()
    deeds = [
        lambda who: operations.create_matter_type(actor=who, name="x", roles=[CLIENT], at=AT),
        lambda who: operations.edit_matter_type(actor=who, type_id=found.pk, changes={"name": "x"}, at=AT),
        lambda who: operations.add_roles(actor=who, type_id=found.pk, names=["x"], at=AT),
        lambda who: operations.delete_matter_type(actor=who, type_id=found.pk, at=AT),
        lambda who: operations.order_matter_types(actor=who, type_ids=[], at=AT),
    ]

    for deed in deeds:
        with pytest.raises(Forbidden):
            deed(actor(ada))

    assert MatterType.objects.filter(pk=found.pk, name="Dispute").exists()
