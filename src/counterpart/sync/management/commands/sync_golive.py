"""The go-live of two filled products from the command line: begin, watch, stop, go on, approve."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.sync.golive import deciding, runs
from counterpart.sync.golive.handler import matching_handlers
from counterpart.sync.golive.tables import GoLive

ACTS = ("status", "start", "stop", "resume", "end", "include", "approve")


class Command(BaseCommand):
    """``counterpart practice sync_golive start``, ``counterpart accounting sync_golive approve``. Prints JSON."""

    help = "Pair two filled products: start (in Practice Management), status, stop, resume, end, include, approve."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and the choices that go with it."""
        parser.add_argument("act", choices=ACTS)
        parser.add_argument("--rehearse", action="store_true")
        parser.add_argument("--stands", choices=sorted(runs.STANDS), default="")
        parser.add_argument("--classes", default="A,B,C")
        parser.add_argument("--clashes", choices=sorted(deciding.CLASHES), default="later")
        parser.add_argument("--which", choices=("all", "practice", "accounting", "none"), default="all")

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        """Do it, and say how things stand."""
        actor, at = Actor.system("Go-live", "command"), now()
        try:
            if act == "start":
                runs.start(rehearsal=options["rehearse"], stands=options["stands"] or "later", actor=actor, at=at)
            elif act == "approve":
                stands = options["stands"] or _current().stands
                grades = options["classes"].split(",")
                deciding.approve(grades=grades, clashes=options["clashes"], stands=stands, actor=actor, at=at)
            elif act == "include":
                _include(options["which"], actor)
            elif act != "status":
                {"stop": runs.stop, "resume": runs.resume, "end": runs.end}[act](actor=actor, at=at)
        except (Blocked, Refusal) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(runs.status()))


def _current() -> GoLive:
    run = runs.current()
    if run is None:
        raise Blocked("No go-live is under way.")
    return run


def _include(which: str, actor: Actor) -> None:
    for handler in matching_handlers():
        wanted = ((False, which in ("all", "practice")), (True, which in ("all", "accounting")))
        for mine, on in wanted:
            deciding.include(handler.kind, mine=mine, ids=None, on=on, actor=actor)
