"""Visible group contacts, stand-alone, and hidden ones that nobody sees (LA-SPL-4, LA-CON-5, LA-CON-6, GRP-3)."""

import pytest
from tests.accounting.conftest import AT, actor, connected, create, create_group_of, open_file, person, split_of

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import close_contact, delete_contact, edit_contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.files.models import GroupMember, SplitReview
from counterpart.accounting.files.operations import (
    add_members,
    change_primary,
    create_group,
    remove_member,
    set_split,
)
from counterpart.accounting.files.queries import files_of, members_of, memberships_of
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.accounting.sync_handlers.contacts import ContactHandler
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Forbidden, Missing, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.foundation.search.finding import ranked
from counterpart.sync import api as sync
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


@pytest.fixture
def trio(db):
    return [create(last=name) for name in ("Rewi", "Tane", "Ume")]


def test_group_is_a_numbered_contact_with_members_in_order(trio, ada):
    """LA-SPL-4, LA-CON-5."""
    made = create_group(name="The Quay owners", members=[trio[1].pk, trio[0].pk], actor=actor(ada), at=AT)

    group = Contact.objects.get(pk=made.id)
    assert (group.name, group.number, group.is_group) == ("The Quay owners", "4", True)
    assert [member.contact for member in members_of(group.pk)] == [trio[1], trio[0]]
    assert [one.group for one in memberships_of(trio[0].pk)] == [group]
    assert list(ranked(contacts_visible_to(SYSTEM), "quay")) == [group]
    assert list(Event.objects.filter(object_id=group.pk).order_by("id").values_list("verb", flat=True)) == [
        "created", "members_added",
    ]  # fmt: skip


def test_group_never_leaves_the_house(trio):
    """LA-SPL-4, GRP-3: no identity at its creation, at an edit or when everything is offered."""
    connected()
    sync.switch_off(SYSTEM, AT)
    group = create_group_of(*trio)
    edit_contact(contact_id=group.pk, given={"company": "The Pier owners"}, actor=SYSTEM, at=AT)

    assert not Record.objects.filter(local_id=group.pk).exists()
    assert list(ContactHandler().excluded([group.pk, trio[0].pk])) == [group.pk]


def test_members_who_can_not_be(trio):
    group = create_group_of(trio[0])
    other = create_group_of(trio[0], name="Others")

    for ids in ([], [trio[0].pk], [trio[1].pk, trio[1].pk], [other.pk], [new_id()]):
        with pytest.raises(Refused) as refusal:
            add_members(group_id=group.pk, contact_ids=ids, actor=SYSTEM, at=AT)
        assert refusal.value.field == "members"
    with pytest.raises(Refused):
        create_group(name="", members=[trio[0].pk], actor=SYSTEM, at=AT)
    with pytest.raises(Missing):
        add_members(group_id=trio[0].pk, contact_ids=[trio[1].pk], actor=SYSTEM, at=AT)
    with pytest.raises(Missing):
        remove_member(group_id=group.pk, contact_id=trio[2].pk, actor=SYSTEM, at=AT)
    assert GroupMember.objects.count() == 2


def test_files_of_a_group_follow_its_members_and_keep_their_own_shares(trio):
    """LA-SPL-3, LA-SPL-4, LA-SPL-5: adding does not replace the primary; two files of the group can differ."""
    group = create_group_of(*trio[:2])
    first, second = open_file(group=group), open_file(group=group)
    set_split(file_id=first.pk, shares={trio[1].pk: 250_000}, actor=SYSTEM, at=AT)
    change_primary(file_id=second.pk, contact_id=trio[1].pk, actor=SYSTEM, at=AT)

    add_members(group_id=group.pk, contact_ids=[trio[2].pk], actor=SYSTEM, at=AT)
    assert split_of(first) == [("Rewi", "75.0000"), ("Tane", "25.0000"), ("Ume", "0.0000")]
    assert split_of(second) == [("Tane", "100.0000"), ("Rewi", "0.0000"), ("Ume", "0.0000")]
    remove_member(group_id=group.pk, contact_id=trio[0].pk, actor=SYSTEM, at=AT)

    assert split_of(first) == [("Tane", "100.0000"), ("Ume", "0.0000")]
    assert split_of(second) == [("Tane", "100.0000"), ("Ume", "0.0000")]
    assert set(files_of(group.pk)) == {first, second}
    assert SplitReview.objects.filter(done_at=None).count() == 2


def test_last_member_of_a_group_with_files_stays(trio):
    group = create_group_of(trio[0])
    open_file(group=group)

    with pytest.raises(Blocked):
        remove_member(group_id=group.pk, contact_id=trio[0].pk, actor=SYSTEM, at=AT)


def test_group_and_members_are_neither_closed_nor_lost(trio):
    """LA-CON-6."""
    group = create_group_of(trio[0])

    for contact, words in ((trio[0], "Member of the group"), (group, "is a group contact")):
        with pytest.raises(Blocked) as blocked:
            close_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)
        assert words in blocked.value.blockers[0].message
    with pytest.raises(Blocked):
        delete_contact(contact_id=trio[0].pk, actor=SYSTEM, at=AT)
    delete_contact(contact_id=group.pk, actor=SYSTEM, at=AT)
    assert memberships_of(trio[0].pk) == []


def test_groups_are_for_those_with_the_right(trio):
    """LA-PRM-1."""
    who = actor(person("Lim", "contact.read", "contact.create", "contact.edit"))

    with pytest.raises(Forbidden):
        create_group(name="X", members=[trio[0].pk], actor=who, at=AT)


def test_hidden_group_is_nowhere(trio):
    """GRP-3, GRP-11: several clients add no contact, no number, no membership."""
    numbers, contacts = NumberLedger.objects.count(), Contact.objects.count()

    open_file(*trio)

    assert (NumberLedger.objects.count(), Contact.objects.count()) == (numbers, contacts)
    assert not GroupMember.objects.exists()
    assert [memberships_of(one.pk) for one in trio] == [[], [], []]
