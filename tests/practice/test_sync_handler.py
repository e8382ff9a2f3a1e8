"""The contact as the engine sees it: columns and registers, both ways (integration 1.5 to 1.8)."""

import pytest
from tests.practice.conftest import AT, NG, actor, admit, again, create, history_of, receive

from counterpart.contracts.contact import REGISTERS
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.registers import REGISTER_LABELS, columns_after, values_of
from counterpart.sync.api import handler_for

pytestmark = pytest.mark.django_db

PHONES = [
    {"label": "sms", "number": "5"},
    {"label": "business", "number": "1"},
    {"label": "business", "number": "2"},
    {"label": "home", "number": "3"},
]
FULL = {
    "name": {"display": "individual", "title": "Dr", "first": "Zoé", "middle": "M", "last": "Ng", "suffix": "KC"},
    "alias": "Z",
    "email": "z@example.com",
    "phone.work": "1",
    "phone.mobile": "2",
    "phone.home": "3",
    "phone.other": "4",
    "fax": "5",
    "address.main": {"line1": "1 Road", "city": "Bath", "country": "GB"},
    "address.additional": {"line1": "PO 1"},
    "number": "25",
    "scheme": "vendor",
}


def test_a_contact_of_legal_accounting_arrives_whole_and_reads_back_equal():
    """CON-2, 1.6: every mapped field; the author at the origin is in the books, with the site (CON-13)."""
    contact = admit(FULL)

    assert handler_for("contact").read([contact.pk])[contact.pk] == {**FULL, "methods": None}
    assert (contact.reference, contact.created_by) == ("25", "Cleo Tan")
    verb, who, changes = history_of(contact.pk)[0]
    assert (verb, who, changes["reference"]) == ("created", "Cleo Tan", [None, "25"])


def test_every_register_of_the_contract_has_a_label_and_a_reading():
    """A register nobody maps would be lost in silence."""
    kept = {name for name, rule in REGISTERS.items() if rule.kept}

    assert set(REGISTER_LABELS) == set(REGISTERS)
    assert set(values_of(create(**NG).__dict__, shares_methods=True)) == set(REGISTERS) - kept


def test_an_individual_without_first_name_is_accepted():
    """PER-4."""
    assert admit({"name": {"display": "individual", "last": "Ng"}, "number": "1"}).first == ""


def test_the_first_number_of_a_label_is_the_shared_one():
    """PHN-1, PHN-4: text messages and further numbers stay here."""
    values = values_of(create(last="Ng", phones=PHONES).__dict__, shares_methods=False)

    assert (values["phone.work"], values["phone.home"], values["phone.mobile"]) == ("1", "3", None)


def test_a_changed_number_changes_only_the_first_of_its_label():
    """PHN-3, scenario 12."""
    contact = create(last="Ng", phones=PHONES)

    receive(contact, phone_work="9")

    assert again(contact).phones == [PHONES[0], {"label": "business", "number": "9"}, PHONES[2], PHONES[3]]


def test_a_new_number_is_added_at_the_end():
    contact = create(last="Ng", phones=PHONES)

    receive(contact, fax="7")

    assert again(contact).phones == [*PHONES, {"label": "fax", "number": "7"}]


def test_a_cleared_number_removes_the_first_and_the_next_moves_up():
    """PHN-2, PHN-3: the next number is a change of ours, which the peer hears of."""
    contact = create(last="Ng", phones=PHONES)

    outcome = receive(contact, phone_work=None)

    assert again(contact).phones == [PHONES[0], PHONES[2], PHONES[3]]
    assert outcome.own == {"phone.work": "2"}


def test_an_address_from_the_peer_keeps_our_county():
    """ADR-5: never sent, never cleared."""
    contact = create(last="Ng", physical_address={"line1": "1 Road", "county": "Avon"})

    receive(contact, address_main={"line1": "2 Road", "city": "Bath"})
    assert again(contact).physical_address == {"line1": "2 Road", "city": "Bath", "county": "Avon"}
    receive(contact, address_main=None)

    assert again(contact).physical_address == {"county": "Avon"}
    assert "county" not in (values_of({**contact.__dict__}, shares_methods=False)["address.main"] or {})


def test_a_company_keeps_the_names_legal_accounting_has_behind_it(ada):
    """PER-5: not shown here, and not lost by an edit here."""
    from counterpart.practice.contacts.operations import edit_contact

    contact = admit({"name": {"display": "company", "company": "Acme", "first": "Jo", "last": "Ng"}, "number": "1"})

    edit_contact(
        actor=actor(ada),
        contact_id=contact.pk,
        changes={"kind": "company", "company": "Acme Ltd", "first": "", "last": ""},
        base={"kind": "company", "company": "Acme", "first": "", "last": ""},
        at=AT,
    )

    name = handler_for("contact").read([contact.pk])[contact.pk]["name"]
    assert name == {"display": "company", "company": "Acme Ltd", "first": "Jo", "last": "Ng"}
    assert str(again(contact)) == "Acme Ltd"


@pytest.mark.parametrize(
    ("held", "requested", "given", "left"),
    [("", "900", "900", ""), ("", "900", "31", ""), ("25", "A9", "a9", ""), ("25", "900", "50", "900")],
)
def test_a_number_answers_the_request_it_is_about(held, requested, given, left):
    """A new contact's first number answers; a later one only if it is what was asked for."""
    contact = create(last="Ng", reference=requested)
    Contact.objects.update(reference=held, reference_key=held)

    receive(contact, number=given)

    assert (again(contact).reference, again(contact).requested_reference) == (given, left)


def test_an_amendment_leaves_everything_else_alone():
    """GEN-6: and a change of nothing writes nothing."""
    contact = create(last="Ng", alias="A", email="a@example.com")

    receive(contact, email="b@example.com")
    receive(contact, email="b@example.com")

    changed = again(contact)
    assert (changed.alias, changed.email, changed.version, changed.updated_by) == ("A", "b@example.com", 2, "Cleo Tan")
    assert history_of(contact.pk)[1:] == [("edited", "Cleo Tan", {"email": ["a@example.com", "b@example.com"]})]


def test_the_author_is_matched_with_a_local_person_by_e_mail(django_user_model):
    """CON-13: by e-mail, whatever its case."""
    from counterpart.foundation import history

    cleo = django_user_model.objects.create(email="cleo@example.com", name="Cleo", created_at=AT)

    contact = admit({"name": {"display": "individual", "last": "Ng"}})

    assert history.events_for("contact", contact.pk).get().actor_user_id == cleo.pk


def test_what_breaks_the_contract_is_refused():
    """Protocol 2: never shortened, never repaired."""
    refusal = handler_for("contact").check({"email": "no"})

    assert (refusal.code, refusal.register) == ("email.invalid", "email")
    assert handler_for("contact").check({"email": "a@example.com"}) is None


def test_deleted_contacts_are_not_read():
    contact = create(last="Ng")
    Contact.objects.update(deleted_at=AT)

    assert handler_for("contact").read([contact.pk]) == {}
    assert list(handler_for("contact").everything()) == []


def test_labels_name_the_contact_its_number_and_its_page():
    contact = create(title="Dr", first="Zoé", last="Ng", reference="9")

    label = handler_for("contact").labels([contact.pk])[contact.pk]

    assert (label.name, label.number, label.url) == ("Dr Zoé Ng", "9", f"/contacts/{contact.pk}/")


def test_columns_that_do_not_differ_are_not_written():
    columns = create(last="Ng", email="a@example.com").__dict__

    assert columns_after(columns, {"email": "a@example.com", "alias": None, "scheme": "client"}) == {}
