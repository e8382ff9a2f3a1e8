"""Alike contacts, told apart, found and merged in Practice Management (DUP-1 to DUP-12)."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from tests.practice.conftest import AT, WORK, actor, again, connected, create, person, signed_in
from tests.practice.matters import MATTER_WORK, matter_type, open_matter, parties, role
from tests.practice.test_api import Api

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import finding, keeping, merging, searching, undoing
from counterpart.foundation.alike.apart import apart_from, forget, tell_apart
from counterpart.foundation.alike.asking import alike, alike_many
from counterpart.foundation.alike.cards import Seen, seen_by
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.merges import raise_if_merged, survivor_of
from counterpart.foundation.alike.models import Apart, Group, Key, Merge
from counterpart.foundation.conflicts.matching import Term
from counterpart.foundation.errors import Blocked, Forbidden, Refusal, Refused
from counterpart.foundation.history import events_for
from counterpart.foundation.jobs import runner
from counterpart.practice.conflict_check.queries import find
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import edit_contact, restore_contact
from counterpart.practice.matters.models import Matter, Party
from counterpart.practice.matters.operations import add_party, restrict_matter
from counterpart.practice.tokens import new_token

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
EVERYTHING = (*WORK, *MATTER_WORK, "contact.merge")


def merge(survivor: Contact, *losers: Contact, who: Actor = SYSTEM, **choices: str) -> merging.Merged:
    return merging.merge_contacts(
        actor=who, survivor=survivor.pk, losers=[one.pk for one in losers], choices=choices, at=AT
    )


def phones(*numbers: str, label: str = "mobile") -> list[dict[str, str]]:
    return [{"label": label, "number": number} for number in numbers]


def test_alike_follows_every_way_in(django_assert_max_num_queries: Any) -> None:
    """DUP-4: keys are kept where contacts are created and edited; deleted ones are never found, closed ones are."""
    ann = create(first="Ann", last="Lee", email="ann@lee.example")
    face = Face("individual", first="Anne", last="Leigh", emails=("ANN@lee.example",))
    assert [(match.contact_id, match.is_strong) for match in alike(face)] == [(ann.pk, True)]
    edit_contact(actor=SYSTEM, contact_id=ann.pk, changes={"email": "other@lee.example", "last": "Mo"}, at=AT)
    assert alike(face) == []
    assert [match.contact_id for match in alike(Face("individual", emails=("other@lee.example",)))] == [ann.pk]
    faces = {place: Face("individual", first="Ann", last="Mo") for place in range(600)}
    with django_assert_max_num_queries(12):
        assert {len(found) for found in alike_many(faces).values()} == {1}
    Key.objects.all().delete()
    keeping.fill()
    assert len(alike(Face("individual", first="Ann", last="Mo"))) == 1
    Contact.objects.update(deleted_at=AT)
    assert alike(Face("individual", first="Ann", last="Mo")) == []


def test_told_apart_holds_both_ways_and_can_be_taken_back() -> None:
    """DUP-6: *not a duplicate* is remembered for either contact, kept in the history of both, and undoable."""
    one, other = create(first="Ann", last="Lee"), create(first="Ann", last="Lee")
    face = Face("individual", first="Ann", last="Lee")
    tell_apart(actor=SYSTEM, contact_ids=[other.pk, one.pk], at=AT)
    assert alike(face, except_for=one.pk) == alike(face, except_for=other.pk) == []
    assert {event.verb for event in events_for("contact", other.pk)} == {"created", "told_apart"}
    forget(actor=SYSTEM, apart_id=Apart.objects.get().pk, at=AT)
    assert [match.contact_id for match in alike(face, except_for=one.pk)] == [other.pk]


def test_merge_unites_moves_and_records() -> None:
    """DUP-7, DUP-8, DUP-12: blanks are filled, numbers united, the name becomes an alias, parties move (one at the
    better place where both held a role), everything is counted, and the loser's page leads to the survivor."""
    ada = person("Ada", *EVERYTHING)
    kept = create(first="Ann", last="Lee", phones=phones("021 555 0101"))
    lost = create(
        title="Dr",
        first="Anne",
        last="Leigh",
        email="ann@lee.example",
        phones=phones("021 555 0102", "+64 21 555 0101"),
    )
    third = create(last="Third")
    both = open_matter(ada, third, lost, kept)
    alone = open_matter(ada, lost, parties=parties(Opposing_party=[third, lost]))
    merge(kept, lost, who=actor(ada))
    now = again(kept)
    assert (now.title, now.first, now.last, now.alias, now.email) == (
        "Dr",
        "Ann",
        "Lee",
        "Dr Anne Leigh",
        "ann@lee.example",
    )
    assert [phone["number"] for phone in now.phones] == ["021 555 0101", "021 555 0102"]
    held = Party.objects.order_by("role__position", "position").values_list("matter_id", "contact__last", "position")
    assert [row[1:] for row in held if row[0] == both.pk] == [("Third", 0), ("Lee", 1)]
    assert [row[1:] for row in held if row[0] == alone.pk] == [("Lee", 0), ("Third", 0), ("Lee", 1)]
    assert survivor_of(lost.pk) == kept.pk
    with pytest.raises(Refusal) as moved:
        raise_if_merged(lost.pk, actor(ada))
    assert (moved.value.status, moved.value.members) == (410, {"merged_into": str(kept.pk)})
    told = events_for("contact", kept.pk).first()
    assert told is not None
    assert (told.verb, told.actor_name, told.changes["moved_parties"]) == ("merged", "Ada", [None, 3])
    assert [hit.contact.name for hit in find([Term("Anne Leigh")], SYSTEM).hits if hit.contact] == ["Dr Ann Lee"] * 2
    with pytest.raises(Refusal):
        restore_contact(actor=SYSTEM, contact_id=lost.pk, at=AT)


def test_choices_and_the_alias() -> None:
    """DUP-7: a field is taken from whom it is chosen of, a list can be taken whole, the name can be left out; nonsense
    is refused by its field."""
    kept = create(first="Ann", last="Lee", email="a@lee.example", phones=phones("021 555 0101"))
    lost = create(first="Anne", last="Lee", email="b@lee.example", phones=phones("021 555 0102"))
    with pytest.raises(Refused) as refusal:
        merge(kept, lost, first="all")
    assert refusal.value.field == "field_choices.first"
    seen = merging.preview(actor=SYSTEM, survivor=kept.pk, losers=[lost.pk], choices={"email": str(lost.pk)})
    states = {row.name: (row.state, row.result) for row in seen.rows}
    assert states["last"] == ("equal", ["Lee"])
    assert states["email"] == ("different", ["b@lee.example"])
    assert again(kept).email == "a@lee.example"
    merge(kept, lost, email=str(lost.pk), phones=str(kept.pk), _names="")
    now = again(kept)
    assert (now.email, now.alias, len(now.phones)) == ("b@lee.example", "", 1)


def test_who_may_not_merge_what() -> None:
    """DUP-9, DUP-12, PRM-4: no right, no merge; a hidden matter is a reason without its name; kinds don't mix."""
    ada, ben = person("Ada", *EVERYTHING), person("Ben", *WORK)
    kept, lost, firm = create(last="Lee"), create(last="Leigh"), create(kind="company", company="Lee Ltd")
    with pytest.raises(Forbidden):
        merge(kept, lost, who=actor(ben))
    with pytest.raises(Blocked, match="can't be merged"):
        merge(kept, firm)
    matter = open_matter(ben, lost, name="Very secret")
    restrict_matter(actor=SYSTEM, matter_id=matter.pk, user_ids=[ben.pk], at=AT)
    with pytest.raises(Blocked) as refusal:
        merge(kept, lost, who=actor(ada))
    words = " ".join(one.message for one in refusal.value.blockers)
    assert "a matter you can't view" in words
    assert "secret" not in words


def test_undo_brings_everything_back_unless_it_has_changed() -> None:
    """DUP-11: for 30 days, except where what moved has changed since, which is listed; edits made since stay."""
    ada = person("Ada", *EVERYTHING)
    kept, lost = create(first="Ann", last="Lee"), create(first="Anne", last="Leigh", email="b@lee.example")
    matter, other = open_matter(ada, lost, kept), create(last="Third")
    before = list(Party.objects.order_by("pk").values())
    (done,) = merge(kept, lost).done
    edit_contact(actor=SYSTEM, contact_id=kept.pk, changes={"title": "Ms"}, at=AT)
    add_party(actor=SYSTEM, matter_id=matter.pk, role="Judge", contact_id=other.pk, at=AT)
    with pytest.raises(Blocked) as refusal:
        undoing.undo_merge(actor=SYSTEM, merge_id=done.pk, at=AT)
    assert str(matter) in refusal.value.blockers[0].message
    Matter.objects.filter(pk=matter.pk).update(restricted=True)  # and nobody is let in: its name is told to nobody
    seen = undoing.conflicts_of(done, actor(person("Ben", "contact.merge", "matter.read")), AT)
    assert [(one.url, one.count, str(matter) in one.message) for one in seen] == [("", 1, False)] * 2
    Matter.objects.filter(pk=matter.pk).update(restricted=False)
    seen = undoing.conflicts_of(done, actor(person("Cleo", "contact.merge", "matter.read")), AT)
    assert "does not include changing matters" in seen[-1].message
    Matter.objects.filter(pk=matter.pk).update(restricted=False)
    Party.objects.filter(contact=other).delete()
    with pytest.raises(Blocked):
        undoing.undo_merge(actor=SYSTEM, merge_id=done.pk, at=AT + timedelta(days=31))
    undoing.undo_merge(actor=SYSTEM, merge_id=done.pk, at=AT)
    assert list(Party.objects.order_by("pk").values()) == before
    now = again(kept)
    assert (now.title, now.alias, now.email, again(lost).deleted_at) == ("Ms", "", "", None)
    assert survivor_of(lost.pk) is None
    merge(kept, lost)  # and once more


def test_three_become_one_and_part_in_turn() -> None:
    """DUP-7, DUP-11: every loser keeps its own way back; the last one goes first."""
    one, two, three = (create(first=name, last="Lee", phones=phones(f"021 555 010{name}")) for name in "123")
    done = merge(one, two, three).done
    assert [phone["number"][-1] for phone in again(one).phones] == ["1", "2", "3"]
    assert again(one).alias == "2 Lee; 3 Lee"
    for each in reversed(done):
        undoing.undo_merge(actor=SYSTEM, merge_id=each.pk, at=AT)
    assert (again(one).alias, len(again(one).phones)) == ("", 1)


def test_the_link_goes_along_and_comes_back() -> None:
    """DUP-10: if only the loser is linked, link and Reference move to the survivor, and back when it is undone."""
    kept = create(first="Ann", last="Lee")
    connected()
    lost = create(first="Anne", last="Leigh")
    Contact.objects.filter(pk=lost.pk).update(reference="104", reference_key="104")
    from counterpart.sync import api as sync

    (identity,) = sync.sync_ids("contact", [lost.pk]).values()
    (done,) = merge(kept, lost).done
    assert again(kept).reference == "104"
    assert sync.sync_ids("contact", [kept.pk]) == {kept.pk: identity}
    undoing.undo_merge(actor=SYSTEM, merge_id=done.pk, at=AT)
    assert (again(kept).reference, again(lost).reference) == ("", "104")
    assert sync.sync_ids("contact", [kept.pk, lost.pk]) == {lost.pk: identity}


def test_the_finder_groups_and_forgets_what_was_told_apart() -> None:
    """DUP-6: groups, not only pairs, with reasons; a group told apart does not come back; bounded by a common name."""
    ada = person("Ada", *EVERYTHING)
    trio = [create(first="Ann", last="Lee", email="ann@lee.example") for _ in range(3)]
    pair = [create(kind="company", company=name) for name in ("Acme Holdings Ltd", "Acme Holding, Inc.")]
    for number in range(finding.GROUP_MAX + 5):
        create(first="Jo", last="Common", email=f"jo{number}@common.example")
    create(first="Bob", last="Ray")
    searching.start_search(actor=actor(ada), at=clock.now())
    runner.run(clock.now, threading.Event(), idle_s=0)
    groups = {frozenset(group.members.values_list("contact_id", flat=True)): group for group in Group.objects.all()}
    strong = groups[frozenset(one.pk for one in trio)]
    assert (strong.is_strong, strong.score, strong.members.first().reasons) == (True, 100, ["Same e-mail", "Same name"])
    assert groups[frozenset(one.pk for one in pair)].is_company
    assert max(len(members) for members in groups) <= finding.GROUP_MAX
    tell_apart(actor=actor(ada), contact_ids=[one.pk for one in trio], at=AT)
    assert not Group.objects.filter(pk=strong.pk).exists()
    searching.start_search(actor=actor(ada), at=clock.now())
    runner.run(clock.now, threading.Event(), idle_s=0)
    assert not Group.objects.filter(is_strong=True).exists()
    merge(*pair)
    assert not Group.objects.filter(is_company=True).exists()
    assert Merge.objects.count() == 1


def test_programs_and_pages_ask_and_merge() -> None:
    """API-9, API-10, DUP-4, DUP-5, DUP-11: check, dry run, merge and undo; the merged address answers 410 or leads on;
    whoever may not see contacts is told nothing of them.
    """
    ada, ben = person("Ada", *EVERYTHING), person("Ben", "contact.create", "matter.read")
    kept, lost = create(first="Ann", last="Lee"), create(first="Ann", last="Lee", email="ann@lee.example")
    api = Api(ada)
    found = api("POST", "/contacts/check-duplicates", {"last": "Lee", "first": "Ann", "email": "ANN@lee.example"})
    assert [(one["contact_id"], one["strong"]) for one in found.json()["items"]] == [
        (str(lost.pk), True), (str(kept.pk), False),
    ]  # fmt: skip
    body = {"contacts": [str(lost.pk)], "dry_run": True}
    seen = api("POST", f"/contacts/{kept.pk}/merge", body).json()
    assert {one["name"]: one["state"] for one in seen["fields"]} == {
        "first": "equal", "last": "equal", "email": "missing",
    }  # fmt: skip
    (done,) = api("POST", f"/contacts/{kept.pk}/merge", body | {"dry_run": False}).json()["merges"]
    gone = api("GET", f"/contacts/{lost.pk}")
    assert (gone.status_code, gone.json()["merged_into"]) == (410, str(kept.pk))
    assert signed_in(ada).get(f"/contacts/{lost.pk}/").headers["Location"] == f"/contacts/{kept.pk}/"
    assert signed_in(ben).get(f"/contacts/{lost.pk}/").status_code == 404
    assert api("DELETE", f"/contact-merges/{done['id']}").json()["state"] == "undone"
    assert seen_by(actor(ben), alike(Face("individual", emails=("ann@lee.example",)))) == [Seen(None, 0, False, ())]


def test_the_window_shows_matches_and_asks_once() -> None:
    """WIN-5, WIN-7: the pane tells why and offers details to copy; saving a strong match asks, *Create anyway* creates
    it and remembers that it is another.
    """
    ada = person("Ada", *EVERYTHING)
    there = create(first="Ann", last="Lee", email="ann@lee.example", phones=phones("021 555 0101"))
    client = signed_in(ada)
    typed = {"kind": "individual", "first": "Anne", "last": "Lee", "email": "ann@lee.example", "token": new_token()}
    pane = client.post("/contacts/alike/", typed).content.decode()
    assert "Same e-mail, similar name" in pane
    assert "021 555 0101" in pane
    assert "Ann" not in client.post("/contacts/alike/", {"kind": "individual", "last": "L"}).content.decode()
    asked = client.post("/contacts/new/", typed)
    assert (asked.status_code, Contact.objects.count()) == (409, 1)
    (shown,) = re.findall(r'name="anyway" value="([^"]+)"', asked.content.decode())
    assert client.post("/contacts/new/", {**typed, "anyway": shown}).status_code == 302
    new = Contact.objects.exclude(pk=there.pk).get()
    assert apart_from(new.pk) == {there.pk}
    assert events_for("contact", new.pk).first().verb == "created_anyway"


def test_merging_on_the_screen() -> None:
    """DUP-7, DUP-11: side by side with words for the difference, a preview that writes nothing, then the merge."""
    client = signed_in(person("Ada", *EVERYTHING))
    kept, lost = create(first="Ann", last="Lee", email="a@lee.example"), create(first="Anne", last="Lee")
    table = client.get("/contacts/merge/", {"contact": [kept.pk, lost.pk]}).content.decode()
    assert [word in table for word in ("different", "missing in one", "equal")] == [True] * 3
    posted = {
        "contact": [kept.pk, lost.pk], "survivor": kept.pk, "shown": kept.pk, "has_names": "1", "names": "1",
        "choose-first": lost.pk, "version": [f"{kept.pk}:{kept.version}", f"{lost.pk}:{lost.version}"],
    }  # fmt: skip
    turned = client.post("/contacts/merge/", posted | {"survivor": lost.pk, "act": "look"}).content.decode()
    assert "<strong>Anne Lee stays.</strong> Its values are proposed now" in turned
    assert "Merge into Ann Lee?" in client.post("/contacts/merge/", posted | {"act": "look"}).content.decode()
    assert again(lost).deleted_at is None
    edit_contact(actor=SYSTEM, contact_id=lost.pk, changes={"title": "Ms"}, at=AT)
    stale = client.post("/contacts/merge/", posted | {"act": "merge"})
    assert "changed by somebody else" in stale.content.decode()
    fresh = posted | {"version": [], "act": "merge"}
    assert client.post("/contacts/merge/", fresh).headers["Location"] == f"/contacts/{kept.pk}/"
    assert (again(kept).first, again(kept).alias) == ("Anne", "Ms Anne Lee")
    assert "Anne Lee" in client.get("/contacts/merges/").content.decode()
    (row,) = Merge.objects.all()
    assert client.post(f"/contacts/merges/{row.pk}/").status_code == 302
    assert again(lost).deleted_at is None


def test_a_contact_made_inside_a_matter_can_be_the_one_that_is_there() -> None:
    """WIN-5, WIN-7: the small form asks as the window does; *Use this contact* chooses the one that is there."""
    client = signed_in(person("Ada", *EVERYTHING))
    there, kind = create(first="Ann", last="Lee", email="ann@lee.example"), matter_type()
    client_role = str(role("Client").pk)
    typed = {
        "matter_type": kind.pk, "token": new_token(), "name": "Lee", "new_role": client_role,
        "new-token": new_token(), "new-kind": "individual", "new-first": "Ann", "new-last": "Lee",
        "new-email": "ann@lee.example", "act": f"make:{client_role}",
    }  # fmt: skip
    page = client.post("/matters/new/", typed).content.decode()
    assert "seems to be there already" in page
    assert Contact.objects.count() == 1
    assert f'value="pick:{client_role}:{there.pk}"' in page
    picked = client.post("/matters/new/", typed | {"act": f"pick:{client_role}:{there.pk}"}).content.decode()
    assert f'name="party" value="{client_role}:{there.pk}"' in picked
    assert "seems to be there already" not in picked
    shown = typed | {"new-anyway": str(there.pk)}
    client.post("/matters/new/", shown)
    assert Contact.objects.count() == 2


def test_the_pages_of_the_finder_and_the_firms_points() -> None:
    """DUP-1, DUP-6, 4.7: groups with their acts, pairs told apart and taken back, points that take effect at once.
    While contacts are compared the page asks how far it is, and says when it is done.
    """
    admin = person("Ada", administrator=True)
    client, (one, other) = signed_in(admin), [create(first="Ann", last="Lee", email="ann@lee.example") for _ in "12"]
    assert client.post("/contacts/duplicates/", {"act": "search"}).status_code == 302
    assert "being compared" in client.get("/contacts/duplicates/", headers={"HX-Request": "true"}).content.decode()
    runner.run(clock.now, threading.Event(), idle_s=0)
    told = client.get("/contacts/duplicates/", headers={"HX-Request": "true"}).content.decode()
    assert ("Show the groups" in told, "<main" in told) == (True, False)
    assert "2 contacts: Ann Lee" in client.get("/contacts/duplicates/").content.decode()
    assert "Ann Lee" not in client.get("/contacts/duplicates/", {"kind": "company"}).content.decode()
    ticked = {"contact": [one.pk, other.pk]}
    assert client.post("/contacts/duplicates/", ticked | {"act": "merge"}).headers["Location"].count("contact=") == 2
    client.post("/contacts/duplicates/", ticked | {"act": "apart"})
    assert "No group to show" in client.get("/contacts/duplicates/").content.decode()
    assert "Take back" in client.get("/contacts/duplicates/apart/").content.decode()
    client.post("/contacts/duplicates/apart/", {"pair": Apart.objects.get().pk})
    assert not Apart.objects.exists()
    assert "Same e-mail, same name" in client.get("/contacts/merge/", {"contact": one.pk, "q": "lee"}).content.decode()
    points = {"check_when": "typing", "email": 5, "phone": 5, "name": 5, "place": 5, "possible": 30, "strong": 20}
    wrong = client.post("/contacts/duplicates/settings/", points | {"version": 1})
    assert (wrong.status_code, "needs at least as many" in wrong.content.decode()) == (422, True)
    assert client.post("/contacts/duplicates/settings/", points | {"version": 1, "strong": 40}).status_code == 302
    assert alike(Face("individual", first="Ann", last="Lee", emails=("ann@lee.example",))) == []
