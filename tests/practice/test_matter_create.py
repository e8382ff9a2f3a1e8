"""Creating matters: what is stored, what the engine is told, what is refused (MAT-1 to MAT-4, PTY-1, PTY-2)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, actor, connected, create, errors_of, history_of, person
from tests.practice.matters import (
    MATTER_WORK,
    SYSTEM,
    clients,
    draft,
    line_up,
    matter_type,
    open_matter,
    parties,
    people,
    role,
)

from counterpart.foundation.errors import Forbidden, Refused
from counterpart.foundation.ids import new_id
from counterpart.practice.matters.drafts import Draft, PartyDraft
from counterpart.practice.matters.models import Matter, MatterAccess, MatterType
from counterpart.practice.matters.operations import Created, RoleDraft, create_matters
from counterpart.sync import api as sync
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
STATEMENTS = 19
"""Of one matter with a client and another party, history and engine included."""


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


def refused(user, **given):
    (result,) = create_matters(actor=actor(user), drafts=[draft(user, **given)], at=AT)
    assert isinstance(result, Refused), "this was not refused"
    assert not Matter.objects.exists()
    return errors_of(result)


def record_of(matter):
    return Record.objects.get(kind="matter", local_id=matter.pk)


def test_a_matter_is_stored_as_it_was_typed(ada):
    """MAT-1: tidied; assigned to whoever makes it and dated today unless said otherwise; with history."""
    ng, acme = people("Ng", "Acme")

    made = create_matters(
        actor=actor(ada),
        drafts=[
            draft(
                ada, name="  Ng  v Acme ", assigned_to=None, priority="high", external_reference=" cacd  1 ",
                parties=parties(Opposing_party=acme, Client=ng),
            )
        ],
        at=AT,
    )  # fmt: skip

    matter = Matter.objects.get()
    assert [one.id for one in made] == [matter.pk]
    assert (matter.name, matter.assigned_to, matter.date, matter.status) == ("Ng v Acme", ada, AT.date(), "active")
    assert (matter.priority, matter.external_reference, matter.version, matter.created_by) == (
        "high",
        "cacd 1",
        1,
        "Ada",
    )
    assert line_up(matter) == [("Client", "Ng", 0), ("Opposing party", "Acme", 0)]
    assert history_of(matter.pk, "matter") == [
        (
            "created",
            "Ada",
            {
                "matter_type": [None, "Dispute"], "name": [None, "Ng v Acme"], "external_reference": [None, "cacd 1"],
                "assigned_to": [None, "Ada"], "status": [None, "active"], "priority": [None, "high"],
                "date": [None, "2026-03-04"], "party:Client": [[], ["Ng"]], "party:Opposing party": [[], ["Acme"]],
            },
        )
    ]  # fmt: skip


def test_every_matter_gets_a_number_of_its_own(ada):
    """MAT-4: one after the other, also in batches, never again after a deletion; refused drafts take none."""
    drafts = [draft(ada), draft(ada, name=""), draft(ada)]
    create_matters(actor=SYSTEM, drafts=drafts, at=AT)
    Matter.objects.order_by("-matter_number")[0].delete()
    create_matters(actor=SYSTEM, drafts=[draft(ada)], at=AT)

    assert list(Matter.objects.order_by("matter_number").values_list("matter_number", flat=True)) == [1, 3]
    assert str(Matter.objects.first()).endswith(" Ng v Acme")


def test_the_first_type_in_use_is_the_default(ada):
    MatterType.objects.update(is_active=False)
    MatterType.objects.create(name="Conveyance", name_key="conveyance", position=1)
    wanted = MatterType.objects.create(name="Estate", name_key="estate", position=0)
    for one in MatterType.objects.filter(is_active=True):
        one.roles.create(name="Client", name_key="client", is_primary=True)

    (made,) = create_matters(actor=SYSTEM, drafts=[Draft(name="Ng", assigned_to=ada.pk)], at=AT)

    assert isinstance(made, Created)
    assert Matter.objects.get().matter_type == wanted


def test_types_and_roles_can_be_named_by_id_or_name(ada):
    (ng,) = people("Ng")
    made = matter_type()
    client = role("Client")
    for type_name, role_name in ((made.pk, client.pk), ("DISPUTE", "cLIENT")):
        create_matters(
            actor=SYSTEM, drafts=[draft(ada, matter_type=type_name, parties=[PartyDraft(role_name, ng.pk)])], at=AT
        )

    assert [clients(matter) for matter in Matter.objects.all()] == [[ng.pk], [ng.pk]]


def test_the_engine_is_told_with_the_clients_in_order(ada):
    """GRP-1, GRP-2: clients get their identities first; the other parties stay here (MAT-29)."""
    ng, acme, judge = people("Ng", "Acme", "Judge")
    connected()

    matter = open_matter(ada, acme, ng, reference="A-7", keep_sequence=True, parties=parties(Judge=judge))

    record = record_of(matter)
    identities = sync.sync_ids("contact", [acme.pk, ng.pk])
    values = sync.handler_for("matter").read([matter.pk])[matter.pk]
    assert values == {
        "title": "Ng v Acme", "clients": [str(identities[acme.pk]), str(identities[ng.pk])],
        "assigned": "ada@example.com", "opened": "2026-03-04", "number": None, "staff": None,
        "requested_number": {"number": "A-7", "keep_sequence": True},
    }  # fmt: skip
    assert record.held["requested_number"] == {"number": "A-7", "keep_sequence": True}
    assert record.due
    assert not Record.objects.filter(local_id=judge.pk).exists()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "This matter won't reach Legal Accounting until it has a client."),
        ({"status": "template"}, "Templates are not synchronised."),
    ],
)
def test_what_is_not_for_legal_accounting_stays_here(ada, given, reason):
    """MAT-3, MAT-25: gray, with the reason; stored all the same."""
    connected()
    held = people("Ng") if given else []

    matter = open_matter(ada, *held, **given)

    assert not Record.objects.filter(kind="matter").exists()
    state = sync.link_state("matter", matter.pk)
    assert (state.colour, state.detail) == ("gray", reason)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": " "}, {"name": "matter.name_required"}),
        ({"name": "x" * 251}, {"name": "too_long"}),
        ({"reference": "A 7"}, {"file_reference": "reference.invalid_characters"}),
        ({"reference": "7" * 21}, {"file_reference": "reference.invalid_characters"}),
        ({"assigned_to": "nobody@example.com"}, {"assigned_to": "assigned_to.unknown"}),
        ({"matter_type": "Nonsense"}, {"matter_type": "matter_type.unknown"}),
        ({"matter_type": new_id()}, {"matter_type": "matter_type.unknown"}),
        ({"status": "closed"}, {"status": "status.invalid"}),
        ({"status": "open"}, {"status": "status.invalid"}),
        ({"priority": "urgent"}, {"priority": "priority.invalid"}),
        ({"external_reference": "x" * 201}, {"external_reference": "too_long"}),
        ({"restricted": True, "access": [0]}, {"access": "access.unknown"}),
    ],
)
def test_bad_input_is_refused_with_its_field(ada, given, expected):
    """MAT-1, MAT-2: nothing is stored."""
    assert refused(ada, **given) == expected


def test_somebody_who_left_can_not_be_assigned(ada):
    ada.is_active = False
    ada.save()

    (result,) = create_matters(actor=SYSTEM, drafts=[draft(ada)], at=AT)

    assert errors_of(result) == {"assigned_to": "assigned_to.disabled"}


def test_parties_are_refused_at_their_places(ada):
    """PTY-1, PTY-2: once per triple, one where the role says one, the kind the role takes, contacts that exist."""
    ng, acme = people("Ng", "Acme")
    gone = new_id()
    given = [
        PartyDraft("Client", ng.pk), PartyDraft("Client", ng.pk), PartyDraft("Judge", ng.pk),
        PartyDraft("Judge", acme.pk), PartyDraft("Bank", ng.pk), PartyDraft("Client", gone),
        PartyDraft("Clown", ng.pk), PartyDraft("Opposing party", ng.pk),
    ]  # fmt: skip

    assert refused(ada, parties=given) == {
        "parties.1.contact_id": "party.twice", "parties.3.role": "role.one", "parties.4.contact_id": "party.kind",
        "parties.5.contact_id": "contact.unknown", "parties.6.role": "role.unknown",
    }  # fmt: skip


def test_a_required_role_must_be_filled_except_in_a_template(ada):
    """PTY-2."""
    matter_type("Estate", [RoleDraft("Client", is_required=True, is_primary=True)])

    assert refused(ada, matter_type="Estate") == {"parties": "role.required"}
    assert open_matter(ada, matter_type="Estate", status="template").is_template


def test_a_reference_is_unique_among_matters(ada):
    """MAT-2: whatever its case, in the batch and among those there are; the holder is named."""
    connected()
    drafts = [draft(ada, reference="A-7"), draft(ada, reference="a-7"), draft(ada, reference="B-1")]

    first, second, third = create_matters(actor=actor(ada), drafts=drafts, at=AT)
    (fourth,) = create_matters(actor=actor(ada), drafts=[draft(ada, reference="b-1")], at=AT)

    assert isinstance(first, Created)
    assert isinstance(third, Created)
    assert errors_of(second) == errors_of(fourth) == {"file_reference": "reference.taken"}
    assert str(fourth.errors[0].message) == "Matter 2 Ng v Acme has this file reference already."


def test_an_import_may_repeat_references_until_the_products_are_connected(ada):
    """MAT-2: such repeats are reported, not refused."""
    drafts = [draft(ada, reference="A-7", may_repeat_reference=True) for _ in range(2)]
    assert all(isinstance(one, Created) for one in create_matters(actor=SYSTEM, drafts=drafts, at=AT))
    connected()

    (result,) = create_matters(actor=SYSTEM, drafts=drafts[:1], at=AT)

    assert errors_of(result) == {"file_reference": "reference.taken"}


def test_a_repeated_reference_does_not_name_a_restricted_matter(ada):
    """PRM-4: not even in a refusal."""
    open_matter(person("Cleo"), name="Secret", reference="A-7", restricted=True)

    (result,) = create_matters(actor=actor(ada), drafts=[draft(ada, reference="A-7")], at=AT)

    assert result.errors[0].message == "Another matter has this file reference already."


def test_people_whom_legal_accounting_locks_can_not_define_a_reference(ada):
    """Integration MAT-19: the rest they may."""
    connected({"file_number_locked_emails": ["ada@example.com"]})

    assert refused(ada, reference="A-7") == {"file_reference": "reference.locked"}
    assert isinstance(create_matters(actor=actor(ada), drafts=[draft(ada)], at=AT)[0], Created)


def test_whoever_restricts_is_listed(ada):
    """PRM-4: with those chosen; who may not restrict, can not."""
    cleo, ben = person("Cleo"), person("Ben", "matter.create", "matter.read")

    (made,) = create_matters(actor=actor(ada), drafts=[draft(ada, restricted=True, access=[cleo.pk])], at=AT)
    (refusal,) = create_matters(actor=actor(ben), drafts=[draft(ada, restricted=True)], at=AT)

    listed = MatterAccess.objects.filter(matter_id=made.id).values_list("user_id", flat=True)
    assert set(listed) == {ada.pk, cleo.pk}
    assert errors_of(refusal) == {"restricted": "forbidden"}


def test_who_may_not_create_is_refused(ben):
    """PRM-6."""
    with pytest.raises(Forbidden):
        create_matters(actor=actor(ben), drafts=[draft(ben)], at=AT)


def test_a_batch_costs_as_much_as_one(ada):
    """However many matters, clients and references."""
    connected()
    held = people(*(f"N{place}" for place in range(40)))
    counts = []
    for size in (1, 20):
        drafts = [
            draft(ada, reference=f"{size}-{place}", date=date(2026, 1, 2), parties=parties(Client=held[place::20]))
            for place in range(size)
        ]
        with CaptureQueriesContext(connection) as seen:
            made = create_matters(actor=actor(ada), drafts=drafts, at=AT)
        assert all(isinstance(one, Created) for one in made)
        counts.append(len(seen))

    assert counts[0] == counts[1] <= STATEMENTS, [query["sql"] for query in seen]


def test_a_refused_draft_does_not_stop_the_others(ada):
    one, two, three = create_matters(
        actor=SYSTEM, drafts=[draft(ada, name="One"), draft(ada, name=""), draft(ada, name="Three")], at=AT
    )

    assert [type(found) for found in (one, two, three)] == [Created, Refused, Created]
    assert [matter.name for matter in Matter.objects.order_by("matter_number")] == ["One", "Three"]


def test_a_contact_the_actor_may_not_see_is_no_party(ada):
    """PRM-6: and is not told from one that does not exist."""
    blind = person("Blind", "matter.create", "matter.read")
    (ng,) = people("Ng")

    (result,) = create_matters(actor=actor(blind), drafts=[draft(ada, parties=parties(Client=ng))], at=AT)

    assert errors_of(result) == {"parties.0.contact_id": "contact.unknown"}
    assert create(last="Ng") is not None
