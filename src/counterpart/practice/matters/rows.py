"""Reading and writing matters and parties as rows: a constant number of statements for any number of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F

from counterpart.foundation.bulk import insert_rows, update_rows
from counterpart.foundation.reading import dicts_of, rows_of
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.matters.models import Matter, MatterAccess, MatterCounter, Party
from counterpart.practice.matters.naming import folded_key, search_text, sort_name
from counterpart.protocol.numbers import number_key

CARRIED: Final = (
    "name", "file_reference", "requested_reference", "requested_keep_sequence", "external_reference",
    "assigned_to_id", "status", "priority", "date", "restricted", "responsible_email", "lead_email",
)  # fmt: skip
DERIVED: Final = ("file_reference_key", "requested_key", "external_key", "sort_name", "search_text")
NEW_COLUMNS: Final = (
    "id", "matter_number", "matter_type_id", "is_demo", *CARRIED, *DERIVED, "version", "created_at", "created_by",
    "updated_at", "updated_by", "deleted_at",
)  # fmt: skip
EDIT_COLUMNS: Final = (*CARRIED, *DERIVED, "version", "updated_at", "updated_by")
NUMBERS: Final = ("file_reference", "requested_reference", "requested_keep_sequence")
"""What is all that changes when Legal Accounting numbers a matter."""
STATE_COLUMNS: Final = ("id", "matter_number", "matter_type_id", "is_demo", *CARRIED, "version", "deleted_at")
"""What an edit has to know of a matter, apart from the person it is assigned to."""
PARTY_COLUMNS: Final = ("id", "matter_id", "role_id", "contact_id", "position", "represents")
NAME_COLUMNS: Final = ("kind", "title", "first", "middle", "last", "suffix", "company")


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party with what must be known of its role and contact."""

    id: UUID
    matter_id: UUID
    role_id: UUID
    contact_id: UUID
    position: int
    represents: list[str]
    role_name: str
    is_primary: bool
    contact_name: str


class PartyChange(NamedTuple):
    """The parties of one matter before and after."""

    matter_id: UUID
    before: Sequence[PartyRow]
    after: Sequence[PartyRow]


def derived(columns: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of DERIVED: what searching, sorting and comparing need."""
    return (
        number_key(columns["file_reference"]),
        number_key(columns["requested_reference"]),
        folded_key(columns["external_reference"]),
        sort_name(columns),
        search_text(columns),
    )


def insert_matters(rows: Iterable[tuple[UUID, Mapping[str, Any]]], who: str, at: datetime) -> None:
    """Insert matters given as (id, columns)."""
    insert_rows(
        Matter,
        NEW_COLUMNS,
        [
            (
                matter_id, columns["matter_number"], columns["matter_type_id"], columns["is_demo"],
                *(columns[name] for name in CARRIED), *derived(columns), 1, at, who, at, who, None,
            )
            for matter_id, columns in rows
        ],
    )  # fmt: skip


def update_matters(rows: Iterable[tuple[UUID, Mapping[str, Any], str]], at: datetime) -> None:
    """Write changed matters given as (id, columns of the state, who); the version rises by one.

    Whoever a restricted matter is assigned to is listed for it (PRM-4).
    """
    written = list(rows)
    update_rows(
        Matter,
        EDIT_COLUMNS,
        [
            (matter_id, *(columns[name] for name in CARRIED), *derived(columns), columns["version"] + 1, at, who)
            for matter_id, columns, who in written
        ],
    )
    insert_access((key, columns["assigned_to_id"]) for key, columns, _ in written if columns["restricted"])


def number_matters(rows: Iterable[tuple[UUID, Mapping[str, Any], str]], at: datetime) -> None:
    """``update_matters`` where nothing but NUMBERS changed: the indexes of all else are left alone."""
    update_rows(
        Matter,
        (*NUMBERS, "file_reference_key", "requested_key", "search_text", "version", "updated_at", "updated_by"),
        [
            (
                matter_id, *(columns[name] for name in NUMBERS), number_key(columns["file_reference"]),
                number_key(columns["requested_reference"]), search_text(columns), columns["version"] + 1, at, who,
            )
            for matter_id, columns, who in rows
        ],
    )  # fmt: skip


def touch_matters(states: Iterable[Mapping[str, Any]], who: str, at: datetime) -> None:
    """Raise the version of matters of which something beside their own columns changed."""
    columns = ("version", "updated_at", "updated_by")
    update_rows(Matter, columns, [(state["id"], state["version"] + 1, at, who) for state in states])


def states_of(matter_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The columns an edit starts from, deleted matters included; one statement."""
    found = Matter.objects.filter(pk__among=list(matter_ids)).values(
        *STATE_COLUMNS, assigned_email=F("assigned_to__email"), assigned_name=F("assigned_to__name")
    )
    return {row["id"]: row for row in dicts_of(found)}


def parties_of_matters(matter_ids: Iterable[UUID]) -> dict[UUID, list[PartyRow]]:
    """Every party of the matters, in the order of roles and places; one statement."""
    ids = list(matter_ids)
    found: dict[UUID, list[PartyRow]] = {matter_id: [] for matter_id in ids}
    names = [f"contact__{name}" for name in NAME_COLUMNS]
    rows = Party.objects.filter(matter_id__in=ids).order_by("matter_id", "role__position", "position", "id")
    for row in rows.values_list(*PARTY_COLUMNS, "role__name", "role__is_primary", *names):
        name = display_name(dict(zip(NAME_COLUMNS, row[8:], strict=True)))
        values: list[Any] = [*row[:8], name]
        found[row[1]].append(PartyRow(*values))
    return found


def clients_of_matters(matter_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The clients of the matters in order, as ids of contacts; matters without any are absent; one statement."""
    rows = Party.objects.filter(matter_id__among=list(matter_ids), role__is_primary=True)
    found: dict[UUID, list[UUID]] = {}
    for matter_id, contact_id in rows_of(rows.order_by("position", "id").values_list("matter_id", "contact_id")):
        found.setdefault(matter_id, []).append(contact_id)
    return found


def insert_parties(rows: Iterable[PartyRow]) -> None:
    """Insert parties."""
    insert_rows(Party, PARTY_COLUMNS, [_party_values(row) for row in rows])


def write_parties(changes: Iterable[PartyChange]) -> None:
    """Make the parties of the matters what they are to be; at most three statements."""
    gone: list[UUID] = []
    new: list[PartyRow] = []
    moved: list[PartyRow] = []
    for change in changes:
        before, kept = {row.id: row for row in change.before}, {row.id for row in change.after}
        gone += [row_id for row_id in before if row_id not in kept]
        new += [row for row in change.after if row.id not in before]
        moved += [row for row in change.after if row.id in before and row != before[row.id]]
    if gone:
        Party.objects.filter(pk__in=gone).delete()
    insert_parties(new)
    columns = ("contact_id", "position", "represents")
    update_rows(Party, columns, [(row.id, row.contact_id, row.position, row.represents) for row in moved])


def insert_access(rows: Iterable[tuple[UUID, int]]) -> None:
    """Let people see restricted matters, given as (matter, user); those listed already stay."""
    insert_rows(MatterAccess, ("matter_id", "user_id"), rows, ignore_conflicts=True)


def take_matter_numbers(count: int) -> int:
    """Take ``count`` Matter IDs and return the first; the counter stays locked until commit (MAT-4)."""
    table = MatterCounter._meta.db_table  # noqa: SLF001 - Django's public door
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, last) VALUES (1, %s) "  # noqa: S608 - the name of a model, never input
            f"ON CONFLICT (id) DO UPDATE SET last = {table}.last + excluded.last RETURNING last",
            [count],
        )
        last: int = cursor.fetchone()[0]
    return last - count + 1


def _party_values(row: PartyRow) -> tuple[Any, ...]:
    return (row.id, row.matter_id, row.role_id, row.contact_id, row.position, row.represents)
