"""Creating contacts: what is stored, what is refused, who may (4.1, 4.2)."""

import pytest
from tests.practice.conftest import (
    AT,
    actor,
    connected,
    create,
    errors_of,
    history_of,
    record_of,
    separate,
    stamps,
)

from counterpart.contracts.contact import LIMITS
from counterpart.foundation.errors import Forbidden, Refused
from counterpart.practice.contacts.drafts import Draft
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import Created, create_contacts

pytestmark = pytest.mark.django_db


def test_only_a_last_name_saves(ada):
    """WIN-4, CON-3: the number is assigned later; the history names who and what."""
    (made,) = create_contacts(actor=actor(ada), drafts=[Draft(last="Ng")], at=AT)

    contact = Contact.objects.get(pk=made.id)
    assert (contact.last, contact.reference, contact.shown_reference, contact.version) == ("Ng", "", "", 1)
    assert (contact.created_by, contact.created_at) == ("Ada", AT)
    assert history_of(contact.pk) == [
        ("created", "Ada", {"kind": [None, "individual"], "last": [None, "Ng"], "numbering_sequence": [None, "client"]})
    ]


def test_who_may_not_create_creates_nothing(ben):
    """PRM-6: the right is checked by the operation."""
    with pytest.raises(Forbidden):
        create_contacts(actor=actor(ben), drafts=[Draft(last="Ng")], at=AT)

    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ({}, {"last": "contact.name_required"}),
        ({"kind": "company"}, {"company": "contact.name_required"}),
        ({"kind": "company", "company": "A", "first": "B"}, {"first": "individual_only"}),
        ({"kind": "robot", "last": "x"}, {"kind": "kind.invalid"}),
        ({"last": "x", "email": "a@b"}, {"email": "email.invalid"}),
        ({"last": "x", "reference": "A 12"}, {"reference": "reference.invalid_characters"}),
        ({"last": "x", "reference": "A*12"}, {"reference": "reference.invalid_characters"}),
        ({"last": "x", "reference": "A|12"}, {"reference": "reference.invalid_characters"}),
        ({"last": "x", "reference": "1" * 16}, {"reference": "reference.invalid_characters"}),
        ({"last": "x", "numbering_sequence": "mine"}, {"numbering_sequence": "scheme.invalid"}),
        ({"last": "x", "phones": [{"label": "pager", "number": "1"}]}, {"phones.0.label": "label.invalid"}),
        ({"last": "x", "phones": [{"label": "home", "number": "1" * 51}]}, {"phones.0.number": "too_long"}),
        ({"last": "x", "physical_address": {"city": "c" * 101}}, {"physical_address.city": "too_long"}),
        ({"last": "x", "mailing_address": {"county": "c" * 101}}, {"mailing_address.county": "too_long"}),
        (
            {"last": "x", "mailing_address": {"line1": "a", "country": "usa"}},
            {"mailing_address.country": "country.invalid"},
        ),
        *(({"last": "x", field: "y" * (LIMITS[field] + 1)}, {field: "too_long"}) for field in ("title", "alias")),
    ],
)
def test_what_can_not_be_stored_is_refused(ada, draft, expected):
    """CON-1, 4.1: each problem is named by its field; nothing is created, nothing is shortened."""
    separate()

    (result,) = create_contacts(actor=actor(ada), drafts=[Draft(**draft)], at=AT)

    assert isinstance(result, Refused)
    assert expected.items() <= errors_of(result).items()
    assert not Contact.objects.exists()


def test_a_refused_draft_does_not_stop_the_others(ada):
    """API-7: results stand in the order of the drafts."""
    drafts = [Draft(last="One"), Draft(), Draft(kind="company", company="Two")]

    results = create_contacts(actor=actor(ada), drafts=drafts, at=AT)

    assert [type(result) for result in results] == [Created, Refused, Created]
    assert sorted(Contact.objects.values_list("sort_name", flat=True)) == ["one", "two"]


def test_text_is_tidied_and_empty_parts_are_left_out():
    """4.1: NFC, trimmed, inner spaces collapsed, control characters gone; a country alone is no address."""
    contact = create(
        first="  Zoe\u0301  ",
        last="van\t der\x00 Berg",
        phones=[{"label": "home", "number": " "}, {"label": "fax", "number": " 1  2 "}],
        physical_address={"line1": " 1  Road ", "line2": "", "country": "NL"},
        mailing_address={"country": "NL"},
    )

    assert (contact.first, contact.last) == ("Zoé", "van der Berg")
    assert contact.phones == [{"label": "fax", "number": "1 2"}]
    assert (contact.physical_address, contact.mailing_address) == ({"line1": "1 Road", "country": "NL"}, {})


def test_a_typed_reference_is_a_request_until_legal_accounting_grants_it():
    """NUM-10, protocol 8: the contact is saved with the request, also if another contact has the number."""
    create(last="Holder")
    Contact.objects.update(reference="40", reference_key="40")

    contact = create(last="Ng", reference="40", keep_sequence=True)

    assert (contact.reference, contact.requested_reference, contact.requested_keep_sequence) == ("", "40", True)
    assert contact.shown_reference == "40"


def test_the_engine_hears_of_a_new_contact():
    """CON-1: a synchronised contact is pending at once, addresses travel without a stamp of their own."""
    connected()

    contact = create(last="Ng", reference="40", physical_address={"city": "Bath"})

    assert record_of(contact).held == {"requested_number": {"number": "40", "keep_sequence": False}}
    assert stamps(contact, "name")[0] > 0
    assert stamps(contact, "address.main") == (0, 0)


@pytest.mark.parametrize(("on", "stored"), [(True, "vendor"), (False, "client")])
def test_the_sequence_counts_only_while_separate_sequences_are_on(on, stored):
    """SEQ-5, CON-7."""
    separate(on)

    assert create(last="Ng", numbering_sequence="vendor").numbering_sequence == stored


def test_people_whose_numbers_are_locked_can_not_type_one(ada):
    """NUM-16, NUM-17: Legal Accounting's policy binds here; without a reference they may create."""
    connected({"number_locked_emails": ["ada@example.com"]})

    refused, made = create_contacts(actor=actor(ada), drafts=[Draft(last="A", reference="7"), Draft(last="B")], at=AT)

    assert errors_of(refused) == {"reference": "reference.locked"}
    assert isinstance(made, Created)


def test_creating_costs_the_same_statements_for_one_and_for_many(ada, django_assert_num_queries):
    """Set-based: the number of statements does not grow with the batch."""
    connected()
    who = actor(ada)
    create_contacts(actor=who, drafts=[Draft(last="warm")], at=AT)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (1, 50):
        with CaptureQueriesContext(connection) as seen:
            create_contacts(actor=who, drafts=[Draft(last=f"n{i}") for i in range(size)], at=AT)
        counts.append(len(seen))

    # On SQLite executemany shows up as one statement per row of each table.
    assert counts[0] == counts[1] or connection.vendor == "sqlite"
    assert counts[0] <= 12
