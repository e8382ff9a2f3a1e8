"""Closing with guards, reopening, deleting, restoring, following a file (MAT-5, MAT-24, IMP-10, CLS-7)."""

from datetime import timedelta

import pytest
from tests.practice.conftest import AT, actor, connected, errors_of, history_of, person
from tests.practice.matters import MATTER_WORK, matter_type, now, open_matter, parties, people

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Forbidden, Missing, Refusal, Refused
from counterpart.foundation.ids import new_id
from counterpart.practice.contacts.operations import delete_blockers, delete_contact, restore_contact
from counterpart.practice.matters import operations
from counterpart.practice.matters.models import Role
from counterpart.practice.matters.operations import RoleDraft
from counterpart.practice.matters.queries import deleted_matters_visible_to, matters_visible_to
from counterpart.practice.settings.operations import change_matter_settings
from counterpart.sync import api as sync
from counterpart.sync.handler import Author
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
CLEO = Author("Cleo Tan", "cleo@example.com", 1_772_600_767_000)


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


def record_of(matter):
    return Record.objects.get(kind="matter", local_id=matter.pk)


def needing_a_court(ada, **given):
    """A matter whose type got a required role after it was opened."""
    made = matter_type("Suit", [RoleDraft("Client", is_primary=True), RoleDraft("Court")])
    matter = open_matter(ada, *people("Ng"), matter_type="Suit", **given)
    Role.objects.filter(matter_type=made, name="Court").update(is_required=True)
    return matter


def test_closing_and_reopening(ada):
    """MAT-24, scenario 20: local; Legal Accounting is only informed. Twice is once."""
    connected()
    matter = open_matter(ada, *people("Ng"))

    for _ in range(2):
        operations.close_matter(actor=actor(ada), matter_id=matter.pk, at=AT)
    assert (now(matter).status, record_of(matter).held["presence_pm"]) == ("closed", "archived")
    for _ in range(2):
        operations.reopen_matter(actor=actor(ada), matter_id=matter.pk, at=AT)

    assert (now(matter).status, record_of(matter).held["presence_pm"]) == ("active", "active")
    assert history_of(matter.pk, "matter")[1:] == [
        ("closed", "Ada", {"status": ["active", "closed"]}),
        ("reopened", "Ada", {"status": ["closed", "active"]}),
    ]


def test_a_guard_names_what_is_open(ada):
    """MAT-5: with where to settle it."""
    matter = needing_a_court(ada)

    with pytest.raises(Blocked) as refusal:
        operations.close_matter(actor=actor(ada), matter_id=matter.pk, at=AT)

    assert [(one.message, one.url) for one in refusal.value.blockers] == [
        ("This type of matter needs: Court.", f"/matters/{matter.pk}/parties/")
    ]
    assert now(matter).status == "active"


def test_a_link_with_an_error_is_a_guard(ada):
    """MAT-5: what Legal Accounting refused is settled first; a type may do without."""
    connected()
    matter = open_matter(ada, *people("Ng"))
    Record.objects.filter(kind="matter").update(error_code="number_in_use", error_text="It is used.")

    with pytest.raises(Blocked):
        operations.close_matter(actor=actor(ada), matter_id=matter.pk, at=AT)
    matter_type().__class__.objects.update(needs_link_to_close=False)
    operations.close_matter(actor=actor(ada), matter_id=matter.pk, at=AT)

    assert now(matter).status == "closed"


def test_who_may_force_gives_a_reason(ada):
    """MAT-5: `matter.force_close`; the reason is in the history."""
    matter = needing_a_court(ada)
    boss = person("Boss", *MATTER_WORK, "matter.force_close")

    with pytest.raises(Forbidden):
        operations.close_matter(actor=actor(ada), matter_id=matter.pk, at=AT, force=True, reason="because")
    with pytest.raises(Refused) as refusal:
        operations.close_matter(actor=actor(boss), matter_id=matter.pk, at=AT, force=True, reason=" ")
    assert errors_of(refusal.value) == {"reason": "reason.required"}
    operations.close_matter(actor=actor(boss), matter_id=matter.pk, at=AT, force=True, reason="Settled.")

    from counterpart.foundation import history

    assert history.events_for("matter", matter.pk).first().reason == "Settled."


def test_a_template_is_not_closed(ada):
    template = open_matter(ada, status="template")

    with pytest.raises(Refused):
        operations.close_matter(actor=actor(ada), matter_id=template.pk, at=AT)


def test_deleting_hides_and_restoring_brings_back(ada):
    """CLS-8 for matters: soft; the file stays and the link is taken up again; the Matter ID stays taken (MAT-4)."""
    connected()
    matter = open_matter(ada, *people("Ng"))

    operations.delete_matter(actor=actor(ada), matter_id=matter.pk, at=AT)
    assert list(matters_visible_to(ada)) == []
    assert list(deleted_matters_visible_to(ada)) == [matter]
    assert (record_of(matter).held["presence_pm"], record_of(matter).severed) == ("deleted", True)
    assert open_matter(ada).matter_number == matter.matter_number + 1
    operations.restore_matter(actor=actor(ada), matter_id=matter.pk, at=AT + timedelta(days=30))

    assert matter in matters_visible_to(ada)
    assert (record_of(matter).held["presence_pm"], record_of(matter).severed) == ("active", False)
    assert [verb for verb, *_ in history_of(matter.pk, "matter")] == ["created", "deleted", "restored"]


def test_after_thirty_days_a_matter_stays_deleted(ada):
    matter = open_matter(ada)
    operations.delete_matter(actor=actor(ada), matter_id=matter.pk, at=AT)

    with pytest.raises(Refusal):
        operations.restore_matter(actor=actor(ada), matter_id=matter.pk, at=AT + timedelta(days=31))

    assert now(matter).is_deleted


def test_a_contact_on_a_matter_can_not_be_deleted(ada):
    """CLS-7: each matter is named, once, with where to take it off; a hidden one is 'a matter you can't view'."""
    (ng,) = people("Ng")
    matter = open_matter(ada, ng, parties=parties(Judge=ng))
    open_matter(person("Cleo"), ng, name="Secret", restricted=True)
    actor_ada = Actor.of(person("Dee", *MATTER_WORK, "contact.delete"), "screen")

    with pytest.raises(Blocked) as refusal:
        delete_contact(actor=actor_ada, contact_id=ng.pk, at=AT)

    assert [(one.message, one.url) for one in refusal.value.blockers] == [
        (f"It is on matter {matter.matter_number} Ng v Acme.", f"/matters/{matter.pk}/"),
        ("It is on a matter you can't view.", ""),
    ]
    operations.delete_matter(actor=actor(ada), matter_id=matter.pk, at=AT)
    assert [one.message for one in delete_blockers(ng, actor_ada)] == ["It is on a matter you can't view."]


def test_a_matter_whose_contact_was_deleted_meanwhile_waits_for_it(ada):
    """Nobody is on a matter who does not exist."""
    dee = actor(person("Dee", *MATTER_WORK, "contact.delete"))
    (ng,) = people("Ng")
    matter = open_matter(ada, ng)
    operations.delete_matter(actor=actor(ada), matter_id=matter.pk, at=AT)
    delete_contact(actor=dee, contact_id=ng.pk, at=AT)

    with pytest.raises(Blocked) as refusal:
        operations.restore_matter(actor=actor(ada), matter_id=matter.pk, at=AT)
    assert [one.message for one in refusal.value.blockers] == ["Ng was deleted."]
    restore_contact(actor=dee, contact_id=ng.pk, at=AT)
    operations.restore_matter(actor=actor(ada), matter_id=matter.pk, at=AT)

    assert not now(matter).is_deleted


@pytest.mark.parametrize("verb", ["close_matter", "reopen_matter", "delete_matter", "restore_matter"])
def test_who_may_not_is_refused(ada, ben, verb):
    """PRM-6."""
    matter = open_matter(ada)

    with pytest.raises(Forbidden):
        getattr(operations, verb)(actor=actor(ben), matter_id=matter.pk, at=AT)

    assert (now(matter).status, now(matter).deleted_at) == ("active", None)


@pytest.mark.parametrize("verb", ["close_matter", "reopen_matter", "delete_matter", "restore_matter"])
def test_a_missing_matter_is_missing(ada, verb):
    with pytest.raises(Missing):
        getattr(operations, verb)(actor=actor(ada), matter_id=new_id(), at=AT)


@pytest.mark.parametrize(("on", "expected"), [(True, "closed"), (False, "active")])
def test_a_matter_closes_with_its_file_where_the_firm_wants_it(ada, admin, on, expected):
    """IMP-10, MAT-24: off unless switched on; in the name of who closed the file; and reopens with it."""
    change_matter_settings(actor=actor(admin), changes={"close_in_step": on}, at=AT)
    matter = open_matter(ada, *people("Ng"))
    follow = sync.handler_for("matter").follow

    gone = follow([sync.Closure(matter.pk, "archived", CLEO)], AT)
    assert (now(matter).status, gone) == (expected, {matter.pk} if on else set())
    follow([sync.Closure(matter.pk, "active", CLEO)], AT)

    assert now(matter).status == "active"
    verbs = [(verb, who) for verb, who, _ in history_of(matter.pk, "matter")[1:]]
    assert verbs == ([("closed", "Cleo Tan"), ("reopened", "Cleo Tan")] if on else [])


def test_a_guarded_matter_does_not_follow_and_says_why(ada, admin):
    """IMP-10: each product's own checks hold."""
    change_matter_settings(actor=actor(admin), changes={"close_in_step": True}, at=AT)
    matter = needing_a_court(ada)

    assert sync.handler_for("matter").follow([sync.Closure(matter.pk, "archived", CLEO)], AT) == set()

    assert now(matter).status == "active"
    assert history_of(matter.pk, "matter")[-1][0] == "not_closed"
