"""Anything may happen in any order: a stateful machine drives the real services with a simulated peer (S1-S7, S13)."""

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sync_world import ADA, PERSON_VALUES, World, change, create, delete

from counterpart.foundation import history
from counterpart.sync import probing
from counterpart.sync.api import close_conflict, force, use_other_value
from counterpart.sync.models import Conflict, Record
from counterpart.sync.receiving import receive

EMAILS = st.sampled_from(["a@example.com", "b@example.com", "c@example.com"])
FIELDS = st.sampled_from(["email", "alias"])
SECONDS = st.sampled_from([0.001, 1, 16, 40, 300])


class Machine(RuleBasedStateMachine):
    """Rules are what people, the network and the clock do; invariants hold after each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World().connect()
        self.locals: list[UUID] = []
        self.values_written: dict[tuple[UUID, str], set[Any]] = {}
        self.replays: list[bytes] = []
        self.greens: dict[UUID, str] = {}

    def teardown(self) -> None:
        probing.use_transport(None)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # ------------------------------------------------------------------ people

    @rule(email=EMAILS)
    def create_here(self, email: str) -> None:
        if len(self.locals) < 4:
            self.locals.append(create(email=email, at=self.world.at))

    @rule()
    def create_there(self) -> None:
        if len(self.world.peer.records) < 4:
            self.world.peer.create(PERSON_VALUES)

    @precondition(lambda self: self.locals)
    @rule(data=st.data(), field=FIELDS, value=EMAILS)
    def edit_here(self, data: st.DataObject, field: str, value: str) -> None:
        local_id = self.pick(data)
        self.wrote(self.world.sync_id(local_id), field, value)
        change(local_id, at=self.world.at, **{field: value})
        assert self.world.colour(local_id) not in ("green", "red")

    @precondition(lambda self: self.locals)
    @rule(data=st.data(), field=FIELDS, value=EMAILS)
    def edit_there(self, data: st.DataObject, field: str, value: str) -> None:
        sync_id = data.draw(st.sampled_from(sorted(self.world.peer.records) or [None]))
        if sync_id is not None:
            self.wrote(sync_id, field, value)
            self.world.peer.edit(sync_id, {field: value})

    @precondition(lambda self: self.locals)
    @rule(data=st.data())
    def sync_now(self, data: st.DataObject) -> None:
        force("contact", [self.pick(data)], actor=ADA, at=self.world.at)

    @precondition(lambda self: len(self.locals) > 1)
    @rule(data=st.data())
    def delete_here(self, data: st.DataObject) -> None:
        local_id = self.pick(data)
        delete(local_id, at=self.world.at)
        self.locals.remove(local_id)

    @rule(use=st.booleans())
    def attend_to_a_conflict(self, use: bool) -> None:
        row = Conflict.objects.filter(resolution="").order_by("id").first()
        record = Record.objects.filter(sync_id=row.sync_id, local_id__in=self.locals).first() if row else None
        if row is None or record is None:
            return
        if use:
            self.wrote(row.sync_id, row.register, row.losing_value)
            use_other_value(row.id, actor=ADA, at=self.world.at)
        else:
            close_conflict(row.id, actor=ADA, at=self.world.at)

    # ------------------------------------------------------------------ workers, network, clock

    @rule()
    def our_worker_works(self) -> None:
        self.world.worker.turn()

    @rule()
    def the_peer_works(self) -> None:
        sent = self.world.peer.compose()
        if sent is None or self.world.inbound_is_down:
            return
        self.replays.append(sent.body)
        self.world.peer.take_receipt(sent, receive(sent.body, self.world.at))

    @rule()
    def the_peers_answer_is_lost(self) -> None:
        sent = self.world.peer.compose()
        if sent is not None:
            receive(sent.body, self.world.at)

    @precondition(lambda self: self.replays)
    @rule(data=st.data())
    def an_old_batch_arrives_again(self, data: st.DataObject) -> None:
        body = data.draw(st.sampled_from(self.replays))
        before = list(Record.objects.order_by("sync_id").values_list("sync_id", "regs", "digest"))
        archive = Conflict.objects.count()
        receive(body, self.world.at)
        assert before == list(Record.objects.order_by("sync_id").values_list("sync_id", "regs", "digest")), "S11"
        assert archive == Conflict.objects.count(), "S11"

    @rule(down=st.booleans())
    def cut_or_mend_the_line(self, down: bool) -> None:
        self.world.line.is_down = down

    @rule(down=st.booleans())
    def cut_or_mend_the_way_in(self, down: bool) -> None:
        self.world.inbound_is_down = down

    @rule()
    def our_next_answer_is_lost(self) -> None:
        self.world.line.lose_answers = 1

    @rule()
    def the_peer_beats(self) -> None:
        self.world.peer_beats()

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @precondition(lambda self: self.locals)
    @rule(data=st.data())
    def look_at_a_record(self, data: st.DataObject) -> None:
        local_id = self.pick(data)
        if self.world.state(local_id, probe=not self.world.line.is_down).colour == "green":
            sync_id = self.world.sync_id(local_id)
            probed = probing._memories.get(sync_id)
            if probed and probed.silences == 0 and probed.asked_at == self.world.at:
                assert self.world.peer.digest(sync_id) == self.world.record(local_id).digest, "S7"

    # ------------------------------------------------------------------ what always holds

    @invariant()
    def one_link_per_record(self) -> None:
        """S4."""
        linked = list(Record.objects.exclude(local_id=None).values_list("local_id", flat=True))
        assert len(linked) == len(set(linked)), "S4"

    @invariant()
    def due_is_what_the_facts_say(self) -> None:
        """S6, L1: the column the worker selects by is derived from registers, shadow, force and archive."""
        for local_id in self.locals:
            record = self.world.record(local_id)
            assert record.due == (record.regs != record.shadow or record.force > 0 or record.unsent_conflicts)

    @invariant()
    def numbers_are_unique(self) -> None:
        """S5."""
        numbers = [self.world.values(local_id)["number"] for local_id in self.locals]
        given = [number for number in numbers if number]
        assert len(given) == len(set(given)), "S5"

    @invariant()
    def nobody_was_taken_for_restored(self) -> None:
        """S15: losses, repeats and delays are no restore."""
        assert self.world.link().mode == "live"
        assert self.world.peer.mode.value == "live"

    # ------------------------------------------------------------------ coming to rest

    @rule()
    def everything_comes_to_rest(self) -> None:
        """S1, L1: once the line holds, both sides agree, all is green, and nothing more is sent (S6)."""
        world = self.world
        world.line.is_down = world.inbound_is_down = False
        world.line.lose_answers = 0
        for _ in range(4):
            world.pass_time(61)
            world.peer_beats()
            world.settle()
        for record in Record.objects.filter(severed=False, local_id__isnull=False):
            assert record.local_id is not None
            assert world.agrees(record.local_id), "S1"
            assert world.colour(record.local_id) == "green", "L1"
        mine = {row.id: row.resolution for row in Conflict.objects.exclude(sync_id__in=self.severed())}
        theirs = {
            key: row.state.resolution for key, row in world.peer.archive.items() if row.sync_id not in self.severed()
        }
        assert mine == theirs, "S3: the archives differ"
        assert world.settle() == 0, "S6"
        self.check_values()
        assert history.verify() is None, "S13"

    def severed(self) -> set[UUID]:
        return set(Record.objects.filter(severed=True).values_list("sync_id", flat=True))

    def check_values(self) -> None:
        """S3: the value that stands is one that somebody wrote."""
        for (sync_id, field), written in self.values_written.items():
            record = Record.objects.filter(sync_id=sync_id, severed=False).first()
            if record is not None and record.local_id is not None:
                assert self.world.values(record.local_id)[field] in written, "S3"

    # ------------------------------------------------------------------ helpers

    def pick(self, data: st.DataObject) -> UUID:
        return data.draw(st.sampled_from(self.locals))

    def wrote(self, sync_id: UUID, field: str, value: Any) -> None:
        self.values_written.setdefault((sync_id, field), set()).add(value)


@pytest.mark.django_db
def test_the_machine():
    """The peer is Legal Accounting when Practice Management is under test, and the other way round."""
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
