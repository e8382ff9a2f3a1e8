"""The finder: all contacts compared with all that share a key with them, as a background job (DUP-6).

Keys are read in the order of the index, so contacts of one key stand together. They are loaded, compared and forgotten
in batches: what stays in memory is two numbers a contact and the best pair of those that have one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from counterpart.foundation.alike.apart import apart_pairs
from counterpart.foundation.alike.asking import features_by_id
from counterpart.foundation.alike.models import Apart, Group, Key, Member, Search
from counterpart.foundation.alike.options import weights as firm_weights
from counterpart.foundation.alike.product import product
from counterpart.foundation.alike.scoring import Score, Weights, Words, compared
from counterpart.foundation.bulk import insert_rows

BLOCK_MAX: Final = 40
"""Contacts of one key that are compared with one another; of more, each with its next ``NEAR`` in the order of the
index: a switchboard or an office tower tells nobody from another.
"""
NEAR: Final = 8
BATCH_IDS: Final = 4_000
GROUP_MAX: Final = 40
"""A group that grows beyond this takes in no further contact: it tells a common name, not a duplicate."""
PAGE: Final = 50_000
KEY_MIN: Final = -(2**63)
KEY_SPAN: Final = 2**64
_MEMBER: Final = ("id", "group_id", "contact_id", "score", "reasons")


@dataclass(slots=True)
class Groups:
    """Who belongs together so far: a forest over those contacts that have a pair at all."""

    leaders: dict[UUID, UUID] = field(default_factory=dict)
    sizes: dict[UUID, int] = field(default_factory=dict)

    def of(self, one: UUID) -> UUID:
        """Whoever stands for the group of this contact."""
        leaders = self.leaders
        while (leader := leaders.get(one, one)) != one:
            leaders[one] = leaders.get(leader, leader)
            one = leader
        return one

    def join(self, one: UUID, other: UUID) -> None:
        """Put two contacts, and those with them, together."""
        first, second = self.of(one), self.of(other)
        if first == second:
            return
        size = self.sizes.get(first, 1) + self.sizes.get(second, 1)
        if size <= GROUP_MAX:
            self.leaders[second] = first
            self.leaders.setdefault(first, first)
            self.sizes[first] = size

    def all(self) -> Iterator[list[UUID]]:
        """Every group of two or more."""
        found: dict[UUID, list[UUID]] = {}
        for one in self.leaders:
            found.setdefault(self.of(one), []).append(one)
        yield from (members for members in found.values() if len(members) > 1)


@dataclass(slots=True)
class Finding:
    """One search under way."""

    weights: Weights
    words: Words
    strong: Groups = field(default_factory=Groups)
    possible: Groups = field(default_factory=Groups)
    best: dict[UUID, Score] = field(default_factory=dict)
    companies: set[UUID] = field(default_factory=set)
    compared: int = 0

    def weigh(self, pairs: set[tuple[UUID, UUID]]) -> None:
        """Compare pairs of contacts and remember those that are alike."""
        ids = {one for pair in pairs for one in pair}
        features = features_by_id(ids)
        known = apart_pairs(ids) if Apart.objects.exists() else set()
        for pair in pairs:
            one, other = features.get(pair[0]), features.get(pair[1])
            if one is None or other is None or pair in known:
                continue
            self.compared += 1
            score = compared(one, other, self.weights, self.words)
            if score.points >= self.weights.possible:
                self._remember(*pair, score)
                if one.is_company:
                    self.companies.update(pair)

    def _remember(self, one: UUID, other: UUID, score: Score) -> None:
        for contact in (one, other):
            held = self.best.get(contact)
            if held is None or held.points < score.points:
                self.best[contact] = score
        self.possible.join(one, other)
        if score.points >= self.weights.strong:
            self.strong.join(one, other)


def begin_finding() -> Finding:
    """A search with the firm's weights of now."""
    return Finding(firm_weights(), Words(product().number_word))


def batches() -> Iterator[tuple[float, set[tuple[UUID, UUID]]]]:
    """The pairs worth comparing, a batch at a time, each with the part of all keys that is behind it."""
    pairs: set[tuple[UUID, UUID]] = set()
    ids: set[UUID] = set()
    last = 0
    for key, block in _blocks():
        pairs.update(_pairs(block))
        ids.update(block)
        last = key
        if len(ids) >= BATCH_IDS:
            yield (last - KEY_MIN) / KEY_SPAN, pairs
            pairs, ids = set(), set()
    if pairs:
        yield 1.0, pairs


def _pairs(block: Sequence[UUID]) -> Iterable[tuple[UUID, UUID]]:
    if len(block) <= BLOCK_MAX:
        return combinations(block, 2)
    return ((one, other) for place, one in enumerate(block) for other in block[place + 1 : place + 1 + NEAR])


def _blocks() -> Iterator[tuple[int, list[UUID]]]:
    """The contacts of every key that several share, in order; the smaller id first."""
    block: list[UUID] = []
    present: int | None = None
    for key, contact in _keys():
        if key != present:
            if present is not None and len(block) > 1:
                yield present, block
            present, block = key, []
        block.append(contact)
    if present is not None and len(block) > 1:
        yield present, block


def _keys() -> Iterator[tuple[int, UUID]]:
    """The rows of the index in its order, in pages: no cursor stays open between transactions."""
    table = connection.ops.quote_name(Key._meta.db_table)  # noqa: SLF001 - Django's public door
    to_id = Key._meta.get_field("contact_id").to_python  # noqa: SLF001 - as above
    to_db = Key._meta.get_field("contact_id").get_db_prep_value  # noqa: SLF001 - as above
    place: tuple[int, Any] = (KEY_MIN, to_db(UUID(int=0), connection))
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT key, contact_id FROM {table} WHERE (key, contact_id) > (%s, %s) "  # noqa: S608 - our own names
                f"ORDER BY key, contact_id LIMIT {PAGE}",
                list(place),
            )
            rows = cursor.fetchall()
        yield from ((key, to_id(contact)) for key, contact in rows)
        if len(rows) < PAGE:
            return
        place = rows[-1]


@transaction.atomic
def save(search: Search, finding: Finding, contacts: int) -> int:
    """Store what was found in place of what the last search found; returns how many groups there are."""
    groups = [(True, sorted(members)) for members in finding.strong.all()]
    known = {tuple(members) for _, members in groups}
    groups += [(False, members) for found in finding.possible.all() if tuple(members := sorted(found)) not in known]
    last = Group.objects.order_by("-id").values_list("id", flat=True).first() or 0
    last_member = Member.objects.order_by("-id").values_list("id", flat=True).first() or 0
    rows, members_rows = [], []
    for place, (is_strong, members) in enumerate(groups, last + 1):
        best = max(finding.best[one].points for one in members)
        rows.append((place, search.pk, best, is_strong, members[0] in finding.companies))
        for one in members:
            last_member += 1
            held = finding.best[one]
            members_rows.append((last_member, place, one, held.points, list(held.reasons)))
    insert_rows(Group, ("id", "search_id", "score", "is_strong", "is_company"), rows)
    insert_rows(Member, _MEMBER, members_rows)
    Search.objects.filter(pk=search.pk).update(contacts=contacts, compared=finding.compared)
    return len(rows)
