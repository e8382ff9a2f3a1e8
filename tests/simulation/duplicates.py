"""Merging duplicates in the simulation: Legal Accounting decides, Practice Management asks and follows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.simulation.kinds import CONTACT, MATTER
from tests.simulation.messages import ConflictRow, RecordRow, RecordState
from tests.simulation.store import Transaction

from counterpart.protocol import absorbing, exchange
from counterpart.protocol.exchange import MERGE_REQUEST, MERGED_INTO
from counterpart.protocol.registers import Merge, Reg
from counterpart.protocol.stamps import Site

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel

REFUSED = "merge_refused"


@dataclass(frozen=True, slots=True)
class Former:
    """What a merge took away here, so that it can be undone."""

    local_id: int
    columns: Mapping[str, Any]
    lists: Mapping[str, tuple[list[str], list[str]]]
    """Client lists that named the loser, by matter: before and after."""


class Duplicates:
    """A site's half of merging contacts."""

    def __init__(self, site: "SiteModel") -> None:
        self.site = site

    # ------------------------------------------------------------------ identities

    def survivors(self, tx: Transaction) -> dict[str, str]:
        """Who was merged into whom, as this site knows it."""
        found = {}
        for sync_id in self.site.records.keys() | {key for table, key in tx.writes if table == "records"}:
            row: RecordRow = tx.get("records", sync_id)
            if value := row.held.get(MERGED_INTO):
                found[sync_id] = value["into"]
        return found

    def real(self, tx: Transaction, sync_id: str) -> str:
        return absorbing.resolve(self.survivors(tx), sync_id)

    def real_lists(self, tx: Transaction, record: RecordState) -> RecordState:
        """In a list of clients the survivor stands for every alias."""
        clients = record.registers.get("clients")
        if clients is None or not clients.value or record.kind != MATTER.name:
            return record
        return replace(
            record, registers={**record.registers, "clients": clients._replace(value=self.real_list(tx, clients.value))}
        )

    def real_list(self, tx: Transaction, clients: list[str]) -> list[str]:
        return list(dict.fromkeys(self.real(tx, client) for client in clients))

    # ------------------------------------------------------------------ what arrives

    def told(self, held: Mapping[str, Reg], theirs: Mapping[str, Reg]) -> str:
        """The survivor named by a state that is newer than what is known here, or ''."""
        mine, said = held.get(MERGED_INTO, Reg(None)), theirs.get(MERGED_INTO, Reg(None))
        return said.value["into"] if said.value and said.newest > mine.newest else ""

    def is_too_early(self, tx: Transaction, sync_id: str, survivor: str) -> bool:
        real = self.real(tx, survivor)
        return real == sync_id or not self.site.is_here(tx, CONTACT, real)

    def let_part(self, tx: Transaction, record: RecordState, held: Mapping[str, Reg]) -> None:
        """The peer has undone a merge: the record is back before its state is merged."""
        said, mine = record.registers.get(MERGED_INTO), held.get(MERGED_INTO, Reg(None))
        if said is not None and said.value is None and mine.value and said.newest > mine.newest:
            self.bring_back(tx, record.sync_id)

    def act(self, tx: Transaction, record: RecordState, merge: Merge, before: Mapping[str, Any]) -> str:
        """Follow a decision, or make one; the code of a refusal, or ''."""
        survivor = (merge.changed.get(MERGED_INTO) or {}).get("into", "")
        if survivor:
            if before:
                self.obey(tx, record.sync_id, self.real(tx, survivor), merge.state, before)
            return ""
        request = merge.changed.get(MERGE_REQUEST)
        return self.decide(tx, record.sync_id, request) if request and self.site.site is Site.LA else ""

    def decide(self, tx: Transaction, sync_id: str, request: Mapping[str, Any]) -> str:
        row: RecordRow = tx.get("records", sync_id)
        if "apart" in request:
            if row.held.get(MERGED_INTO):
                self.part(tx, sync_id)
            return ""
        survivor = self.real(tx, request["into"])
        if self.site.has_severed(row) or survivor == sync_id:
            return ""
        if not self.may_absorb(tx, survivor):
            self.site.world.count["merges_refused"] += 1
            return REFUSED
        self.absorb(tx, survivor, sync_id)
        return ""

    def may_absorb(self, tx: Transaction, survivor: str) -> bool:
        row: RecordRow | None = tx.get("records", survivor)
        return row is not None and row.local_id is not None and not self.site.has_severed(row)

    # ------------------------------------------------------------------ merging

    def absorb(self, tx: Transaction, survivor: str, loser: str) -> dict[str, Any]:
        """Legal Accounting merges: what changed on the loser, and under which stamp."""
        self.site.world.checks.merging(loser, survivor)
        self.site.world.count["merges"] += 1
        state = self.site.state(loser, tx)
        self.take_away(tx, survivor, loser)
        return self.write(tx, loser, {MERGED_INTO: absorbing.merged_value(survivor, state)})

    def obey(
        self, tx: Transaction, loser: str, survivor: str, state: Mapping[str, Reg], before: Mapping[str, Any]
    ) -> None:
        """Practice Management follows; ``before``: the loser's columns, which hold what nobody else has seen."""
        late = absorbing.crossed(CONTACT.registers, self.with_values(state, before))
        self.take_away(tx, survivor, loser)
        held = self.site.state(survivor, tx)
        taken = {}
        for name, reg in self.late(late).items():
            mine = held.get(name, Reg(None))
            if absorbing.goes_to_archive(reg, mine):
                self.site.put_conflict(tx, ConflictRow(survivor, name, reg.value, reg.pm, mine.newest))
            else:
                taken[name] = reg.value
        self.site.world.count["crossed"] += len(late)
        if late:
            self.write(tx, survivor, taken)

    def late(self, late: dict[str, Reg]) -> dict[str, Reg]:
        return late

    def with_values(self, state: Mapping[str, Reg], columns: Mapping[str, Any]) -> dict[str, Reg]:
        return {
            name: reg if name in CONTACT.kept else reg._replace(value=columns.get(name)) for name, reg in state.items()
        }

    def take_away(self, tx: Transaction, survivor: str, loser: str) -> None:
        """The local row goes, and whatever pointed at it points at the survivor."""
        site = self.site
        row: RecordRow = tx.get("records", loser)
        assert row.local_id is not None
        lists = {}
        for matter_id, clients in self.lists(tx).items():
            if loser in clients:
                after = list(dict.fromkeys(survivor if client == loser else client for client in clients))
                lists[matter_id] = (clients, after)
                self.rewrite(tx, matter_id, after, loser, survivor)
        former = Former(row.local_id, tx.get(CONTACT.table, row.local_id), lists)
        site.failpoint()
        tx.delete(CONTACT.table, row.local_id)
        tx.put("records", loser, replace(row, local_id=None, former=former))

    def lists(self, tx: Transaction) -> dict[str, list[str]]:
        return {
            sync_id: list(self.site.state(sync_id, tx)["clients"].value)
            for sync_id, row in self.site.records.items()
            if row.kind == MATTER.name and tx.get("records", sync_id).local_id is not None
        }

    def rewrite(self, tx: Transaction, matter_id: str, clients: list[str], loser: str, survivor: str) -> None:
        """In PM an ordinary edit of the matter; in LA the payers themselves, two shares of one payer added up."""
        if self.site.site is Site.PM:
            self.write(tx, matter_id, {"clients": clients})
            return
        row: RecordRow = tx.get("records", matter_id)
        columns = tx.get(MATTER.table, row.local_id)
        shares: dict[str, int] = {}
        for client, share in columns["payers"]:
            payer = survivor if client == loser else client
            shares[payer] = shares.get(payer, 0) + share
        tx.put(MATTER.table, row.local_id, {**columns, "payers": tuple(shares.items())})

    # ------------------------------------------------------------------ undoing

    def part(self, tx: Transaction, loser: str) -> dict[str, Any]:
        """Legal Accounting undoes a merge."""
        survivor = self.real(tx, loser)
        self.bring_back(tx, loser)
        done = self.write(tx, loser, {MERGED_INTO: None})
        self.read_again(tx, loser, survivor)
        return done

    def may_return(self, row: RecordRow) -> bool:
        """Whether a deleted contact can be restored: not as long as it is an alias, of which nothing moved here."""
        return not row.held.get(MERGED_INTO)

    def bring_back(self, tx: Transaction, loser: str) -> None:
        row: RecordRow = tx.get("records", loser)
        former = row.former
        if former is None:
            return
        self.site.failpoint()
        tx.put(CONTACT.table, former.local_id, former.columns)
        tx.put("records", loser, replace(row, local_id=former.local_id, former=None))
        if self.site.site is Site.PM:
            now = self.lists(tx)
            for matter_id, (before, after) in former.lists.items():
                is_possible = all(self.site.is_here(tx, CONTACT, client) for client in before)
                if now.get(matter_id) == after and is_possible:
                    self.write(tx, matter_id, {"clients": before})

    def read_again(self, tx: Transaction, loser: str, survivor: str) -> None:
        """After an undo Legal Accounting's payers are those whom Practice Management named last, as that reads now."""
        for matter_id, payers in self.lists(tx).items():
            row: RecordRow = tx.get("records", matter_id)
            clients = self.real_list(tx, row.heard.get("clients") or [])
            is_possible = loser in clients and all(self.site.is_here(tx, CONTACT, client) for client in clients)
            merged = list(dict.fromkeys(survivor if client == loser else client for client in clients))
            if is_possible and merged == payers:
                columns = tx.get(MATTER.table, row.local_id)
                paying = self.site.files.after_clients(columns["payers"], clients)
                tx.put(MATTER.table, row.local_id, {**columns, "payers": paying})

    # ------------------------------------------------------------------ writing

    def write(self, tx: Transaction, sync_id: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """An edit of this site inside a transaction; returns what was changed, with its stamp."""
        site = self.site
        row, state = tx.get("records", sync_id), site.state(sync_id, tx)
        stamp = site.stamp(*(state[name].newest for name in changes if name in state))
        site.world.edited(site, sync_id, state, changes, stamp)
        after = site.stamped(state, stamp, changes)
        if not (exchange.is_severed(state) and exchange.is_severed(after)):
            row = replace(row, standing=exchange.after_save(row.standing, site.new_force(row, stamp)))
        elif any(name in exchange.ALWAYS_TOLD for name in changes):
            row = replace(row, standing=replace(row.standing, error_code="", error_register="", next_attempt=0))
        site.put_state(tx, sync_id, row, after)
        return {"changes": changes, "stamp": stamp}

    def forget(self, tx: Transaction, survivor: str) -> None:
        """Legal Accounting deletes a survivor: who was merged into it without Practice Management knowing yet counts as
        deleted here, nothing more.
        """
        if self.site.site is not Site.LA:
            return
        survivors = self.survivors(tx)
        for sync_id in survivors:
            row: RecordRow = tx.get("records", sync_id)
            if absorbing.resolve(survivors, sync_id) == survivor and row.regs != row.standing.shadow:
                self.write(tx, sync_id, {MERGED_INTO: None, "presence_la": exchange.DELETED})

    def point_anew(self, tx: Transaction, old: str, new: str) -> None:
        """A survivor is offered again under another identity."""
        if self.site.site is not Site.LA:
            return
        for sync_id, survivor in self.survivors(tx).items():
            if survivor == old:
                value = {**tx.get("records", sync_id).held[MERGED_INTO], "into": new}
                self.write(tx, sync_id, {MERGED_INTO: value})
