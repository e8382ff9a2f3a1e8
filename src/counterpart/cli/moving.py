"""One product's part in `counterpart export` and `counterpart load`: `python -m counterpart.cli.moving`.

A process has one product, and the two must be read at the same moment, so each waits for the word of the command. Lines
of JSON both ways: what to do and then "go" or "again" comes in; how far it is, and the result, goes out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

TELL_EVERY_S = 0.2


def main() -> int:
    import django
    from django.db import DatabaseError

    django.setup()
    from counterpart.foundation.errors import Refusal

    asked = _hear()
    try:
        {"export": _export, "load": _load}[asked["do"]](asked)
    except Refusal as refusal:
        _say({"refused": refusal.message})
    except DatabaseError as error:
        _say({"refused": f"The database says: {str(error).strip().splitlines()[0]}"})
    return 0


def _export(asked: Facts) -> None:
    from counterpart.foundation import history
    from counterpart.foundation.actor import Actor
    from counterpart.foundation.clock import now
    from counterpart.foundation.exporting.snapshot import moment_of, snapshot
    from counterpart.foundation.exporting.writing import Folder, write_product

    _ensure_migrated()
    while True:
        with snapshot() as alias:
            _say({"moment": moment_of(alias)})
            if _hear()["word"] == "again":
                continue
            part = write_product(Folder(Path(asked["folder"])), alias, _teller())
        break
    # Afterwards, so that what is loaded from it and exported again is the same.
    taken = {"rows": [None, part["rows"]]}
    history.record([history.NewEvent("firm", None, "Everything", "exported", _actor(Actor), now(), taken)])
    _say({"result": part})


def _load(asked: Facts) -> None:
    from counterpart.cli.onsite import command_output
    from counterpart.foundation.actor import Actor
    from counterpart.foundation.clock import now
    from counterpart.foundation.exporting.loading import ensure_loadable, load_product
    from counterpart.foundation.exporting.reading import source
    from counterpart.foundation.users.models import User
    from counterpart.foundation.users.operations import set_password

    command_output("migrate", interactive=False, verbosity=0)
    command_output("createcachetable", verbosity=0)
    ensure_loadable(asked["part"])
    _say({"ready": True})
    _hear()
    with source(Path(asked["path"])) as found:
        rows = load_product(found, asked["part"], _teller())
    administrators = User.objects.filter(is_active=True, roles__is_administrator=True).distinct()
    chosen = administrators.filter(email=asked["administrator"].lower()).first()
    if chosen is not None:
        set_password(actor=_actor(Actor), user=chosen, password=asked["password"], at=now())
    emails = sorted(administrators.values_list("email", flat=True))
    _say({"result": {"rows": rows, "administrators": emails, "password_set": chosen is not None}})


def _ensure_migrated() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from counterpart.foundation.errors import Refusal

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refusal("The database is of another version; start 'counterpart up' once with this version first.")


def _actor(actors: Any) -> Any:
    return actors.system("Counterpart", "command")


def _teller() -> Callable[[int, int], None]:
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY_S or done == total:
            told = time.monotonic()
            _say({"done": done, "total": total})

    return tell


def _hear() -> Facts:
    line = sys.stdin.readline()
    if not line:
        sys.exit(1)  # the command is gone: nobody waits for this
    facts: Facts = json.loads(line)
    return facts


def _say(facts: Facts) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
