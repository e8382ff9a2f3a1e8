"""From a file to an import that can be tried: read, understood, and told how it is meant (IMP-1)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refusal, Refused
from counterpart.foundation.ids import new_id
from counterpart.foundation.importing import uploads
from counterpart.foundation.importing.columns import Guess, problem_with, squashed
from counterpart.foundation.importing.models import BEGUN, ImportRun, SavedMapping, State
from counterpart.foundation.importing.reading import Reading, read
from counterpart.foundation.importing.reading.source import reading_of
from counterpart.foundation.importing.staging import stage, staging
from counterpart.foundation.importing.subjects import Subject
from counterpart.foundation.text import normalise
from counterpart.foundation.users.models import User

NAME_MAX: Final = 100
ROWS_TOLD: Final = 20


def begin(
    subject: Subject, actor: Actor, path: Path, *, file_name: str, at: datetime, reading: Reading | None = None
) -> ImportRun:
    """An import of this file, with its rows staged and its columns guessed; nothing else is written.

    Raises Forbidden, Refusal for a file nothing can be read from, OSError.
    """
    run = _received(subject, actor, new_id(), file_name, at)
    for _ in taking_in(run, subject, actor, path, reading):
        pass
    run.save()
    return run


def receive(subject: Subject, actor: Actor, run_id: UUID, *, file_name: str, at: datetime) -> ImportRun:
    """An import of a file that was uploaded and is still to be read. Raises Forbidden."""
    run = _received(subject, actor, run_id, file_name, at)
    run.save()
    return run


def _received(subject: Subject, actor: Actor, run_id: UUID, file_name: str, at: datetime) -> ImportRun:
    actor.require("import.run")
    return ImportRun(
        id=run_id, what=subject.key, subject=subject.key, state=State.READING, file_name=file_name[-255:],
        started_at=at, started_by=actor.name, user_id=actor.user_id,
    )  # fmt: skip


def start_reading(run: ImportRun) -> None:
    """The file is read, or read otherwise than before. Raises Refusal."""
    if run.state not in (State.READING, State.MAPPING, State.TRIED):
        raise Refusal("This import has begun; its file stays as it was read.", code="import.begun")
    run.state = State.READING
    run.save(update_fields=["state"])


def taking_in(
    run: ImportRun, subject: Subject, actor: Actor, path: Path, reading: Reading | None = None
) -> Iterator[int]:
    """Read the file: its rows are staged, its columns guessed; yields the rows staged so far. The run is not saved.

    Raises Refusal, OSError; the run is then as it was.
    """
    source, count = read(path, reading, name=run.file_name), 0
    for count in staging(source, uploads.rows_of(run.pk)):
        yield count
    if not count:
        raise Refusal(
            f"{run.file_name} has headings and no rows. Choose a file with a row below them for each record.",
            code="file.empty",
        )
    run.total_rows, run.facts, run.header = count, source.facts(), source.header
    run.file_sha256 = run.file_sha256 or digest_of(path)
    guess = recalled(subject, source.header, actor) or subject.fields.guessed(source.header)
    run.mapping, run.mapping_source, run.preview, run.state = guess.fields, guess.source, None, State.MAPPING


def stage_again(run: ImportRun, path: Path) -> None:
    """The rows of a run that was broken off, from the same file once more. Raises Refusal, OSError."""
    stage(read(path, reading_of(run.facts), name=run.file_name), uploads.rows_of(run.pk))


def recalled(subject: Subject, header: Sequence[str], actor: Actor) -> Guess | None:
    """The mapping somebody saved for a file with these headings: one's own before the firm's, the last used first."""
    mine = Q(user_id=actor.user_id) | Q(user_id=None)
    saved = SavedMapping.objects.filter(mine, subject=subject.key, header_key=header_key(header))
    best = saved.order_by(F("user_id").asc(nulls_last=True), "-used_at").first()
    return None if best is None else applied(best, header, subject)


def applied(saved: SavedMapping, header: Sequence[str], subject: Subject) -> Guess:
    """A saved mapping on these headings; a heading it does not know is left aside."""
    names = subject.fields.names
    fields = [saved.columns.get(squashed(name), "") for name in header]
    return Guess([name if name in names else "" for name in fields], saved.name)


def choose_columns(
    run: ImportRun,
    subject: Subject,
    chosen: Sequence[str],
    *,
    actor: Actor,
    at: datetime,
    save_as: str = "",
    for_firm: bool = False,
) -> None:
    """Match the columns; with a name that is remembered, for oneself or the firm. Raises Refused, Forbidden."""
    _must_not_have_begun(run)
    if len(chosen) != len(run.header):
        raise Refused([FieldError("", "The file was read anew meanwhile; look at the columns again.", "mapping.stale")])
    if problem := problem_with(subject.fields, chosen, subject.needs_one_of):
        raise Refused([FieldError("", problem, "mapping.invalid")])
    name = normalise(save_as)[:NAME_MAX]
    if list(chosen) != run.mapping:
        run.mapping_source = name
    run.mapping, run.preview, run.state = list(chosen), None, State.MAPPING
    run.save(update_fields=["mapping", "mapping_source", "preview", "state"])
    if not name:
        # Without a name it is remembered too, silently: the same person with the same headings means the same.
        name = f"{run.file_name}, {at:%-d %B %Y}"[:NAME_MAX]
        if SavedMapping.objects.filter(subject=subject.key, user=None, header_key=header_key(run.header)).exists():
            return
    if for_firm:
        actor.require("settings.edit")
    owner = None if for_firm else User.objects.filter(email=actor.email).first()
    if owner is None and not for_firm:
        return
    SavedMapping.objects.update_or_create(
        subject=subject.key,
        header_key=header_key(run.header),
        user=owner,
        defaults={
            "name": name,
            "columns": {squashed(head): field for head, field in zip(run.header, chosen, strict=True)},
            "used_at": at,
        },
    )


def choose_options(run: ImportRun, subject: Subject, options: Mapping[str, Any]) -> None:
    """How the rows are meant; the dry run comes next."""
    _must_not_have_begun(run)
    run.options = dict(options)
    run.is_held = bool(options.get("hold"))
    run.what = what_of(subject, options)
    run.preview = None
    run.state = State.MAPPING
    run.save(update_fields=["options", "is_held", "what", "preview", "state"])


def what_of(subject: Subject, options: Mapping[str, Any]) -> str:
    """What is made of a file, so that the same file imported otherwise is another import."""
    return f"{subject.key} {subject.what(options)}".strip()[:200]


def start_trying(run: ImportRun) -> None:
    """The dry run begins; what an earlier one found is forgotten, decisions are kept."""
    _must_not_have_begun(run)
    run.failures.all().delete()
    run.doubts.filter(decision="").delete()
    run.preview, run.state = {}, State.TRYING
    run.save(update_fields=["preview", "state"])


def start_running(run: ImportRun, at: datetime) -> None:
    """From here rows are written. Raises Refusal if the same is under way already."""
    if run.state not in (State.TRIED, State.PAUSED, State.MAPPING):
        raise Refusal("This import was begun before.", code="import.running")
    if run.state != State.PAUSED:
        run.failures.all().delete()
        run.started_at = at
    run.state = State.RUNNING
    try:
        with transaction.atomic():
            run.save(update_fields=["state", "started_at"])
    except IntegrityError:
        run.refresh_from_db()
        raise Refusal("This file is being imported already.", code="import.running") from None


def earlier_imports(run: ImportRun) -> list[ImportRun]:
    """Finished imports of the very same file, newest first: whoever imports it again should know."""
    same = ImportRun.objects.filter(file_sha256=run.file_sha256, state__in=(State.FINISHED, *BEGUN))
    return list(
        same.filter(Q(subject=run.subject) | Q(what__startswith=run.subject))
        .exclude(pk=run.pk)
        .order_by("-started_at")[:3]
    )


def header_key(header: Sequence[str]) -> str:
    """What headings have in common, whatever their order."""
    return hashlib.sha256("\n".join(sorted(squashed(name) for name in header)).encode()).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _must_not_have_begun(run: ImportRun) -> None:
    if run.state not in (State.MAPPING, State.TRIED, State.TRYING):
        raise Refusal("This import has begun; its columns and options stay as they are.", code="import.begun")
