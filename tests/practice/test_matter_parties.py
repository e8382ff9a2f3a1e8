"""Parties: who, as what, in which order, and what Legal Accounting is told of it (PTY-1 to PTY-6, GRP-7 to GRP-12)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, actor, connected, errors_of, history_of, person
from tests.practice.matters import (
    MATTER_WORK,
    SYSTEM,
    clients,
    draft,
    line_up,
    matter_type,
    now,
    open_matter,
    parties,
    party_ids,
    people,
)

from counterpart.foundation.errors import Forbidden, Missing, Refused, Stale
from counterpart.foundation.ids import new_id
from counterpart.practice.matters import operations
from counterpart.practice.matters.drafts import PartyDraft
from counterpart.practice.matters.operations import Created, LastClient, PrimaryChanges, RoleDraft
from counterpart.practice.matters.queries import clients_of, parties_of
from counterpart.sync import api as sync
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
STATEMENTS = 20
"""Of one party added to a known matter."""


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


@pytest.fixture
def act(ada):
    """Call an operation as Ada."""

    def run(verb, matter, **given):
        return getattr(operations, verb)(actor=actor(ada), matter_id=matter.pk, at=AT, **given)

    return run


def told(matter):
    """The clients the engine would send, as contacts."""
    names = sync.handler_for("matter").read([matter.pk])[matter.pk]["clients"]
    here = sync.local_ids("contact", names or [])
    return [here[sync_id] for sync_id in (type(matter.pk)(name) for name in names or [])]


def party(matter, name, role="Client"):
    return party_ids(matter)[role, name]


def test_a_party_is_added_last_in_its_role(ada, act):
    """GRP-7: with history; the engine hears of it; the primary client stays."""
    connected()
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng)

    done = act("add_party", matter, role="client", contact_id=acme.pk)

    assert line_up(matter) == [("Client", "Ng", 0), ("Client", "Acme", 1)]
    assert (done.version, done.primary_before, done.primary_after) == (2, ng.pk, ng.pk)
    assert done.party_id == party(matter, "Acme")
    assert told(matter) == [ng.pk, acme.pk]
    assert history_of(matter.pk, "matter")[1:] == [("party_added", "Ada", {"party:Client": [["Ng"], ["Ng", "Acme"]]})]


def test_a_contact_holds_several_roles_but_each_once(ada, act):
    """PTY-1."""
    (ng,) = people("Ng")
    matter = open_matter(ada, ng)

    act("add_party", matter, role="Judge", contact_id=ng.pk)
    with pytest.raises(Refused) as refusal:
        act("add_party", matter, role="Client", contact_id=ng.pk)

    assert errors_of(refusal.value) == {"contact_id": "party.twice"}
    assert line_up(matter) == [("Client", "Ng", 0), ("Judge", "Ng", 0)]


@pytest.mark.parametrize(
    ("role", "expected"),
    [("Judge", {"role": "role.one"}), ("Bank", {"contact_id": "party.kind"}), ("Clown", {"role": "role.unknown"})],
)
def test_a_role_takes_what_its_type_says(ada, act, role, expected):
    """PTY-2: one only, companies only, roles of the type."""
    ng, hale = people("Ng", "Hale")
    matter = open_matter(ada, ng, parties=parties(Judge=hale))

    with pytest.raises(Refused) as refusal:
        act("add_party", matter, role=role, contact_id=ng.pk)

    assert errors_of(refusal.value) == expected


def test_the_first_client_makes_the_matter_known(ada, act):
    """MAT-3, scenario 15: gray until then; nobody is asked to confirm the first one."""
    connected()
    (ng,) = people("Ng")
    matter = open_matter(ada)
    assert sync.link_state("matter", matter.pk).colour == "gray"

    act("add_party", matter, role="Client", contact_id=ng.pk)

    assert sync.link_state("matter", matter.pk).colour == "lightblue"
    assert told(matter) == [ng.pk]


def test_removing_a_client_and_moving_up(ada, act):
    """GRP-8, GRP-9: the next one becomes primary, after a word (PTY-3)."""
    connected()
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter = open_matter(ada, ng, acme, zed)

    with pytest.raises(PrimaryChanges) as question:
        act("remove_party", matter, party_id=party(matter, "Ng"))
    assert question.value.message == (
        "Acme becomes the primary client. "
        "The primary client receives 100 % of new bills until the split is changed in Legal Accounting."
    )
    assert (question.value.before.contact_id, question.value.after.contact_id) == (ng.pk, acme.pk)
    assert clients(matter) == [ng.pk, acme.pk, zed.pk]

    done = act("remove_party", matter, party_id=party(matter, "Ng"), primary_confirmed=True)

    assert (done.primary_before, done.primary_after) == (ng.pk, acme.pk)
    assert line_up(matter) == [("Client", "Acme", 0), ("Client", "Zed", 1)]
    assert told(matter) == [acme.pk, zed.pk]


def test_another_than_the_first_client_goes_without_a_question(ada, act):
    connected()
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng, acme)

    act("remove_party", matter, party_id=party(matter, "Acme"))

    assert told(matter) == [ng.pk]


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("make_primary", {}), ("move_party", {"direction": "up"}),
        ("change_party", {}), ("set_parties", {}), ("remove_party", {}),
    ],
)  # fmt: skip
def test_every_change_of_the_primary_client_is_confirmed(ada, act, verb, given):
    """PTY-3: whichever way it comes about, while the products are connected; not when they are not."""
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter = open_matter(ada, ng, acme)
    ids = party_ids(matter)
    if verb == "set_parties":
        given = {"parties": parties(Client=[acme, ng])}
    elif verb == "change_party":
        given = {"party_id": ids["Client", "Ng"], "contact_id": zed.pk}
    elif verb == "remove_party":
        given = {"party_id": ids["Client", "Ng"]}
    else:
        given = {**given, "party_id": ids["Client", "Acme"]}
    connected()

    with pytest.raises(PrimaryChanges):
        act(verb, matter, **given)
    assert clients(matter) == [ng.pk, acme.pk]
    connected(mode="off")
    act(verb, matter, **given)

    assert clients(matter)[0] != ng.pk


def test_moving_up_and_down(ada, act):
    """PTY-3, GRP-10: one place at a time; at the ends nothing happens; percentages are Legal Accounting's."""
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter = open_matter(ada, ng, acme, zed)

    act("move_party", matter, party_id=party(matter, "Zed"), direction="up")
    assert clients(matter) == [ng.pk, zed.pk, acme.pk]
    act("move_party", matter, party_id=party(matter, "Ng"), direction="down")
    assert clients(matter) == [zed.pk, ng.pk, acme.pk]
    version = now(matter).version
    act("move_party", matter, party_id=party(matter, "Zed"), direction="up")
    act("move_party", matter, party_id=party(matter, "Acme"), direction="down")

    assert clients(matter) == [zed.pk, ng.pk, acme.pk]
    assert now(matter).version == version
    assert [verb for verb, *_ in history_of(matter.pk, "matter")] == ["created", "parties_ordered", "parties_ordered"]


def test_make_primary_puts_first(ada, act):
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter = open_matter(ada, ng, acme, zed)

    act("make_primary", matter, party_id=party(matter, "Zed"))

    assert clients(matter) == [zed.pk, ng.pk, acme.pk]


def test_changing_a_party_keeps_role_place_and_row(ada, act):
    """PTY-6."""
    connected()
    ng, acme, zed, hale = people("Ng", "Acme", "Zed", "Hale")
    matter = open_matter(ada, ng, acme, zed)
    held = party(matter, "Acme")

    act("change_party", matter, party_id=held, contact_id=hale.pk)

    assert clients(matter) == [ng.pk, hale.pk, zed.pk]
    assert party(matter, "Hale") == held
    assert told(matter) == [ng.pk, hale.pk, zed.pk]
    with pytest.raises(Refused) as refusal:
        act("change_party", matter, party_id=held, contact_id=zed.pk)
    assert errors_of(refusal.value) == {"contact_id": "party.twice"}


def test_the_last_client_of_a_known_matter_stays(ada, act):
    """GRP-12, PTY-4: swapped, not removed; also when the list is set, and while the integration is off."""
    connected()
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng, parties=parties(Judge=acme))

    for mode in ("live", "off"):
        connected(mode=mode)
        with pytest.raises(LastClient):
            act("remove_party", matter, party_id=party(matter, "Ng"))
        with pytest.raises(LastClient):
            act("set_parties", matter, parties=parties(Judge=acme))
    connected()
    act("change_party", matter, party_id=party(matter, "Ng"), contact_id=acme.pk, primary_confirmed=True)

    assert told(matter) == [acme.pk]


def test_the_last_client_of_a_matter_that_stayed_here_may_go(ada, act):
    (ng,) = people("Ng")
    matter = open_matter(ada, ng)

    act("remove_party", matter, party_id=party(matter, "Ng"))

    assert line_up(matter) == []


def test_a_required_role_is_not_emptied(ada, act):
    """PTY-2: but what was empty before stops nobody."""
    roles = [RoleDraft("Client", is_primary=True), RoleDraft("Court", is_required=True)]
    matter_type("Suit", roles)
    ng, court = people("Ng", "Court")
    matter = open_matter(ada, ng, matter_type="Suit", parties=parties(Court=court))
    template = open_matter(ada, matter_type="Suit", status="template")

    with pytest.raises(Refused) as refusal:
        act("remove_party", matter, party_id=party(matter, "Court", "Court"))
    act("add_party", template, role="Client", contact_id=ng.pk)

    assert errors_of(refusal.value) == {"parties": "role.required"}
    assert len(line_up(matter)) == 2


def test_the_whole_list_is_set_or_nothing(ada, act):
    """Who stays keeps the row; the order within a role is the order given."""
    connected()
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter = open_matter(ada, ng, acme)
    held = party(matter, "Acme")

    act("set_parties", matter, parties=parties(Judge=zed, Client=[ng, zed, acme]))
    assert line_up(matter) == [("Client", "Ng", 0), ("Client", "Zed", 1), ("Client", "Acme", 2), ("Judge", "Zed", 0)]
    assert party(matter, "Acme") == held
    with pytest.raises(Refused) as refusal:
        act("set_parties", matter, parties=[PartyDraft("Client", ng.pk), PartyDraft("Client", new_id())])

    assert errors_of(refusal.value) == {"parties.1.contact_id": "contact.unknown"}
    assert told(matter) == [ng.pk, zed.pk, acme.pk]


def test_whom_an_attorney_stands_for_is_kept(ada, act):
    ng, lane = people("Ng", "Lane")
    matter = open_matter(ada, ng)

    act("add_party", matter, role="Opposing party", contact_id=lane.pk, represents=[ng.pk])

    assert [one.represents for one in parties_of(matter.pk)] == [[], [str(ng.pk)]]


def test_nothing_changes_by_what_is_so_already(ada, act):
    connected()
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng, acme)

    done = act("set_parties", matter, parties=parties(Client=[ng, acme]))

    assert (done.version, now(matter).version) == (1, 1)
    assert len(history_of(matter.pk, "matter")) == 1


def test_another_version_is_stale(ada, act):
    (ng,) = people("Ng")
    matter = open_matter(ada)

    with pytest.raises(Stale):
        act("add_party", matter, role="Client", contact_id=ng.pk, version=7)

    assert line_up(matter) == []


def test_a_party_of_another_matter_is_missing(ada, act):
    ng, acme = people("Ng", "Acme")
    mine, other = open_matter(ada, ng), open_matter(ada, acme)

    with pytest.raises(Missing):
        act("remove_party", mine, party_id=party(other, "Acme"))

    assert clients(other) == [acme.pk]


def test_who_may_not_edit_is_refused(ada, ben):
    """PRM-6."""
    (ng,) = people("Ng")
    matter = open_matter(ada)

    with pytest.raises(Forbidden):
        operations.add_party(actor=actor(ben), matter_id=matter.pk, role="Client", contact_id=ng.pk, at=AT)


def test_parties_are_added_to_many_matters_at_once(ada):
    """What an import does: known ones are left alone, refused ones stop nobody, and the cost does not grow."""
    connected()
    ng, acme = people("Ng", "Acme")
    made = operations.create_matters(actor=SYSTEM, drafts=[draft(ada, parties=parties(Client=ng))] * 24, at=AT)
    ids = [one.id for one in made if isinstance(one, Created)]
    counts = []
    for some in (ids[:1], ids[1:21]):
        with CaptureQueriesContext(connection) as seen:
            items = [(one, parties(Client=[ng, acme])) for one in some]
            done = operations.add_parties(actor=actor(ada), items=items, at=AT)
        assert [one.version for one in done] == [2] * len(some)
        counts.append(len(seen))
    again = [(ids[0], parties(Client=[acme])), (ids[21], [PartyDraft("Clown", ng.pk)]), (ids[22], parties(Client=acme))]

    same, refused, new = operations.add_parties(actor=actor(ada), items=again, at=AT)

    assert counts[0] == counts[1], [query["sql"] for query in seen]
    assert (same.version, new.version, errors_of(refused)) == (2, 2, {"parties.1.role": "role.unknown"})
    assert [[str(one) for one in held] for held in clients_of([ids[0], ids[21], ids[22]]).values()] == [
        ["Ng", "Acme"], ["Ng"], ["Ng", "Acme"],
    ]  # fmt: skip


def test_one_party_costs_few_statements(ada, act):
    connected()
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng)

    with CaptureQueriesContext(connection) as seen:
        act("add_party", matter, role="Client", contact_id=acme.pk)

    assert len(seen) <= STATEMENTS, [query["sql"] for query in seen]
    assert Record.objects.filter(kind="matter").count() == 1
