"""Random but reachable states: equal stamps always carry equal values, because every stamp comes from an edit."""

from hypothesis import strategies as st

from counterpart.contracts.contact import REGISTERS
from counterpart.protocol.registers import Reg, edit, merge_state
from counterpart.protocol.stamps import Site, tick

SHARED = ("name", "alias", "email", "phone.work")
State = dict[str, Reg]

walls = st.integers(min_value=0, max_value=2**44)
sites = st.sampled_from(list(Site))
operations = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, 3), st.sampled_from(SHARED), st.integers(0, 3), walls),
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3)),
    ),
    max_size=25,
)
"""Edits and merges among four replicas (two of each site's past and present)."""


@st.composite
def replicas(draw: st.DrawFn) -> list[State]:
    """Four states that real edits and merges can lead to: replicas 0 and 1 edit as PM and LA, 2 and 3 only merge."""
    states: list[State] = [{}, {}, {}, {}]
    last = [0, 0]
    for operation in draw(operations):
        if operation[0] == "merge":
            _, into, other = operation
            states[into] = merge_state(REGISTERS, states[into], states[other], Site(into % 2)).state
        else:
            _, replica, name, value, wall = operation
            site = Site(replica % 2)
            # One site's edits share one clock: its replicas 2 and 3 are copies, never a second writer.
            state = states[site]
            held = state.get(name, Reg(None))
            stamp = tick(site, wall, held.newest, last[site])
            last[site] = stamp
            states[site] = edit(state, site, stamp, {name: f"value {value}"})
    return states
