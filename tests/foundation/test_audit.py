"""The firm's audit log: for those who may read it, filtered, exported, checked (HIS-2, HIS-3)."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.foundation.conftest import person, signed_in

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.history import NewEvent, triggers
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.models import Role, User

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def otto(db: None) -> User:
    return person("otto@example.com", "Otto Brand", Role.objects.create(name="Auditor", rights=["audit.read"]))


@pytest.fixture
def client(otto: User) -> Client:
    return signed_in(otto)


def record(label: str, verb: str = "edited", *, days: int = 0, **changes: list[object]) -> None:
    event = NewEvent("contact", None, label, verb, Actor.system("Import"), AT + timedelta(days=days), dict(changes))
    history.record([event])


def test_the_log_is_for_those_who_may_read_it(client: Client, ada: User) -> None:
    record("Marama Ngata", email=["old@example.com", "new@example.com"])

    shown, refused = client.get("/audit/"), signed_in(ada).get("/audit/")

    assert shown.status_code == 200
    assert all(part in shown.content.decode() for part in ("Marama Ngata", "old@example.com", "Import"))
    assert refused.status_code == 403
    assert "Marama" not in refused.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=import", {"One", "Two", "Three"}),
        ("person=nobody", set()),
        ("about=two", {"Two"}),
        ("about=contact", {"One", "Two", "Three"}),
        ("verb=closed", {"Three"}),
        ("since=2026-03-05", {"Two", "Three"}),
        ("since=2026-03-05&until=2026-03-05", {"Two"}),
    ],
)
def test_the_log_is_filtered(client: Client, query: str, found: set[str]) -> None:
    record("One")
    record("Two", days=1)
    record("Three", "closed", days=2)

    text = client.get(f"/audit/?{query}").content.decode()

    assert {label for label in ("One", "Two", "Three") if f"contact {label}" in text} == found


def test_a_date_that_is_none_is_refused(client: Client) -> None:
    response = client.get("/audit/?since=yesterday")

    assert response.status_code == 422
    assert "Enter a valid date" in response.content.decode()


def test_a_long_log_is_paged_at_the_same_cost(client: Client) -> None:
    for n in range(60):
        record(f"Event {n:02}")
    client.get("/audit/")

    with CaptureQueriesContext(connection) as first:
        newest = client.get("/audit/")
    older = newest.content.decode().split("before=")[1].split('"')[0]
    with CaptureQueriesContext(connection) as second:
        rest = client.get(f"/audit/?before={older}")

    assert "Event 59" in newest.content.decode()
    assert "Event 09" not in newest.content.decode()
    assert "Event 09" in rest.content.decode()
    assert len(second) == len(first)


def test_the_export_holds_the_same_and_is_itself_in_the_log(client: Client, ada: User) -> None:
    record("=cmd()", email=["a", "b"])
    record("Other")

    response = client.get("/audit/export/?about=cmd")
    refused = signed_in(ada).get("/audit/export/")

    assert isinstance(response, StreamingHttpResponse)
    rows = list(csv.DictReader(response.getvalue().decode().splitlines()))
    assert [(row["object_label"], row["changes"]) for row in rows] == [("'=cmd()", '{"email": ["a", "b"]}')]
    assert refused.status_code == 403
    event = Event.objects.get(verb="exported")
    assert (event.actor_name, event.changes) == ("Otto Brand", {"about": [None, "cmd"]})


def test_the_chain_is_checked_as_page_and_as_fragment(client: Client) -> None:
    record("One")
    record("Two")

    whole = client.post("/audit/chain/")
    triggers.remove(connection)
    Event.objects.filter(object_label="One").update(object_label="Changed")
    broken = client.post("/audit/chain/", headers={"HX-Request": "true"})

    assert "Every event is as it was written" in whole.content.decode()
    assert "<html" in whole.content.decode()
    assert "The chain does not hold" in broken.content.decode()
    assert "<html" not in broken.content.decode()
