"""The tree of digests by which two sites find what differs without sending everything (sync-protocol section 12).

Records fall into 4096 buckets by a hash of their identity; a bucket's digest covers the identities and digests in it,
sorted, and the root covers the buckets. Equal roots mean equal records; otherwise only the buckets that differ are
listed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

BUCKETS = 4096
EMPTY = ""
"""The digest of a bucket with nothing in it."""


def bucket_of(sync_id: UUID) -> int:
    """The bucket of a record: twelve bits of the hash of its identity, whose own bits follow the time it was made."""
    head = hashlib.sha256(sync_id.bytes).digest()
    return head[0] << 4 | head[1] >> 4


class Tree:
    """Buckets filled one record after another, in the order of their identities; holds no record."""

    def __init__(self) -> None:
        self._hashes: dict[int, hashlib._Hash] = {}
        self._last = UUID(int=0)
        self.count = 0

    def add(self, sync_id: UUID, digest: str) -> None:
        """Add a record. The bucket's digest is over *sorted* pairs, so identities must rise."""
        assert sync_id > self._last or not self.count, "records come in the order of their identities"
        self._last = sync_id
        bucket = bucket_of(sync_id)
        hashed = self._hashes.get(bucket)
        if hashed is None:
            hashed = self._hashes[bucket] = hashlib.sha256()
        hashed.update(sync_id.bytes)
        hashed.update(digest.encode())
        self.count += 1

    def buckets(self) -> list[str]:
        """The digest of every bucket, in order."""
        return [self._hashes[n].hexdigest() if n in self._hashes else EMPTY for n in range(BUCKETS)]

    def root(self) -> str:
        """The digest over all buckets."""
        return root_of(self.buckets())


def root_of(buckets: Sequence[str]) -> str:
    """The digest over the digests of all buckets."""
    return hashlib.sha256("\n".join(buckets).encode()).hexdigest()


def differing_buckets(mine: Sequence[str], theirs: Sequence[str]) -> list[int]:
    """The buckets that hold something else. Raises ValueError where the other side has another number of them."""
    return [n for n, (own, other) in enumerate(zip(mine, theirs, strict=True)) if own != other]


@dataclass(frozen=True, slots=True)
class Listed:
    """One record of a bucket. ``at_rest``: with nothing on its way and no error; only such records are compared."""

    digest: str
    at_rest: bool


@dataclass(slots=True)
class Found:
    """What comparing the records of buckets brought to light; a record that is not at rest is nowhere in it."""

    different: list[UUID] = field(default_factory=list)
    only_here: list[UUID] = field(default_factory=list)
    only_there: list[UUID] = field(default_factory=list)


def compare(mine: Mapping[UUID, Listed], theirs: Mapping[UUID, Listed]) -> Found:
    """Compare the records of the same buckets of both sites. A record that is at rest on one side and known but not
    at rest on the other is on its way, and no difference.
    """
    found = Found()
    for sync_id in sorted(mine.keys() | theirs.keys()):
        own, other = mine.get(sync_id), theirs.get(sync_id)
        if own is None:
            if other is not None and other.at_rest:
                found.only_there.append(sync_id)
        elif other is None:
            if own.at_rest:
                found.only_here.append(sync_id)
        elif own.at_rest and other.at_rest and own.digest != other.digest:
            found.different.append(sync_id)
    return found
