"""Killing the process between any two statements, and seeing whether anything half done is left (S4, S10)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection, transaction


class Killed(BaseException):
    """The process is gone: no handler of the code under test may catch this."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """Die before the given statement; what is rolled back afterwards is what was never committed."""
    numbers = count()

    def die(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        # A savepoint inside a transaction is no point of its own: what is rolled back is always the whole.
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) and next(numbers) == statement:
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die):
        yield


def everything() -> dict[str, list[Any]]:
    """All rows of all tables of the engine, the history and the product."""
    models = [m for m in apps.get_models() if m.__module__.startswith("counterpart.")]
    return {m._meta.label: sorted(map(repr, m.objects.values_list())) for m in models}


def leaves_nothing_half_done(action: Callable[[], object], *, at_least: int) -> None:
    """Kill ``action`` before each of its statements in turn; every time all tables are as before, until it succeeds."""
    before = everything()
    for point in count():
        try:
            with killed_at(point), transaction.atomic(savepoint=False):
                action()
        except Killed:
            connection.needs_rollback = False
            assert everything() == before, f"something was left half done before statement {point}"
            continue
        break
    assert point >= at_least, f"only {point} statements were tried"
    assert everything() != before, "the action did nothing at all"
