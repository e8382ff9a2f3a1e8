"""Which records of two filled products are the same (sync-protocol section 11, GOL-7): proposals, never guesses.

``left`` is Practice Management, ``right`` Legal Accounting; exchanging them gives the same pairs. A proposal needs
evidence, and has to be the only one at both of its ends: every tie, and every number that two records with different
names share, is left to a person.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

CANDIDATES_MAX = 20
"""Records shown beside one that is in doubt."""
SHARED_MAX = 25
"""Of an address that more records than this have in common nobody can be recognised."""


class Grade(StrEnum):
    """How good a proposal is; the alphabet is the order."""

    NUMBER = "A"
    EMAIL = "B"
    NAME = "C"
    SAID = "S"
    """A person said so: before all others."""


class Reason(StrEnum):
    """Why a person has to decide."""

    OTHER_NAME = "number_other_name"
    OTHER_OWNER = "number_other_client"
    LOOSE = "client_not_paired"
    SEVERAL = "several"
    EMAIL_SHARED = "email_shared"
    EMAIL_OTHER_NAME = "email_other_name"
    NAME_ONLY = "name_only"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a record is recognised by, in normal form; '' is nothing."""

    id: str
    sort: str = ""
    """Person or company, say: records of different sorts are never the same."""
    number: str = ""
    email: str = ""
    name: str = ""
    parts: tuple[str, ...] = ()
    """The parts of the name, for ``compatible``."""
    phones: tuple[str, ...] = ()
    postcode: str = ""
    owners: tuple[str, ...] | None = None
    """Whose record it is, for a kind that belongs to others, named as on the right; the first counts most."""
    is_loose: bool = False
    """Whether one of its owners has no counterpart yet: then nothing is proposed."""


class Match(NamedTuple):
    """Two records that are proposed to be one."""

    left: str
    right: str
    grade: Grade


class Doubt(NamedTuple):
    """A record on the left that may be one of some on the right."""

    left: str
    rights: tuple[str, ...]
    reason: Reason


@dataclass(slots=True)
class Matching:
    """The outcome; who is in neither list has no counterpart."""

    matches: list[Match] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


Compatible = Callable[[Keys, Keys], bool]
"""Whether two names can be one person's, or one company's. Must be symmetric."""
Said = Mapping[tuple[str, str], bool]
"""What people decided: (left, right) -> the same, or different."""


def match(
    lefts: Sequence[Keys],
    rights: Sequence[Keys],
    compatible: Compatible,
    *,
    said: Said | None = None,
    shared_emails: Collection[str] | None = None,
) -> Matching:
    """Propose pairs and name doubts.

    ``shared_emails``: those that more than one record of a site has; counted here unless given, for a caller that
    looks at a part of the records only.
    """
    decided = said or {}
    shared = _shared(lefts, rights) if shared_emails is None else shared_emails
    evidence = _Evidence(rights, compatible, shared, decided)
    firm: dict[str, dict[str, Grade | Reason]] = {}
    weak: dict[str, dict[str, Reason]] = {}
    claims: dict[str, set[str]] = defaultdict(set)
    result = Matching()
    matched: set[str] = set(evidence.taken_right)
    for keys in lefts:
        if (right := evidence.sworn.get(keys.id)) is not None:
            result.matches.append(Match(keys.id, right, Grade.SAID))
            continue
        if keys.id in evidence.taken_left:
            continue
        firm[keys.id], weak[keys.id] = evidence.of(keys)
        for right in firm[keys.id]:
            claims[right].add(keys.id)
    for left, found in firm.items():
        if len(found) == 1:
            ((right, grade),) = found.items()
            if isinstance(grade, Grade) and claims[right] == {left}:
                result.matches.append(Match(left, right, grade))
                matched.add(right)
    _doubts(result, firm, weak, matched)
    return result


def _doubts(
    result: Matching,
    firm: Mapping[str, Mapping[str, Grade | Reason]],
    weak: Mapping[str, Mapping[str, Reason]],
    matched: Collection[str],
) -> None:
    """Whoever has evidence but no proposal is for a person, unless all it may be are others already."""
    sure = {one.left for one in result.matches}
    for left, found in firm.items():
        if left in sure:
            continue
        if found:
            reasons = [one for one in found.values() if isinstance(one, Reason)]
            rights = tuple(sorted(found))[:CANDIDATES_MAX]
            result.doubts.append(Doubt(left, rights, min(reasons) if reasons else Reason.SEVERAL))
            continue
        rest = {right: reason for right, reason in weak[left].items() if right not in matched}
        if rest:
            result.doubts.append(Doubt(left, tuple(sorted(rest))[:CANDIDATES_MAX], min(rest.values())))


class _Evidence:
    """What speaks for a record on the left being one on the right."""

    def __init__(self, rights: Sequence[Keys], compatible: Compatible, shared: Collection[str], said: Said) -> None:
        self.compatible, self.shared = compatible, shared
        self.by_number = _grouped(rights, lambda keys: keys.number)
        self.by_email = _grouped(rights, lambda keys: keys.email)
        self.by_name = _grouped(rights, lambda keys: keys.name)
        self.apart = {pair for pair, same in said.items() if not same}
        together = [pair for pair, same in said.items() if same]
        lefts, ends = Counter(left for left, _ in together), Counter(right for _, right in together)
        # Two people who said different things are as good as a tie.
        self.sworn = {left: right for left, right in together if lefts[left] == 1 and ends[right] == 1}
        self.taken_left = set(self.sworn)
        self.taken_right = set(self.sworn.values())

    def of(self, left: Keys) -> tuple[dict[str, Grade | Reason], dict[str, Reason]]:
        firm: dict[str, Grade | Reason] = {}
        weak: dict[str, Reason] = {}
        for right in self._free(left, self.by_number.get(left.number, ())):
            firm[right.id] = self._by_number(left, right)
        if left.owners is None:
            self._by_email(left, firm, weak)
        for right in self._free(left, self.by_name.get(left.name, ())):
            if right.id in firm or not self.compatible(left, right):
                continue
            if _is_witnessed(left, right):
                firm[right.id] = Grade.NAME
            elif left.owners is None:
                weak.setdefault(right.id, Reason.NAME_ONLY)
        return firm, {right: reason for right, reason in weak.items() if right not in firm}

    def _by_number(self, left: Keys, right: Keys) -> Grade | Reason:
        if left.owners is not None:
            if left.is_loose:
                return Reason.LOOSE
            return Grade.NUMBER if _share_owner(left, right) else Reason.OTHER_OWNER
        return Grade.NUMBER if self.compatible(left, right) else Reason.OTHER_NAME

    def _by_email(self, left: Keys, firm: dict[str, Grade | Reason], weak: dict[str, Reason]) -> None:
        there = self.by_email.get(left.email, ())
        if len(there) > SHARED_MAX:
            return
        is_shared = left.email in self.shared
        for right in self._free(left, there):
            if right.id in firm:
                continue
            if not self.compatible(left, right):
                if not is_shared:
                    weak[right.id] = Reason.EMAIL_OTHER_NAME
            elif is_shared:
                weak[right.id] = Reason.EMAIL_SHARED
            else:
                firm[right.id] = Grade.EMAIL

    def _free(self, left: Keys, rights: Iterable[Keys]) -> Iterable[Keys]:
        return (one for one in rights if one.id not in self.taken_right and (left.id, one.id) not in self.apart)


def _is_witnessed(left: Keys, right: Keys) -> bool:
    """Whether something beside the name agrees: a phone, the postcode, or whose it is."""
    if left.owners is not None:
        return not left.is_loose and _share_owner(left, right)
    return bool(set(left.phones) & set(right.phones)) or bool(left.postcode and left.postcode == right.postcode)


def _share_owner(left: Keys, right: Keys) -> bool:
    return bool(left.owners) and bool(right.owners) and left.owners[0] == right.owners[0]  # type: ignore[index]


def _grouped(all_keys: Sequence[Keys], key_of: Callable[[Keys], str]) -> dict[str, list[Keys]]:
    groups: dict[str, list[Keys]] = defaultdict(list)
    for keys in all_keys:
        if key := key_of(keys):
            groups[key].append(keys)
    return groups


def _shared(lefts: Sequence[Keys], rights: Sequence[Keys]) -> set[str]:
    """E-mail addresses that are not unique on both sites."""
    found: set[str] = set()
    for side in (lefts, rights):
        found.update(email for email, count in Counter(keys.email for keys in side).items() if count > 1)
    return found
