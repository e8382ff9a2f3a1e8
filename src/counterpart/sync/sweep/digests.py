"""This site's tree of digests, and the records of some of its buckets."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from counterpart.protocol.tree import Listed, Tree, bucket_of
from counterpart.sync.models import Record
from counterpart.sync.sweep.columns import DRIFT, at_rest

PAGE = 5_000


def tree_here() -> Tree:
    """The tree over the records at rest. The digests are those noted; ``columns`` has held them to the columns."""
    tree = Tree()
    for sync_id, digest in _in_order(at_rest(), "digest"):
        tree.add(sync_id, digest)
    return tree


def listed_here(buckets: Collection[int]) -> dict[UUID, Listed]:
    """Every record of the buckets, also those that are not at rest: what is known is not missing."""
    wanted = frozenset(buckets)
    found: dict[UUID, Listed] = {}
    columns = ("digest", "due", "error_code", "refused_code", "severed", "local_id", "alias_of")
    for sync_id, digest, due, error, refused, severed, local_id, alias in _in_order(Record.objects.all(), *columns):
        if bucket_of(sync_id) in wanted:
            still = not due and error in ("", DRIFT) and not (refused or severed or alias) and local_id is not None
            found[sync_id] = Listed(digest, still)
    return found


def _in_order(rows: QuerySet[Record], *columns: str) -> Iterator[tuple[Any, ...]]:
    """Page by page: a client-side cursor would hold all of it."""
    last = UUID(int=0)
    while True:
        page = list(rows.filter(sync_id__gt=last).order_by("sync_id").values_list("sync_id", *columns)[:PAGE])
        if not page:
            return
        yield from page
        last = page[-1][0]
