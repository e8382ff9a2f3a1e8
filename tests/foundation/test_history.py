"""The history is complete, chained and append-only (HIS-1, HIS-2)."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.history import NewEvent, triggers
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id

AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)


def _event(**overrides: Any) -> NewEvent:
    facts: dict[str, Any] = {
        "object_type": "contact",
        "object_id": new_id(),
        "object_label": "Ada Moreau",
        "verb": "edited",
        "actor": Actor.system("Test"),
        "at": AT,
        "changes": {"email": [None, "ada@example.com"], "phones": [[], [{"label": "mobile", "number": "1"}]]},
    }
    return NewEvent(**facts | overrides)


@pytest.mark.django_db
def test_events_of_several_records_form_one_chain() -> None:
    """HIS-2: batches and single events alike follow each other."""
    first, second, third = _event(), _event(object_label="é" * 300, changes={}), _event(object_id=None)

    history.record([first, second])
    history.record([third])

    hashes = list(Event.objects.order_by("id").values_list("previous_hash", "hash"))
    assert hashes[0][0] == "0" * 64
    assert [previous for previous, _ in hashes[1:]] == [own for _, own in hashes[:-1]]
    assert history.verify() is None


@pytest.mark.django_db
def test_events_for_returns_only_that_object_newest_first() -> None:
    first = _event()
    later = _event(object_id=first.object_id, verb="closed", changes={})
    history.record([first, _event(), later])

    assert first.object_id is not None
    found = [(event.verb, event.changes, event.at) for event in history.events_for("contact", first.object_id)]

    assert found == [("closed", {}, AT), ("edited", first.changes, AT)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation_history_event SET reason = 'other'",
        "DELETE FROM foundation_history_event",
    ],
)
def test_an_event_can_not_be_changed_or_removed(statement: str) -> None:
    """HIS-2: the database itself refuses, whoever asks."""
    history.record([_event()])

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Event.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE foundation_history_event SET changes = '{}' WHERE id = %s", "does not match"),
        ("DELETE FROM foundation_history_event WHERE id = %s", "removed"),
    ],
)
def test_tampering_behind_the_triggers_is_found(statement: str, said: str) -> None:
    """HIS-2: who can lift the triggers is still found out by the chain."""
    history.record([_event(), _event(), _event()])
    ids = list(Event.objects.order_by("id").values_list("id", flat=True))
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids[1]])

    broken = history.verify()

    assert broken is not None
    assert broken.event_id == (ids[1] if "match" in said else ids[2])
    assert said in broken.reason
    with pytest.raises(CommandError, match=f"at event {broken.event_id}.*{said}"):
        call_command("verify_history")


@pytest.mark.django_db
def test_the_command_says_that_the_history_holds(capsys: pytest.CaptureFixture[str]) -> None:
    """LA-AUD-3."""
    history.record([_event(), _event()])

    call_command("verify_history")

    assert capsys.readouterr().out == "The history holds: 2 events.\n"


WRITER = """
import django; django.setup()
from datetime import UTC, datetime
from django.db import transaction
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
for _ in range(10):
    with transaction.atomic():
        event = history.NewEvent("t", None, "", "v", Actor.system("W"), datetime.now(UTC))
        history.record([event, event])
"""
COUNT = """
import django; django.setup()
from counterpart.foundation import history
from counterpart.foundation.history.models import Event
print(Event.objects.count(), history.verify())
"""


def test_processes_that_write_at_the_same_time_form_one_chain(tmp_path: Path) -> None:
    """HIS-2: nobody follows the same event as somebody else. On files, since SQLite in memory has other locks."""
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_DATABASE_URL")}
    environment["COUNTERPART_DATA"] = str(tmp_path)
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)

    writers = [subprocess.Popen([sys.executable, "-c", WRITER], env=environment) for _ in range(4)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0, 0]

    said = subprocess.run([sys.executable, "-c", COUNT], env=environment, check=True, capture_output=True, text=True)
    assert said.stdout.split() == ["80", "None"]


@pytest.mark.django_db(transaction=True)
def test_threads_that_write_at_the_same_time_form_one_chain() -> None:
    """The same on the engine under test; SQLite in memory takes one writer after another."""
    writers = 4 if connection.vendor == "postgresql" else 1
    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(_write) for _ in range(4)]:
            done.result(timeout=60)

    assert Event.objects.count() == 80
    assert history.verify() is None


def _write() -> None:
    for _ in range(10):
        with transaction.atomic():
            history.record([_event(), _event()])
    connection.close()
