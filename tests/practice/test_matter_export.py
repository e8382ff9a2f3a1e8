"""The list of matters taken away as CSV: as filtered, without what may not be seen, and noted in the log."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, actor, create, person, signed_in
from tests.practice.matters import MATTER_WORK, open_matter

from counterpart.foundation.history.models import Event
from counterpart.practice.matters.operations import restrict_matter

pytestmark = pytest.mark.django_db
EXPORT = ("matter.read", "matter.export", "contact.read")


def rows(client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/matters/export/{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_the_file_has_what_the_list_shows(db):
    """LST-1: all pages of the filtered list, clients in order, no formula for a spreadsheet to run."""
    ada = person("Ada", *EXPORT)
    first, second = create(last="Ng"), create(last="Abel")
    open_matter(ada, first, second, name="=HYPERLINK(1)", reference="A-1", external_reference="cv-588")
    open_matter(ada, first, name="Other")

    found = rows(signed_in(ada), "?q=cv-588")

    assert [row["name"] for row in found] == ["'=HYPERLINK(1)"]
    assert (found[0]["file_reference"], found[0]["primary_client"], found[0]["other_clients"]) == ("A-1", "Ng", "Abel")
    assert {row["name"] for row in rows(signed_in(ada))} == {"'=HYPERLINK(1)", "Other"}


def test_a_restricted_matter_is_not_in_it(db):
    """PRM-4: neither its name nor a trace of it, for those not listed."""
    boss, ben = person("Boss", *MATTER_WORK), person("Ben", *EXPORT)
    secret = open_matter(boss, create(last="Ng"), name="Secret")
    restrict_matter(actor=actor(boss), matter_id=secret.pk, user_ids=[], at=AT)

    assert rows(signed_in(ben)) == []
    assert rows(signed_in(ben), "?q=Secret") == []


def test_it_needs_the_right_and_leaves_a_trace(db):
    """HIS-3, PRM-6: who took out what, and how many."""
    open_matter(person("Boss", *MATTER_WORK), create(last="Ng"))
    assert signed_in(person("Cleo", "matter.read")).get("/matters/export/").status_code == 403

    rows(signed_in(person("Ada", *EXPORT)), "?status=active")

    event = Event.objects.filter(verb="exported").get()
    assert (event.actor_name, event.changes) == ("Ada", {"status": [None, "active"], "rows": [None, 1]})


def test_more_matters_cost_no_more_statements(db):
    """A thousand at a time."""
    ada = person("Ada", *EXPORT)
    client, contact = signed_in(ada), create(last="Ng")
    counts = []
    for _ in range(2):
        open_matter(ada, contact)
        with CaptureQueriesContext(connection) as asked:
            rows(client)
        counts.append(len(asked))
    assert counts[0] == counts[1]
