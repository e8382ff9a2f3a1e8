"""Background work: nothing twice, nothing lost, and it can be stopped (LST-8, EXP-1, IMP-6)."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal
from counterpart.foundation.jobs import files, operations, runner, running
from counterpart.foundation.jobs.kinds import JobKind, register
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.notices.models import Notice
from counterpart.foundation.users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Counting:
    """A kind of work that counts to ten, two at a time, and can break down on the way."""

    def __init__(self) -> None:
        self.breaks_at: list[int] = []
        self.began: list[int] = []

    def steps(self, run: running.Run) -> Iterator[None]:
        self.began.append(run.job.state.get("next", 0))
        while run.job.state.get("next", 0) < 10:
            with run.step() as job:
                number = job.state.get("next", 0)
                job.state["next"], job.total = number + 2, 10
                job.done += 1
                run.skip(f"Number {number + 1}", "Odd ones are left.", "/odd/")
                if number in self.breaks_at:
                    self.breaks_at.remove(number)
                    raise RuntimeError("the machine stopped")
            yield


COUNTING = Counting()
register(JobKind("counting", COUNTING.steps))


def _refused(run: running.Run) -> Iterator[None]:
    with run.step() as job:
        job.done += 1
    yield
    raise Refusal("The file is gone.")


register(JobKind("refused", _refused))


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


def _start(user: User, kind: str = "counting", **more: Any) -> Job:
    return operations.start(kind, actor=Actor.of(user, "screen"), at=AT, title="Count to ten", **more)


@pytest.fixture(autouse=True)
def _afresh() -> None:
    COUNTING.breaks_at, COUNTING.began = [], []


def test_a_step_that_fails_is_taken_back_and_done_again(ada: User) -> None:
    """LST-8, IMP-6: work and progress are one transaction, so after a fault nothing is done or counted twice."""
    job, clock = _start(ada), Time()
    COUNTING.breaks_at = [4]

    runner.run(clock, threading.Event(), idle_s=0)
    between, lines = Job.objects.get(pk=job.pk), job.lines.count()
    clock.at += timedelta(seconds=3)
    runner.run(clock, threading.Event(), idle_s=0)

    job.refresh_from_db()
    assert (between.state, between.done, lines, between.is_finished) == ({"next": 4}, 2, 2, False)
    assert (job.done, job.skipped, job.total, job.is_finished, job.fault) == (5, 5, 10, True, "")
    assert [line.label for line in job.lines.all()] == [f"Number {number}" for number in (1, 3, 5, 7, 9)]
    assert COUNTING.began == [0, 4]
    assert list(Notice.objects.values_list("user_id", "level", "url")) == [(ada.pk, "success", f"/jobs/{job.pk}/")]


def test_a_job_whose_process_died_goes_on_where_it_was(ada: User) -> None:
    """IMP-6: another process takes it over once the lease is out, and the dead one's late step is refused."""
    job, clock = _start(ada), Time()
    dead = running.take(clock)
    assert dead is not None
    dead.advance()

    assert running.take(clock) is None
    clock.at += running.LEASE + timedelta(seconds=1)
    runner.run(clock, threading.Event(), idle_s=0)
    came_back = dead.advance()

    job.refresh_from_db()
    assert (job.done, job.is_finished, came_back, COUNTING.began) == (5, True, False, [0, 2])


def test_a_stop_ends_it_after_the_present_step(ada: User) -> None:
    """LST-8: what was done stays done, and the rest is not touched."""
    job, clock = _start(ada), Time()
    carried = running.take(clock)
    assert carried is not None
    carried.advance()
    operations.ask_to_stop(job, at=clock())

    assert carried.advance() is False

    job.refresh_from_db()
    assert (job.done, job.is_stopped, job.not_reached) == (1, True, 8)


def test_a_refusal_ends_it_with_its_sentence(ada: User) -> None:
    """A refusal is not tried again; the person is told why."""
    job = running.run_for(_start(ada, "refused"), clock=Time(), seconds=60)

    assert (job.is_finished, job.fault, job.done) == (True, "The file is gone.", 1)
    assert Notice.objects.get().text == "Count to ten: The file is gone."


def test_a_person_who_left_has_no_work_done_for_them(ada: User) -> None:
    """PRM-6: the rights of now count, not those of when it was asked for."""
    job = _start(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)

    runner.run(Time(), threading.Event(), idle_s=0)

    job.refresh_from_db()
    assert (job.done, job.fault) == (0, "Whoever asked for this may not sign in any more.")


def test_its_page_reasons_and_file_are_its_owners_alone(ada: User, ben: User, client: Client) -> None:
    """LST-8, EXP-1: the page tells how it ended and takes the notice away; a stranger finds nothing."""
    job = running.run_for(_start(ada), clock=Time(), seconds=60)
    Job.objects.filter(pk=job.pk).update(file_name="ten.txt", file_type="text/plain")
    files.path_of(job).write_text("1 to 10")
    urls = [reverse(f"jobs:{name}", args=[job.pk]) for name in ("job", "reasons", "file")]

    client.force_login(ben)
    refused = [client.get(url).status_code for url in urls]
    client.force_login(ada)
    answers = [client.get(url) for url in urls]
    contents = [b"".join(answer).decode() for answer in answers]

    assert refused == [404, 404, 404]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "Odd ones are left." in contents[0]
    assert contents[1].splitlines()[1] == "Number 1,Skipped,Odd ones are left.,http://testserver/odd/"
    assert contents[2] == "1 to 10"
    assert Notice.objects.get().seen_at is not None


def test_a_file_nobody_was_offered_does_not_stay() -> None:
    """EXP-1: what a job had written when it broke off or was stopped is removed; one under way keeps its file."""
    user = User.objects.create(email="ada@example.com", name="Ada", created_at=AT)
    facts: dict[str, Any] = {"kind": "counting", "title": "Count", "user": user, "created_at": AT, "due_at": AT}
    going, over = Job.objects.create(**facts), Job.objects.create(**facts, finished_at=AT, fault="Broke off.")
    for job in (going, over):
        files.path_of(job).write_bytes(b"half")
    files.forget_expired(AT)
    assert (files.path_of(going).exists(), files.path_of(over).exists()) == (True, False)
    files.path_of(going).unlink()
