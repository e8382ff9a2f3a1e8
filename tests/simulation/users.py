"""What people do on the two sites: each action is one transaction that may be killed half way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.simulation.files import STAFF
from tests.simulation.kinds import CONTACT, KINDS, MATTER, Kind
from tests.simulation.messages import RecordRow
from tests.simulation.store import Transaction

from counterpart.protocol import exchange
from counterpart.protocol.colour import Mode
from counterpart.protocol.exchange import MERGE_REQUEST, REQUEST, Standing
from counterpart.protocol.registers import Reg
from counterpart.protocol.stamps import Site

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel
    from tests.simulation.world import World

TYPED = ("7", "40", "41", "007", "SMITH", "V~3", "900")
TYPED_FILES = ("12345", "12350", "7-001", "40-002", "LIT-9")
CLIENTS_MAX = 5
Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a form wrote in a transaction; it is acknowledged after the commit."""

    sync_id: str
    changes: Mapping[str, Any]
    stamp: int


class Users:
    """Random but seeded people."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.rng = world.rng
        self.serial = 0

    def act(self, site: "SiteModel") -> None:
        """One random action on a site that is up."""
        if self.world.plan.switches and self.rng.random() < 0.1:
            site.switch()
            self.world.count["switches"] += 1
            return
        if self.world.plan.merges and self.world.merging.random() < 0.2:
            self.merge_or_part(site)
            return
        existing = [sync_id for sync_id, row in site.records.items() if row.local_id is not None]
        if not existing or (self.count(site, CONTACT) < self.world.plan.records and self.rng.random() < 0.3):
            self.create(site)
            return
        if site.site is Site.PM and self.count(site, MATTER) < self.world.plan.matters and self.rng.random() < 0.5:
            self.create_matter(site)
            return
        trash = [sync_id for sync_id, row in site.records.items() if row.trash]
        if trash and self.rng.random() < 0.1:
            self.restore(site, self.rng.choice(trash))
            return
        matters = list(site.lists())
        if site.site is Site.LA and matters and site.effective_mode() is Mode.OFF and self.rng.random() < 0.7:
            self.divide(site, self.rng.choice(matters))
            return
        sync_id = self.rng.choice(matters if matters and self.rng.random() < 0.6 else existing)
        actions = [
            (self.edit, 50), (self.renumber, 14), (self.close, 4), (self.delete, 4), (self.force, 8),
            (self.resolve, 10), (self.offer_again, 4),
        ]  # fmt: skip
        if site.records[sync_id].kind == CONTACT.name:
            actions.append((self.address, 4))
        else:
            actions.append((self.edit_clients, 60) if site.site is Site.PM else (self.divide, 40))
        chosen, weights = zip(*actions, strict=True)
        self.rng.choices(chosen, weights)[0](site, sync_id)

    def count(self, site: "SiteModel", kind: Kind) -> int:
        return sum(row.kind == kind.name for row in site.records.values())

    def value(self, site: "SiteModel", register: str) -> Any:
        """A value nobody typed before, now and then none."""
        self.serial += 1
        text = f"v{self.serial}"
        if register == "name":
            return {"display": "individual", "last": text}
        if register == "assigned":
            return self.rng.choice(STAFF[site.site])
        if register != "title" and self.rng.random() < 0.1:
            return None
        return f"{text}@example.com" if register == "email" else text

    # ------------------------------------------------------------------ creating

    def create(self, site: "SiteModel") -> None:
        tx = site.db.begin()
        if saved := self._new_contact(site, tx):
            self.finish(site, tx, saved)

    def _new_contact(self, site: "SiteModel", tx: Transaction) -> Saved | None:
        """A contact in the transaction; None after an immediate form error."""
        rng, sync_id = self.rng, self.world.new_sync_id()
        values: Changes = {name: self.value(site, name) for name in ("name", *rng.sample(CONTACT.shared[1:], 1))}
        values["scheme"] = rng.choice(("client", "client", "vendor", "other"))
        address = {"line1": f"{self.serial} High Street"}
        typed = rng.choice(TYPED) if rng.random() < 0.4 else None
        if site.site is Site.LA:
            draft = {"scheme": Reg(values["scheme"])}
            if typed is not None and site.numbering.take(tx, sync_id, CONTACT, draft, typed, keep=rng.random() < 0.3):
                return None
            values["number"] = typed or site.numbering.allocate(tx, sync_id, CONTACT, draft)
        elif typed is not None:
            values[REQUEST] = {"number": typed, "keep_sequence": rng.random() < 0.3}
        stated = {name: value for name, value in values.items() if value is not None}
        lane = rng.choice((0, 0, 2))
        return self.born(site, tx, CONTACT, stated, {"address.main": Reg(address)}, sync_id=sync_id, lane=lane)

    def born(
        self, site: "SiteModel", tx: Transaction, kind: Kind, changes: Changes, state: dict[str, Reg] | None = None,
        *, sync_id: str = "", lane: int = 0,
    ) -> Saved:  # fmt: skip
        """A new record with these values; what ``state`` holds beside is copied, not stamped."""
        row = RecordRow(self.world.new_id(), {}, {}, Standing(shadow={}), lane=lane, kind=kind.name)
        return self._write(site, tx, sync_id or self.world.new_sync_id(), row, state or {}, changes)

    def create_matter(self, site: "SiteModel") -> None:
        """*Create Matter*, now and then with a client who is created in the same form."""
        rng = self.rng
        tx = site.db.begin()
        saves = []
        clients = self.some_contacts(site, rng.choice((1, 1, 2, 3, CLIENTS_MAX)))
        if not clients or rng.random() < 0.3:
            new = self._new_contact(site, tx)
            assert new is not None, "only Legal Accounting knows at once that a number is taken"
            saves.append(new)
            clients.insert(rng.randrange(len(clients) + 1), new.sync_id)
        values: Changes = {name: self.value(site, name) for name in MATTER.shared}
        values |= {"clients": clients, "opened": f"2026-01-{rng.randrange(1, 29):02d}"}
        if rng.random() < 0.3:
            values[REQUEST] = {"number": self.file_number(site, clients), "keep_sequence": rng.random() < 0.3}
        saves.append(self.born(site, tx, MATTER, values, lane=rng.choice((0, 0, 2))))
        self.finish(site, tx, *saves)
        self.world.count["matters"] += 1

    def some_contacts(self, site: "SiteModel", at_most: int) -> list[str]:
        """Contacts as the picker offers them: numbered or not, red or not, and those the peer has deleted."""
        found = [i for i, row in site.records.items() if row.local_id is not None and row.kind == CONTACT.name]
        return self.rng.sample(found, min(at_most, len(found)))

    def file_number(self, site: "SiteModel", clients: list[str]) -> str:
        primary = site.state(clients[0]).get("number")
        if primary is not None and primary.value and self.rng.random() < 0.6:
            return f"{primary.value}-{self.rng.randrange(1, 12):03d}"
        return self.rng.choice(TYPED_FILES)

    # ------------------------------------------------------------------ saving

    def _write(
        self, site: "SiteModel", tx: Transaction, sync_id: str, row: RecordRow, state: dict[str, Reg], changes: Changes
    ) -> Saved:
        """The end of every form: stamp, write, force."""
        # A number is a decision over everything that is known, a pending request above all.
        seen = state if "number" in changes else changes
        stamp = site.stamp(*(state[name].newest for name in seen if name in state))
        self.world.edited(site, sync_id, state, changes, stamp)
        after = site.stamped(state, stamp, changes)
        if not (exchange.is_severed(state) and exchange.is_severed(after)):
            row = replace(row, standing=exchange.after_save(row.standing, site.new_force(row, stamp)))
        site.put_state(tx, sync_id, row, after)
        return Saved(sync_id, changes, stamp)

    def finish(self, site: "SiteModel", tx: Transaction, *saves: Saved) -> None:
        """Commit; then the user is told that it is saved."""
        site.commit(tx)
        for saved in saves:
            self.world.acknowledged(site, saved.sync_id, saved.changes, saved.stamp)
            self.world.count["awaited"] += "clients" in saved.changes and site.waits(saved.sync_id)

    def _save(
        self, site: "SiteModel", tx: Transaction, sync_id: str, row: RecordRow, state: dict[str, Reg], changes: Changes
    ) -> None:
        self.finish(site, tx, self._write(site, tx, sync_id, row, state, changes))

    def change(self, site: "SiteModel", sync_id: str, changes: Changes) -> None:
        """An ordinary edit of one record."""
        tx = site.db.begin()
        self._save(site, tx, sync_id, tx.get("records", sync_id), site.state(sync_id, tx), changes)

    # ------------------------------------------------------------------ editing

    def edit(self, site: "SiteModel", sync_id: str) -> None:
        names = self.rng.sample(KINDS[site.records[sync_id].kind].shared, self.rng.choice((1, 1, 2)))
        self.change(site, sync_id, {name: self.value(site, name) for name in names})

    def address(self, site: "SiteModel", sync_id: str) -> None:
        """*Copy to the other product*: the only edit of an address that is stamped."""
        if not site.is_severed(sync_id):
            self.serial += 1
            self.change(site, sync_id, {"address.main": {"line1": f"{self.serial} Long Lane"}})

    def renumber(self, site: "SiteModel", sync_id: str) -> None:
        """*Change Contact Number* and *Change File Number* in LA, another Reference in PM."""
        if site.is_severed(sync_id):
            return
        kind = KINDS[site.records[sync_id].kind]
        typed, keep = self.rng.choice((*TYPED, str(self.rng.randrange(1, 60)))), self.rng.random() < 0.3
        tx = site.db.begin()
        state = site.state(sync_id, tx)
        if kind is MATTER:
            typed = self.file_number(site, state["clients"].value)
        if site.site is Site.PM:
            self.change(site, sync_id, {REQUEST: {"number": typed, "keep_sequence": keep}})
        elif not site.numbering.take(tx, sync_id, kind, state, typed, keep=keep):
            self._save(site, tx, sync_id, tx.get("records", sync_id), state, {"number": typed})

    def edit_clients(self, site: "SiteModel", sync_id: str) -> None:
        """The matter's parties in PM: add, remove, replace, reorder, down to one; or one created on the spot."""
        if site.is_severed(sync_id):
            return
        tx = site.db.begin()
        saves = []
        before: list[str] = site.state(sync_id)["clients"].value
        clients = self.rearranged(site, before)
        if self.rng.random() < 0.15 and (new := self._new_contact(site, tx)):
            saves.append(new)
            clients = [*clients, new.sync_id]
        if clients != before:
            self.world.count["lists"] += 1
            state = site.state(sync_id, tx)
            saves.append(self._write(site, tx, sync_id, tx.get("records", sync_id), state, {"clients": clients}))
            self.finish(site, tx, *saves)

    def rearranged(self, site: "SiteModel", clients: list[str]) -> list[str]:
        """Another list that may follow this one."""
        rng, clients = self.rng, list(clients)
        others = [i for i in self.some_contacts(site, CLIENTS_MAX) if i not in clients]
        how = rng.choice(("add", "add", "remove", "replace", "reorder", "one"))
        if how == "add" and others and len(clients) < CLIENTS_MAX:
            clients.insert(rng.randrange(len(clients) + 1), others[0])
        elif how == "remove" and len(clients) > 1:
            del clients[rng.randrange(len(clients))]
        elif how == "replace" and others:
            clients[rng.randrange(len(clients))] = others[0]
        elif how == "one":
            clients = [rng.choice(clients)]
        elif how == "reorder":
            rng.shuffle(clients)
        return clients

    def divide(self, site: "SiteModel", sync_id: str) -> None:
        """Legal Accounting's own work on a file: its shares (LA-SPL-2), and while the link is off its payers, too."""
        row = site.records[sync_id]
        tx = site.db.begin()
        columns = tx.get(MATTER.table, row.local_id)
        payers = columns["payers"]
        if site.effective_mode() is Mode.OFF and not site.is_severed(sync_id):
            self.take_over(site, tx, sync_id)
            return
        if len(payers) > 1:
            (primary, own), *others = payers
            which = self.rng.randrange(len(others))
            client, share = others[which]
            others[which] = client, self.rng.choice((0, 333_333, share + own, self.rng.randrange(share + own + 1)))
            if others[which][1] > share + own:
                return  # refused: the primary's share can't be less than nothing (GRP-6)
            payers = ((primary, own + share - others[which][1]), *others)
            self.world.count["divided"] += 1
        tx.put(MATTER.table, row.local_id, {**columns, "payers": payers})
        site.commit(tx)

    def take_over(self, site: "SiteModel", tx: Transaction, sync_id: str) -> None:
        """While the link is off Legal Accounting changes the clients of a file itself; the engine is not told."""
        row = site.records[sync_id]
        columns = tx.get(MATTER.table, row.local_id)
        before = [client for client, _ in columns["payers"]]
        clients = self.rearranged(site, before)
        if clients == before:
            return
        self.world.checks.taking_over(sync_id, clients)
        payers = site.files.after_clients(columns["payers"], clients)
        tx.put(MATTER.table, row.local_id, {**columns, "payers": payers})
        site.commit(tx)
        self.world.checks.took_over(sync_id)
        self.world.count["taken_over"] += 1

    def close(self, site: "SiteModel", sync_id: str) -> None:
        if not site.is_severed(sync_id):
            presence = self.rng.choice(("archived", "active"))
            self.change(site, sync_id, {f"presence_{site.site.code}": presence})

    # ------------------------------------------------------------------ deleting

    def delete(self, site: "SiteModel", sync_id: str) -> None:
        """Deletion never crosses: own presence, a tombstone, and the local row is gone. A contact of a matter stays."""
        row = site.records[sync_id]
        if sync_id in site.parties():
            self.world.count["blocked"] += 1
            return
        tx = site.db.begin()
        state = site.state(sync_id, tx)
        table = KINDS[row.kind].table
        trash = (row.local_id, tx.get(table, row.local_id)) if site.site is Site.PM else None
        tx.delete(table, row.local_id)
        row = replace(row, local_id=None, trash=trash)
        site.duplicates.forget(tx, sync_id)
        self._save(site, tx, sync_id, row, state, {f"presence_{site.site.code}": "deleted"})
        self.world.checks.deleted(site, sync_id)

    def restore(self, site: "SiteModel", sync_id: str) -> None:
        """*Restore* in PM: the row comes back as it was, if all clients of a matter are there. A contact that Legal
        Accounting has merged meanwhile does not, until that is undone.
        """
        row = site.records[sync_id]
        assert row.trash is not None
        if not site.duplicates.may_return(row):
            return
        local_id, columns = row.trash
        if any(site.records[client].local_id is None for client in columns.get("clients", ())):
            return
        kind, row = KINDS[row.kind], replace(row, local_id=local_id, trash=None)
        tx = site.db.begin()
        tx.put(kind.table, local_id, columns)
        self.world.checks.undeleted(site, sync_id)
        self._save(site, tx, sync_id, row, site.build_state(row, columns), {"presence_pm": "active"})
        self.world.count["restored"] += 1

    def offer_again(self, site: "SiteModel", sync_id: str) -> None:
        """What the peer deleted is offered as a new record (section 16); matters are born in PM alone."""
        row = site.records[sync_id]
        if not site.is_severed(sync_id) or (row.kind == MATTER.name and site.site is Site.LA):
            return
        kind, new = KINDS[row.kind], self.world.new_sync_id()
        self.world.checks.renamed(sync_id, new)
        tx = site.db.begin()
        values = site.state(sync_id, tx)
        gone = replace(row, local_id=None)
        saves = [self._write(site, tx, sync_id, gone, site.state(sync_id), {f"presence_{site.site.code}": "deleted"})]
        born = RecordRow(row.local_id, {}, {}, Standing(shadow={}), kind=row.kind)
        own = {name: reg.value for name, reg in values.items() if self.is_told_anew(site, kind, name, reg)}
        rest = {name: Reg(reg.value) for name, reg in values.items() if name not in kind.kept and name not in own}
        if site.site is Site.LA:
            site.numbering.hand_on(tx, sync_id, new)
        saves.append(self._write(site, tx, new, born, rest, own))
        saves += self._refer_anew(site, tx, sync_id, new)
        site.duplicates.point_anew(tx, sync_id, new)
        self.finish(site, tx, *saves)
        self.world.count["offered_again"] += 1

    def is_told_anew(self, site: "SiteModel", kind: Kind, name: str, reg: Reg) -> bool:
        rule = kind.registers[name]
        return reg.value is not None and not rule.kept and not rule.create_only and site.site in rule.writers

    def _refer_anew(self, site: "SiteModel", tx: Transaction, old: str, new: str) -> list[Saved]:
        """Matters that referred to the old identity refer to the new one; in PM that is a change to be sent."""
        saves = []
        for matter_id, clients in site.lists().items():
            if old in clients:
                row = tx.get("records", matter_id)
                if site.site is Site.PM:
                    changes = {"clients": [new if client == old else client for client in clients]}
                    saves.append(self._write(site, tx, matter_id, row, site.state(matter_id, tx), changes))
                else:
                    columns = tx.get(MATTER.table, row.local_id)
                    payers = tuple((new if client == old else client, share) for client, share in columns["payers"])
                    tx.put(MATTER.table, row.local_id, {**columns, "payers": payers})
        return saves

    # ------------------------------------------------------------------ duplicates

    def merge_or_part(self, site: "SiteModel") -> None:
        """*Merge* two contacts, or *undo* an earlier merge."""
        rng = self.world.merging
        merged = [sync_id for sync_id, row in site.records.items() if row.former is not None]
        if merged and rng.random() < 0.3:
            self.part(site, rng.choice(merged))
            return
        contacts = [
            sync_id for sync_id, row in site.records.items()
            if row.kind == CONTACT.name and row.local_id is not None and not site.has_severed(row)
        ]  # fmt: skip
        if len(contacts) > 1:
            self.merge(site, *rng.sample(contacts, 2))

    def merge(self, site: "SiteModel", survivor: str, loser: str) -> None:
        """Legal Accounting merges at once; Practice Management asks, once Legal Accounting may know the loser."""
        if site.site is Site.PM:
            if site.records[loser].offered:
                self.change(site, loser, {MERGE_REQUEST: {"into": survivor}})
                self.world.count["merges_asked"] += 1
            return
        tx = site.db.begin()
        done = site.duplicates.absorb(tx, survivor, loser)
        self.finish(site, tx, Saved(loser, done["changes"], done["stamp"]))

    def part(self, site: "SiteModel", loser: str) -> None:
        tx = site.db.begin()
        if site.site is Site.PM:
            done = site.duplicates.write(tx, loser, {MERGE_REQUEST: {"apart": True}})
        else:
            done = site.duplicates.part(tx, loser)
        self.finish(site, tx, Saved(loser, done["changes"], done["stamp"]))
        self.world.count["parted"] += 1

    # ------------------------------------------------------------------ attending to what the pages show

    def force(self, site: "SiteModel", sync_id: str) -> None:
        """*Sync now*, or a save that changed nothing."""
        if not site.is_severed(sync_id):
            self.change(site, sync_id, {})

    def resolve(self, site: "SiteModel", sync_id: str) -> None:
        """Close a conflict: *keep*, or *use the other value*, which is an ordinary edit."""
        keys = site.db.tables["conflicts"].get(("of", sync_id)) or ()
        rows = [site.db.tables["conflicts"][key] for key in keys]
        still = [row for row in rows if not row.resolution]
        if not still or site.is_severed(sync_id):
            return
        row = self.rng.choice(still)
        tx = site.db.begin()
        site.put_conflict(tx, replace(row, resolution=self.rng.choice((1, 2))))
        changes = {row.register: row.losing_value} if self.rng.random() < 0.5 and self.may_use(site, row) else {}
        self._save(site, tx, sync_id, tx.get("records", sync_id), site.state(sync_id, tx), changes)

    def may_use(self, site: "SiteModel", row: Any) -> bool:
        """The other value must be one that this site's own form accepts."""
        rule = KINDS[site.records[row.sync_id].kind].registers[row.register]
        value = row.losing_value
        if row.register == "assigned":
            return value is None or value in STAFF[site.site]
        gone = rule.refers_to and any(i not in site.records or site.records[i].local_id is None for i in value)
        return site.site in rule.writers and not gone

    def cure(self, site: "SiteModel", sync_id: str) -> None:
        """Somebody sees red and does what the page offers: another number or person, or simply save again."""
        standing = site.records[sync_id].standing
        if site.site is Site.PM and standing.error_register in (REQUEST, MERGE_REQUEST):
            self.change(site, sync_id, {standing.error_register: None})
        elif standing.error_register == "assigned":
            self.change(site, sync_id, {"assigned": "ada@example.com"})
        else:
            self.change(site, sync_id, {})

    def mend(self, site: "SiteModel", sync_id: str) -> None:
        """A matter waits for a client whom LA has deleted: offer him again, or take him off."""
        clients: list[str] = site.state(sync_id)["clients"].value
        severed = [client for client in clients if site.is_severed(client)]
        if len(clients) > len(severed) and self.rng.random() < 0.5:
            self.change(site, sync_id, {"clients": [client for client in clients if client not in severed]})
        else:
            self.offer_again(site, severed[0])
