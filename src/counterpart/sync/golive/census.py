"""Records without a counterpart, and what they are recognised by: this site's own part of the census."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef

from counterpart.foundation.bulk import upsert_rows
from counterpart.protocol.canonical import canonical_json
from counterpart.protocol.matching import Keys
from counterpart.sync.golive.handler import MatchingHandler
from counterpart.sync.golive.messages import Seen
from counterpart.sync.golive.tables import Candidate
from counterpart.sync.handler import Values
from counterpart.sync.models import Record

CANDIDATE_COLUMNS = (
    "mine",
    "kind",
    "local_id",
    "sync_id",
    "number",
    "email",
    "name",
    "label",
    "keys",
    "result",
    "reason",
    "partner",
    "rivals",
    "is_foreign",
    "included",
    "done",
)


def unpaired(handler: MatchingHandler, after: UUID, count: int) -> list[UUID]:
    """The next records, by id, that the peer is not known to hold: gray ones, and red ones it never took."""
    held = Record.objects.filter(kind=handler.kind, local_id=OuterRef("pk"), known_at_peer=True)
    rows = handler.census().filter(~Exists(held), pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])


def seen(handler: MatchingHandler, local_ids: Sequence[UUID]) -> list[Seen]:
    """What is told of these records; a constant number of statements."""
    keys = handler.match_keys(local_ids)
    values = handler.read(local_ids)
    hidden = handler.hidden(local_ids)
    labels = handler.labels(local_ids)
    known = dict(Record.objects.filter(kind=handler.kind, local_id__in=local_ids).values_list("local_id", "sync_id"))
    found = []
    for local_id in local_ids:
        if local_id not in keys or local_id not in values:
            continue
        one, secret = keys[local_id], local_id in hidden
        found.append(
            Seen(
                str(local_id),
                str(known[local_id]) if local_id in known else "",
                "" if secret else labels[local_id].name,
                one.sort,
                one.number,
                one.email,
                "" if secret else one.name,
                [] if secret else list(one.parts),
                list(one.phones),
                one.postcode,
                None if one.owners is None else list(one.owners),
                marks_of(handler, values[local_id]),
            )
        )
    return found


def marks_of(handler: MatchingHandler, values: Values) -> dict[str, str]:
    """A short mark of every value both sites may write: equal marks are equal values, and nothing else is told."""
    rules = handler.registers
    return {
        name: hashlib.blake2b(canonical_json(value), digest_size=8).hexdigest()
        for name, value in values.items()
        if value is not None and name in rules and not rules[name].kept and len(rules[name].writers) > 1
    }


def store(kind: str, rows: Sequence[Seen], *, mine: bool) -> None:
    """Keep what is told of these records; told again, it is as if told once."""
    columns = ("mine", "kind", "local_id")
    told: list[tuple[Any, ...]] = [
        (
            mine,
            kind,
            UUID(one.id),
            UUID(one.sync_id) if one.sync_id else None,
            one.number[:80],
            one.email[:254],
            one.name[:520],
            one.label[:520],
            _kept(one),
            "",
            "",
            None,
            [],
            False,
            False,
            False,
        )
        for one in rows
    ]
    upsert_rows(Candidate, CANDIDATE_COLUMNS, told, key_columns=columns)


def _kept(one: Seen) -> dict[str, Any]:
    kept = msgspec.to_builtins(one)
    return {name: kept[name] for name in ("sort", "parts", "phones", "postcode", "owners", "marks")}


def keys_of(row: Candidate | Mapping[str, Any]) -> Keys:
    """The keys of a stored record."""
    get = row.__getitem__ if isinstance(row, Mapping) else row.__getattribute__
    kept = get("keys")
    owners = kept.get("owners")
    return Keys(
        str(get("local_id")),
        kept["sort"],
        get("number"),
        get("email"),
        get("name"),
        tuple(kept["parts"]),
        tuple(kept["phones"]),
        kept["postcode"],
        None if owners is None else tuple(owners),
    )


def from_seen(one: Seen) -> Keys:
    """The keys as told."""
    return Keys(
        one.id,
        one.sort,
        one.number,
        one.email,
        one.name,
        tuple(one.parts),
        tuple(one.phones),
        one.postcode,
        None if one.owners is None else tuple(one.owners),
    )


def to_keys(facts: Mapping[str, Any]) -> Keys:
    """The keys of a record as another site sent them in a question."""
    return from_seen(msgspec.convert(facts, Seen))
