"""Change Contact Number and the restriction (NUM-13, NUM-16, NUM-17, LA-NUM-9, LA-NUM-11)."""

import pytest
from tests.accounting.conftest import AT, WORK, actor, create, person, sequence_at

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import Draft, change_number, create_contact, edit_contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.accounting.numbering.queries import next_numbers, number_locked_emails
from counterpart.foundation.errors import Forbidden, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.search.finding import ranked

pytestmark = pytest.mark.django_db


def change(contact, number, user, **more):
    change_number(
        contact_id=contact.pk, number=number, keep_sequence=more.pop("keep", False), actor=actor(user), at=AT, **more
    )
    contact.refresh_from_db()


def test_changed_number_is_logged_and_the_old_one_still_finds_the_contact(ada):
    """NUM-13, LA-NUM-7: the old number stays an alias for ever."""
    contact = create("40", last="Price")

    change(contact, "900", ada)

    assert (contact.number, contact.version) == ("900", 2)
    assert Event.objects.get(verb="edited").changes == {"number": ["40", "900"]}
    assert list(ranked(contacts_visible_to(ada), "40")) == [contact]
    assert next_numbers()["client"] == "901"


def test_number_can_change_without_moving_the_sequence(ada):
    """IMP-3."""
    contact = create("40", last="Price")

    change(contact, "900", ada, keep=True)

    assert next_numbers()["client"] == "41"


def test_empty_number_takes_the_next_of_the_sequence(ada):
    sequence_at("client", 77)
    contact = create("SMITH", last="Price")

    change(contact, "", ada)

    assert contact.number == "77"


def test_number_of_another_contact_is_refused_whether_held_or_retired(ada):
    """NUM-10, LA-NUM-7."""
    held, contact = create("40", last="Holder"), create("50", last="Price")
    change(held, "41", ada)

    with pytest.raises(Refused, match=r"Number 41 is already used by Holder\."):
        change(contact, "41", ada)
    with pytest.raises(Refused, match="given before and is never used twice"):
        change(contact, "40", ada)

    assert Contact.objects.get(pk=contact.pk).number == "50"


def test_only_letter_case_of_a_number_can_change(ada):
    contact = create("abc", last="Price")

    change(contact, "ABC", ada)

    assert contact.number == "ABC"
    assert NumberLedger.objects.filter(contact_id=contact.pk).count() == 1


def test_restricted_group_can_neither_type_nor_change_a_number(ada):
    """NUM-16, LA-NUM-11, scenario 30; the same person may do everything else."""
    bound = person("Bound", *WORK, restricted=True)
    contact = create("40", last="Price")

    with pytest.raises(Forbidden, match="security group"):
        change(contact, "41", bound)
    with pytest.raises(Forbidden, match="security group"):
        create_contact(Draft({"last": "New"}, "90"), actor=actor(bound), at=AT)

    assert create_contact(Draft({"last": "New"}), actor=actor(bound), at=AT).number == "41"
    edit_contact(contact_id=contact.pk, given={"alias": "P"}, actor=actor(bound), at=AT)
    change(contact, "42", ada)
    assert (contact.number, contact.alias) == ("42", "P")


def test_restriction_does_not_bind_administrators(admin):
    """NUM-16: even one who is in a restricted group besides."""
    admin.roles.add(person("Bound", *WORK, restricted=True).roles.get())
    contact = create("40", last="Price")

    change(contact, "41", admin)

    assert contact.number == "41"
    assert number_locked_emails() == {"bound@example.com"}


def test_locked_emails_leave_out_those_who_may_not_sign_in():
    bound = person("Bound", *WORK, restricted=True)
    assert number_locked_emails() == {"bound@example.com"}

    bound.is_active = False
    bound.save()

    assert number_locked_emails() == set()
