"""Stamps order edits by knowledge first and by time second (section 4)."""

from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.strategies import sites, walls

from counterpart.protocol.stamps import Site, site_of, tick, wall_ms_of

stamps = st.integers(min_value=0, max_value=2**61)


@given(sites, walls, st.lists(stamps, max_size=4))
def test_stamp_exceeds_everything_seen(site, wall, seen):
    """S3: an edit sorts after what it overwrites, however wrong the clock is."""
    assert all(tick(site, wall, *seen) > stamp for stamp in seen)


@given(sites, walls, st.lists(stamps, max_size=4))
def test_stamp_names_its_site_and_is_not_before_the_clock(site, wall, seen):
    stamp = tick(site, wall, *seen)

    assert site_of(stamp) is site
    assert wall_ms_of(stamp) >= wall


@given(walls, walls, st.lists(stamps, max_size=3), st.lists(stamps, max_size=3))
def test_two_sites_never_make_the_same_stamp(pm_wall, la_wall, pm_seen, la_seen):
    """S2: without this, equal stamps could hide different values."""
    assert tick(Site.PM, pm_wall, *pm_seen) != tick(Site.LA, la_wall, *la_seen)


@given(sites, walls, st.lists(stamps, max_size=4))
def test_stamp_is_the_least_that_will_do(site, wall, seen):
    """A broken clock at one site must not push stamps of the other further ahead than needed."""
    stamp = tick(site, wall, *seen)

    assert stamp <= max(wall << 16, *seen, 0) + 2


def test_peer_and_codes():
    assert (Site.PM.peer, Site.LA.peer) == (Site.LA, Site.PM)
    assert [Site.of(site.code) for site in Site] == list(Site)
