"""Equal states are equal bytes on both sites; different ones are not (sections 2 and 6)."""

from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.strategies import replicas

from counterpart.contracts.contact import REGISTERS
from counterpart.protocol.canonical import canonical_json, state_digest
from counterpart.protocol.registers import Reg

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=5), st.randoms())
def test_order_of_keys_makes_no_difference(value, random):
    """S1: the sites fill their dictionaries in different orders."""
    keys = list(value)
    random.shuffle(keys)

    assert canonical_json({key: value[key] for key in keys}) == canonical_json(value)


@given(replicas())
def test_digests_are_equal_exactly_when_stamped_registers_are(states):
    """S7: green rests on this comparison."""
    a, b, *_ = states

    assert (state_digest(REGISTERS, a) == state_digest(REGISTERS, b)) == (a == b)


def test_digest_counts_what_section_6_says():
    """Values and stamps of stamped registers; of addresses the stamps only; nothing of unstamped or unknown ones."""
    state = {"alias": Reg("Ada", 2, 0), "address.main": Reg({"line1": "1"}, 2, 0)}
    digest = state_digest(REGISTERS, state)

    assert state_digest(REGISTERS, {**state, "fax": Reg("7"), "pronouns": Reg("they", 4, 0)}) == digest
    assert state_digest(REGISTERS, {**state, "address.main": Reg({"line1": "2"}, 2, 0)}) == digest
    assert state_digest(REGISTERS, {**state, "address.main": Reg({"line1": "1"}, 4, 0)}) != digest
    assert state_digest(REGISTERS, {**state, "alias": Reg("Ada", 2, 3)}) != digest
    assert state_digest(REGISTERS, {**state, "alias": Reg("Ben", 2, 0)}) != digest
