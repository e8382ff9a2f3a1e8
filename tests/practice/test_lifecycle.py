"""Closing, reopening, deleting, restoring: all of it local, all of it told to the peer (PAG-9, DEL-1, DEL-2, CLS-8)."""

from datetime import timedelta

import pytest
from tests.practice.conftest import AT, actor, again, connected, create, history_of, record_of

from counterpart.foundation.errors import Blocked, Forbidden, Missing, Refusal
from counterpart.foundation.ids import new_id
from counterpart.practice.contacts import operations
from counterpart.practice.contacts.queries import contacts_visible_to, deleted_contacts_visible_to

pytestmark = pytest.mark.django_db


def test_closing_and_reopening(ada):
    """PAG-9: with history; the peer is informed."""
    connected()
    contact = create(last="Ng")

    operations.close_contact(actor=actor(ada), contact_id=contact.pk, at=AT, reason="moved away")
    assert (again(contact).status, record_of(contact).held["presence_pm"]) == ("closed", "archived")
    operations.close_contact(actor=actor(ada), contact_id=contact.pk, at=AT)
    operations.reopen_contact(actor=actor(ada), contact_id=contact.pk, at=AT)

    assert (again(contact).status, record_of(contact).held["presence_pm"]) == ("active", "active")
    assert history_of(contact.pk)[1:] == [
        ("closed", "Ada", {"status": ["active", "closed"]}),
        ("reopened", "Ada", {"status": ["closed", "active"]}),
    ]


def test_deleting_hides_and_restoring_brings_back(ada):
    """DEL-2: soft; the counterpart stays and the link is taken up again."""
    connected()
    contact = create(last="Ng")

    operations.delete_contact(actor=actor(ada), contact_id=contact.pk, at=AT)
    assert list(contacts_visible_to(ada)) == []
    assert list(deleted_contacts_visible_to(ada)) == [contact]
    assert record_of(contact).held["presence_pm"] == "deleted"
    assert record_of(contact).severed

    operations.restore_contact(actor=actor(ada), contact_id=contact.pk, at=AT + timedelta(days=30))

    assert list(contacts_visible_to(ada)) == [contact]
    assert (record_of(contact).held["presence_pm"], record_of(contact).severed) == ("active", False)
    assert [verb for verb, _, _ in history_of(contact.pk)] == ["created", "deleted", "restored"]


def test_after_thirty_days_a_contact_stays_deleted(ada):
    contact = create(last="Ng")
    operations.delete_contact(actor=actor(ada), contact_id=contact.pk, at=AT)

    with pytest.raises(Refusal):
        operations.restore_contact(actor=actor(ada), contact_id=contact.pk, at=AT + timedelta(days=31))

    assert again(contact).is_deleted


def test_a_company_with_people_can_not_be_deleted(ada):
    """DEL-1: every blocker is named, with where to go."""
    company = create(kind="company", company="Acme & Sons")
    create(last="Ng", company="Acme & Sons")

    with pytest.raises(Blocked) as refusal:
        operations.delete_contact(actor=actor(ada), contact_id=company.pk, at=AT)

    (blocker,) = refusal.value.blockers
    assert blocker.message == "1 person names this company as employer."
    assert blocker.url == "/contacts/?q=Acme+%26+Sons&kind=individual"
    assert not again(company).is_deleted


def test_a_contact_whose_external_reference_was_given_away_stays_deleted(ada):
    """DEL-2, 4.1: each is used once; the sentence says what to do, and then it comes back."""
    contact = create(last="Ng", external_reference="CL-1")
    operations.delete_contact(actor=actor(ada), contact_id=contact.pk, at=AT)
    other = create(last="Vo", external_reference="cl-1")

    with pytest.raises(Refusal, match=r"Another contact has the external reference CL-1. Change it there, then"):
        operations.restore_contact(actor=actor(ada), contact_id=contact.pk, at=AT)
    assert again(contact).is_deleted
    operations.edit_contact(actor=actor(ada), contact_id=other.pk, changes={"external_reference": ""}, at=AT)
    operations.restore_contact(actor=actor(ada), contact_id=contact.pk, at=AT)

    assert set(contacts_visible_to(ada)) == {contact, other}


def test_many_are_deleted_and_restored_at_once(ada, django_assert_max_num_queries):
    """DEL-1: each for itself; whoever goes along with his company does not keep it; statements do not grow."""
    connected()
    firm, gone = create(kind="company", company="Acme"), create(last="Ng", company="Acme")
    kept, stays = create(kind="company", company="Orbast"), create(last="Vo", company="Orbast")
    wanted = [firm.pk, gone.pk, kept.pk, *(create(last=f"Of {n}").pk for n in range(20))]

    with django_assert_max_num_queries(25):
        refused = operations.delete_contacts(actor=actor(ada), contact_ids=wanted, at=AT)

    assert {key: str(why.blockers[0].message) for key, why in refused.items() if isinstance(why, Blocked)} == {
        kept.pk: "1 person names this company as employer."
    }
    assert set(contacts_visible_to(ada)) == {kept, stays}
    assert {record_of(firm).held["presence_pm"], record_of(gone).held["presence_pm"]} == {"deleted"}
    assert [verb for verb, _, _ in history_of(gone.pk)] == ["created", "deleted"]
    with django_assert_max_num_queries(25):
        assert operations.restore_contacts(actor=actor(ada), contact_ids=[firm.pk, gone.pk], at=AT) == {}
    assert (again(gone).is_deleted, record_of(firm).severed) == (False, False)


@pytest.mark.parametrize("verb", ["close_contact", "reopen_contact", "delete_contact", "restore_contact"])
def test_who_may_not_is_refused(ben, verb):
    """PRM-6: Ben reads only."""
    contact = create(last="Ng")

    with pytest.raises(Forbidden):
        getattr(operations, verb)(actor=actor(ben), contact_id=contact.pk, at=AT)

    assert (again(contact).status, again(contact).deleted_at) == ("active", None)


@pytest.mark.parametrize("verb", ["close_contact", "reopen_contact", "delete_contact", "restore_contact"])
def test_a_missing_contact_is_missing(ada, verb):
    with pytest.raises(Missing):
        getattr(operations, verb)(actor=actor(ada), contact_id=new_id(), at=AT)
