"""The firm's lists for files, and its choices about them (LA-FIL-1, LA-FIL-3, IMP-10, IMP-11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from counterpart.accounting.files.models import CODE_MAX, CODE_NAME_MAX, File, FileCode, FileOptions
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.rows import read_held
from counterpart.accounting.files.values import values_of
from counterpart.contracts.matter import tidy
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Missing, Refused
from counterpart.sync import api as sync

CHUNK: Final = 1_000


@transaction.atomic
def add_code(*, listing: str, code: str, name: str, actor: Actor, at: datetime) -> FileCode:
    """Add an entry to one of the firm's lists. Raises Forbidden, Refused."""
    actor.require("settings.edit")
    entry = FileCode(listing=listing, code=tidy(code) or "", name=tidy(name) or "")
    _save(entry)
    _record(entry, {"entry": [None, str(entry)]}, actor, at)
    return entry


@transaction.atomic
def edit_code(*, code_id: int, code: str, name: str, actor: Actor, at: datetime) -> None:
    """Change code and name of an entry; files that have it show the new ones. Raises Forbidden, Missing, Refused."""
    actor.require("settings.edit")
    entry = _held(code_id)
    before = str(entry)
    entry.code, entry.name = tidy(code) or "", tidy(name) or ""
    if str(entry) != before:
        _save(entry)
        _record(entry, {"entry": [before, str(entry)]}, actor, at)


@transaction.atomic
def set_default_code(*, code_id: int, actor: Actor, at: datetime) -> None:
    """Make an entry the one new files take (MAT-7). Raises Forbidden, Missing."""
    actor.require("settings.edit")
    entry = _held(code_id)
    if entry.is_default:
        return
    before = FileCode.objects.get(listing=entry.listing, is_default=True)
    FileCode.objects.filter(pk=before.pk).update(is_default=False)
    FileCode.objects.filter(pk=entry.pk).update(is_default=True)
    _record(entry, {"default": [str(before), str(entry)]}, actor, at)


@transaction.atomic
def change_file_options(
    *, actor: Actor, at: datetime, publishes_staff: bool | None = None, closes_in_step: bool | None = None
) -> None:
    """Change the firm's choices about files; None leaves one as it is. Raises Forbidden.

    ``publishes_staff``: Practice Management is told who is responsible and who leads (IMP-11). ``closes_in_step``: a
    file closes and reopens with its matter there (IMP-10).
    """
    actor.require("settings.edit")
    FileOptions.objects.get_or_create(id=1)
    options = FileOptions.objects.select_for_update().get(id=1)
    wanted = {"publishes_staff": publishes_staff, "closes_in_step": closes_in_step}
    changes = {
        name: [getattr(options, name), value]
        for name, value in wanted.items()
        if value is not None and value != getattr(options, name)
    }
    if not changes:
        return
    if "publishes_staff" in changes:
        _publish_all(options, actor, at, publishes_staff=not options.publishes_staff)
    FileOptions.objects.update(**{name: value for name, (_, value) in changes.items()})
    history.record([history.NewEvent("settings", None, "Files", "setting_changed", actor, at, changes)])


def _publish_all(options: FileOptions, actor: Actor, at: datetime, *, publishes_staff: bool) -> None:
    shared = list(File.objects.filter(from_pm=True, deleted_at=None).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(shared), CHUNK):
        _publish(shared[start : start + CHUNK], options, actor, at, publishes_staff=publishes_staff)


def _publish(
    file_ids: Sequence[UUID], options: FileOptions, actor: Actor, at: datetime, *, publishes_staff: bool
) -> None:
    """Stamp the staff of these files with what the other product is to know of it from now on."""
    sync.lock(KIND, file_ids)
    files = list(read_held(file_ids, lock=True).values())
    before = values_of(files, publishes=options.publishes_staff)
    after = values_of(files, publishes=publishes_staff)
    items = [(held.id, was, now) for held, was, now in zip(files, before, after, strict=True)]
    sync.saved(kind=KIND, items=items, actor=actor, at=at, lane=sync.Lane.BULK)


def _held(code_id: int) -> FileCode:
    entry = FileCode.objects.select_for_update().filter(pk=code_id).first()
    if entry is None:
        raise Missing("There is no such entry.")
    return entry


def _save(entry: FileCode) -> None:
    errors = []
    if entry.listing not in FileCode.Listing.values:
        errors.append(FieldError("listing", "There is no such list.", "unknown"))
    if not 0 < len(entry.code) <= CODE_MAX:
        errors.append(FieldError("code", f"A code has 1 to {CODE_MAX} characters.", "length"))
    if not 0 < len(entry.name) <= CODE_NAME_MAX:
        errors.append(FieldError("name", f"A name has 1 to {CODE_NAME_MAX} characters.", "length"))
    same = FileCode.objects.filter(listing=entry.listing, code__iexact=entry.code).exclude(pk=entry.pk)
    if not errors and same.exists():
        errors.append(FieldError("code", "This code is in the list already.", "taken"))
    if errors:
        raise Refused(errors)
    entry.save()


def _record(entry: FileCode, changes: dict[str, object], actor: Actor, at: datetime) -> None:
    label = FileCode.Listing(entry.listing).label
    history.record([history.NewEvent("settings", None, str(label), "setting_changed", actor, at, changes)])
