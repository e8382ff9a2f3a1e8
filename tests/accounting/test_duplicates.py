"""Merging in Legal Accounting: payers, shares, groups and numbers (DUP-8, LA-CON-7, LA-NUM-7)."""

import pytest
from tests.accounting.conftest import AT, actor, create, person, signed_in
from tests.accounting.files_world import group_of, keeper, opened, people, shares

from counterpart.accounting.contacts.blockers import merge_checks
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import Draft, create_contacts, edit_contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.files.models import GroupMember
from counterpart.accounting.files.operations import remove_client, set_split
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import merging, undoing
from counterpart.foundation.alike.asking import alike
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.errors import Blocked, Blocker, Forbidden, Refused
from counterpart.foundation.history import events_for
from counterpart.foundation.search.finding import matching

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


def merge(survivor: Contact, *losers: Contact, who: Actor = SYSTEM, **choices: str) -> merging.Merged:
    return merging.merge_contacts(
        actor=who, survivor=survivor.pk, losers=[one.pk for one in losers], choices=choices, at=AT
    )


def test_shares_are_added_exactly_at_the_better_place_and_come_back() -> None:
    """DUP-8, LA-SPL-1: with three clients, two of whom are one, nothing of a share is lost; undoing restores all."""
    keeper()
    first, kept, lost = people("First", "Kept", "Lost")
    file, alone, old = opened(first, lost, kept), opened(lost), opened(kept, lost)
    set_split(file_id=file.pk, shares={lost.pk: 333_333, kept.pk: 10_001}, actor=SYSTEM, at=AT)
    remove_client(file_id=old.pk, contact_id=lost.pk, actor=SYSTEM, at=AT)
    before = [
        list(one.payers.order_by("pk").values("contact_id", "position", "share", "ended_at"))
        for one in (file, alone, old)
    ]
    number = alone.number
    (done,) = merge(kept, lost).done
    assert shares(file) == {"First": 656_666, "Kept": 343_334}
    assert shares(alone) == {"Kept": 1_000_000}
    assert old.payers.count() == 1
    assert done.counts == {"files": 3, "groups": 0}
    alone.refresh_from_db()
    assert alone.number == number  # a file keeps the number it has
    assert "clients_merged" in {event.verb for event in events_for("matter", file.pk)}
    set_split(file_id=file.pk, shares={kept.pk: 500_000}, actor=SYSTEM, at=AT)
    with pytest.raises(Blocked, match="can't be undone") as refusal:
        undoing.undo_merge(actor=SYSTEM, merge_id=done.pk, at=AT)
    assert file.number in refusal.value.blockers[0].message
    set_split(file_id=file.pk, shares={kept.pk: 343_334}, actor=SYSTEM, at=AT)
    undoing.undo_merge(actor=SYSTEM, merge_id=done.pk, at=AT)
    after = [
        list(one.payers.order_by("pk").values("contact_id", "position", "share", "ended_at"))
        for one in (file, alone, old)
    ]
    assert [sorted(map(str, rows)) for rows in after] == [sorted(map(str, rows)) for rows in before]


def test_the_absorbed_number_is_retired_and_finds_the_survivor() -> None:
    """LA-NUM-7: the survivor keeps its number, the loser's is never given again and finds the survivor."""
    kept, lost = people("Kept", "Lost")
    merge(kept, lost)
    kept.refresh_from_db()
    assert (kept.number, kept.alias) == (Contact.objects.get(pk=kept.pk).number, "Lost")
    (answer,) = create_contacts([Draft({"last": "New"}, number=lost.number)], actor=SYSTEM, at=AT)
    assert isinstance(answer, Refused)
    assert [one.pk for one in matching(contacts_visible_to(SYSTEM), lost.number)] == [kept.pk]


def test_what_has_no_place_finds_another_one() -> None:
    """DUP-7: phones and addresses are united as far as Legal Accounting has room for them."""
    main = {"line1": "1 High St", "city": "Wellington", "postcode": "6011"}
    kept = create(last="Kept", work_phone="04 555 0101", main_address={"line1": "9 Low Rd", "city": "Napier"})
    lost = create(last="Lost", work_phone="04 555 0102", mobile_phone="021 555 0103", main_address=main)
    merge(kept, lost)
    kept.refresh_from_db()
    assert (kept.work_phone, kept.mobile_phone, kept.other_phone) == ("04 555 0101", "021 555 0103", "04 555 0102")
    assert kept.additional_addresses == [{"usage": "other", **main}]


def test_groups_and_what_forbids_a_merge() -> None:
    """DUP-8, DUP-9, LA-CON-7: memberships move, groups themselves never merge, trust ledgers in one bank and file
    forbid it, and nobody but an administrator merges."""
    kept, lost, other = people("Kept", "Lost", "Other")
    group = group_of(lost, other, kept)
    clerk = person("Ada", "contact.read", "contact.edit", "contact.merge", "file.edit_clients")
    with pytest.raises(Forbidden):
        merge(kept, lost, who=actor(clerk))
    with pytest.raises(Refused):
        merge(kept, kept)
    merge_checks.append(lambda survivor, losers: [Blocker("Both have trust money at First Bank on file 1-001.")])
    try:
        with pytest.raises(Blocked) as refusal:
            merge(kept, lost)
        assert "trust money" in refusal.value.blockers[0].message
    finally:
        merge_checks.pop()
    (done,) = merge(kept, lost).done
    members = GroupMember.objects.filter(group=group).order_by("position").values_list("contact__last", flat=True)
    assert list(members) == ["Kept", "Other"]
    undoing.undo_merge(actor=SYSTEM, merge_id=done.pk, at=AT)
    assert list(members.all()) == ["Lost", "Other", "Kept"]


def test_alike_in_both_vocabularies() -> None:
    """DUP-4: Legal Accounting's contacts are compared by the same function; an edit moves the keys along."""
    made = create(company="Acme Holdings Ltd", fax="04 555 0101")
    face = Face("company", company="ACME Holding", phones=("+64 4 555 0101",))
    assert [(match.contact_id, match.is_strong) for match in alike(face)] == [(made.pk, True)]
    edit_contact(
        contact_id=made.pk, given={"company": "Beta", "fax": "", "work_phone": "04 555 0999"}, actor=SYSTEM, at=AT
    )
    assert alike(face) == []
    assert alike(Face("company", phones=("045550999",)))[0].reasons == ("Same phone number",)


def test_an_administrator_merges_on_the_screen() -> None:
    """WIN-5, DUP-7, LA-CON-7: pane, question, table and merge in this product's words."""
    client = signed_in(person("Ada", administrator=True))
    kept, lost = create(last="Kept", email="k@kept.example"), create(last="Lost", work_phone="04 555 0101")
    typed = {"contact_type": "client", "last": "Kept", "email": "k@kept.example"}
    assert "Same e-mail, same name" in client.post("/contacts/alike/", typed).content.decode()
    assert client.post("/contacts/new/", typed).status_code == 409
    posted = {"contact": [kept.pk, lost.pk], "survivor": kept.pk, "shown": kept.pk}
    assert "missing in one" in client.get("/contacts/merge/", posted).content.decode()
    assert "keeps number" in client.post("/contacts/merge/", posted | {"act": "look"}).content.decode()
    assert client.post("/contacts/merge/", posted | {"act": "merge"}).headers["Location"] == kept.get_absolute_url()
    assert client.get(f"/contacts/{lost.pk}/").headers["Location"] == kept.get_absolute_url()
