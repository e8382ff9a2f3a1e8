"""The algebra of merging: S2, and S1 and S3 as far as they rest on it alone."""

from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.strategies import State, replicas

from counterpart.contracts.contact import REGISTERS
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.registers import Reg, merge_register, merge_state, stamps_of
from counterpart.protocol.stamps import Site, site_of


def merge(left: State, right: State) -> State:
    return merge_state(REGISTERS, left, right, Site.PM).state


@given(replicas())
def test_merge_is_commutative(states):
    """S2: who merges whom makes no difference, in values, stamps and digests."""
    a, b, *_ = states

    assert merge(a, b) == merge(b, a)
    assert state_digest(REGISTERS, merge(a, b)) == state_digest(REGISTERS, merge(b, a))


@given(replicas())
def test_merge_is_associative(states):
    """S2: the order of messages makes no difference."""
    a, b, c, d = states

    assert merge(merge(a, b), merge(c, d)) == merge(a, merge(merge(b, c), d))


@given(replicas())
def test_merge_is_idempotent(states):
    """S2, S11: a message that comes again, at once or later, changes nothing and archives nothing."""
    a, b, c, _ = states
    once = merge(merge(a, b), c)

    again = merge_state(REGISTERS, once, b, Site.PM)

    assert again.state == once
    assert not again.advanced
    assert again.changed == {}
    assert again.losses == []


@given(replicas())
def test_merge_never_lowers_a_stamp(states):
    """S2: what a site has seen, it has seen for ever."""
    a, b, *_ = states

    for name, reg in merge(a, b).items():
        for held in (a.get(name, Reg(None)), b.get(name, Reg(None))):
            assert reg.pm >= held.pm
            assert reg.la >= held.la


@given(replicas())
def test_merge_reports_exactly_what_changed(states):
    """S6: ``advanced`` and ``changed`` tell truly whether anything was learnt."""
    a, b, *_ = states

    result = merge_state(REGISTERS, a, b, Site.PM)

    assert result.advanced == (stamps_of(result.state) != stamps_of(a))
    held = {name: reg.value for name, reg in a.items()}
    assert result.changed == {n: r.value for n, r in result.state.items() if r.value != held.get(n)}


@given(replicas())
def test_loser_is_archived_unless_the_winner_knew_it(states):
    """S3: a value that disappears was either seen by who overwrote it, or is reported as lost."""
    a, b, *_ = states

    losses = {loss.register: loss for loss in merge_state(REGISTERS, a, b, Site.PM).losses}

    for name in a.keys() & b.keys():
        merged, _ = merge_register(name, a[name], b[name])
        for held in (a[name], b[name]):
            gone = held.newest and held.value != merged.value
            winner = b[name] if held is a[name] else a[name]
            seen = winner.stamps[site_of(held.newest)] >= held.newest
            assert bool(gone and not seen) == (name in losses and losses[name].losing_stamp == held.newest)


@given(replicas())
def test_both_sites_archive_the_same_conflict(states):
    """S1, section 4: whoever notices a conflict describes it in the same words, so that both archives agree."""
    a, b, *_ = states

    mine, theirs = merge_state(REGISTERS, a, b, Site.PM).losses, merge_state(REGISTERS, b, a, Site.PM).losses

    assert sorted(mine, key=lambda loss: loss.register) == sorted(theirs, key=lambda loss: loss.register)


def test_concurrent_edits_keep_the_later_and_archive_the_earlier():
    """Section 4: the later stamp wins; the loser is named with both stamps."""
    early, late = Reg("Ada", 10, 0), Reg("Ben", 0, 21)

    merged, loss = merge_register("alias", early, late)

    assert merged == Reg("Ben", 10, 21)
    assert loss is not None
    assert (loss.register, loss.value, loss.losing_stamp, loss.winning_stamp) == ("alias", "Ada", 10, 21)


def test_knowing_overwrite_is_no_conflict():
    """Section 4: who saw a value and replaced it has decided; nothing is archived, in either direction."""
    seen, replaced = Reg("Ada", 10, 0), Reg("Ben", 10, 21)

    assert merge_register("alias", seen, replaced) == (replaced, None)
    assert merge_register("alias", replaced, seen) == (replaced, None)


@given(replicas(), st.sampled_from(["unheard.of", "x"]))
def test_unknown_and_unstamped_registers_say_nothing(states, name):
    """Section 17: what a newer peer sends beside is ignored; a register never stamped neither wins nor loses."""
    a, b, *_ = states
    noisy = {**b, name: Reg("new", 4, 0), "fax": Reg("unstamped")}

    assert merge_state(REGISTERS, a, noisy, Site.PM).state == merge(a, b)


@given(replicas(), st.lists(st.sampled_from([Site.PM, Site.LA]), max_size=8))
def test_two_sites_that_exchange_converge(states, order):
    """S1: whatever happened, and in whatever order states went to and fro, one exchange each way ends it."""
    sites = [states[0], states[1]]
    for receiver in order:
        sites[receiver] = merge(sites[receiver], states[receiver.peer])

    pm = merge(sites[0], sites[1])
    la = merge(sites[1], pm)

    assert pm == la
    assert state_digest(REGISTERS, pm) == state_digest(REGISTERS, la)
