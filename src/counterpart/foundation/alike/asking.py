"""Who could be the same: one function for the window, edit, import, API and sync (DUP-4)."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from django.db import connection

from counterpart.foundation.alike.apart import apart_from
from counterpart.foundation.alike.faces import Face, Features, features_of
from counterpart.foundation.alike.keys import keys_of
from counterpart.foundation.alike.models import Key
from counterpart.foundation.alike.options import weights as firm_weights
from counterpart.foundation.alike.product import product
from counterpart.foundation.alike.scoring import Weights, Words, compared

Name = TypeVar("Name", bound=Hashable)

BLOCK_MAX: Final = 120
"""Contacts read for one key: what more people share than that, such as a switchboard, tells nobody from another."""
KEYS_PER_STATEMENT: Final = 100
FACES_PER_STEP: Final = 500


@dataclass(frozen=True, slots=True)
class Match:
    """A contact that could be the same, how surely and why."""

    contact_id: UUID
    score: int
    reasons: tuple[str, ...]
    is_strong: bool


def alike(face: Face, *, except_for: UUID | None = None, at_least: int | None = None) -> list[Match]:
    """The contacts that could be the same as this one, best first; closed ones too, deleted ones never (DUP-3).

    ``except_for``: the contact being edited; those known to be different from it are left out. ``at_least``: points,
    the firm's threshold for *possible* by default. Not filtered by what somebody may see: see ``cards.seen_by``.
    """
    found = alike_many({"": face}, at_least=at_least)[""]
    if except_for is None:
        return found
    known = apart_from(except_for)
    return [match for match in found if match.contact_id != except_for and match.contact_id not in known]


def alike_many(faces: Mapping[Name, Face], *, at_least: int | None = None) -> dict[Name, list[Match]]:
    """As ``alike``, of any number of faces at once, by the caller's names for them; four statements for 500."""
    weights = firm_weights()
    waiting = iter(faces.items())
    found: dict[Name, list[Match]] = {}
    while step := dict(islice(waiting, FACES_PER_STEP)):
        found |= _matches(step, weights, weights.possible if at_least is None else at_least)
    return found


def features_by_id(ids: Iterable[UUID]) -> dict[UUID, Features]:
    """Stored contacts as they are compared; one statement."""
    source = product()
    return {key: features_of(source.face(columns)) for key, columns in source.columns(ids).items()}


def _matches(faces: Mapping[Name, Face], weights: Weights, at_least: int) -> dict[Name, list[Match]]:
    source = product()
    wanted = {name: features_of(face) for name, face in faces.items()}
    keys = {name: keys_of(features) for name, features in wanted.items()}
    blocks = _blocks(set().union(*keys.values()))
    holders = source.holders({features.number for features in wanted.values() if features.number})
    near = {
        name: {one for key in keys[name] for one in blocks.get(key, ())} | set(holders.get(features.number, ()))
        for name, features in wanted.items()
    }
    stored = features_by_id(set().union(*near.values()))
    words = Words(source.number_word)
    return {name: _ranked(features, near[name], stored, weights, words, at_least) for name, features in wanted.items()}


def _ranked(
    features: Features,
    near: set[UUID],
    stored: Mapping[UUID, Features],
    weights: Weights,
    words: Words,
    at_least: int,
) -> list[Match]:
    found = []
    for contact_id in near:
        if (other := stored.get(contact_id)) is None:
            continue
        score = compared(features, other, weights, words)
        if score.points >= at_least:
            found.append(Match(contact_id, score.points, score.reasons, score.points >= weights.strong))
    return sorted(found, key=lambda match: (-match.score, match.contact_id))


def _blocks(keys: set[int]) -> dict[int, list[UUID]]:
    """The contacts of each key, at most ``BLOCK_MAX``: one look into the index for each."""
    found: dict[int, list[UUID]] = {}
    waiting = iter(sorted(keys))
    to_id = Key._meta.get_field("contact_id").to_python  # noqa: SLF001 - Django's public door
    while step := list(islice(waiting, KEYS_PER_STATEMENT)):
        for key, contact_id in _rows(step):
            found.setdefault(key, []).append(to_id(contact_id))
    return found


def _rows(keys: Sequence[int]) -> Iterator[tuple[int, object]]:
    table = connection.ops.quote_name(Key._meta.db_table)  # noqa: SLF001 - as above
    # In the order of the index: else PostgreSQL reads the table for a key it holds to be frequent.
    block = f"SELECT key, contact_id FROM {table} WHERE key = %s ORDER BY contact_id LIMIT {BLOCK_MAX}"  # noqa: S608 - our own names
    one = f"SELECT * FROM ({block}) AS block"  # noqa: S608 - as above
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(keys)), list(keys))
        yield from cursor.fetchall()
