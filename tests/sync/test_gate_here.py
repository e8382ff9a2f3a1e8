"""The gate in front of the merge, with real messages: replays, forgeries, restores (S9, S11, S15, section 14)."""

import msgspec
import pytest
from sync_world import ADA, PEER_IS_ACCOUNTING, PERSON_VALUES, World, change, create, forge

from counterpart.foundation import history
from counterpart.foundation.errors import Blocked
from counterpart.protocol.gate import Head
from counterpart.protocol.registers import Reg
from counterpart.protocol.stamps import Site, tick
from counterpart.sync import merging
from counterpart.sync.codec import to_ms
from counterpart.sync.composing import compose
from counterpart.sync.hearing import Refused
from counterpart.sync.link import resume
from counterpart.sync.messages import read_receipt
from counterpart.sync.models import Conflict, Link, Record
from counterpart.sync.receipts import apply_receipt
from counterpart.sync.receiving import receive


def snapshot() -> list[object]:
    """Everything the engine and the product hold about records."""
    return [
        *Record.objects.order_by("sync_id").values_list("sync_id", "regs", "shadow", "held", "digest", "force"),
        *Conflict.objects.order_by("id").values_list("id", "resolution"),
        *(event.hash for event in history.models.Event.objects.order_by("id")),
    ]


def test_old_batches_change_nothing(world: World):
    """S11: every batch ever received, played again, leaves records, archive and history as they are."""
    sync_id = world.peer.create(PERSON_VALUES)
    heard = []
    for alias in ("a", "b", "c"):
        world.pass_time()
        world.peer.edit(sync_id, {"alias": alias})
        sent = world.peer.compose()
        assert sent is not None
        heard.append(sent.body)
        world.peer.take_receipt(sent, receive(sent.body, world.at))
        world.settle()
    before = snapshot()

    verdicts = [read_receipt(receive(body, world.at)).verdict for body in heard]

    assert verdicts == ["resend", "resend", "duplicate"]
    assert snapshot() == before
    assert Link.objects.get().mode == "live"


def test_a_value_of_the_wrong_author_is_refused(world: World):
    """S9: a register stamped by a site that may not write it is refused whole, as ``authority``."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    register, value = ("requested_number", {"number": "9"}) if PEER_IS_ACCOUNTING else ("number", "9")
    state = world.peer.records[sync_id].state
    stamp = tick(world.peer.site, to_ms(world.at) + 5000)
    wrong = Reg(value, 0, stamp) if world.peer.site is Site.LA else Reg(value, stamp, 0)
    state[register], state["alias"] = wrong, wrong._replace(value="x")

    receipt = world.peer_sends([sync_id])

    assert receipt is not None
    (result,) = receipt.results
    assert (result.result, result.code, result.register) == ("refused", "authority", register)
    assert world.values(local_id)["alias"] is None
    assert register not in world.record(local_id).held


def test_nobody_speaks_in_our_name(world: World):
    """S9: a stamp of our own site that we never made is refused."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    ours = tick(world.peer.site.peer, to_ms(world.at) + 9000)
    held = world.peer.records[sync_id].state["name"]
    stamps = (ours, held.la) if world.peer.site is Site.LA else (held.pm, ours)
    world.peer.records[sync_id].state["name"] = Reg({"display": "individual", "last": "Forged"}, *stamps)

    receipt = world.peer_sends([sync_id])

    assert receipt is not None
    assert receipt.results[0].code == "authority"
    assert world.values(local_id)["name"]["last"] == "Reyes"


def test_a_value_without_a_stamp_has_no_author(world: World):
    """S9: unstamped, a value that is not copied once on creation counts for nothing."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    mine = f"presence_{world.peer.site.peer.code}"
    world.peer.records[sync_id].state |= {mine: Reg("deleted"), "alias": Reg("nobody")}

    world.peer_sends([sync_id])

    assert not world.record(local_id).severed
    assert world.values(local_id)["alias"] is None


def test_without_the_check_of_authority_the_forgery_is_seen(world: World, monkeypatch: pytest.MonkeyPatch):
    """S9, a broken build: with the policy check removed the wrong author's value stands here."""
    monkeypatch.setattr(merging, "forged", lambda *_: "")

    with pytest.raises(AssertionError):
        test_nobody_speaks_in_our_name(world)


def test_a_batch_for_another_link_is_refused(world: World):
    """Section 18: neither source nor link may be another's, and a batch has one head."""
    sync_id = world.peer.create(PERSON_VALUES)
    sent = world.peer.compose([sync_id])
    assert sent is not None
    events = msgspec.json.decode(sent.body)

    for changed in (
        [{**events[0], "source": "urn:suite:la:other"}],
        [{**events[0], "linkid": "other"}],
        [events[0], {**events[0], "headn": 99}],
        [events[0], {**events[0], "statement": 99}],
        [],
    ):
        with pytest.raises(Refused):
            receive(msgspec.json.encode(changed), world.at)
    assert not Record.objects.exists()


def test_a_receipt_for_another_batch_is_refused(world: World):
    """S7, S11: an old answer played back does not settle a new batch."""
    local_id = create(at=world.at)
    first = compose(world.at)
    assert first is not None
    old = world.peer.receive(first.body)
    apply_receipt(first, old, world.at)
    world.pass_time()
    change(local_id, email="new@example.com", at=world.at)
    second = compose(world.at)
    assert second is not None

    with pytest.raises(Refused):
        apply_receipt(second, old, world.at)

    assert world.record(local_id).due
    assert Link.objects.get().acked_n == first.head.n


def test_a_restore_of_this_site_is_noticed_by_itself(world: World):
    """S15: the peer remembers a head our chain lacks; we stop, show yellow, and can't be talked out of it."""
    local_id = create(at=world.at)
    world.settle()
    backup = Link.objects.values().get()
    world.pass_time()
    change(local_id, email="lost@example.com", at=world.at)
    world.settle()
    Link.objects.update(**backup)  # the newest exchange is forgotten
    from counterpart.sync.models import ChainEntry

    ChainEntry.objects.filter(n__gt=backup["head_n"]).delete()
    world.peer_beats()

    link = Link.objects.get()
    assert link.mode == "healing"
    assert "restored" in link.mode_reason
    assert world.colour(local_id) == "yellow"
    with pytest.raises(Blocked):
        resume(ADA, world.at)
    sync_id = world.sync_id(local_id)
    world.peer.edit(sync_id, {"alias": "later"})
    receipt = world.peer_sends()
    assert receipt is not None
    assert receipt.results == []
    assert world.values(local_id)["alias"] is None


def test_a_restore_of_the_peer_stops_the_exchange(world: World):
    """S15: the peer forgot a batch it confirmed; nothing of it is merged and nothing shows green."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    peer = world.peer
    before = (peer.head, peer.acked, peer.peer_head, dict(peer.chain), peer.statement, peer.heard)
    world.pass_time()
    peer.edit(sync_id, {"alias": "confirmed"})
    world.peer_sends()
    world.settle()
    peer.head, peer.acked, peer.peer_head, peer.chain, peer.statement, peer.heard = before

    world.peer_beats()
    world.pass_time(0.1)
    world.peer_beats()

    assert peer.mode == "healing" or Link.objects.get().mode == "healing"
    assert world.colour(local_id) == "yellow"


def test_without_the_hash_a_restore_goes_unnoticed(world: World, monkeypatch: pytest.MonkeyPatch):
    """S15, a broken build: a chain that says yes to every head believes a restored site."""
    from counterpart.sync import hearing, receiving

    for module in (hearing, receiving):
        monkeypatch.setattr(module, "chain_holds", lambda *_: True)

    def unverified(*args, **kwargs):
        from counterpart.protocol.gate import Verdict

        return Verdict.RESEND

    monkeypatch.setattr(hearing, "judge_memory", unverified)
    with pytest.raises(AssertionError):
        test_a_restore_of_this_site_is_noticed_by_itself(world)


def test_a_digest_that_lies_is_not_green(world: World):
    """S7: green rests on the peer's digest, so another digest than ours is never green."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.peer.edit(sync_id, {"alias": "x"})
    sent = world.peer.compose([sync_id])
    assert sent is not None

    receive(forge(sent.body, digest="0" * 64), world.at)

    assert world.colour(local_id) == "lightblue"
    assert Head(1, "x") != Head(1, "y")
