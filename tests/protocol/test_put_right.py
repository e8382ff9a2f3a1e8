"""Registers of one writer that the other side changed all the same, while the link was off: section 15, GRP-17."""

from hypothesis import given
from hypothesis import strategies as st

from counterpart.contracts.matter import REGISTERS
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.registers import Reg, merge_state, stamps_of, was_stamped
from counterpart.protocol.stamps import Site, site_of, tick

PM, LA = Site.PM, Site.LA
PEOPLE = [f"00000000-0000-7000-8000-00000000000{n}" for n in range(1, 6)]
NOW = 1_700_000_000_000
lists = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True)
stamps = st.integers(1, 2**40).map(lambda n: tick(PM, n))


def lost(merge):
    return [loss.value for loss in merge.losses]


@given(lists, lists, stamps)
def test_writers_list_stands_where_the_stamps_are_equal(ours, theirs, stamp):
    """S1, section 15: LA takes PM's list back and keeps its own in the archive; PM takes nothing and tells it again."""
    pm, la = {"clients": Reg(ours, stamp)}, {"clients": Reg(theirs, stamp)}

    at_la, at_pm = merge_state(REGISTERS, la, pm, LA), merge_state(REGISTERS, pm, la, PM)

    assert at_la.state == at_pm.state == pm
    assert lost(at_la) == ([] if ours == theirs else [theirs])
    assert at_pm.losses == []
    assert at_pm.disowned == (ours != theirs)
    assert not at_la.disowned
    assert at_la.changed == ({} if ours == theirs else {"clients": ours})


@given(lists, lists, lists, stamps)
def test_list_made_while_off_is_archived_also_under_a_newer_one(heard, made, newer, stamp):
    """S3: PM changed the clients, too; LA's list was never stamped, so that only its memory of PM's tells it apart."""
    la, pm = {"clients": Reg(made, stamp)}, {"clients": Reg(newer, tick(PM, 0, stamp))}

    merge = merge_state(REGISTERS, la, pm, LA, {"clients": heard})

    assert merge.state == pm
    assert lost(merge) == ([made] if made not in (heard, newer) else [])


@given(lists, lists, stamps)
def test_archived_lists_are_kept_apart_and_found_once(one, other, stamp):
    """S3: a second period without the link loses another list; the same merge again, or a replay, nothing more."""
    standing = Reg(PEOPLE, stamp)

    first, second = (
        merge_state(REGISTERS, {"clients": Reg(value, stamp)}, {"clients": standing}, LA).losses
        for value in (one, other)
    )

    for loss in (*first, *second):
        assert site_of(loss.losing_stamp) is LA
        assert 0 < loss.losing_stamp < tick(LA, NOW)
        assert not was_stamped(loss)
    if first and second:
        assert (first[0].losing_stamp == second[0].losing_stamp) == (one == other)
    assert merge_state(REGISTERS, {"clients": standing}, {"clients": standing}, LA).losses == []


@given(lists, lists, stamps)
def test_two_sites_agree_after_one_exchange_each_way(ours, theirs, stamp):
    """S1, S6: whoever speaks first, PM's list stands in the end and nothing is left to say."""
    pm, la = {"clients": Reg(ours, stamp)}, {"clients": Reg(theirs, stamp)}

    pm = merge_state(REGISTERS, pm, la, PM).state
    la = merge_state(REGISTERS, la, pm, LA).state

    assert pm == la == {"clients": Reg(ours, stamp)}
    assert state_digest(REGISTERS, pm) == state_digest(REGISTERS, la)
    assert stamps_of(pm) == stamps_of(la)
    assert not merge_state(REGISTERS, pm, la, PM).disowned


def test_what_was_written_with_a_right_to_is_told_apart():
    """S13: of a list made while off the archive names who changed it last, of an edit who made it."""
    mine, theirs = {"title": Reg("A v. B", 0, tick(LA, NOW))}, {"title": Reg("In re A", tick(PM, NOW + 1))}

    (loss,) = merge_state(REGISTERS, mine, theirs, LA).losses

    assert was_stamped(loss)


@given(st.text(max_size=5), st.text(max_size=5), stamps)
def test_registers_of_both_sites_know_no_writer(ours, theirs, stamp):
    """S2: equal stamps of a shared register mean one edit; nobody's value is put right."""
    merge = merge_state(REGISTERS, {"title": Reg(ours, stamp)}, {"title": Reg(theirs, stamp)}, LA)

    assert merge.state == {"title": Reg(ours, stamp)}
    assert (merge.losses, merge.disowned) == ([], False)
