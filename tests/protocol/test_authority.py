"""Field authority at the receiver: S9, and S11 where a replay carries forged stamps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.strategies import replicas

from counterpart.contracts import matter
from counterpart.contracts.contact import REGISTERS
from counterpart.protocol.registers import STAMP_MAX, Reg, forged, merge_state
from counterpart.protocol.stamps import Site

PM, LA = Site.PM, Site.LA


@given(replicas(), st.sampled_from(list(Site)))
def test_what_real_edits_produce_is_never_refused(states, receiver):
    """S9: no false alarm, whichever of the peer's past states arrives."""
    mine = merge_state(REGISTERS, states[receiver], states[receiver + 2], receiver).state

    assert forged(REGISTERS, states[receiver], states[receiver.peer], receiver) == ""
    assert forged(REGISTERS, mine, states[receiver.peer], receiver) == ""


@pytest.mark.parametrize(
    ("register", "reg", "receiver"),
    [
        ("number", Reg("7", 10, 0), LA),  # PM gives itself a number
        ("number", Reg("7", 0, 11), LA),  # PM speaks in LA's name
        ("requested_number", Reg({"number": "7", "keep_sequence": False}, 0, 11), PM),
        ("presence_pm", Reg("deleted", 0, 11), PM),
        ("presence_la", Reg("deleted", 10, 0), LA),
        ("alias", Reg("liar", 0, 11), LA),  # our own stamp, newer than any we made
        ("alias", Reg("liar", 11, 0), LA),  # a PM stamp that only LA can make
        ("alias", Reg("liar", -2, 0), LA),
        ("alias", Reg("liar", STAMP_MAX, 0), LA),  # nobody could ever exceed it
    ],
)
def test_forged_register_is_named(register, reg, receiver):
    """S9: each way to write what one may not write, or to speak in another's name."""
    mine = {"alias": Reg("held", 2, 3)}

    assert (
        forged(
            REGISTERS,
            mine,
            {"email": Reg("a@example.com", *((10, 0) if receiver is LA else (0, 11))), register: reg},
            receiver,
        )
        == register
    )


@given(replicas(), st.sampled_from(list(Site)), st.data())
def test_forging_any_register_of_a_real_state_is_noticed(states, receiver, data):
    """S9: take a real message, raise the receiver's own stamp in any register: refused."""
    theirs = states[receiver.peer]
    name = data.draw(st.sampled_from(["name", "alias", "email", "number" if receiver is LA else "requested_number"]))
    reg = theirs.get(name, Reg(None))
    stamp = max(reg.newest, states[receiver].get(name, Reg(None)).newest, 2) * 2 + receiver
    lie = Reg("lie", stamp, reg.la) if receiver is PM else Reg("lie", reg.pm, stamp)

    assert forged(REGISTERS, states[receiver], {**theirs, name: lie}, receiver) == name


def test_register_of_a_newer_version_is_no_forgery():
    """Section 17: unknown registers are ignored, not refused."""
    assert forged(REGISTERS, {}, {"pronouns": Reg("they", 10, 11)}, LA) == ""


def test_writers_are_those_of_the_specification():
    """Section 2: who may write what."""
    writers = {name: {site.code for site in rule.writers} for name, rule in REGISTERS.items()}

    assert {name for name, who in writers.items() if who == {"pm"}} == {
        "methods", "requested_number", "presence_pm", "merge_request",
    }  # fmt: skip
    assert {name for name, who in writers.items() if who == {"la"}} == {"number", "presence_la", "merged_into"}
    assert {name for name, rule in REGISTERS.items() if rule.create_only} == {"address.main", "address.additional"}


@pytest.mark.parametrize(
    ("register", "reg", "receiver"),
    [
        ("clients", Reg(["x"], 10, 11), PM),  # LA over PM's list
        ("clients", Reg(["x"], 0, 11), PM),
        ("clients", Reg(["x"], 12, 0), PM),  # LA in PM's name
        ("opened", Reg("2026-01-31", 10, 11), PM),
        ("number", Reg("25-001", 10, 0), LA),
        ("staff", Reg({"lead": "ada@example.com"}, 10, 0), LA),
    ],
)
def test_forged_register_of_a_matter_is_named(register, reg, receiver):
    """S9, GRP-1: clients are PM's, numbers and staff LA's."""
    mine = {"clients": Reg(["held"], 10, 0), "title": Reg("A v. B", 10, 0)}

    assert forged(matter.REGISTERS, mine, {**mine, register: reg}, receiver) == register


def test_writers_of_a_matter_are_those_of_the_specification():
    """Section 2, integration 3.3: who may write what, and which register refers to other records."""
    writers = {name: {site.code for site in rule.writers} for name, rule in matter.REGISTERS.items()}

    assert {name for name, who in writers.items() if who == {"pm", "la"}} == {"title", "assigned"}
    assert {name for name, who in writers.items() if who == {"la"}} == {"number", "staff", "presence_la"}
    assert {name: rule.refers_to for name, rule in matter.REGISTERS.items() if rule.refers_to} == {"clients": "contact"}
