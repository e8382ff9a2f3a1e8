"""Editing a matter: only what the person changed is written, and nothing anybody else changed is lost (EDT-1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, FieldError, Refused
from counterpart.practice.clashes import merged
from counterpart.practice.matters.drafts import OPEN_STATUSES, problems_of, tidied
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.operations.looking_up import (
    People,
    State,
    assignee_problem,
    hold_references,
    locked_one,
    reference_holders,
    taken,
    types_by,
)
from counterpart.practice.matters.operations.placing import required_problems
from counterpart.practice.matters.operations.recording import changes_between, event
from counterpart.practice.matters.operations.telling import tell_own
from counterpart.practice.matters.queries import is_offered
from counterpart.practice.matters.rows import parties_of_matters, update_matters
from counterpart.practice.number_locks import FILE_REFERENCE_LOCK

EDITABLE: Final = (
    "name", "file_reference", "assigned_to", "status", "priority", "date", "external_reference",
)  # fmt: skip


@transaction.atomic
def edit_matter(
    *,
    actor: Actor,
    matter_id: UUID,
    changes: Mapping[str, Any],
    at: datetime,
    keep_sequence: bool = False,
    base: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> State:
    """Give the named fields new values; return the matter's columns as they are now.

    ``assigned_to`` is the key or e-mail address of a person; ``status`` one of those a matter can have without being
    closed. ``base``: the values the form was filled with; what only one side changed merges silently, what both
    changed raises EditClash. ``version``: the version that was read; another one now raises Stale. A save without any
    change still forces an exchange (STA-5). Raises Forbidden, Missing, Refused, Blocked.
    """
    actor.require("matter.edit")
    current = locked_one(actor, matter_id, version)
    wanted = tidied({name: value for name, value in changes.items() if name in EDITABLE})
    if base is not None:
        now = {name: shown(current, name) for name in wanted}
        wanted = merged("matter", matter_id, wanted, tidied(base), now, current["version"])
    after = _after(actor, current, wanted, keep_sequence=keep_sequence)
    return write_edit(actor, current, after, at)


@transaction.atomic
def withdraw_reference(*, actor: Actor, matter_id: UUID, at: datetime) -> State:
    """Take back what was typed as File Reference; a matter without a number is then numbered automatically.

    Restricted people may do this too: it defines no number (NUM-16). Raises Forbidden, Missing.
    """
    actor.require("matter.edit")
    current = locked_one(actor, matter_id)
    after = {**current, "requested_reference": "", "requested_keep_sequence": False}
    return write_edit(actor, current, after, at)


def write_edit(actor: Actor, before: State, after: State, at: datetime) -> State:
    """Store checked columns, tell the engine and history. Part of an edit; call it locked."""
    changed = changes_between(before, after)
    if changed:
        update_matters([(before["id"], after, actor.name)], at)
        after = {**after, "version": before["version"] + 1}
    names_request = before["requested_reference"] != after["requested_reference"]
    tell_own([(before, after)], actor, at, names_request=names_request)
    if changed:
        history.record([event(after, "edited", actor, at, changed)])
    return after


def shown(columns: Mapping[str, Any], name: str) -> Any:
    """A field as the form shows it: the reference is the number, or else what was asked for."""
    if name == "file_reference":
        return columns["file_reference"] or columns["requested_reference"]
    return columns["assigned_to_id"] if name == "assigned_to" else columns[name]


def _after(actor: Actor, current: State, wanted: Mapping[str, Any], *, keep_sequence: bool) -> State:
    plain = {name: value for name, value in wanted.items() if name not in ("file_reference", "assigned_to")}
    after = {**current, **plain}
    errors: list[FieldError] = []
    if "assigned_to" in wanted and wanted["assigned_to"] not in _who(current):
        errors += assign(after, wanted["assigned_to"])
    if after["status"] != current["status"]:
        errors += _status_problems(current, after)
    if "file_reference" in wanted and wanted["file_reference"] != shown(current, "file_reference"):
        errors += request(actor, current, after, wanted["file_reference"], keep_sequence=keep_sequence)
    if errors := errors + problems_of(after):
        raise Refused(errors)
    return after


def _who(current: State) -> tuple[int, str]:
    """The person as ``assigned_to`` may name them."""
    return current["assigned_to_id"], current["assigned_email"]


def assign(after: State, wanted: int | str | None) -> list[FieldError]:
    """Put a person into the columns, or say why not."""
    person = People([wanted]).get(wanted)
    if problem := assignee_problem(person):
        return [problem]
    assert person is not None
    after.update(assigned_to_id=person.id, assigned_email=person.email, assigned_name=person.name)
    return []


def request(actor: Actor, current: State, after: State, reference: str, *, keep_sequence: bool) -> list[FieldError]:
    """A changed reference is a request; the old number stands until Legal Accounting grants it (MAT-18)."""
    actor.require("matter.edit_reference")
    FILE_REFERENCE_LOCK.ensure_open(actor)
    if not reference and current["file_reference"]:
        text = "A matter keeps its number; type another one to change it."
        return [FieldError("file_reference", text, "reference.required")]
    same = reference == current["file_reference"]
    after["requested_reference"] = "" if same else reference
    after["requested_keep_sequence"] = bool(reference) and not same and keep_sequence
    if same:
        return []
    hold_references()
    return taken(actor, list(reference_holders([reference], other_than=[current["id"]]).values())[:1])


def _status_problems(current: State, after: State) -> list[FieldError]:
    if Status.CLOSED in (current["status"], after["status"]):
        text = "Closing and reopening are steps of their own."
        return [FieldError("status", text, "status.not_here")]
    if after["status"] not in OPEN_STATUSES:
        return []  # said by problems_of
    if after["status"] == Status.TEMPLATE and is_offered(current["id"]):
        text = "Legal Accounting has a file for this matter, so it can't become a template."
        raise Blocked(text, code="matter.template")
    if current["status"] == Status.TEMPLATE:
        facts = types_by([current["matter_type_id"]]).by_id[current["matter_type_id"]]
        return required_problems(facts, parties_of_matters([current["id"]])[current["id"]])
    return []
