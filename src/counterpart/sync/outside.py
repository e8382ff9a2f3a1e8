"""Values changed past the application (SQL, a script): found by a comparison, they become edits (section 12).

A value that differs although both sites hold the same stamps was changed by nobody the engine knows. Where this site's
columns no longer have the digest that was noted with the last change, it happened here: the value is stamped as an edit
by "outside the application", audited, and exchanged. Otherwise it happened at the peer, whose own comparison does this.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import update_rows
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.registers import Reg, Register, edit, seen_stamps
from counterpart.protocol.stamps import tick
from counterpart.sync.codec import author_row, state_of, to_ms, with_authors
from counterpart.sync.handler import Handler
from counterpart.sync.link import my_site
from counterpart.sync.models import Record
from counterpart.sync.recording import EDITED_COLUMNS, Lane, touched_row
from counterpart.sync.registry import handler_for
from counterpart.sync.wake import wake_on_commit

AUTHOR = "Outside the application"


def unstamped_changes(rules: Mapping[str, Register], mine: Mapping[str, Reg], theirs: Mapping[str, Reg]) -> list[str]:
    """Registers whose values differ under equal stamps; addresses may, and what the engine keeps has no column."""
    names = [rule.name for rule in rules.values() if not rule.create_only and not rule.kept]
    pairs = [(name, mine.get(name, Reg(None)), theirs.get(name, Reg(None))) for name in names]
    return [name for name, own, other in pairs if own.stamps == other.stamps and own.value != other.value]


@transaction.atomic
def adopt(sync_id: UUID, theirs: Mapping[str, Reg], at: datetime) -> bool:
    """Make an edit of what was changed here past the application; whether there was anything."""
    record = Record.objects.select_for_update().get(sync_id=sync_id)
    handler = handler_for(record.kind)
    assert record.local_id is not None, "only records that exist here are compared"
    values = handler.read([record.local_id]).get(record.local_id)
    if values is None or record.severed:
        return False
    mine = state_of(handler, record, values)
    # What only the peer writes is put right by its own state (protocol.merge_state).
    rules = {name: rule for name, rule in handler.registers.items() if my_site() in rule.writers}
    names = unstamped_changes(rules, mine, theirs)
    if state_digest(handler.registers, mine) == record.digest:
        # The digest covers what was ever stamped; a value without a stamp can only have been written here.
        names = [name for name in names if not mine.get(name, Reg(None)).newest and mine.get(name, Reg(None)).value]
    if not names:
        return False
    _stamp(handler, record, mine, names, theirs, at)
    return True


def _stamp(
    handler: Handler, record: Record, mine: dict[str, Reg], names: list[str], theirs: Mapping[str, Reg], at: datetime
) -> None:
    actor = Actor.system(AUTHOR)
    changed: dict[str, Any] = {name: mine[name].value if name in mine else None for name in names}
    state = edit(mine, my_site(), tick(my_site(), to_ms(at), *seen_stamps(mine, mine)), changed)
    authors = with_authors(record.authors, names, author_row(actor, at))
    row = touched_row(handler, record, state, authors, at, Lane.RETRY)
    update_rows(Record, EDITED_COLUMNS, [row], key_columns=("sync_id",))
    assert record.local_id is not None
    label = handler.labels([record.local_id])[record.local_id].name
    differing = {handler.register_label(n): [theirs.get(n, Reg(None)).value, value] for n, value in changed.items()}
    history.record([history.NewEvent(record.kind, record.local_id, label, "edited", actor, at, differing)])
    wake_on_commit()
