"""The colours of stored facts: SQL and pure function agree on every combination (S7); lists, counts, probes."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from sync_world import KIND, PERSON_VALUES, World, change, column_model, create

from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.ids import new_id
from counterpart.protocol.colour import STATUS, STUCK_MS, Colour, Mode, colour
from counterpart.sync import counting
from counterpart.sync.api import link_states, summary, with_status
from counterpart.sync.codec import to_ms
from counterpart.sync.counting import attention_count, colour_case, not_green
from counterpart.sync.models import Link, Record
from counterpart.sync.recording import BORN_COLUMNS
from counterpart.sync.registry import handler_for
from counterpart.sync.states import facts_of
from counterpart.sync.transports import TransportFailed

AT = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
LIMIT = timedelta(milliseconds=STUCK_MS)
AGES = (None, timedelta(seconds=1), LIMIT, LIMIT + timedelta(milliseconds=1))


def all_records() -> list[Record]:
    """A row for every combination of what the colour of a record rests on."""
    rows = []
    yes_or_no = (False, True)
    causes = ("", "dirty", "unsent", "forced")
    for severed, error, refused, numbered, epoch, digest, cause, age in product(*[yes_or_no] * 6, causes, AGES):
        facts = {
            "sync_id": new_id(), "kind": KIND, "local_id": new_id(), "regs": '{"name":[2,0]}',
            "shadow": "{}" if cause == "dirty" else '{"name":[2,0]}',
            "digest": "d", "stated_digest": "d" if digest else "e", "stated_epoch": "now" if epoch else "then",
            "stated_n": 1, "known_at_peer": True, "numbered": numbered,
            "severed": severed, "unsent_conflicts": cause == "unsent", "force": 7 * (cause == "forced"), "lane": 0,
            "error_code": "too_long" if error else "", "attempts": 0, "held": {}, "authors": {}, "peer_addresses": {},
            "error_text": "", "error_register": "", "error_detail": {}, "error_at": None, "next_attempt": None,
            "attempted_at": None, "agreed_at": None, "pending_since": AT - age if age is not None else None,
            "refused_code": "number_in_use" if refused else "", "refused": {},
        }  # fmt: skip
        rows.append(tuple(facts[column] for column in BORN_COLUMNS))
    insert_rows(Record, BORN_COLUMNS, rows)
    return list(Record.objects.all())


def all_links() -> list[Link]:
    """A link for every combination of what the colours of all its records rest on."""
    contacts = (None, timedelta(seconds=1), timedelta(seconds=60), timedelta(seconds=61), -timedelta(seconds=6))
    return [
        Link(
            mode=mode,
            peer_mode=peer_mode,
            peer_incompatible=why,
            peer_epoch="now",
            last_contact=AT - contact if contact is not None else None,
            contact_since=AT - since if since is not None else None,
        )
        for mode, peer_mode, why, contact, since in product(
            Mode, ("live", "paused", "healing"), ("", "x"), contacts, AGES
        )
        # Where we stopped the link ourselves nothing that is said of the peer matters.
        if mode is Mode.LIVE or (peer_mode, contact, since) == ("live", contacts[1], None)
    ]


@pytest.mark.django_db
def test_sql_and_the_pure_function_agree_on_every_combination():
    """S7: {records} x {links} x whether a number is needed; each side is asked, every answer compared."""
    records = all_records()
    compared = 0
    seen = set()
    for link, requires in product(all_links(), (True, False)):
        case = colour_case(link, AT, requires_number=requires)
        shades = dict(Record.objects.annotate(shade=case).values_list("sync_id", "shade"))
        for record in records:
            expected = colour(facts_of(link, record, requires_number=requires), to_ms(AT))
            assert shades[record.sync_id] == expected.value, (link.mode, link.last_contact, vars(record))
            seen.add(expected)
            compared += 1
    assert seen == set(Colour)
    assert compared > 100_000


def every_colour(world: World) -> dict[str, UUID]:
    """One record of each colour but yellow, which takes the whole link."""
    green = create("Green", at=world.at)
    red = create("Red", at=world.at)
    gone = create("Gone", at=world.at)
    world.settle()
    world.peer.set_presence(world.sync_id(gone), "deleted")
    world.peer_sends()
    Record.objects.filter(local_id=red).update(error_code="too_long", error_text="Too long.", error_at=world.at)
    world.pass_time()
    blue = create("Blue", at=world.at)
    never = create("Never", at=world.at)
    Record.objects.filter(local_id=never).delete()
    return {"green": green, "red": red, "gray": gone, "lightblue": blue, "never": never}


def test_lists_filter_by_status(world: World):
    """LST: the words of the interface and the colours both work, over all records, offered or not."""
    ids = every_colour(world)
    everything = column_model().objects.all()

    def found(word: str) -> set[UUID]:
        return set(with_status(KIND, everything, word, at=world.at).values_list("pk", flat=True))

    for shade in (Colour.GREEN, Colour.RED, Colour.BLUE):
        assert found(shade.value) == found(STATUS[shade]) == {ids[shade.value]}
    assert found("gray") == found("unsynchronized") == {ids["gray"], ids["never"]}
    assert found("yellow") == set()
    with pytest.raises(KeyError):
        found("purple")


def test_the_summary_counts_everything_once(world: World):
    """STA-9: per colour, with the oldest waiting, the age of contact and what needs a person."""
    every_colour(world)
    world.pass_time(20)

    total = summary(at=world.at)

    assert total.counts == {"green": 1, "gray": 2, "lightblue": 1, "yellow": 0, "red": 1}
    assert (total.oldest_pending_s, total.attention, total.conflicts) == (20.0, 1, 0)
    assert not_green(KIND, at=world.at).count() == 3
    world.pass_time(60)
    assert summary(at=world.at).counts == {"green": 0, "gray": 2, "lightblue": 0, "yellow": 2, "red": 1}


def test_what_is_stuck_needs_a_person_but_not_after_an_outage(world: World):
    """L2: the same rule in the count of what needs attention."""
    create(at=world.at)
    world.pass_time(1000)
    assert attention_count(world.at) == 1
    world.peer_beats()
    assert attention_count(world.at) == 0


@pytest.mark.parametrize("count", [1, 30])
def test_states_of_many_cost_as_many_queries_as_of_one(world: World, count: int):
    """N+1: link, records, conflicts; and one read for differing addresses."""
    ids = [create(f"C{n}", at=world.at) for n in range(count)]
    world.settle()

    with CaptureQueriesContext(connection) as plain:
        states = link_states(KIND, ids, at=world.at)
    with CaptureQueriesContext(connection) as counted:
        summary(at=world.at)

    assert {state.colour for state in states.values()} == {"green"}
    assert len(plain) == 3
    assert len(counted) <= 16
    assert counting.summary is summary


# ---------------------------------------------------------------------- probes (section 7)


def test_a_probe_that_differs_makes_blue_and_exchanges(world: World):
    """S7, IND: opening a record whose counterpart changed out of sight is blue at once, and comes together."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    assert world.state(local_id, probe=True).colour == "green"
    world.pass_time(11)
    world.peer.edit(sync_id, {"alias": "out of sight"})
    world.peer.statement += 1

    state = world.state(local_id, probe=True)

    assert state.colour == "lightblue"
    assert world.record(local_id).due
    world.settle()
    assert world.colour(local_id) == "green"


def test_a_probe_is_worth_ten_seconds(world: World):
    """Section 7: a page that refreshes itself does not ask each time."""
    local_id = create(at=world.at)
    world.settle()

    def probes() -> int:
        return sum(path == "probe" for path, _ in world.line.sent)

    for seconds, expected in ((0, 1), (9, 1), (2, 2)):
        world.pass_time(seconds)
        world.state(local_id, probe=True)
        assert probes() == expected


def test_silence_twice_is_yellow(world: World):
    """Section 7: one unanswered probe may be chance, two are not; an answer ends it."""
    local_id = create(at=world.at)
    world.settle()
    world.line.is_down = True

    colours = []
    for _ in range(2):
        world.pass_time(1)
        state = world.state(local_id, probe=True)
        colours.append(state.colour)
        assert state.colour == "green" or state.counterpart_url is None
    world.line.is_down = False
    world.pass_time(1)

    assert colours == ["green", "yellow"]
    assert world.state(local_id, probe=True).colour == "green"


def test_a_peer_that_lost_the_record_is_not_green(world: World):
    """S7: the peer says that it does not hold it."""
    local_id = create(at=world.at)
    world.settle()
    del world.peer.records[world.sync_id(local_id)]
    world.pass_time(11)

    assert world.state(local_id, probe=True).colour == "lightblue"


def test_a_probe_never_asks_about_what_the_peer_can_not_know(world: World):
    """Section 7: nothing is asked of a new record, a severed one, or over a paused link."""
    local_id = create(at=world.at)
    world.state(local_id, probe=True)
    world.settle()
    Link.objects.update(mode=Mode.PAUSED)
    world.state(local_id, probe=True)

    assert [path for path, _ in world.line.sent if path == "probe"] == []


def test_addresses_that_differ_are_told_without_a_colour(world: World):
    """IND-5: create-only registers are compared for display alone."""
    local_id = create(address={"line1": "1 Main St"}, at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    assert world.peer.told_addresses[sync_id]["address.main"] == {"line1": "1 Main St"}
    world.pass_time()
    change(local_id, address={"line1": "2 Main St"}, at=world.at)
    world.settle()
    world.peer.records[sync_id].state["address.main"] = (
        world.peer.records[sync_id].state["address.main"]._replace(value={"line1": "1 Main St"})
    )
    world.pass_time(11)

    state = world.state(local_id, probe=True)

    assert state.colour == "green"
    ((register, mine, theirs),) = [(d.register, d.mine, d.theirs) for d in state.differences]
    assert (register, mine, theirs) == ("address.main", {"line1": "2 Main St"}, {"line1": "1 Main St"})


def test_a_live_question_is_answered_or_not_at_all(world: World):
    """IMP-3: an answer within 800 ms, or None; a cut line never raises into the page."""
    from counterpart.sync.api import ask

    assert ask("number", number="7") == {"echo": {"number": "7"}}
    world.line.is_down = True
    assert ask("number", number="7") is None
    with pytest.raises(TransportFailed):
        world.line.send("probe", b"", timeout_s=1)


def test_our_own_answer_to_a_probe_is_read_from_the_columns(world: World):
    """Section 6: the digest is that of the values in the table, not of what was noted about them."""
    from counterpart.sync.answering import answer_probe
    from counterpart.sync.messages import Probe, encode, read_probe_answer

    sync_id = world.peer.create(PERSON_VALUES)
    world.peer_sends()
    world.settle()
    local_id = world.local_id(sync_id)

    def digest() -> str:
        answer = read_probe_answer(answer_probe(encode(Probe(ids=[str(sync_id), str(new_id())]))))
        assert set(answer.records) == {str(sync_id)}
        return answer.records[str(sync_id)].digest

    assert digest() == world.record(local_id).digest == world.peer.digest(sync_id)
    column_model().objects.filter(pk=local_id).update(email="sql@example.com")
    assert digest() != world.record(local_id).digest
    assert handler_for(KIND).read([local_id])[local_id]["email"] == "sql@example.com"
