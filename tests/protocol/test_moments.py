"""Two databases are taken out as of one moment of their exchange, or it is noticed (section 14)."""

from dataclasses import replace

import pytest

from counterpart.protocol.moments import Moment, fit

PM = Moment("pm", "e1", head=7, acked=6, statement=40, peer_instance="la", peer_epoch="e2", peer_head=4,
            peer_statement=31, peer_announced=5)  # fmt: skip
LA = Moment("la", "e2", head=5, acked=4, statement=31, peer_instance="pm", peer_epoch="e1", peer_head=6,
            peer_statement=39, peer_announced=7)  # fmt: skip


def test_what_is_still_under_way_does_no_harm() -> None:
    """A batch sent and not yet merged, a statement not yet heard: both are of one moment."""
    assert fit(PM, LA)
    assert fit(LA, PM)


@pytest.mark.parametrize(
    "later",
    [
        {"peer_head": 8}, {"peer_announced": 8}, {"peer_statement": 41}, {"acked": 5}, {"peer_epoch": "e9"},
    ],
    ids=str,
)  # fmt: skip
def test_who_remembers_what_the_other_has_not_done_is_seen_too_late(later: dict[str, object]) -> None:
    """Loaded so, one of the two would look like restored from a backup, and the link would stop."""
    assert not fit(PM, replace(LA, **later))  # type: ignore[arg-type]
    assert not fit(replace(LA, **later), PM)  # type: ignore[arg-type]


def test_products_that_are_not_paired_always_fit() -> None:
    """There is no exchange between them that could be cut in two."""
    assert fit(PM, replace(LA, instance="another", peer_head=99))
    assert fit(None, LA)
