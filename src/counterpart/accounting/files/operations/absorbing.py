"""The payers and group memberships of a contact that is merged into another one, and back again (DUP-8, DUP-11).

A share is never rounded or lost: where both pay for one file, the survivor pays the sum, at the better position.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File, FilePayer, GroupMember
from counterpart.accounting.files.operations.holding import write_all
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.rows import Held, Shares, payer_changes, read_held, readable
from counterpart.accounting.files.shares import after_clients
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.models import Merge
from counterpart.foundation.bulk import insert_rows, update_rows
from counterpart.foundation.history import NewEvent
from counterpart.sync import api as sync

PAYER: Final = ("file_id", "contact_id", "position", "share", "ended_at")
MEMBER: Final = ("group_id", "contact_id", "position")
VERB: Final = "clients_merged"

Rows = list[list[Any]]
"""Payers of a file, former ones too: [contact, position, share, end]; or members of a group: [contact, position]."""
Kept = dict[str, list[Rows]]
"""By file or group, its rows before and after, as they are stored with the merge."""


def files_of(contact_ids: Iterable[UUID]) -> list[UUID]:
    """The files, deleted ones too, the contacts pay or paid for."""
    rows = FilePayer.objects.filter(contact_id__in=list(contact_ids))
    return sorted(set(rows.values_list("file_id", flat=True)))


def absorb_payers(*, survivor: UUID, loser: UUID, actor: Actor, at: datetime) -> tuple[int, Kept, list[NewEvent]]:
    """Let the survivor pay wherever the loser did. Part of a merge; the links of the files are locked."""
    ids = files_of([loser])
    before = _payers(ids)
    after = {key: _without(rows, survivor, loser) for key, rows in before.items()}
    events = _written(before, after, actor, at)
    return len(ids), {str(key): [before[key], after[key]] for key in ids}, events


def payers_changed(kept: Kept) -> list[File]:
    """The files whose payers or shares are not any more what the merge made of them; those whose clients Practice
    Management says are not asked: it puts them back itself.
    """
    ids = _own(kept)
    now = _payers(ids)
    changed = [key for key in ids if now[key] != kept[str(key)][1]]
    return list(File.objects.filter(pk__in=changed).order_by("number_key"))


def give_back_payers(kept: Kept, *, actor: Actor, at: datetime) -> list[NewEvent]:
    """Make payers and shares what they were before the merge, on files where nobody has changed them since.

    While the integration is on the clients of a file from Practice Management are its to say: see ``take_up_clients``.
    """
    changed = {file.pk for file in payers_changed(kept)}
    ids = [key for key in _own(kept) if key not in changed]
    return _written(_payers(ids), {key: kept[str(key)][0] for key in ids}, actor, at)


def take_up_clients(kept: Kept, *, survivor: UUID, loser: UUID, actor: Actor, at: datetime) -> list[NewEvent]:
    """After a merge is undone while the integration is on: files whose clients Practice Management last named with the
    loser get it back as a payer, with the shares of before the merge where the clients are those of then.

    A matter made for the loser while it was merged came in with the survivor; it is among them, too. Where clients have
    changed since, they stay until the next list arrives.
    """
    ids = list(
        File.objects.filter(payers__contact_id=survivor, payers__ended_at=None, from_pm=True).values_list(
            "pk", flat=True
        )
    )
    if not ids or not sync.is_on():
        return []
    named = sync.last_named(KIND, ids, "clients")
    pairs = []
    for file in read_held(ids, lock=True).values():
        clients = named.get(file.id, [])
        merged = list(dict.fromkeys(survivor if one == loser else one for one in clients))
        if loser not in clients or merged != file.clients:
            continue
        before = _shares(kept[str(file.id)][0]) if str(file.id) in kept else []
        was = [contact for contact, _ in before]
        payers = before if was == clients else after_clients(file.payers, clients)
        pairs.append((file, replace(file, payers=payers)))
    return write_all(pairs, verb=VERB, actor=actor, at=at)


def restore_shares(pairs: Iterable[tuple[Held, Held]]) -> None:
    """Of files whose clients change back to those of before a merge that was undone, restore the shares of then, too.

    Given as (the file before, the file after), which is changed in place. The list of clients comes from Practice
    Management, shares stay here (GRP-5): so they are not lost by merging and parting. If somebody has divided the file
    anew since the merge, that stands. One statement, none where no client joins.
    """
    joining = {after.id: (before, after) for before, after in pairs if not set(after.clients) <= set(before.clients)}
    if not joining:
        return
    losers = {client for before, after in joining.values() for client in set(after.clients) - set(before.clients)}
    undone = Merge.objects.filter(state=Merge.State.UNDONE, loser_id__in=losers).order_by("undone_at")
    for merge in undone:
        for key, (before, after) in joining.items():
            was, became = merge.moved.get("files", {}).get(str(key)) or ([], [])
            shares = _shares(was)
            if before.payers == _shares(became) and after.clients == [contact for contact, _ in shares]:
                after.payers = shares


def absorb_memberships(*, survivor: UUID, loser: UUID) -> tuple[int, Kept]:
    """Let the survivor stand in every group in which the loser stood, once, at the better place."""
    ids = sorted(set(GroupMember.objects.filter(contact_id=loser).values_list("group_id", flat=True)))
    before = _members(ids)
    after = {key: _once(rows, survivor, loser) for key, rows in before.items()}
    _write_members(before, after)
    return len(ids), {str(key): [before[key], after[key]] for key in ids}


def memberships_changed(kept: Kept) -> list[Contact]:
    """The groups whose members are not any more what the merge made of them."""
    ids = [UUID(key) for key in kept]
    now = _members(ids)
    return list(Contact.objects.filter(pk__in=[key for key in ids if now[key] != kept[str(key)][1]]))


def give_back_memberships(kept: Kept) -> None:
    """Make groups what they were before the merge, where nobody has changed them since."""
    changed = {group.pk for group in memberships_changed(kept)}
    ids = [key for text in kept if (key := UUID(text)) not in changed]
    _write_members(_members(ids), {key: kept[str(key)][0] for key in ids})


def _own(kept: Kept) -> list[UUID]:
    """The files whose clients are this product's to say now."""
    ids = [UUID(key) for key in kept]
    if not sync.is_on():
        return ids
    return list(File.objects.filter(pk__in=ids, from_pm=False).values_list("pk", flat=True))


def _payers(ids: Sequence[UUID]) -> dict[UUID, Rows]:
    """The payers of the files, those of today first, in order."""
    found: dict[UUID, Rows] = {key: [] for key in ids}
    rows = FilePayer.objects.filter(file_id__in=ids).order_by("file_id", "position", "id")
    for file_id, contact, position, share, ended in rows.values_list(*PAYER):
        found[file_id].append([str(contact), position, share, ended.isoformat() if ended else None])
    for payers in found.values():
        payers.sort(key=lambda row: (row[3] is not None, row[1], row[3] or "", row[0]))
    return found


def _without(rows: Rows, survivor: UUID, loser: UUID) -> Rows:
    """The payers with the survivor in the loser's place; of two, one with both shares. A former payer who pays under
    the other name is one no more.
    """
    pair = {str(survivor), str(loser)}
    paying = [list(row) for row in rows if row[3] is None]
    former = [list(row) for row in rows if row[3] is not None]
    mine = [row for row in paying if row[0] in pair]
    if mine:
        mine[0][0], mine[0][2] = str(survivor), sum(row[2] for row in mine)
        paying = [row for row in paying if row[0] not in pair or row is mine[0]]
        for place, row in enumerate(paying):
            row[1] = place
    left = [row for row in former if row[0] in pair]
    others = [row for row in former if row[0] not in pair]
    if left and not mine:
        last = max(left, key=lambda row: row[3])
        others.append([str(survivor), *last[1:]])
    former = sorted(others, key=lambda row: (row[1], row[3], row[0]))
    return [*paying, *former]


def _written(before: Mapping[UUID, Rows], after: Mapping[UUID, Rows], actor: Actor, at: datetime) -> list[NewEvent]:
    """Store the payers and say for each file what became of them. Versions rise: who edits a split looks again."""
    changed = [key for key in before if before[key] != after[key]]
    if not changed:
        return []
    held = read_held(changed, lock=True)
    FilePayer.objects.filter(file_id__in=changed).delete()
    rows = [(key, UUID(contact), *rest[:2], _moment(rest[2])) for key in changed for contact, *rest in after[key]]
    insert_rows(FilePayer, PAYER, rows)
    update_rows(
        File,
        ("version", "updated_at", "updated_by"),
        [(one.id, one.version + 1, at, actor.name) for one in held.values()],
    )
    files = list(held.values())
    shown = readable(payer_changes(_shares(before[one.id]), _shares(after[one.id])) for one in files)
    return [
        NewEvent(KIND, one.id, one.label, VERB, actor, at, changes) for one, changes in zip(files, shown, strict=True)
    ]


def _shares(rows: Rows) -> Shares:
    return [(UUID(contact), share) for contact, _, share, ended in rows if ended is None]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _members(ids: Sequence[UUID]) -> dict[UUID, Rows]:
    found: dict[UUID, Rows] = {key: [] for key in ids}
    rows = GroupMember.objects.filter(group_id__in=ids).order_by("group_id", "position", "id")
    for group_id, contact, position in rows.values_list(*MEMBER):
        found[group_id].append([str(contact), position])
    return found


def _once(rows: Rows, survivor: UUID, loser: UUID) -> Rows:
    names = [str(survivor) if contact == str(loser) else contact for contact, _ in rows]
    return [[contact, place] for place, contact in enumerate(dict.fromkeys(names))]


def _write_members(before: Mapping[UUID, Rows], after: Mapping[UUID, Rows]) -> None:
    changed = [key for key in before if before[key] != after[key]]
    GroupMember.objects.filter(group_id__in=changed).delete()
    insert_rows(GroupMember, MEMBER, [(key, UUID(one), place) for key in changed for one, place in after[key]])
