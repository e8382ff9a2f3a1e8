"""Who pays for a file, and what is left to Practice Management (LA-SPL-1 to LA-SPL-5, GRP-15, GRP-17, IMP-12)."""

import pytest
from django.db import IntegrityError, transaction
from tests.accounting.conftest import (
    AT,
    WORK,
    actor,
    connected,
    create,
    create_group_of,
    open_file,
    person,
    split_of,
)

from counterpart.accounting.files.models import FilePayer, SplitReview
from counterpart.accounting.files.operations import (
    add_client,
    add_members,
    change_primary,
    close_file,
    confirm_split,
    create_group,
    edit_file,
    remove_client,
    remove_member,
    set_clients,
    set_split,
)
from counterpart.accounting.files.queries import (
    files_of,
    former_payers_of,
    payers_of,
    review_count,
    unshared,
)
from counterpart.accounting.files.restricted import RestrictedByIntegration, clients_restriction, new_file_restriction
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Forbidden, Missing, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.sync import api as sync

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


def refusal_fields(call) -> list[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return [error.field for error in refusal.value.errors]


def test_split_is_set_by_those_who_may_and_stays_with_the_file(ada, ben):
    """LA-SPL-1, LA-SPL-2, LA-SPL-5, scenario 22."""
    one, two = create(last="Rewi"), create(last="Tane")
    first, second = open_file(one, two), open_file(one, two)

    set_split(file_id=first.pk, shares={two.pk: 300_000}, actor=actor(ada), at=AT)
    with pytest.raises(Forbidden):
        set_split(file_id=second.pk, shares={two.pk: 1}, actor=actor(ben), at=AT)
    assert refusal_fields(lambda: set_split(file_id=first.pk, shares={two.pk: 1_000_001}, actor=SYSTEM, at=AT)) == [
        "shares.1"
    ]

    assert split_of(first) == [("Rewi", "70.0000"), ("Tane", "30.0000")]
    assert split_of(second) == [("Rewi", "100.0000"), ("Tane", "0.0000")]
    assert [payer.name for payer in unshared(payers_of([second.pk])[second.pk])] == ["Tane"]
    event = Event.objects.filter(object_id=first.pk).latest("id")
    assert (event.verb, event.changes) == (
        "split", {"shares": [["Rewi: 100.0000 %", "Tane: 0.0000 %"], ["Rewi: 70.0000 %", "Tane: 30.0000 %"]]},
    )  # fmt: skip


def test_hundreds_of_payers():
    """LA-SPL-1: no upper limit."""
    clients = [create(last=f"Defendant {n}") for n in range(150)]

    file = open_file(*clients)
    set_split(file_id=file.pk, shares={one.pk: 6_666 for one in clients[1:]}, actor=SYSTEM, at=AT)

    payers = payers_of([file.pk])[file.pk]
    assert (len(payers), sum(payer.share for payer in payers)) == (150, 1_000_000)
    assert payers[0].share == 1_000_000 - 149 * 6_666


def test_clients_change_stand_alone(ada):
    """GRP-17, LA-SPL-3, LA-FIL-8, scenario 25; each change asks for the split to be confirmed (IMP-12)."""
    one, two, three = create(last="Rewi"), create(last="Tane"), create(last="Ume")
    file = open_file(one, responsible=ada.pk)

    add_client(file_id=file.pk, contact_id=two.pk, actor=actor(ada), at=AT)
    add_client(file_id=file.pk, contact_id=three.pk, actor=actor(ada), at=AT)
    set_split(file_id=file.pk, shares={two.pk: 300_000}, actor=actor(ada), at=AT)
    assert review_count(actor(ada)) == 0  # setting shares is confirming them
    change_primary(file_id=file.pk, contact_id=two.pk, actor=actor(ada), at=AT)
    assert split_of(file) == [("Tane", "30.0000"), ("Rewi", "70.0000"), ("Ume", "0.0000")]
    remove_client(file_id=file.pk, contact_id=one.pk, actor=actor(ada), at=AT)

    assert split_of(file) == [("Tane", "100.0000"), ("Ume", "0.0000")]
    assert [former.contact for former in former_payers_of(file.pk)] == [one]
    assert list(files_of(one.pk)) == [file]
    assert not files_of(one.pk, former=False).exists()
    file.refresh_from_db()
    assert file.number == "1-001"
    assert (review_count(actor(ada)), review_count(actor(person("Zoe", *WORK)))) == (1, 0)
    confirm_split(file_id=file.pk, actor=actor(ada), at=AT)
    assert SplitReview.objects.filter(done_by="Ada").count() == 2
    with pytest.raises(Blocked):
        confirm_split(file_id=file.pk, actor=actor(ada), at=AT)


def test_what_can_not_be_done_to_clients():
    """LA-SPL-1, LA-SPL-4."""
    one, two = create(last="Rewi"), create(last="Tane")
    group = create_group_of(one, two)
    file, for_group = open_file(one), open_file(group=group)

    with pytest.raises(Blocked, match="needs a client"):
        remove_client(file_id=file.pk, contact_id=one.pk, actor=SYSTEM, at=AT)
    with pytest.raises(Missing):
        change_primary(file_id=file.pk, contact_id=two.pk, actor=SYSTEM, at=AT)
    for contact_id in (one.pk, group.pk, new_id()):
        with pytest.raises(Refused):
            add_client(file_id=file.pk, contact_id=contact_id, actor=SYSTEM, at=AT)
    with pytest.raises(Blocked, match="The Quay owners"):
        remove_client(file_id=for_group.pk, contact_id=two.pk, actor=SYSTEM, at=AT)
    with pytest.raises(Missing):
        add_client(file_id=new_id(), contact_id=one.pk, actor=SYSTEM, at=AT)


def test_every_function_of_the_table_is_refused_while_connected():
    """GRP-15, MAT-2, scenarios 24 and 25: in the operations, whoever calls; a pause does not lift it, switching off
    does.
    """
    one, two = create(last="Rewi"), create(last="Tane")
    file, group = open_file(one, two), create_group_of(one)
    members = {"actor": SYSTEM, "at": AT}
    calls = [
        lambda: open_file(one),
        lambda: add_client(file_id=file.pk, contact_id=create(last="New").pk, **members),
        lambda: remove_client(file_id=file.pk, contact_id=two.pk, **members),
        lambda: change_primary(file_id=file.pk, contact_id=one.pk, **members),
        lambda: set_clients(file_id=file.pk, clients=[one.pk, two.pk], **members),
        lambda: create_group(name="Else", members=[one.pk], **members),
        lambda: add_members(group_id=group.pk, contact_ids=[two.pk], **members),
        lambda: remove_member(group_id=group.pk, contact_id=one.pk, **members),
    ]

    for mode in ("live", "paused"):
        connected(mode=mode)
        for call in calls:
            with pytest.raises(RestrictedByIntegration) as refusal:
                call()
            assert refusal.value.pm_url.startswith("http://127.0.0.1:8701")
            assert refusal.value.blockers[0].url == refusal.value.pm_url
    assert "/matters/new/" in new_file_restriction().pm_url
    set_split(file_id=file.pk, shares={two.pk: 1}, **members)
    edit_file(file_id=file.pk, given={"description": "Else"}, **members)
    close_file(file_id=file.pk, closed_on=AT.date(), **members)

    sync.switch_off(SYSTEM, AT)
    assert clients_restriction(file.pk) is None
    for call in calls:
        call()


def test_payer_rows_obey_the_database():
    """LA-SPL-1, LA-SPL-3: one row a contact, nothing above the whole, nothing for who left."""
    one = create(last="Rewi")
    file = open_file(one)

    for wrong in ({"share": 1_000_001}, {"ended_at": AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FilePayer.objects.filter(file=file).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        FilePayer.objects.create(file=file, contact=one, position=1)
