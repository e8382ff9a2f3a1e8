"""S7: every combination of facts, against the rules stated a second time and in another form."""

from itertools import product

import pytest

from counterpart.protocol.colour import (
    CONTACT_LIMIT_MS,
    STATUS,
    STUCK_MS,
    Colour,
    Facts,
    Mode,
    colour,
    contact_as_of,
    unsent_age,
)

NOW = 1_700_000_000_000
FLAGS = (
    "out_of_scope", "severed", "error", "blocked_by_error", "person_needed", "peer_incompatible",
    "dirty", "force", "heal", "waiting_for", "number_missing",
)  # fmt: skip
CONTACTS = {
    None: False,
    NOW: True,
    NOW - CONTACT_LIMIT_MS: True,
    NOW - CONTACT_LIMIT_MS - 1: False,
    NOW + 3_600_000: False,
}
"""Last contact, and whether it counts as fresh: the limit itself still does, a time far in the future does not."""
PENDING = {None: False, NOW - STUCK_MS: False, NOW - STUCK_MS - 1: True}
"""Pending since, and whether that is too long."""


def expected(facts: Facts) -> set[Colour]:
    """Each colour's own condition, complete and without order: exactly one may hold."""
    linked = facts.mode in {Mode.LIVE, Mode.PAUSED, Mode.HEALING} and not (facts.out_of_scope or facts.severed)
    needs_person = facts.error or facts.blocked_by_error or facts.person_needed
    knowable = facts.mode is Mode.LIVE and not facts.peer_incompatible and CONTACTS[facts.last_contact]
    work = any((facts.dirty, facts.force, facts.heal, facts.waiting_for, facts.number_missing))
    agreed = (facts.stated_epoch, facts.stated_digest) == (facts.peer_epoch, facts.digest)
    settled = agreed and not work
    stuck = knowable and not settled and PENDING[facts.pending_since]
    conditions = {
        Colour.GRAY: not linked,
        Colour.RED: linked and (needs_person or stuck),
        Colour.YELLOW: linked and not needs_person and not knowable,
        Colour.BLUE: linked and not needs_person and knowable and not settled and not stuck,
        Colour.GREEN: linked and not needs_person and knowable and settled,
    }
    return {name for name, holds in conditions.items() if holds}


@pytest.mark.parametrize("mode", list(Mode))
def test_colour_of_every_combination_of_facts(mode):
    """S7: 122,880 combinations per mode; the function and the second statement agree on each."""
    seen = set()
    for contact, since, epoch, digest in product(CONTACTS, PENDING, ("e1", "e0"), ("d1", "d0")):
        for flags in product((False, True), repeat=len(FLAGS)):
            facts = Facts(
                mode, contact, "e1", "d1", stated_digest=digest, stated_epoch=epoch, pending_since=since,
                **dict(zip(FLAGS, flags, strict=True)),
            )  # fmt: skip
            found = colour(facts, NOW)
            assert {found} == expected(facts), facts
            seen.add(found)

    assert (seen == set(Colour)) == (mode is Mode.LIVE)


def test_green_needs_the_peers_own_word():
    """S7: without any statement of the peer nothing is green, however clean the record is."""
    assert colour(Facts(Mode.LIVE, NOW, "e1", "d1"), NOW) is Colour.BLUE


def test_status_words_are_those_published():
    """STA-2: each colour has its word in the interfaces."""
    assert [(c.value, STATUS[c]) for c in Colour] == [
        ("green", "synchronized"), ("gray", "unsynchronized"), ("lightblue", "pending"), ("yellow", "unknown"),
        ("red", "error"),
    ]  # fmt: skip


def test_beat_vouches_only_for_the_time_before_unsent_changes():
    """S7: a peer that can't deliver its changes must not keep old greens alive by beats that get through."""
    facts = Facts(Mode.LIVE, contact_as_of(NOW, 61_000), "e1", "d1", "d1", "e1")

    assert colour(facts, NOW) is Colour.YELLOW
    assert contact_as_of(NOW, 0) == contact_as_of(NOW, -5) == NOW


@pytest.mark.parametrize(
    ("since", "age"), [(None, 0), (NOW - 7_000, 7_000), (NOW + 1, -1), (NOW + 3_600_000, CONTACT_LIMIT_MS + 1)]
)
def test_unsent_age_is_unknown_after_the_clock_was_set_back(since, age):
    assert unsent_age(NOW, since) == age
