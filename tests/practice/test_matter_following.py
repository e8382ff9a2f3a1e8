"""Matters that close and reopen with their files, where the firm wants it (IMP-10, MAT-24)."""

from datetime import timedelta

import pytest
from tests.practice.conftest import AT, CLEO, actor, create, person, signed_in
from tests.practice.matters import SYSTEM, matter_type, now, open_matter

from counterpart.foundation import history
from counterpart.foundation.errors import Forbidden
from counterpart.foundation.history.models import Event
from counterpart.practice.matters.operations import RoleDraft, close_matter, delete_matter
from counterpart.practice.settings.operations import change_matter_settings
from counterpart.practice.settings.queries import matter_settings
from counterpart.practice.sync_handlers.matters import MatterHandler
from counterpart.sync.api import Closure

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def in_step(db):
    change_matter_settings(actor=SYSTEM, changes={"close_in_step": True}, at=AT)


def follow(*presences):
    """Legal Accounting did this with these matters' files; returns the matters that went along."""
    return MatterHandler().follow([Closure(matter.pk, presence, CLEO) for matter, presence in presences], LATER)


def last_event(matter):
    event = history.events_for("matter", matter.pk).first()
    return event.verb, event.actor_name, event.changes, event.reason


def test_closing_stays_local_until_the_firm_wants_otherwise(admin):
    """MAT-24, scenario 20: off by default."""
    matter = open_matter(admin, create(last="Ng"))

    assert follow((matter, "archived")) == set()
    assert now(matter).status == "active"


def test_a_matter_closes_and_reopens_with_its_file(admin, in_step):
    """IMP-10: in the name of the person who did it there."""
    matter, other = open_matter(admin, create(last="Ng")), open_matter(admin, create(last="Tan"))

    closed = follow((matter, "archived"))
    after_closing = now(matter).status, last_event(matter)
    reopened = follow((matter, "active"))

    assert closed == reopened == {matter.pk}
    assert after_closing[0] == "closed"
    assert after_closing[1][0::2] == ("closed", {"status": ["active", "closed"]})
    assert "Cleo Tan" in after_closing[1][1]
    assert (now(matter).status, last_event(matter)[0]) == ("active", "reopened")
    assert now(other).status == "active"


def test_a_matter_with_an_open_guard_stays_open_and_says_why(admin, in_step):
    """IMP-10, MAT-5: each product's own checks; what is open is named in the history."""
    roles = [RoleDraft("Client", is_primary=True), RoleDraft("Judge", is_required=True)]
    matter_type("Trial", roles, needs_roles_to_close=True)
    free = open_matter(admin, create(last="Tan"))
    matter = open_matter(admin, create(last="Ng"), matter_type="Trial", status="template")
    type(matter).objects.filter(pk=matter.pk).update(status="active")

    assert follow((matter, "archived"), (free, "archived")) == {free.pk}
    assert now(matter).status == "active"
    verb, _, changes, reason = last_event(matter)
    assert (verb, changes) == ("not_closed", {})
    assert "Judge" in reason


def test_what_is_closed_already_or_gone_is_left_alone(admin, in_step):
    """IMP-10: no echo, no second entry in the history."""
    closed, gone = open_matter(admin, create(last="Ng")), open_matter(admin, create(last="Tan"))
    close_matter(actor=SYSTEM, matter_id=closed.pk, at=AT)
    delete_matter(actor=SYSTEM, matter_id=gone.pk, at=AT)
    events = Event.objects.count()

    assert follow((closed, "archived"), (gone, "archived"), (gone, "active")) == set()
    assert Event.objects.count() == events


def test_the_choice_is_an_administrators_and_logged(ada):
    """IMP-10: a setting of the firm."""
    with pytest.raises(Forbidden):
        change_matter_settings(actor=actor(ada), changes={"close_in_step": True}, at=AT)
    change_matter_settings(actor=actor(person("Zoe", "settings.edit")), changes={"close_in_step": True}, at=AT)

    (event,) = Event.objects.filter(object_type="settings")
    assert event.changes == {"close_in_step": [False, True]}


def test_the_settings_page_switches_it(ada):
    """IMP-10: shown as it is, saved, and refused when somebody else was quicker."""
    zoe = signed_in(person("Zoe", "settings.edit"))

    saved = zoe.post("/settings/matters/", {"version": 1, "close_in_step": "on"})
    page = zoe.get("/settings/matters/").content.decode()
    late = zoe.post("/settings/matters/", {"version": 1})

    assert saved.status_code == 302
    assert "checked" in page
    assert matter_settings().close_in_step
    assert late.status_code == 422
    assert "Somebody else changed the settings meanwhile." in late.content.decode()
    assert signed_in(ada).get("/settings/matters/").status_code == 403
