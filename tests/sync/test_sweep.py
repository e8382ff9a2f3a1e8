"""The sweep, driven by this site against a simulated peer: finds, puts right, says what it could not (section 12)."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sync_world import ADA, IS_PRACTICE, KIND, World, change, column_model, create

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.exchange import Standing
from counterpart.protocol.registers import edit, stamps_of
from counterpart.protocol.stamps import tick
from counterpart.sync.codec import read_stamps, stamps_text, state_of
from counterpart.sync.link import my_site
from counterpart.sync.messages import Result
from counterpart.sync.models import Finding, Record, Sweep
from counterpart.sync.outside import AUTHOR, adopt, let_stand
from counterpart.sync.registry import handler_for
from counterpart.sync.sweep.columns import digest_of, read_page
from counterpart.sync.sweeping import ask_sweep, due_since, is_due
from counterpart.sync.worker import Worker


def swept(world: World, rounds: int = 40) -> Sweep:
    """A sweep asked for and driven by the worker, both sides exchanging meanwhile."""
    sweep = ask_sweep(why="on demand", actor=ADA, at=world.at)
    for _ in range(rounds):
        world.pass_time(5)
        world.peer_beats()
        world.settle()
        sweep.refresh_from_db()
        if sweep.is_finished:
            break
    world.settle()
    return sweep


def counts(sweep: Sweep) -> tuple[int, int, int, int]:
    assert sweep.phase == "done", sweep.problem
    return sweep.compared, sweep.different, sweep.repaired, sweep.unrepaired


def findings(sweep: Sweep) -> dict[UUID, tuple[str, list[str], str]]:
    return {f.sync_id: (f.what, f.registers, f.outcome) for f in sweep.findings.all()}


def held_there(world: World, sync_id: UUID):
    return world.peer.records[sync_id].state


def test_equal_sides_have_nothing_to_repair_and_that_is_recorded(world: World):
    """Section 12: zero differences is a result too, on both sides and in the audit trail."""
    for n in range(3):
        create(f"C{n}", at=world.at)
    world.settle()

    sweep = swept(world)

    assert counts(sweep) == (3, 0, 0, 0)
    assert "records" not in world.peer.sweep.steps, "equal roots end it"
    assert world.peer.sweep.report is not None
    assert world.peer.sweep.report.compared == 3
    assert Event.objects.filter(verb="swept").count() == 1


def test_a_value_changed_by_sql_becomes_an_edit(world: World):
    """Section 12: found by the columns' digest, stamped, audited as from outside, and exchanged; the other stays."""
    changed, other = create(email="typed@example.com", alias="x", at=world.at), create("Other", at=world.at)
    world.settle()
    before = world.record(other).regs
    column_model().objects.filter(pk=changed).update(email="sql@example.com")

    sweep = swept(world)

    assert counts(sweep) == (2, 1, 1, 0)
    assert findings(sweep) == {world.sync_id(changed): ("outside here", ["email"], "repaired")}
    assert world.peer.value(world.sync_id(changed), "email") == "sql@example.com"
    assert world.agrees(changed)
    event = history.events_for("contact", changed)[0]
    assert (event.actor_name, list(event.changes.values())) == (AUTHOR, [["typed@example.com", "sql@example.com"]])
    assert world.record(other).regs == before


def test_so_does_one_that_nobody_ever_wrote_before(world: World):
    """Section 12: an empty field filled by SQL has no stamp at all, and no digest covers it."""
    local_id = create(at=world.at)
    world.settle()
    column_model().objects.filter(pk=local_id).update(alias="from a script")

    assert counts(swept(world)) == (1, 1, 1, 0)
    assert world.peer.value(world.sync_id(local_id), "alias") == "from a script"


def test_what_was_changed_there_arrives(world: World):
    """Section 12: the peer makes an edit of it in the same sweep."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    world.peer.sweep.tamper(world.sync_id(local_id), "email", "theirs@example.com")

    sweep = swept(world)

    assert findings(sweep) == {world.sync_id(local_id): ("outside there", ["email"], "repaired")}
    assert world.values(local_id)["email"] == "theirs@example.com"


def test_changed_on_both_sides_in_different_fields_keeps_both(world: World):
    """Section 12: each side claims exactly what was changed there, found by trying the other's values."""
    local_id = create(email="typed@example.com", alias="typed", at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    column_model().objects.filter(pk=local_id).update(email="here@example.com")
    world.peer.sweep.tamper(sync_id, "alias", "there")

    sweep = swept(world)

    assert counts(sweep)[1:] == (1, 1, 0)
    values = world.values(local_id)
    assert (values["email"], values["alias"]) == ("here@example.com", "there")
    assert (world.peer.value(sync_id, "email"), world.peer.value(sync_id, "alias")) == ("here@example.com", "there")


def test_changed_on_both_sides_in_one_field_is_a_conflict(world: World):
    """Section 12, property S3: one value stands, the other is in the archive."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    column_model().objects.filter(pk=local_id).update(email="here@example.com")
    world.peer.sweep.tamper(sync_id, "email", "there@example.com")

    assert counts(swept(world))[2:] == (1, 0)
    standing = world.values(local_id)["email"]
    (lost,) = {"here@example.com", "there@example.com"} - {standing}
    assert world.peer.value(sync_id, "email") == standing
    assert lost in [row.state.losing_value for row in world.peer.archive.values()]


def test_a_row_deleted_by_sql_counts_as_deleted_here(world: World):
    """Section 12 and 16: the peer keeps its record and is told that ours is gone."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    column_model().objects.filter(pk=local_id).update(deleted_at=world.at)

    sweep = swept(world)

    assert findings(sweep)[sync_id] == ("outside here", ["presence"], "repaired")
    assert held_there(world, sync_id)[f"presence_{my_site().code}"].value == "deleted"


def test_a_difference_that_nobody_can_explain_turns_red_with_a_way_out(world: World):
    """Section 12: it persists after an exchange, so it is drift, named; a person decides which value stands."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.peer.sweep.tamper(sync_id, "email", "theirs@example.com", noticed=False)

    sweep = swept(world)

    assert counts(sweep) == (1, 1, 0, 1)
    assert findings(sweep)[sync_id] == ("different", ["email"], "unrepaired")
    assert world.peer.sweep.red == {sync_id: ["email"]}
    state = world.state(local_id)
    assert (state.colour, state.error_code, state.error_register) == ("red", "drift", "email")

    let_stand(KIND, local_id, actor=ADA, at=world.at)
    world.settle()

    assert world.peer.value(sync_id, "email") == "typed@example.com"
    assert counts(swept(world)) == (1, 0, 0, 0)
    assert world.state(local_id).colour == "green"


def test_drift_that_heals_is_green_after_the_next_sweep(world: World):
    """Section 12: a red that is over does not stay."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.peer.sweep.tamper(sync_id, "email", "theirs@example.com", noticed=False)
    swept(world)
    world.peer.sweep.tamper(sync_id, "email", "typed@example.com", noticed=False)

    assert counts(swept(world)) == (1, 0, 0, 0)

    assert world.state(local_id).colour == "green"
    assert world.peer.sweep.red == {}


def test_what_the_peer_lost_is_offered_again(world: World):
    """Section 12: an identity known to one side only. A number is Legal Accounting's to give: should it have lost the
    record itself, it refuses the number it does not remember, and the record is red with that reason.
    """
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    del world.peer.records[sync_id]
    if IS_PRACTICE:
        world.peer.refuse[sync_id] = Result(str(sync_id), "refused", code="authority", text="Not ours.")

    sweep = swept(world)

    assert findings(sweep)[sync_id][::2] == ("only here", "unrepaired" if IS_PRACTICE else "repaired")
    assert "rejoin" in world.peer.sweep.steps
    assert world.state(local_id).error_code == ("authority" if IS_PRACTICE else "")
    assert (sync_id in world.peer.records) is not IS_PRACTICE


def test_a_lost_sync_row_is_found_by_its_number(world: World):
    """Section 12: the record is linked again as it was, and not created a second time."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    Record.objects.filter(sync_id=sync_id).delete()
    column_model().objects.filter(pk=local_id).update(email="sql@example.com")

    sweep = swept(world)

    assert counts(sweep) == (1, 1, 1, 0)
    assert world.sync_id(local_id) == sync_id
    assert column_model().objects.count() == 1
    assert world.peer.value(sync_id, "email") == "sql@example.com"
    assert world.agrees(local_id)


def test_a_record_the_peer_alone_has_is_created(world: World):
    """Section 12: neither a sync row nor a record here."""
    lost = world.peer.create({"name": {"display": "individual", "first": "Eva", "last": "Stone"}}, number="7001")
    held = world.peer.records[lost]
    held.standing = Standing(shadow=stamps_of(held.state), known_at_peer=True)  # it believes that all is well

    sweep = swept(world)

    assert lost in findings(sweep)
    assert Record.objects.filter(sync_id=lost).exists()


def test_what_is_on_its_way_is_no_difference(world: World):
    """Section 12: only records at rest on both sides count; addresses may differ."""
    local_id = create(address={"line1": "1 Main St"}, at=world.at)
    world.settle()
    change(local_id, address={"line1": "2 Main St"}, at=world.at)
    world.settle()
    assert counts(swept(world))[1] == 0

    world.line.is_down = False
    world.peer.poison.add(world.sync_id(local_id))
    change(local_id, email="new@example.com", at=world.at)
    assert counts(swept(world))[:2] == (0, 0)


def test_it_waits_for_a_silent_peer_and_gives_up_in_words(world: World):
    """Section 12: nothing compared is not the same as nothing different."""
    create(at=world.at)
    world.settle()
    sweep = ask_sweep(why="on demand", actor=ADA, at=world.at)
    world.peer.sweep.refuses = "Another sweep is under way there."

    for _ in range(60):
        world.pass_time(20)
        world.peer_beats()
        world.worker.turn()

    sweep.refresh_from_db()
    assert (sweep.phase, sweep.problem) == ("failed", "Another sweep is under way there.")


def test_it_goes_on_after_a_restart(world: World):
    """Section 12: every step is kept; another worker takes over once the lease of the first is out."""
    for n in range(3):
        create(f"C{n}", at=world.at)
    world.settle()
    sweep = ask_sweep(why="on demand", actor=ADA, at=world.at)
    Sweep.objects.update(
        phase="read", cursor="read", read_here=3, lease="a worker that was killed", lease_until=world.at
    )
    world.worker = Worker(world.line, clock=lambda: world.at)

    assert swept(world).pk == sweep.pk
    sweep.refresh_from_db()
    assert counts(sweep) == (3, 0, 0, 0)
    assert "begin" not in world.peer.sweep.steps


def test_one_at_a_time_and_by_right(world: World):
    """Section 12: asking twice is asking once; the button is for those who manage the link."""
    first = ask_sweep(why="on demand", actor=ADA, at=world.at)

    assert ask_sweep(why="nightly", actor=Actor.system("Sync"), at=world.at).pk == first.pk
    with pytest.raises(Forbidden):
        ask_sweep(
            why="on demand", actor=Actor("Ben", "ben@example.com", None, "screen", "pm", frozenset()), at=world.at
        )


def test_the_nightly_one_is_caught_up_and_done_once(world: World):
    """Section 12: a server that was off at the time sweeps when it is back, once."""
    assert due_since(world.at).hour == 2
    assert not is_due(world.at), "connected since: the next night will do"
    world.pass_time(24 * 3600)

    assert is_due(world.at)
    world.peer_beats()
    for _ in range(5):
        world.settle()
        world.pass_time(1)
    assert list(Sweep.objects.values_list("why", "phase")) == [("nightly", "done")]
    assert not is_due(world.at)
    assert is_due(world.at + timedelta(days=1))


def test_of_suspects_only_those_at_rest_are_judged(world: World):
    """Section 12: a save between the two reads of a page is no outside edit; under the lock it shows."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    change(local_id, email="saved@example.com", at=world.at)

    assert adopt(world.sync_id(local_id), {}, world.at) is None
    assert read_page(UUID(int=0), 10).read == 0


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["alias", "email", "phone.work", "methods", "requested_number", "address.main", "scheme"]),
        st.one_of(st.none(), st.text(max_size=8), st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3)))),
    )
)
def test_the_quick_digest_is_the_digest(values):
    """Section 12: reading columns by the hundred thousand gives the digest every message carries."""
    handler = handler_for(KIND)
    state = edit({}, my_site(), tick(my_site(), 1), values)
    record = Record(kind=KIND, regs=_regs(state), held={n: v for n, v in values.items() if handler.registers[n].kept})
    columns = {n: v for n, v in values.items() if not handler.registers[n].kept}

    quick = digest_of(handler.registers, read_stamps(record.regs), columns, record.held)

    assert quick == state_digest(handler.registers, state_of(handler, record, columns))


def _regs(state) -> str:
    return stamps_text(stamps_of(state))


def test_reports_are_kept_for_a_quarter(world: World):
    """Section 12: the reports are kept and shown; the oldest go."""
    old = Sweep.objects.create(
        key=new_id(), why="nightly", asked_at=world.at - timedelta(days=91), touched_at=world.at, phase="done",
        finished_at=world.at - timedelta(days=91),
    )  # fmt: skip
    Finding.objects.create(sweep=old, sync_id=new_id(), what="different")

    swept(world)
    world.pass_time(120)
    world.worker.turn()

    assert not Finding.objects.filter(sweep_id=old.pk).exists()
    assert Sweep.objects.count() == 1
