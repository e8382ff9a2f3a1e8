"""What arrives from Practice Management, and what it is told (CON-1, CON-8, NUM-2 to NUM-17, SEQ-8, protocol 8)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.accounting.conftest import AT, WORK, actor, connected, create, person, separate, sequence_at

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import close_contact, delete_contact, edit_contact
from counterpart.accounting.numbering.queries import next_numbers
from counterpart.accounting.sync_handlers.answers import answer_number, policy_block
from counterpart.accounting.sync_handlers.contacts import ContactHandler
from counterpart.contracts.contact import KIND, REGISTERS
from counterpart.foundation.actor import Actor
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.sync import api as sync
from counterpart.sync.api import Amendment, Author, Newcomer, Refusal, Stored
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
HANDLER = ContactHandler()
CLEO = Author("Cleo Tan", "cleo@example.com", 1_700_000_000_000)
SYSTEM = Actor.system("Test")


def newcomer(last="Rewi", *, number=None, keep=False, author=CLEO, **values) -> Newcomer:
    values = {"name": {"display": "individual", "last": last}, "scheme": "client"} | values
    if number:
        values["requested_number"] = {"number": number, "keep_sequence": keep}
    return Newcomer(new_id(), new_id(), values, {}, author)


def amendment(contact: Contact, author=CLEO, **changed) -> Amendment:
    return Amendment(new_id(), contact.pk, HANDLER.read([contact.pk])[contact.pk], changed, {}, author)


def admit(*newcomers: Newcomer) -> list:
    outcomes = HANDLER.admit(newcomers, AT)
    return [outcomes[one.sync_id] for one in newcomers]


def amend(*amendments: Amendment) -> list:
    outcomes = HANDLER.amend(amendments, AT)
    return [outcomes[one.sync_id] for one in amendments]


def test_newcomers_are_numbered_in_their_order():
    """NUM-2, NUM-3, NUM-6, scenarios 1 and 2: empty, 900, empty, 27, empty."""
    sequence_at("client", 26)

    outcomes = admit(newcomer(), newcomer(number="900"), newcomer(), newcomer(number="27"), newcomer())

    assert outcomes == [Stored(own={"number": n}) for n in ("26", "900", "901", "27", "28")]


def test_newcomer_is_stored_whole_and_the_history_names_the_person_at_the_origin():
    """1.6, CON-12, CON-13, scenario 7: Cleo has no account here; her name stands in the books."""
    one = newcomer(
        name={"display": "individual", "title": "Dr", "first": "Marama", "last": "Ngata", "company": "Quay"},
        alias="Mara", email="m@example.nz", fax="4", methods=[{"label": "Mobile", "value": "22"}],
        **{"phone.work": "1", "phone.mobile": "2", "phone.home": "3", "phone.other": "5",
           "address.main": {"line1": "2 Side Street", "country": "NZ"}, "address.additional": {"line1": "PO Box 1"}},
    )  # fmt: skip

    admit(one)

    contact = Contact.objects.get(pk=one.local_id)
    assert HANDLER.read([one.local_id])[one.local_id] == {**one.values, "number": "1"}
    assert (contact.created_by, contact.updated_by) == ("Cleo Tan", "Cleo Tan")
    # ADR-6: never a billing address.
    assert contact.additional_addresses == [{"usage": "mailing", "line1": "PO Box 1"}]
    event = Event.objects.get(object_id=contact.pk)
    assert (event.verb, event.origin, event.site, event.actor_email) == ("created", "sync", "pm", "cleo@example.com")
    assert event.actor_user_id is None


def test_author_is_matched_by_email():
    """CON-13."""
    ada = person("Ada", *WORK)

    admit(newcomer(author=Author("Ada in PM", "ADA@example.com", 1)))

    assert Event.objects.get(verb="created").actor_user_id == ada.pk


def test_taken_number_refuses_the_newcomer_whole_and_names_the_holder_by_identity():
    """NUM-10, protocol 8: no name of a person travels."""
    connected()
    holder = create("40", last="Price")

    (outcome,) = admit(newcomer(number="40"))

    sync_id = str(Record.objects.get(local_id=holder.pk).sync_id)
    assert outcome == Refusal(
        "number_in_use", "Number 40 is already used.", "requested_number", {"number": "40", "holder": sync_id}
    )
    assert Contact.objects.count() == 1


def test_retired_number_refuses_without_a_holder():
    """LA-NUM-7: renumbered and deleted contacts keep their numbers for ever."""
    renumbered, deleted = create("40", last="A"), create("50", last="B")
    edit_contact(contact_id=renumbered.pk, given={}, number="41", actor=SYSTEM, at=AT)
    delete_contact(contact_id=deleted.pk, actor=SYSTEM, at=AT)

    outcomes = admit(newcomer(number="40"), newcomer(number="50"))

    assert [(one.code, one.detail["holder"]) for one in outcomes] == [("number_in_use", ""), ("number_in_use", "")]


def test_two_newcomers_asking_for_one_number_in_a_batch():
    outcomes = admit(newcomer(number="40"), newcomer(number="40"), newcomer())

    assert [getattr(one, "code", None) or one.own["number"] for one in outcomes] == ["40", "number_in_use", "41"]


@pytest.mark.parametrize("number", ["12*3", "12 3", "A" * 16])
def test_number_of_bad_shape_is_refused(number):
    """Scenario 3, should it ever get here: checked at both sites."""
    (outcome,) = admit(newcomer(number=number))

    assert (outcome.code, outcome.register) == ("number_invalid", "requested_number")
    assert HANDLER.check({"requested_number": {"number": number, "keep_sequence": False}}) is not None


def test_restricted_author_may_not_ask_for_a_number():
    """NUM-17: defined in LA, enforced for both; without a number the same person is served."""
    person("Bound", *WORK, restricted=True)
    bound = Author("Bound", "Bound@Example.com", 1)

    refused, served = admit(newcomer(number="40", author=bound), newcomer(author=bound))

    assert (refused.code, refused.register) == ("number_restricted", "requested_number")
    assert served == Stored(own={"number": "1"})


def test_own_permissions_and_required_fields_do_not_apply():
    """CON-8, ADR-7, PER-4, scenario 5: the author has no right here and the contact only a first name."""
    ben = person("Ben")

    (outcome,) = admit(newcomer(name={"display": "individual", "first": "Only"}, author=Author("Ben", ben.email, 1)))

    assert outcome == Stored(own={"number": "1"})
    assert Contact.objects.get().name == "Only"


@pytest.mark.parametrize(
    ("ours", "scheme", "number"), [(True, "vendor", "V~1"), (False, "vendor", "1"), (True, "client", "1")]
)
def test_our_setting_rules_the_sequence_and_the_type_is_kept(ours, scheme, number):
    """SEQ-8, scenarios 8 and 9."""
    separate(ours)

    (outcome,) = admit(newcomer(scheme=scheme))

    assert outcome == Stored(own={"number": number})
    assert Contact.objects.get().contact_type == scheme


def test_missing_scheme_is_answered():
    (outcome,) = admit(newcomer(scheme=None))

    assert outcome == Stored(own={"number": "1", "scheme": "client"})


def test_number_of_an_earlier_life_is_not_given_again():
    """Protocol 16, *offer again*: the register may still carry the number our deleted copy had."""
    old = create("40", last="Price")
    delete_contact(contact_id=old.pk, actor=SYSTEM, at=AT)

    one = newcomer()
    one.values["number"] = "40"

    assert admit(one)[0].own == {"number": "41"}


def test_amendment_writes_what_changed_and_leaves_the_rest():
    """GEN-6: other phones, billing addresses and the person behind a company stay (PER-5)."""
    contact = create(
        "40", company="Quay", first="Iona", last="Price", display_as="company", work_phone="1", mobile_phone="2",
        additional_addresses=[{"usage": "billing", "line1": "Bills"}, {"usage": "mailing", "line1": "Old"}],
    )  # fmt: skip

    outcomes = amend(amendment(contact, **{"phone.work": "9", "address.additional": {"line1": "New"}}))

    contact.refresh_from_db()
    assert outcomes == [Stored()]
    assert (contact.work_phone, contact.mobile_phone, contact.last, contact.number) == ("9", "2", "Price", "40")
    assert contact.additional_addresses == [
        {"usage": "billing", "line1": "Bills"},
        {"usage": "mailing", "line1": "New"},
    ]
    assert contact.version == 2
    assert Event.objects.get(verb="edited").changes["work_phone"] == ["1", "9"]


def test_each_author_stands_in_the_history_for_his_own_change():
    """LA-AUD-1: two people's edits may arrive in one state."""
    contact = create("40", last="Price")
    ada = Author("Ada", "ada@example.com", 1)
    both = Amendment(
        new_id(), contact.pk, {}, {"alias": "Io", "email": "i@example.nz"}, {"alias": ada, "email": CLEO}, CLEO
    )

    HANDLER.amend([both], AT)

    events = Event.objects.filter(verb="edited").order_by("id")
    assert [(event.actor_name, list(event.changes)) for event in events] == [
        ("Ada", ["alias"]),
        ("Cleo Tan", ["email"]),
    ]
    assert Contact.objects.get().version == 2


def test_person_behind_a_company_travels_with_the_name_and_stays():
    """PER-5: the name is one register; Practice Management hands back the person it does not show."""
    contact = create(company="Quay", first="Iona", last="Price", display_as="company")
    name = HANDLER.read([contact.pk])[contact.pk]["name"]

    amend(amendment(contact, name={**name, "company": "Harbour Quay"}))

    contact.refresh_from_db()
    assert name == {"display": "company", "first": "Iona", "last": "Price", "company": "Quay"}
    assert (contact.company, contact.first, contact.last, contact.display_as) == (
        "Harbour Quay",
        "Iona",
        "Price",
        "company",
    )


def test_new_reference_renumbers_a_linked_contact():
    """NUM-13: a request; the answer is our own register."""
    contact = create("40", last="Price")

    (outcome,) = amend(amendment(contact, requested_number={"number": "900", "keep_sequence": False}))

    contact.refresh_from_db()
    assert (outcome, contact.number, next_numbers()["client"]) == (Stored(own={"number": "900"}), "900", "901")


def test_new_reference_may_keep_the_sequence():
    contact = create("40", last="Price")

    amend(amendment(contact, requested_number={"number": "900", "keep_sequence": True}))

    assert next_numbers()["client"] == "41"


def test_taken_reference_is_refused_alone_and_the_rest_is_applied():
    """Protocol 8: for a linked record only the number is refused."""
    connected()
    holder, contact = create("40", last="Holder"), create("50", last="Price")

    (outcome,) = amend(amendment(contact, alias="P", requested_number={"number": "40", "keep_sequence": False}))

    contact.refresh_from_db()
    assert (contact.alias, contact.number) == ("P", "50")
    assert (outcome.own, outcome.refusal.code, outcome.refusal.register) == ({}, "number_in_use", "requested_number")
    assert outcome.refusal.detail["holder"] == str(Record.objects.get(local_id=holder.pk).sync_id)


def test_withdrawn_request_changes_nothing():
    contact = create("40", last="Price")

    assert amend(amendment(contact, requested_number=None)) == [Stored()]
    contact.refresh_from_db()
    assert (contact.number, contact.version) == ("40", 1)


def test_request_for_the_number_it_has_changes_nothing():
    contact = create("40", last="Price")

    assert amend(amendment(contact, requested_number={"number": "40", "keep_sequence": False})) == [Stored()]


def test_amendment_of_a_closed_contact_does_not_reopen_it():
    """CLS-6."""
    contact = create("40", last="Price")
    close_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)

    amend(amendment(contact, alias="P"))

    contact.refresh_from_db()
    assert (contact.status, contact.alias) == ("closed", "P")


def test_cost_does_not_grow_with_the_batch():
    """Constant number of statements per call."""

    def cost(count):
        batch = [newcomer(number=f"N{count}-{i}" if i % 3 == 0 else None) for i in range(count)]
        with CaptureQueriesContext(connection) as queries:
            HANDLER.admit(batch, AT)
        contacts = Contact.objects.filter(pk__in=[one.local_id for one in batch])
        changes = [amendment(contact, alias=f"A{count}") for contact in contacts]
        with CaptureQueriesContext(connection) as more:
            HANDLER.amend(changes, AT)
        return len(queries), len(more)

    assert cost(200) == cost(6)


def test_read_leaves_out_what_is_deleted_and_speaks_every_register():
    contact, gone = create(last="Price"), create(last="Gone")
    delete_contact(contact_id=gone.pk, actor=SYSTEM, at=AT)

    values = HANDLER.read([contact.pk, gone.pk, new_id()])

    assert list(values) == [contact.pk]
    assert set(values[contact.pk]) == {name for name, rule in REGISTERS.items() if not rule.kept}


def test_overwrite_is_an_ordinary_edit(ada, ben):
    """*Use the other value* of a conflict, by someone who may edit."""
    contact = create(last="Price")

    HANDLER.overwrite(local_id=contact.pk, register="email", value="p@example.com", actor=actor(ada), at=AT)

    contact.refresh_from_db()
    assert (contact.email, contact.updated_by) == ("p@example.com", "Ada")


def test_labels_name_deleted_contacts_too():
    contact = create("40", last="Price")
    delete_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)

    label = HANDLER.labels([contact.pk])[contact.pk]

    assert (label.name, label.number, label.url) == ("Price", "40", f"/contacts/{contact.pk}/")
    assert {HANDLER.register_label(name) for name in REGISTERS}.isdisjoint(REGISTERS)


def test_policy_block_tells_numbering_restriction_and_people():
    """NUM-17, SEQ-9, protocol 8."""
    person("Bound", *WORK, restricted=True)

    assert policy_block() == {
        "separate_numbering_sequences": False,
        "manual_number_resets_sequence": True,
        "sequences": {
            "client": {"prefix": "", "next": 1},
            "vendor": {"prefix": "V~", "next": 1}, "other": {"prefix": "O~", "next": 1},
        },
        "number_locked_emails": ["bound@example.com"],
        "file_numbering": {"scheme": "contact", "width": 3, "separator": "-"},
        "next_file_number": "",
        "file_number_locked_emails": [],
        "publishes_staff": False,
        "users": [{"email": "bound@example.com", "name": "Bound", "active": True}],
        "required_contact_fields": [],
    }  # fmt: skip


def test_number_question_is_answered_without_names():
    """IMP-3, IMP-4."""
    connected()
    sequence_at("client", 43)
    holder = create("40", last="Price", keep_sequence=True)
    sync_id = str(sync.link_states(KIND, [holder.pk])[holder.pk].sync_id)

    free = answer_number({"number": "900", "scheme": "client", "sync_id": ""})
    taken = answer_number({"number": "40", "scheme": "client", "sync_id": ""})
    own = answer_number({"number": "40", "scheme": "client", "sync_id": sync_id})
    odd = answer_number({"number": "a b", "scheme": "none", "sync_id": "not-an-id"})

    assert free == {"free": True, "holder": "", "problem": "", "next": "43", "next_after": "901"}
    assert (taken["free"], taken["holder"], taken["problem"]) == (False, sync_id, "Number 40 is already used.")
    assert own["free"] is True
    assert odd["problem"] == "A number can't contain spaces or *."


def test_the_handler_is_registered():
    """The site's wiring."""
    assert isinstance(sync.handler_for(KIND), ContactHandler)
