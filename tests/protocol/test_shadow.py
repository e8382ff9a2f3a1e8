"""Dirtiness is derived from registers and shadow: nothing can be forgotten, nothing echoes (section 6, S6)."""

from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.strategies import SHARED, replicas

from counterpart.contracts.contact import REGISTERS
from counterpart.protocol.registers import edit, is_dirty, merge_state, raise_shadow, stamps_of
from counterpart.protocol.stamps import Site, tick

stamp_maps = st.dictionaries(
    st.sampled_from(SHARED), st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda pair: pair != (0, 0))
)


@given(stamp_maps, stamp_maps, stamp_maps)
def test_dirty_means_that_the_shadow_differs(regs, shadow, stated):
    """Section 6: with the clamp, dirtiness is inequality, which a database can index."""
    raised = raise_shadow(shadow, stated, regs)

    assert is_dirty(regs, raised) == (raised != regs)


@given(stamp_maps, stamp_maps, stamp_maps)
def test_shadow_only_rises_and_never_above_the_registers(regs, shadow, stated):
    shadow = raise_shadow({}, shadow, regs)

    raised = raise_shadow(shadow, stated, regs)

    for name, (pm, la) in raised.items():
        assert shadow.get(name, (0, 0))[0] <= pm <= regs[name][0]
        assert shadow.get(name, (0, 0))[1] <= la <= regs[name][1]


@given(stamp_maps, stamp_maps, stamp_maps, stamp_maps)
def test_receipts_may_come_in_any_order(regs, shadow, one, other):
    assert raise_shadow(raise_shadow(shadow, one, regs), other, regs) == raise_shadow(
        raise_shadow(shadow, other, regs), one, regs
    )


@given(replicas())
def test_merging_what_adds_nothing_to_the_sender_sends_nothing(states):
    """S6: if the sender holds all that the merge gave, the record is clean; there is no echo to suppress."""
    mine, theirs, *_ = states
    shadow = raise_shadow({}, {}, stamps_of(mine))

    merged = merge_state(REGISTERS, mine, theirs, Site.PM).state
    shadow = raise_shadow(shadow, stamps_of(theirs), stamps_of(merged))

    sender_lacks_something = merge_state(REGISTERS, theirs, merged, Site.LA).advanced
    assert is_dirty(stamps_of(merged), shadow) == sender_lacks_something


@given(replicas(), st.sampled_from(list(Site)), st.sampled_from(SHARED))
def test_every_edit_is_dirty_until_the_peer_states_it(states, site, name):
    """L1: an edit can't be overlooked, and a receipt for it settles it."""
    state = states[site]
    clean = stamps_of(state)
    edited = edit(state, site, tick(site, 0, *(reg.newest for reg in state.values())), {name: "new"})

    assert is_dirty(stamps_of(edited), raise_shadow(clean, {}, stamps_of(edited)))
    assert not is_dirty(stamps_of(edited), raise_shadow(clean, stamps_of(edited), stamps_of(edited)))
