"""Tasks to confirm how a file's bills are divided, raised whenever its clients change (GRP-8, IMP-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterpart.accounting.files.models import SplitReview
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.rows import Held, contact_names
from counterpart.accounting.files.shares import is_divided, percent
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows, update_rows


@dataclass(frozen=True, slots=True)
class Change:
    """A file's payers before and after, and who changed them."""

    before: Held
    after: Held
    actor: Actor


def raise_reviews(changes: Sequence[Change], *, at: datetime) -> list[history.NewEvent]:
    """Raise a task per file, or add to the one that is open; returns events for the history. The file is locked."""
    if not changes:
        return []
    names = contact_names(contact for one in changes for held in (one.before, one.after) for contact in held.clients)
    reasons = {one.after.id: _reason(one, names) for one in changes}
    waiting = {row.file_id: row for row in SplitReview.objects.filter(file_id__in=reasons, done_at=None)}
    fresh, again = [], []
    for one in changes:
        row = waiting.get(one.after.id)
        if row is None:
            fresh.append((one.after.id, reasons[one.after.id], at, one.actor.name, ""))
        else:
            again.append((row.pk, f"{row.reason}\n{reasons[one.after.id]}", at, one.actor.name))
    insert_rows(SplitReview, ("file_id", "reason", "made_at", "made_by", "done_by"), fresh)
    update_rows(SplitReview, ("reason", "made_at", "made_by"), again)
    return [
        history.NewEvent(
            KIND, one.after.id, one.after.label, "split_review_asked", one.actor, at, reason=reasons[one.after.id]
        )
        for one in changes
    ]


def _reason(change: Change, names: dict[UUID, str]) -> str:
    """Say in words what became of the clients. What shares are now is shown beside the task, where it stays true."""
    before, after = dict(change.before.payers), dict(change.after.payers)
    primary = names[change.after.primary]
    said = [f"{names[client]} is a client now." for client in after if client not in before]
    for client, share in before.items():
        if client not in after:
            moved = f"; {percent(share)} % went to {primary}" if share and is_divided(change.before.payers) else ""
            said.append(f"{names[client]} is no client any more{moved}.")
    if change.before.primary != change.after.primary:
        said.append(f"{primary} is the primary contact now.")
    return " ".join(said) or "The order of the clients changed."
