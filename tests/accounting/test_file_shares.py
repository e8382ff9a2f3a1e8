"""How shares move when clients change and when they are edited (LA-SPL-1 to LA-SPL-3, GRP-4 to GRP-11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.accounting.files.shares import after_clients, percent, share_of, with_shares
from counterpart.accounting.split import WHOLE
from counterpart.foundation.errors import Refused

people = st.lists(st.integers(0, 40), unique=True, min_size=1, max_size=25)


@st.composite
def divided(draw):
    """Payers whose shares are a whole."""
    payers = draw(people)
    cuts = sorted(draw(st.lists(st.integers(0, WHOLE), min_size=len(payers) - 1, max_size=len(payers) - 1)))
    edges = [0, *cuts, WHOLE]
    return [(payer, edges[place + 1] - edges[place]) for place, payer in enumerate(payers)]


@given(st.one_of(st.just([]), divided()), people)
def test_shares_after_any_change_of_clients_are_a_whole_in_the_given_order(before, clients):
    """GRP-7 to GRP-11, LA-SPL-1, P1: exact, nobody negative, the order is Practice Management's, and who stays keeps
    his share; only the primary's can grow. Where nothing was divided, the primary has all, whoever it is now.
    """
    after = after_clients(before, clients)

    assert [client for client, _ in after] == clients
    assert sum(share for _, share in after) == WHOLE
    held = dict(before) if any(share for _, share in before[1:]) else {}
    assert [share for _, share in after[1:]] == [held.get(client, 0) for client in clients[1:]]
    assert after[0][1] >= held.get(clients[0], 0)


@given(divided(), people)
def test_the_same_list_again_changes_nothing(before, clients):
    """GEN-9."""
    after = after_clients(before, clients)

    assert after_clients(after, clients) == after


@given(divided(), st.data())
def test_editing_shares_moves_the_primary_by_the_opposite_amount_or_is_refused(before, data):
    """LA-SPL-2, GRP-6."""
    others = [payer for payer, _ in before[1:]]
    wanted = data.draw(st.dictionaries(st.sampled_from(others), st.integers(0, WHOLE)) if others else st.just({}))
    total = sum(wanted.get(payer, share) for payer, share in before[1:])

    if total > WHOLE:
        with pytest.raises(Refused):
            with_shares(before, wanted)
        return
    after = with_shares(before, wanted)

    assert sum(share for _, share in after) == WHOLE
    assert after[0] == (before[0][0], WHOLE - total)
    assert after[1:] == [(payer, wanted.get(payer, share)) for payer, share in before[1:]]


@pytest.mark.parametrize(
    ("before", "clients", "after"),
    [
        ([], "A", [("A", 100)]),
        ([], "AB", [("A", 100), ("B", 0)]),
        ([("A", 100)], "AB", [("A", 100), ("B", 0)]),
        ([("A", 70), ("B", 30)], "A", [("A", 100)]),
        ([("A", 70), ("B", 20), ("C", 10)], "BC", [("B", 90), ("C", 10)]),
        ([("A", 70), ("B", 30)], "BA", [("B", 30), ("A", 70)]),
        ([("A", 0), ("B", 100)], "BA", [("B", 100), ("A", 0)]),
        ([("A", 0), ("B", 100)], "AC", [("A", 100), ("C", 0)]),
        ([("A", 100), ("B", 0)], "BA", [("B", 100), ("A", 0)]),
        ([("A", 100), ("B", 0)], "CAB", [("C", 100), ("A", 0), ("B", 0)]),
        ([("A", 70), ("B", 30)], "CB", [("C", 70), ("B", 30)]),
        ([("A", 100), ("B", 0)], "B", [("B", 100)]),
        ([("A", 60), ("B", 40)], "CD", [("C", 100), ("D", 0)]),
    ],
)
def test_change_of_clients_by_example(before, clients, after):
    """GRP-4, GRP-7, GRP-8, GRP-9, GRP-10, GRP-11, scenarios 21 and 23."""
    scaled = [(payer, share * 10_000) for payer, share in before]

    assert after_clients(scaled, list(clients)) == [(payer, share * 10_000) for payer, share in after]


@pytest.mark.parametrize(
    ("shares", "field"),
    [({"A": 10}, "shares.0"), ({"B": -1}, "shares.1"), ({"B": WHOLE + 1}, "shares.1"), ({"X": 1}, "shares")],
)
def test_shares_that_can_not_be(shares, field):
    """LA-SPL-2: the primary's own is not typed, nothing below 0 or above 100, nobody else."""
    with pytest.raises(Refused) as refusal:
        with_shares([("A", WHOLE), ("B", 0)], shares)

    assert [error.field for error in refusal.value.errors] == [field]


@given(st.integers(0, WHOLE))
def test_percentages_have_four_decimals_and_read_back(share):
    """LA-SPL-1, LA-MON-2."""
    assert share_of(percent(share)) == share
    assert len(percent(share).split(".")[1]) == 4


@pytest.mark.parametrize("typed", ["", "x", "33.33333", "-1", "100.0001", "1e2", "1.2.3", "٣"])
def test_unreadable_percentage_is_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match=r"percentage|100 %"):
        share_of(typed)


@pytest.mark.parametrize(("typed", "share"), [("30", 300_000), ("33,3333", 333_333), (" 0.0001 % ", 1), ("100", WHOLE)])
def test_percentage_as_people_write_it(typed, share):
    assert share_of(typed) == share
