"""Files that close and reopen with their matters, where the firm wants it (IMP-10, MAT-24)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.accounting.conftest import AT, actor, create, open_file, person

from counterpart.accounting.files.models import File, FileOptions
from counterpart.accounting.files.operations import change_file_options, close_file, delete_file, edit_file
from counterpart.accounting.sync_handlers.matters import MatterHandler
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden
from counterpart.foundation.history.models import Event
from counterpart.sync.api import Author, Closure

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
CLEO = Author("Cleo Tan", "cleo@example.com", 1_700_000_000_000)
LATER = AT + timedelta(hours=1)


def follow(*presences):
    """Practice Management did this with these files' matters; returns the files that went along."""
    return MatterHandler().follow([Closure(file.pk, presence, CLEO) for file, presence in presences], LATER)


def in_step(on=True):
    change_file_options(closes_in_step=on, actor=SYSTEM, at=AT)


def status_of(file):
    now = File.objects.get(pk=file.pk)
    return now.status, now.closed_on, now.closed_by


def last_event(file):
    event = history.events_for("matter", file.pk).first()
    return event.verb, event.actor_name, event.changes, event.reason


def test_closing_stays_local_until_the_firm_wants_otherwise(db):
    """MAT-24, scenario 20: off by default."""
    file = open_file(create(last="Rewi"))

    assert follow((file, "archived")) == set()
    assert status_of(file) == ("open", None, "")


def test_a_file_closes_and_reopens_with_its_matter(db):
    """IMP-10: in the name of the person who did it there."""
    in_step()
    file, other = open_file(create(last="Rewi")), open_file(create(last="Quay"))

    closed = follow((file, "archived"))
    after_closing = status_of(file), last_event(file)
    reopened = follow((file, "active"))

    assert closed == reopened == {file.pk}
    assert after_closing == (
        ("closed", LATER.date(), "Cleo Tan"),
        ("closed", "Cleo Tan", {"status": ["open", "closed"]}, ""),
    )
    assert status_of(file) == ("open", None, "")
    assert last_event(file)[0] == "reopened"
    assert status_of(other) == ("open", None, "")


def test_a_file_with_blockers_stays_open_and_says_which(db):
    """IMP-10: each product's own checks; the blockers are named in the history."""
    in_step()
    file = open_file(create(last="Rewi"))
    edit_file(file_id=file.pk, given={"trust_hold": True, "hold_reason": "Disputed deposit"}, actor=SYSTEM, at=AT)

    assert follow((file, "archived")) == set()
    assert status_of(file) == ("open", None, "")
    assert last_event(file)[0] == "not_closed"
    assert "Disputed deposit" in last_event(file)[3]


def test_what_is_closed_already_or_gone_is_left_alone(db):
    """IMP-10: no echo, no second entry in the history."""
    in_step()
    closed, gone = open_file(create(last="Rewi")), open_file(create(last="Quay"))
    close_file(file_id=closed.pk, closed_on=AT.date(), actor=SYSTEM, at=AT)
    delete_file(file_id=gone.pk, actor=SYSTEM, at=AT)
    events = Event.objects.count()

    assert follow((closed, "archived"), (gone, "archived"), (gone, "active")) == set()
    assert Event.objects.count() == events


def test_many_files_follow_with_as_many_statements_as_one(db):
    in_step()
    one, *files = [open_file(create(last=f"Rewi {number}")) for number in range(7)]

    with CaptureQueriesContext(connection) as for_one:
        follow((one, "archived"))
    with CaptureQueriesContext(connection) as for_many:
        follow(*[(file, "archived") for file in files])

    assert {status_of(file)[0] for file in files} == {"closed"}
    assert len(for_many) == len(for_one)


def test_the_choice_is_an_administrators_and_logged(ben):
    """IMP-10: a setting of the firm."""
    with pytest.raises(Forbidden):
        change_file_options(closes_in_step=True, actor=actor(ben), at=AT)
    change_file_options(closes_in_step=True, actor=actor(person("Admin", administrator=True)), at=AT)
    change_file_options(closes_in_step=True, publishes_staff=False, actor=SYSTEM, at=AT)

    options = FileOptions.objects.get()
    assert (options.closes_in_step, options.publishes_staff) == (True, False)
    (event,) = Event.objects.filter(object_type="settings")
    assert event.changes == {"closes_in_step": [False, True]}
