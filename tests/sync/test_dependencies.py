"""What is held back and what a waiting record shows: SQL says of every combination what the pure rules say."""

from datetime import UTC, datetime
from itertools import combinations_with_replacement, product
from uuid import UUID

import pytest

from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.ids import new_id
from counterpart.protocol.dependencies import Need, holds_back, is_awaited, is_in_trouble
from counterpart.sync.composing import due_records
from counterpart.sync.dependencies import waiting, waiting_in_trouble, waits_of
from counterpart.sync.models import Dependency, Record
from counterpart.sync.recording import BORN_COLUMNS

AT = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
NEEDS = [Need(*facts) for facts in product((False, True), repeat=3)]


def row(
    kind: str, *, known: bool, error: str = "", refused: str = "", severed: bool = False, attempts: int = 0
) -> tuple[UUID, tuple[object, ...]]:
    """A record with something to send."""
    sync_id = new_id()
    facts = {
        "sync_id": sync_id, "kind": kind, "local_id": new_id(), "regs": '{"name":[2,0]}', "shadow": "{}", "digest": "d",
        "stated_digest": "", "stated_epoch": "", "stated_n": 0, "known_at_peer": known, "numbered": True,
        "severed": severed, "unsent_conflicts": False, "force": 0, "lane": 0, "error_code": error, "attempts": attempts,
        "held": {}, "authors": {}, "peer_addresses": {}, "error_text": "", "error_register": "", "error_detail": {},
        "error_at": None, "next_attempt": None, "attempted_at": None, "agreed_at": None, "pending_since": AT,
        "refused_code": refused, "refused": {},
    }  # fmt: skip
    return sync_id, tuple(facts[column] for column in BORN_COLUMNS)


def needed(need: Need, *, refused_here: bool) -> tuple[UUID, tuple[object, ...]]:
    """A contact that stands as ``need`` says; its error is the peer's refusal or ours."""
    error = {"refused" if refused_here else "error": "number_in_use"} if need.error else {}
    return row("contact", known=need.known_at_peer, severed=need.severed, **error)


@pytest.mark.django_db
def test_sql_and_the_pure_rules_agree_on_what_is_held_back():
    """Section 9, S8: {records} x {none, one or two needs in every state}."""
    rows, pairs, expected = [], [], {}
    groups = [(), *((need,) for need in NEEDS), *combinations_with_replacement(NEEDS, 2)]
    for needs, known, severed, attempts, refused_here in product(groups, (False, True), (False, True), (0, 1), (0, 1)):
        sync_id, matter = row("matter", known=known, severed=severed, attempts=attempts)
        rows.append(matter)
        for need in needs:
            contact_id, contact = needed(need, refused_here=bool(refused_here))
            rows.append(contact)
            pairs.append((sync_id, contact_id))
        awaited = [need for need in needs if is_awaited(need, known_at_peer=known)]
        expected[sync_id] = (
            holds_back(needs, known_at_peer=known, attempts=attempts, severed=severed),
            bool(awaited),
            any(map(is_in_trouble, awaited)),
        )
    insert_rows(Record, BORN_COLUMNS, rows)
    insert_rows(Dependency, ("record_id", "needs_id"), pairs)

    matters = Record.objects.filter(kind="matter").annotate(waits=waiting(), blocked=waiting_in_trouble())
    due = set(due_records(AT).values_list("sync_id", flat=True))
    found = {m.sync_id: (m.sync_id not in due, m.waits, m.blocked) for m in matters}

    assert found == expected
    assert {True, False} == {held for held, _, _ in expected.values()}


@pytest.mark.django_db
def test_what_is_waited_for_is_told_worst_first():
    """MAT-4: a client that needs a person is named before one that is merely on its way; one statement for many."""
    waiting_id, matter = row("matter", known=False)
    free_id, other = row("matter", known=True)
    pending_id, pending = needed(Need(known_at_peer=False), refused_here=False)
    red_id, red = needed(Need(known_at_peer=False, error=True), refused_here=False)
    insert_rows(Record, BORN_COLUMNS, [matter, other, pending, red])
    insert_rows(Dependency, ("record_id", "needs_id"), [(waiting_id, pending_id), (waiting_id, red_id)])

    waits = waits_of(Record.objects.filter(kind="matter"))

    assert [one.sync_id for one in waits[waiting_id]] == [red_id, pending_id]
    assert free_id not in waits
