"""Restricted matters: who may see them, on every surface, and what nobody else gets to know (PRM-4, SRC-7, PAG-5)."""

import pytest
from tests.practice.conftest import AT, actor, connected, create, errors_of, history_of, person, signed_in, text_of
from tests.practice.matters import MATTER_WORK, clients, now, open_matter, party_ids, people
from tests.practice.test_api import Api
from tests.practice.test_matter_sync_handler import receive

from counterpart.foundation.errors import Forbidden, Missing, Refused, Stale
from counterpart.foundation.ids import new_id
from counterpart.foundation.search.finding import matching, ranked
from counterpart.practice.contacts.operations import delete_blockers
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.models import Matter
from counterpart.sync import api as sync
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
READ_ALL = (*MATTER_WORK, "contact.delete", "audit.read", "integration.manage", "matter.see_restricted_count")
WHO = {
    "listed": (READ_ALL, True), "outsider": (READ_ALL, False),
    "overseer": ((*READ_ALL, "matter.see_restricted"), False),
    "blind": (tuple(right for right in READ_ALL if right != "matter.read"), True),
}  # fmt: skip
"""Rights, and whether the person is on the list. Only the first and the third see a restricted matter."""


class World:
    """An open matter and a restricted one, of the same client, and somebody who looks at them."""

    def __init__(self, who: str) -> None:
        rights, is_listed = WHO[who]
        connected()
        self.user = person("Looker", *rights)
        self.actor = actor(self.user)
        self.owner = person("Owner", *MATTER_WORK)
        (self.client,) = people("Ng")
        self.open = open_matter(self.owner, self.client, name="Open")
        listed = [self.owner.pk, *([self.user.pk] if is_listed else [])]
        self.secret = open_matter(
            self.owner, self.client, name="Secret", reference="S-1", external_reference="x 1", restricted=True,
            access=listed,
        )  # fmt: skip
        self.sees = [name for name in ("Open", "Secret") if who != "blind" and (name == "Open" or who != "outsider")]
        self.is_told = "Secret" in self.sees


@pytest.fixture(params=list(WHO))
def world(request, db):
    return World(request.param)


def names(matters):
    return sorted(matter.name for matter in matters)


def test_lists_searches_and_counts(world):
    """Nothing hidden is found, counted, or told by its client, its number, or its state."""
    seen = queries.matters_visible_to(world.user)

    assert names(seen) == names(queries.matters_visible_to(world.actor)) == world.sees
    assert seen.count() == len(world.sees)
    assert names(matching(seen, "ng")) == world.sees
    assert names(queries.referenced(seen, "s-1")) == world.sees[1:]
    assert names(ranked(seen, "secret")) == world.sees[1:]
    assert names(sync.with_status("matter", seen, "pending")) == world.sees
    assert names(sync.handler_for("matter").visible(world.actor)) == world.sees
    assert sync.summary(viewer=world.actor).counts["lightblue"] == len(world.sees) + 1, "and the client"


def test_what_points_at_a_matter(world):
    """The holder of a number, the other system's reference, the client's page: there, but without a name."""
    holder = queries.reference_holder(world.actor, "S-1")
    known = queries.matters_by_external_key(world.actor, ["X 1"])["X 1"]

    assert (holder.id, holder.matter) == (world.secret.pk, world.secret if world.is_told else None)
    assert (known.id, known.is_visible) == (world.secret.pk, world.is_told)
    assert names(one.matter for one in queries.matters_of_contact(world.actor, world.client.pk)) == world.sees
    assert queries.hidden_matter_count(world.actor, world.client.pk) == 2 - len(world.sees)
    said = " ".join(one.message for one in delete_blockers(world.client, world.actor))
    assert ("Secret" in said) == world.is_told
    assert ("can't view" in said) == (len(world.sees) < 2)


def test_the_firms_log_and_the_sync_pages(world):
    """HIS-2: events of hidden matters are hidden with them; the sync centre lists what lists show."""
    browser = signed_in(world.user)

    log = text_of(browser.get("/audit/"))
    centre = text_of(browser.get("/sync/"))

    assert "Open" in log
    assert ("Secret" in log) == world.is_told
    assert ("Secret" in centre) == world.is_told
    for matter in (world.open, world.secret):
        answer = browser.get(f"/sync/matter/{matter.pk}/indicator/")
        assert (answer.status_code == 200) == (matter.name in world.sees), answer.status_code


def test_the_api(world):
    """Rows, records, parties, and every change: a hidden matter is one that does not exist."""
    api = Api(world.user)
    path = f"/matters/{world.secret.pk}"
    party = party_ids(world.secret)["Client", "Ng"]
    status = 403 if not world.sees else 200 if world.is_told else 404

    if world.sees:
        assert sorted(one["name"] for one in api("GET", "/matters").json()["items"]) == world.sees
        assert [one["name"] for one in api("GET", "/matters?q=secret").json()["items"]] == world.sees[1:]
        assert [one["name"] for one in api("GET", "/matters?restricted=true").json()["items"]] == world.sees[1:]
    assert api("GET", path).status_code == status
    assert api("GET", f"{path}/parties").status_code == status
    if status == 200:
        return
    for method, where, body in (
        ("PATCH", path, {"name": "x"}), ("PATCH", path, {"restricted": False}), ("PATCH", path, {"status": "closed"}),
        ("POST", f"{path}/sync", None), ("PUT", f"{path}/parties", []),
        ("POST", f"{path}/parties", {"role": "Judge", "contact_id": str(world.client.pk)}),
        ("PATCH", f"{path}/parties/{party}", {"contact_id": str(world.client.pk)}),
        ("DELETE", f"{path}/parties/{party}", None), ("POST", f"{path}/parties/{party}/make-primary", None),
        ("POST", f"{path}/parties/{party}/move", {"direction": "up"}), ("DELETE", path, None),
    ):  # fmt: skip
        assert api(method, where, body).status_code == status, (method, where)
    body = {"matter_ids": [str(world.secret.pk)], "assigned_to": world.user.email}
    assert api("POST", "/matters/reassign", body).status_code == (status if status == 403 else 422)
    assert (now(world.secret).version, clients(world.secret)) == (1, [world.client.pk])


DEEDS = {
    "edit_matter": {"changes": {"name": "x"}}, "withdraw_reference": {}, "close_matter": {}, "reopen_matter": {},
    "delete_matter": {}, "restrict_matter": {"user_ids": []}, "unrestrict_matter": {},
    "add_party": {"role": "Judge", "contact_id": new_id()}, "remove_party": {"party_id": new_id()},
    "change_party": {"party_id": new_id(), "contact_id": new_id()}, "make_primary": {"party_id": new_id()},
    "move_party": {"party_id": new_id(), "direction": "up"}, "set_parties": {"parties": []},
    "set_register": {"register": "title", "value": "x"},
}  # fmt: skip


@pytest.mark.parametrize("verb", list(DEEDS))
def test_every_operation_on_a_hidden_matter_is_missing(db, verb):
    """The server enforces it, whoever calls; and it is no different from one that does not exist."""
    world = World("outsider")

    for matter_id in (world.secret.pk, new_id()):
        with pytest.raises(Missing) as refusal:
            getattr(operations, verb)(actor=world.actor, matter_id=matter_id, at=AT, **DEEDS[verb])
        assert str(refusal.value) == "There is no such record."

    assert now(world.secret).version == 1


def test_a_hidden_matter_is_not_exchanged_by_force(db):
    world = World("outsider")

    with pytest.raises(Missing):
        operations.sync_now(actor=world.actor, matter_ids=[world.open.pk, world.secret.pk], at=AT)


def test_deleted_matters_stay_hidden(db):
    world = World("outsider")
    operations.delete_matter(actor=actor(world.owner), matter_id=world.secret.pk, at=AT)

    assert list(queries.deleted_matters_visible_to(world.actor)) == []
    assert list(queries.deleted_matters_visible_to(world.owner)) == [world.secret]
    with pytest.raises(Missing):
        operations.restore_matter(actor=world.actor, matter_id=world.secret.pk, at=AT)


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


def test_restricting_listing_and_lifting(ada):
    """PRM-4: whoever restricts stays listed; the list changes as a whole; with history."""
    ben, cleo = person("Ben"), person("Cleo")
    matter = open_matter(ada)

    def restrict(*people):
        ids = [one.pk for one in people]
        operations.restrict_matter(actor=actor(ada), matter_id=matter.pk, user_ids=ids, at=AT)

    restrict(ben)
    restrict(ben)
    restrict(cleo)
    assert queries.access_of(matter.pk) == [ada, cleo]
    assert now(matter).restricted
    operations.unrestrict_matter(actor=actor(ada), matter_id=matter.pk, at=AT)
    operations.unrestrict_matter(actor=actor(ada), matter_id=matter.pk, at=AT)

    assert (now(matter).restricted, queries.access_of(matter.pk), now(matter).version) == (False, [], 4)
    assert history_of(matter.pk, "matter")[1:] == [
        ("restricted", "Ada", {"access": [[], ["Ada", "Ben"]]}),
        ("access_changed", "Ada", {"access": [["Ada", "Ben"], ["Ada", "Cleo"]]}),
        ("unrestricted", "Ada", {"access": [["Ada", "Cleo"], []]}),
    ]


@pytest.mark.parametrize("way", ["create", "restrict", "edit", "reassign", "receive"])
def test_whoever_a_restricted_matter_is_assigned_to_sees_it(ada, way):
    """PRM-4: nobody works on a matter that does not exist for them."""
    ben = person("Ben", *MATTER_WORK)
    matter = open_matter(ben if way in ("create", "restrict") else ada, restricted=way != "restrict")

    if way == "restrict":
        operations.restrict_matter(actor=actor(ada), matter_id=matter.pk, user_ids=[], at=AT)
    elif way == "edit":
        operations.edit_matter(actor=actor(ada), matter_id=matter.pk, changes={"assigned_to": ben.pk}, at=AT)
    elif way == "reassign":
        operations.reassign_matters(actor=actor(ada), matter_ids=[matter.pk], assigned_to=ben.pk, at=AT)
    elif way == "receive":
        receive(matter, assigned="ben@example.com")

    assert now(matter).assigned_to == ben
    assert matter in queries.matters_visible_to(ben)


def test_restricting_needs_people_a_right_and_the_version_seen(ada, ben):
    matter = open_matter(ada)

    with pytest.raises(Refused) as refusal:
        operations.restrict_matter(actor=actor(ada), matter_id=matter.pk, user_ids=[0], at=AT)
    with pytest.raises(Stale):
        operations.restrict_matter(actor=actor(ada), matter_id=matter.pk, user_ids=[], at=AT, version=7)
    with pytest.raises(Forbidden):
        operations.restrict_matter(actor=actor(ben), matter_id=matter.pk, user_ids=[], at=AT)

    assert errors_of(refusal.value) == {"access": "access.unknown"}
    assert not now(matter).restricted


def test_a_restriction_says_nothing_to_legal_accounting(ada):
    """CON-11: walls are set up in each product."""
    connected()
    matter = open_matter(ada, create(last="Ng"))
    before = Record.objects.get(kind="matter").regs

    operations.restrict_matter(actor=actor(ada), matter_id=matter.pk, user_ids=[], at=AT)

    assert Record.objects.get(kind="matter").regs == before
    assert Matter.objects.get().restricted
