"""Hybrid logical stamps (sync-protocol section 4).

A stamp is a 64-bit integer: 48 bits of milliseconds since 1970, 15 bits of counter, lowest bit the site. Two
sites can therefore never produce the same stamp, and a stamp sorts by time as far as the clocks agree.
"""

from enum import IntEnum

COUNTER_BITS = 16  # fifteen of counter and one of site


class Site(IntEnum):
    """The two ends of a link. The value is the lowest bit of every stamp the site makes."""

    PM = 0
    LA = 1

    @property
    def code(self) -> str:
        """The site's name in messages and settings: ``pm`` or ``la``."""
        return "pm" if self is Site.PM else "la"

    @property
    def peer(self) -> "Site":
        """The other end."""
        return Site.LA if self is Site.PM else Site.PM

    @classmethod
    def of(cls, code: str) -> "Site":
        """Read a site from its code. Raises KeyError for any other text."""
        return {"pm": cls.PM, "la": cls.LA}[code]


def tick(site: Site, wall_ms: int, *seen: int) -> int:
    """Return a stamp of ``site`` that is greater than every stamp in ``seen`` and not before ``wall_ms``.

    It exceeds what the edit overwrites even with a broken clock or a restored database; the wall clock decides
    only between concurrent edits.
    """
    stamp = max(wall_ms << COUNTER_BITS, max(seen, default=0) + 1)
    return stamp if stamp & 1 == site else stamp + 1


def site_of(stamp: int) -> Site:
    """The site that made the stamp."""
    return Site(stamp & 1)


def wall_ms_of(stamp: int) -> int:
    """The milliseconds part of the stamp: the wall clock at the edit, or later if the clock was behind."""
    return stamp >> COUNTER_BITS
