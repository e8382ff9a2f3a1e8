"""Deliberately broken builds: each takes one rule away. A check that never failed is not trusted (section 22)."""

from dataclasses import dataclass, replace
from typing import Any

from tests.simulation.duplicates import Duplicates
from tests.simulation.files import Files, Payers
from tests.simulation.kinds import CONTACT, Kind
from tests.simulation.messages import Batch, Beat, LinkRow, RecordRow, RecordState, Voice
from tests.simulation.model import SiteModel, State
from tests.simulation.numbering import Decision, Numbering
from tests.simulation.store import Transaction

from counterpart.accounting.split import WHOLE
from counterpart.protocol import gate, registers
from counterpart.protocol.exchange import MERGED_INTO, Answer, Statement
from counterpart.protocol.gate import GENESIS, Head, Position, Verdict
from counterpart.protocol.registers import Merge, Reg
from counterpart.protocol.stamps import Site


class WallClockOnly(SiteModel):
    """Stamps are nothing but the time of day: an edit may sort before what it overwrites."""

    def stamp(self, *seen: int) -> int:
        return (self.wall() << 16) + self.site

    def stamped(self, state: State, stamp: int, changes: Any) -> State:
        after = dict(state)
        for name, value in changes.items():
            pm, la = state.get(name, Reg(None)).stamps
            after[name] = Reg(value, stamp, la) if self.site is Site.PM else Reg(value, pm, stamp)
        return after


class ArchiveOff(SiteModel):
    """Losers of a conflict fall to the floor."""

    def _archive(self, *_: Any) -> None:
        return


class ArchiveAtHome(SiteModel):
    """Losers are archived where they lost and do not travel."""

    def unsent_conflicts(self, *_: Any) -> list[Any]:
        return []


class TwoTransactions(SiteModel):
    """The record is committed first, its link after it."""

    def between_row_and_link(self, tx: Transaction) -> None:
        tx.commit()
        self.failpoint()


class TombstoneDropped(SiteModel):
    """A deleted record is forgotten."""

    def keep_tombstone(self, tx: Transaction, sync_id: str) -> None:
        tx.delete("records", sync_id)


class _NoLedger(Numbering):
    def holder(self, tx: Transaction, kind: Kind, number: str) -> str | None:
        return None

    def is_used(self, tx: Transaction, key: tuple[str, str]) -> bool:
        return False


class LedgerIgnored(SiteModel):
    """Nobody looks whether a number was ever given."""

    numbering_class = _NoLedger


class _Forgetful(Numbering):
    def is_answered(self, requested: Reg | None, number: Reg | None, merge: Any) -> bool:
        return number is not None


class RequestForgotten(SiteModel):
    """A number asked for later, for a record that has one, is never decided."""

    numbering_class = _Forgetful


class ShadowNotRaised(SiteModel):
    """What the peer sent is not noted as known to it."""

    def stated_by(self, stamps: dict[str, Any]) -> dict[str, Any]:
        return {}


class StaleStatements(SiteModel):
    """Whatever arrives last is believed, however old it is."""

    def as_statement(self, record: Any, voice: Voice) -> Statement:
        return Statement(voice.epoch, max(record.standing.stated_n, voice.statement))


class UnsentNotTold(SiteModel):
    """Beats vouch for everything although changes wait that can't be delivered."""

    def unsent_ms(self) -> int:
        return 0


class ContactForEver(SiteModel):
    """The last contact never grows old."""

    def _facts(self, link: LinkRow, *args: Any) -> Any:
        return super()._facts(replace(link, last_contact=self.wall()), *args)


class NoPolicy(SiteModel):
    """Everybody may write everything."""

    def check(self, *_: Any) -> tuple[str, str]:
        return "", ""


class ReceiptBeforeCommit(SiteModel):
    """The answer leaves before the disk has the data (``synchronous_commit=off``)."""

    def synced(self) -> bool:
        self.world.at(self.world.now + 5_000, self.db.sync)
        return False


class PrevNotChecked(SiteModel):
    """It does not matter which batch a batch follows."""

    def judge(self, link: LinkRow, batch: Batch, tx: Transaction) -> Verdict:
        verdict = super().judge(link, batch, tx)
        return Verdict.MERGE if verdict is Verdict.RESEND else verdict


class CounterOnly(SiteModel):
    """Heads are compared by their count; the hash is gone."""

    def chain_holds(self, head: Head, tx: Transaction) -> bool:
        return head.n <= tx.get("link", 0).head.n

    def judge(self, link: LinkRow, batch: Batch, tx: Transaction) -> Verdict:
        position = Position(
            link.epoch, link.peer_epoch, *(Head(h.n) for h in (link.peer_head, link.acknowledged, link.announced))
        )
        said = batch.envelope
        bare = replace(said, head=Head(said.head.n), prev=Head(said.prev.n), peer_head=Head(said.peer_head.n))
        return gate.judge(position, bare, chain_holds_peer_head=self.chain_holds(said.peer_head, tx))


class ReceiptsForgotten(SiteModel):
    """Nobody compares what was acknowledged with what is remembered: heads and chain alone must do."""

    def judge(self, link: LinkRow, batch: Batch, tx: Transaction) -> Verdict:
        position = Position(link.epoch, link.peer_epoch, link.peer_head, announced=batch.voice.head)
        said = batch.envelope
        return gate.judge(position, said, chain_holds_peer_head=self.chain_holds(said.peer_head, tx))

    def hear(self, tx: Transaction, voice: Voice) -> None:
        super().hear(tx, replace(voice, acknowledged=GENESIS, heard=0))


class HeadOfLine(SiteModel):
    """One queue in order: a record that fails keeps all others waiting."""

    def due(self) -> list[str]:
        return [] if any(row.standing.attempts for row in self.records.values()) else super().due()


class LanesIgnored(SiteModel):
    """Bulk goes before people."""

    def due(self) -> list[str]:
        return sorted(super().due(), key=lambda sync_id: -self.records[sync_id].lane)


class RefusalForgotten(SiteModel):
    """Any news from the peer clears an error, also that of an unanswered request."""

    def request_open(self, state: State) -> bool:
        return False


class DeletionGivenUp(SiteModel):
    """That a record was deleted can become a dead letter like everything else."""

    def never_gives_up(self, severed: bool) -> bool:
        return False


class OnlyReceiptsCount(SiteModel):
    """A record counts as known to the peer only after a receipt, which may be what got lost."""

    def peer_may_show(self, row: RecordRow) -> bool:
        return row.standing.known_at_peer


class HearingIgnored(SiteModel):
    """The peer's memory of how much we said is not looked at."""

    def hear(self, tx: Transaction, voice: Voice) -> None:
        super().hear(tx, replace(voice, heard=0))


class FailuresUnheard(SiteModel):
    """What could not be stored is as if it had not been said."""

    def _heard_state(self, *args: Any, applied: bool, **kwargs: Any) -> None:
        if applied:
            super()._heard_state(*args, applied=applied, **kwargs)


class AlarmOnLateWords(SiteModel):
    """A peer that states less than it acknowledged counts as restored, though it was only overtaken."""

    def hear(self, tx: Transaction, voice: Voice) -> None:
        if voice.remembered.n < tx.get("link", 0).acknowledged.n:
            self.halt(tx)
        super().hear(tx, voice)


class GateOpen(SiteModel):
    """Matters are sent whether or not the peer has their clients; it refuses them whole, again and again."""

    def is_held_back(self, sync_id: str) -> bool:
        return False


class DoorOpen(SiteModel):
    """Nobody looks whether the clients of a matter that arrives are here."""

    def missing(self, *_: Any) -> frozenset[str]:
        return frozenset()


class NoGate(GateOpen, DoorOpen):
    """Neither side minds whether the clients of a matter exist."""


class PartialLists(SiteModel):
    """The receiver takes the clients it knows and drops the others."""

    def merge_record(self, tx: Transaction, record: RecordState, voice: Voice) -> Any:
        if "clients" in record.registers:
            held = record.registers["clients"]
            here = [client for client in held.value or () if self.is_here(tx, CONTACT, client)]
            if here:
                record = replace(record, registers={**record.registers, "clients": held._replace(value=here)})
        return super().merge_record(tx, record, voice)


class ClientsFromAnybody(SiteModel):
    """Client lists are taken from whoever sends them."""

    def check(self, held: State, record: RecordState) -> tuple[str, str]:
        rest = {name: reg for name, reg in record.registers.items() if name != "clients"}
        return super().check(held, replace(record, registers=rest))


class _SharesGone(Files):
    def after_clients(self, before: Payers, clients: list[str]) -> Payers:
        shares = dict(before) or {clients[0]: WHOLE}
        return tuple((client, shares.get(client, 0)) for client in clients)


class SharesGone(SiteModel):
    """The share of a client who is removed is not added to the primary's."""

    files_class = _SharesGone


class _SharesByPlace(Files):
    def after_clients(self, before: Payers, clients: list[str]) -> Payers:
        shares = [share for _, share in before][: len(clients)]
        shares += [0] * (len(clients) - len(shares))
        return tuple(zip(clients, [WHOLE - sum(shares[1:]), *shares[1:]], strict=True))


class SharesByPlace(SiteModel):
    """Shares stay at their place in the list when the clients change."""

    files_class = _SharesByPlace


class EqualStampsIgnored(SiteModel):
    """A list that was changed without a stamp is not noticed."""

    def join(self, kind: Kind, held: State, theirs: State, heard: Any) -> Merge:
        everybody = {name: replace(rule, writers=frozenset(Site)) for name, rule in kind.registers.items()}
        return registers.merge_state(everybody, held, theirs, self.site, heard)


class SwitchedOnQuietly(SiteModel):
    """Switching the link on again forces no exchange."""

    def told_at_switch_on(self, row: RecordRow) -> bool:
        return False


class ClientsDeleted(SiteModel):
    """A contact can be deleted although a matter names it."""

    def parties(self) -> set[str]:
        return set()


class HeldSilently(SiteModel):
    """A matter that the peer holds is kept back without a word."""

    def is_held_back(self, sync_id: str) -> bool:
        record = self.records[sync_id]
        return super().is_held_back(sync_id) or bool(self.awaited(record, self.state(sync_id)))


class OwnListsNeeded(SiteModel):
    """The side that writes the lists, too, refuses a state with one that names somebody who is gone."""

    def missing(self, tx: Transaction, kind: Kind, held: State, theirs: Any) -> frozenset[str]:
        clients = theirs["clients"].value if "clients" in theirs else []
        return frozenset(client for client in clients if not self.is_here(tx, CONTACT, client))


class RefusalSticks(SiteModel):
    """What was once refused here stays red although the peer has meanwhile said that it holds the same."""

    def still_refused(self, record: RecordRow, *, agreed: bool) -> bool:
        return record.refused


class ForgetfulBeats(SiteModel):
    """A beat counts as contact although the peer has forgotten what it acknowledged."""

    def is_in_memory(self, link: LinkRow, beat: Beat) -> bool:
        return True


class DeparturesForgotten(SiteModel):
    """What was changed while the link was off is archived only where the stamps are equal."""

    def join(self, kind: Kind, held: State, theirs: State, heard: Any) -> Merge:
        return super().join(kind, held, theirs, {})


class OffUnmentioned(SiteModel):
    """What changed while the link was off counts as waiting since it was switched on."""

    def changed_since(self, link: LinkRow) -> int:
        return self.wall()


class LateEdits(Duplicates):
    def late(self, late: dict[str, Reg]) -> dict[str, Reg]:
        return {}


class LateEditsLost(SiteModel):
    """What was typed on a contact while it was being merged goes with it."""

    duplicates_class = LateEdits


class AliasesByName(Duplicates):
    def real_list(self, tx: Transaction, clients: list[str]) -> list[str]:
        return clients


class AliasesUnknown(SiteModel):
    """A list of clients that names a contact merged meanwhile is taken at its word."""

    duplicates_class = AliasesByName


class MergedAnyway(Duplicates):
    def is_too_early(self, tx: Transaction, sync_id: str, survivor: str) -> bool:
        return False

    def act(self, tx: Transaction, record: RecordState, merge: Merge, before: Any) -> str:
        survivor = (merge.changed.get(MERGED_INTO) or {}).get("into", "")
        is_here = self.site.is_here(tx, CONTACT, self.real(tx, survivor))
        return super().act(tx, record, merge, before) if is_here or not survivor else ""


class MergedIntoNobody(SiteModel):
    """A decision about a survivor who is not here yet counts as carried out."""

    duplicates_class = MergedAnyway


class RestoredAnyway(Duplicates):
    def may_return(self, row: RecordRow) -> bool:
        return True


class AliasesRestored(SiteModel):
    """A contact that was deleted here, and merged there since, can be restored all the same."""

    duplicates_class = RestoredAnyway


class RefusedIsNews(SiteModel):
    """What was refused counts as news of the peer: each attempt ends the other side's wait before its next one."""

    def has_news(self, merge: Merge, decision: Decision) -> bool:
        return bool(merge.changed)


class AnsweredBefore(SiteModel):
    """A batch is answered with what was held before a merge further on in it."""

    def as_held_now(self, tx: Transaction, sync_id: str, answer: Answer) -> Answer:
        return answer


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken build and the properties of which one must be reported, within so many seeds."""

    model: type[SiteModel]
    properties: tuple[str, ...]
    seeds: int = 400
    start: int = 0


BROKEN = (
    Broken(WallClockOnly, ("S1", "S3")),
    Broken(ArchiveOff, ("S3",)),
    Broken(ArchiveAtHome, ("S1",)),
    Broken(TwoTransactions, ("S4",)),
    Broken(TombstoneDropped, ("S4",)),
    Broken(LedgerIgnored, ("S5",)),
    Broken(RequestForgotten, ("S5",)),
    Broken(ShadowNotRaised, ("S6",)),
    Broken(StaleStatements, ("S7", "L2")),
    Broken(UnsentNotTold, ("S7",)),
    Broken(ContactForEver, ("S7",)),
    Broken(NoPolicy, ("S9",)),
    Broken(ReceiptBeforeCommit, ("S10",)),
    Broken(PrevNotChecked, ("S11", "S15")),
    Broken(CounterOnly, ("S15",)),
    Broken(ReceiptsForgotten, ("S15",)),
    Broken(HeadOfLine, ("L1", "L3")),
    Broken(LanesIgnored, ("L7",)),
    Broken(GateOpen, ("S6", "L1")),
    Broken(DoorOpen, ("S8",)),
    Broken(NoGate, ("S8",)),
    Broken(PartialLists, ("S8",)),
    Broken(ClientsFromAnybody, ("S8", "S9")),
    Broken(SharesGone, ("S8",)),
    Broken(SharesByPlace, ("S8",)),
    Broken(EqualStampsIgnored, ("S1", "S8")),
    Broken(SwitchedOnQuietly, ("S1", "S7", "S8"), start=1400),
    Broken(ClientsDeleted, ("S8",)),
    Broken(LateEditsLost, ("S3",)),
    Broken(AliasesUnknown, ("S3",), start=1100),
    Broken(MergedIntoNobody, ("S1",)),
    Broken(AnsweredBefore, ("S7",), start=500),
)

FOUND = (
    Broken(RefusalForgotten, ("S5",)),
    Broken(DeletionGivenUp, ("S1", "S7", "L1", "L3"), start=470),
    Broken(OnlyReceiptsCount, ("S7",), start=2140),
    Broken(HearingIgnored, ("L2", "S15"), start=114),
    Broken(FailuresUnheard, ("S7",)),
    Broken(AlarmOnLateWords, ("S15",)),
    Broken(HeldSilently, ("S7",), start=1050),
    Broken(RefusalSticks, ("L2",)),
    Broken(DeparturesForgotten, ("S3",)),
    Broken(AliasesRestored, ("S1",), seeds=1, start=4931),
    Broken(RefusedIsNews, ("S6",), seeds=1, start=16222),
    Broken(AliasesRestored, ("S1",), seeds=1, start=11059),
)
"""Rules that the simulation itself taught, from the seed that shows them; the rarer ones are in tests/protocol."""
