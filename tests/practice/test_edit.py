"""Editing: only what was changed is written, and nobody's change is lost (EDT-1, CON-8, NUM-13)."""

import pytest
from tests.practice.conftest import (
    AT,
    actor,
    again,
    connected,
    create,
    errors_of,
    history_of,
    receive,
    record_of,
    stamps,
)

from counterpart.foundation.errors import Forbidden, Missing, Refused, Stale
from counterpart.foundation.ids import new_id
from counterpart.practice.contacts.operations import EditClash, edit_contact, set_register, withdraw_reference

pytestmark = pytest.mark.django_db
BASE = {"last": "Ng", "alias": "", "email": "", "phones": []}


def test_an_edit_writes_the_field_and_the_history(ada):
    """HIS-1: old and new, who and when."""
    contact = create(last="Ng", alias="N")

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Nguyen", "alias": "N"}, at=AT)

    changed = again(contact)
    assert (changed.last, changed.version, changed.updated_by) == ("Nguyen", 2, "Ada")
    assert changed.sort_name == "nguyen"
    assert history_of(contact.pk)[1:] == [("edited", "Ada", {"last": ["Ng", "Nguyen"]})]


@pytest.mark.parametrize("who", ["ben", "nobody"])
def test_who_may_not_edit_changes_nothing(request, who):
    contact = create(last="Ng")

    with pytest.raises(Forbidden):
        edit_contact(actor=actor(request.getfixturevalue(who)), contact_id=contact.pk, changes={"last": "x"}, at=AT)

    assert again(contact).last == "Ng"


def test_what_only_one_side_changed_merges(ada):
    """EDT-1: the other person's alias stays, mine is added."""
    contact = create(last="Ng")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"alias": "Theirs"}, at=AT)

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={**BASE, "email": "a@example.com"}, base=BASE, at=AT)

    assert (again(contact).alias, again(contact).email) == ("Theirs", "a@example.com")


def test_what_both_changed_is_refused_with_every_value(ada):
    """EDT-1: mine, theirs and before; nothing was written, not even my other fields."""
    contact = create(last="Ng")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Theirs"}, at=AT)

    with pytest.raises(EditClash) as refusal:
        edit_contact(
            actor=actor(ada), contact_id=contact.pk, changes={**BASE, "last": "Mine", "alias": "M"}, base=BASE, at=AT
        )

    (clash,) = refusal.value.clashes
    assert (clash.field, clash.yours, clash.theirs, clash.before) == ("last", "Mine", "Theirs", "Ng")
    assert (refusal.value.by, again(contact).alias) == ("Ada", "")


def test_both_typing_the_same_is_no_clash(ada):
    contact = create(last="Ng")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Same"}, at=AT)

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={**BASE, "last": "Same"}, base=BASE, at=AT)

    assert again(contact).last == "Same"


def test_another_version_is_stale(ada):
    """API-6: what If-Match asks for."""
    contact = create(last="Ng")

    with pytest.raises(Stale) as refusal:
        edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "x"}, version=7, at=AT)

    assert refusal.value.current_version == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"last": ""}, {"last": "contact.name_required"}),
        ({"reference": "a b"}, {"reference": "reference.invalid_characters"}),
        ({"numbering_sequence": "vendor"}, {"numbering_sequence": "scheme.fixed"}),
        ({"kind": "company", "company": "C", "first": "F"}, {"first": "individual_only"}),
    ],
)
def test_a_bad_edit_changes_nothing(ada, changes, expected):
    """CON-8 and the rules of creation."""
    contact = create(last="Ng")

    with pytest.raises(Refused) as refusal:
        edit_contact(actor=actor(ada), contact_id=contact.pk, changes=changes, at=AT)

    assert errors_of(refusal.value) == expected
    assert (again(contact).version, len(history_of(contact.pk))) == (1, 1)


def test_a_missing_contact_is_missing(ada):
    with pytest.raises(Missing):
        edit_contact(actor=actor(ada), contact_id=new_id(), changes={"last": "x"}, at=AT)


def test_another_reference_is_a_request_and_the_old_number_stands(ada):
    """NUM-13, protocol 8."""
    connected()
    contact = create(last="Ng")
    receive(contact, number="25")

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"reference": "900"}, keep_sequence=True, at=AT)

    changed = again(contact)
    assert (changed.reference, changed.requested_reference, changed.requested_keep_sequence) == ("25", "900", True)
    assert record_of(contact).held["requested_number"] == {"number": "900", "keep_sequence": True}


def test_a_number_can_not_be_taken_away(ada):
    contact = create(last="Ng")
    receive(contact, number="25")

    with pytest.raises(Refused) as refusal:
        edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"reference": ""}, at=AT)

    assert errors_of(refusal.value) == {"reference": "reference.required"}


def test_changing_the_reference_needs_its_own_right(ada):
    """4.2: contact.edit_reference."""
    contact = create(last="Ng")
    role = ada.roles.get()
    role.rights = [right for right in role.rights if right != "contact.edit_reference"]
    role.save()

    with pytest.raises(Forbidden):
        edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"reference": "9"}, at=AT)
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Other"}, at=AT)

    assert (again(contact).last, again(contact).requested_reference) == ("Other", "")


def test_locked_people_can_not_change_the_reference(ada):
    """NUM-16, NUM-17."""
    connected({"number_locked_emails": ["ada@example.com"]})
    contact = create(last="Ng")

    with pytest.raises(Forbidden):
        edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"reference": "9"}, at=AT)

    assert again(contact).requested_reference == ""


def test_a_request_can_be_withdrawn(ada):
    """*Let Legal Accounting number it*: the engine is told that nothing is asked for any more."""
    connected()
    contact = create(last="Ng", reference="40")

    withdraw_reference(actor=actor(ada), contact_id=contact.pk, at=AT)

    assert again(contact).requested_reference == ""
    assert "requested_number" not in record_of(contact).held


def test_an_unrelated_edit_does_not_withdraw_a_request(ada):
    """The engine keeps the request; only the one who asks or withdraws names it."""
    connected()
    contact = create(last="Ng", reference="40")
    before = stamps(contact, "requested_number")

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"alias": "x"}, at=AT)

    assert stamps(contact, "requested_number") == before
    assert stamps(contact, "alias")[0] > 0


def test_an_edit_stamps_only_what_it_changed(ada):
    """GEN-6: and an address not at all, unless the firm keeps addresses in step (ADR-2)."""
    connected()
    contact = create(last="Ng", email="a@example.com", physical_address={"city": "Bath"})
    email = stamps(contact, "email")

    edit_contact(
        actor=actor(ada), contact_id=contact.pk, changes={"alias": "x", "physical_address": {"city": "York"}}, at=AT
    )

    assert stamps(contact, "email") == email
    assert stamps(contact, "address.main") == (0, 0)


def test_a_save_without_a_change_forces_an_exchange(ada):
    """STA-5: nothing is written, but the record goes out again."""
    connected()
    contact = create(last="Ng")
    before = record_of(contact).force

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Ng"}, at=AT)

    assert record_of(contact).force > before
    assert (again(contact).version, len(history_of(contact.pk))) == (1, 1)


def test_an_individual_becomes_a_company_and_loses_its_personal_names(ada):
    contact = create(first="Jo", last="Ng", company="Acme")

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"kind": "company"}, at=AT)

    changed = again(contact)
    assert (changed.kind, changed.first, changed.last, changed.company) == ("company", "", "", "Acme")


@pytest.mark.parametrize(
    ("register", "value", "column", "expected"),
    [
        ("email", "b@example.com", "email", "b@example.com"),
        ("phone.work", "9", "phones", [{"label": "business", "number": "9"}, {"label": "business", "number": "2"}]),
        ("requested_number", {"number": "77", "keep_sequence": False}, "requested_reference", "77"),
    ],
)
def test_the_other_value_of_a_conflict_can_be_used(ada, register, value, column, expected):
    """Protocol 4: an ordinary edit by the person who decides."""
    contact = create(last="Ng", phones=[{"label": "business", "number": "1"}, {"label": "business", "number": "2"}])

    set_register(actor=actor(ada), contact_id=contact.pk, register=register, value=value, at=AT)

    assert getattr(again(contact), column) == expected
    assert history_of(contact.pk)[-1][:2] == ("edited", "Ada")
