"""What the pages of an import have in common: whose it is, where things are, which step comes next."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.models import ImportRun, State
from counterpart.foundation.importing.subjects import Subject
from counterpart.foundation.notices.operations import mark_seen
from counterpart.foundation.users.access import SignedIn, actor_of

RIGHT: Final = "import.run"
STEPS: Final = (
    ("upload", "File"), ("columns", "Columns"), ("options", "Options"), ("try", "Dry run"), ("run", "Import"),
)  # fmt: skip
PARTS: Final = ("run", "columns", "options", "acts", "review", "failed", "skipped", "reading")
CHANGEABLE: Final = (State.MAPPING, State.TRIED, State.TRYING)
"""Columns and options can be chosen: the file was read, and no row is written."""


def acting(request: SignedIn, subject: Subject) -> Actor:
    """Who imports. Raises Forbidden."""
    actor = actor_of(request)
    for right in subject.rights:
        actor.require(right)
    return actor


def run_or_404(actor: Actor, subject: Subject, run_id: UUID) -> ImportRun:
    """An upload belongs to who made it: the file may name people the firm keeps behind a wall."""
    runs = ImportRun.objects.select_related("job")
    return get_object_or_404(runs, pk=run_id, user_id=actor.user_id, subject=subject.key)


def to(subject: Subject, part: str, run: ImportRun) -> HttpResponse:
    """Go to a page of the import."""
    return redirect(f"{subject.key}-import-{part}", run.pk)


def seen(request: SignedIn, run: ImportRun) -> None:
    """Whoever looks at the import needs no notice of what has ended there."""
    if run.job is not None and run.job.is_finished:
        mark_seen(request.user.pk, at=clock.now(), url=reverse("jobs:job", args=[run.job.pk]))


def addresses(subject: Subject, run: ImportRun | None = None) -> dict[str, str]:
    """The addresses the templates need, since their names differ from subject to subject."""
    name = f"{subject.key}-import"
    found = {
        "upload_url": reverse(name),
        "template_url": reverse(f"{name}-template"),
        "workbook_url": reverse(f"{name}-workbook"),
        "dictionary_url": reverse(f"{name}-dictionary"),
        "back_url": reverse(subject.back),
        "run_name": f"{name}-run",
    }
    if run is not None:
        found |= {f"{part}_url": reverse(f"{name}-{part}", args=[run.pk]) for part in PARTS}
    return found


def steps_shown(subject: Subject, run: ImportRun | None, here: str) -> list[dict[str, Any]]:
    """The way through an import, with what is done and where one is; done steps are links until rows are written."""
    names = [name for name, _ in STEPS]
    place = names.index(here)
    urls = addresses(subject, run)
    may_go_back = run is not None and run.state in CHANGEABLE
    shown = []
    for number, (name, label) in enumerate(STEPS):
        state = "done" if number < place else "here" if number == place else "later"
        url = urls.get(f"{name}_url", "") if state == "done" and may_go_back and name in ("columns", "options") else ""
        shown.append({"label": label, "state": state, "url": url, "number": number + 1})
    return shown
