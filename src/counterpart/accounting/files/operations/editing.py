"""Editing a file and changing its number (LA-FIL-2, LA-FIL-6, MAT-18)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from counterpart.accounting.edits import merged
from counterpart.accounting.files.fields import cleaned, field_errors
from counterpart.accounting.files.operations.holding import given_number, hold, write
from counterpart.accounting.files.operations.references import reference_errors
from counterpart.accounting.files.permissions import require_number
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused


@transaction.atomic
def edit_file(
    *,
    file_id: UUID,
    given: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    version: int | None = None,
    seen: Mapping[str, Any] | None = None,
    number: str | None = None,
    keep_sequence: bool = False,
) -> None:
    """Write the fields given: description, dates, staff, billing settings, holds; saving without a change still asks
    for an exchange (STA-5). The open date stays here (MAT table), the responsible and lead lawyers too (MAT-28).

    ``version``, ``seen``: as for contacts (EDT-1). ``number``: a new number, or '' for the next one (MAT-18).
    Raises Missing, Forbidden, Stale, Clash, Refused.
    """
    held = hold(file_id)
    renumbers = number is not None and number != held.number
    if given or not renumbers:
        actor.require("file.edit")
    fields = merged(held, given, version=version, seen=seen, cleaned=cleaned, noun="file")
    errors = [*field_errors(fields, held.fields), *reference_errors({file_id: fields}, {file_id: held.fields})[file_id]]
    if held.from_pm and fields["assigned"] is None and held.fields["assigned"] is not None:
        # Practice Management would refuse it, and the file would be red until somebody is named (MAT-5, MAT-23).
        text = f"A matter in {settings.COUNTERPART_PEER_NAME} is assigned to somebody; choose who it is."
        errors.append(FieldError("assigned", text, "required"))
    if errors:
        raise Refused(errors)
    after = replace(held, fields=fields)
    if renumbers:
        require_number(actor)
        after.number = given_number(held, number or "", keep_sequence=keep_sequence, actor=actor, at=at)
    if event := write(held, after, verb="edited", actor=actor, at=at, always_exchange=True):
        history.record([event])


def change_file_number(
    *, file_id: UUID, number: str, keep_sequence: bool, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Give the file another number, '' for the next one (LA-NUM-10, MAT-18). By contact it must begin with the primary
    contact's number (MAT-13). The old number stays in the ledger and still finds the file (LA-NUM-7).

    Raises what ``edit_file`` raises.
    """
    require_number(actor)
    edit_file(
        file_id=file_id, given={}, actor=actor, at=at, version=version, number=number, keep_sequence=keep_sequence
    )
