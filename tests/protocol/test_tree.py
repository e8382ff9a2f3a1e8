"""The tree by which two sites find what differs (section 12)."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from counterpart.protocol.tree import BUCKETS, Listed, Tree, bucket_of, compare, differing_buckets

identities = st.uuids()
digests = st.sampled_from(["a", "b"])
sites = st.dictionaries(identities, st.builds(Listed, digests, st.booleans()), max_size=12)


def tree_of(site: dict[UUID, Listed]) -> Tree:
    tree = Tree()
    for sync_id in sorted(site):
        if site[sync_id].at_rest:
            tree.add(sync_id, site[sync_id].digest)
    return tree


@settings(max_examples=30)
@given(sites, sites)
def test_the_buckets_that_differ_hold_every_difference_and_nothing_else_is_listed(mine, theirs):
    """Comparing only the buckets that differ finds exactly what comparing everything finds."""
    everything = compare(mine, theirs)
    buckets = set(differing_buckets(tree_of(mine).buckets(), tree_of(theirs).buckets()))
    some = compare(
        {i: one for i, one in mine.items() if bucket_of(i) in buckets},
        {i: one for i, one in theirs.items() if bucket_of(i) in buckets},
    )

    assert some == everything


@settings(max_examples=30)
@given(sites)
def test_equal_sites_have_equal_roots_and_one_digest_changes_it(site):
    """The root is a function of the records at rest, and of every one of them."""
    tree = tree_of(site)
    assert tree.root() == tree_of(dict(reversed(site.items()))).root()
    for sync_id, one in site.items():
        changed = {**site, sync_id: Listed(one.digest + "x", one.at_rest)}
        assert (tree_of(changed).root() == tree.root()) is not one.at_rest
    assert tree.count == sum(one.at_rest for one in site.values())


def test_records_spread_over_all_buckets():
    """Identities made one after another, which share their first bits, still fall into all buckets alike."""
    filled = {bucket_of(UUID(int=(1_800_000_000_000 << 80) + n)) for n in range(40_000)}
    assert len(filled) > BUCKETS * 0.99


@settings(max_examples=30)
@given(sites, sites)
def test_what_is_on_its_way_is_no_difference(mine, theirs):
    """Only records at rest on both sides count; one that the other side knows is not missing there."""
    found = compare(mine, theirs)
    assert all(mine[i].at_rest and theirs[i].at_rest for i in found.different)
    assert all(mine[i].at_rest and i not in theirs for i in found.only_here)
    assert all(theirs[i].at_rest and i not in mine for i in found.only_there)
