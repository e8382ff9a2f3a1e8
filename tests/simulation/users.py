"""What people do on the two sites: each action is one transaction that may be killed half way."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.messages import RecordRow
from tests.simulation.store import Transaction

from counterpart.protocol import exchange
from counterpart.protocol.exchange import Standing
from counterpart.protocol.registers import Reg
from counterpart.protocol.stamps import Site, tick

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel
    from tests.simulation.world import World

SHARED = ("name", "alias", "email", "phone.mobile")
TYPED = ("7", "40", "41", "007", "SMITH", "V~3", "900")
Changes = dict[str, Any]


class Users:
    """Random but seeded people."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.rng = world.rng
        self.serial = 0

    def act(self, site: "SiteModel") -> None:
        """One random action on a site that is up."""
        existing = [sync_id for sync_id, row in site.records.items() if row.local_id is not None]
        if not existing or (len(site.records) < self.world.plan.records and self.rng.random() < 0.3):
            self.create(site)
            return
        sync_id = self.rng.choice(existing)
        action = self.rng.choices(
            (self.edit, self.renumber, self.close, self.delete, self.force, self.resolve, self.address),
            (50, 14, 4, 2, 8, 10, 4),
        )[0]
        action(site, sync_id)

    def value(self, register: str) -> Any:
        """A value nobody typed before, now and then none."""
        self.serial += 1
        text = f"v{self.serial}"
        if register == "name":
            return {"display": "individual", "last": text}
        if self.rng.random() < 0.1:
            return None
        return f"{text}@example.com" if register == "email" else text

    def create(self, site: "SiteModel") -> None:
        rng, sync_id = self.rng, self.world.new_sync_id()
        values: Changes = {name: self.value(name) for name in ("name", *rng.sample(SHARED[1:], 1))}
        values["scheme"] = rng.choice(("client", "client", "vendor", "other"))
        address = {"line1": f"{self.serial} High Street"}
        typed = rng.choice(TYPED) if rng.random() < 0.4 else None
        tx = site.db.begin()
        state: dict[str, Reg] = {}
        if site.site is Site.LA:
            draft = {"scheme": Reg(values["scheme"])}
            if typed is not None and site.numbering.take(tx, sync_id, draft, typed, keep=rng.random() < 0.3):
                return  # an immediate form error
            values["number"] = typed or site.numbering.allocate(tx, sync_id, draft)
        elif typed is not None:
            values["requested_number"] = {"number": typed, "keep_sequence": rng.random() < 0.3}
        row = RecordRow(self.world.new_id(), {}, {}, Standing(shadow={}), lane=rng.choice((0, 0, 2)))
        stated = {name: value for name, value in values.items() if value is not None}
        self._save(site, tx, sync_id, row, {**state, "address.main": Reg(address)}, stated)

    def _save(
        self, site: "SiteModel", tx: Transaction, sync_id: str, row: RecordRow, state: dict[str, Reg], changes: Changes
    ) -> None:
        """The end of every user action: stamp, write, force, commit; then the user is told that it is saved."""
        # A number is a decision over everything that is known, a pending request above all.
        seen = state if "number" in changes else changes
        stamp = site.stamp(*(state[name].newest for name in seen if name in state))
        self.world.edited(site, sync_id, state, changes, stamp)
        after = site.stamped(state, stamp, changes)
        force = tick(site.site, site.wall(), row.standing.force, stamp)
        row = replace(row, standing=exchange.after_save(row.standing, force))
        site.put_state(tx, sync_id, row, after)
        site.commit(tx)
        self.world.acknowledged(site, sync_id, changes, stamp)

    def change(self, site: "SiteModel", sync_id: str, changes: Changes) -> None:
        """An ordinary edit of one record."""
        tx = site.db.begin()
        self._save(site, tx, sync_id, tx.get("records", sync_id), site.state(sync_id, tx), changes)

    def edit(self, site: "SiteModel", sync_id: str) -> None:
        if site.is_severed(sync_id):
            return
        names = self.rng.sample(SHARED, self.rng.choice((1, 1, 2)))
        self.change(site, sync_id, {name: self.value(name) for name in names})

    def address(self, site: "SiteModel", sync_id: str) -> None:
        """*Copy to the other product*: the only edit of an address that is stamped."""
        if not site.is_severed(sync_id):
            self.serial += 1
            self.change(site, sync_id, {"address.main": {"line1": f"{self.serial} Long Lane"}})

    def renumber(self, site: "SiteModel", sync_id: str) -> None:
        """*Change Contact Number* in LA, another Reference in PM."""
        if site.is_severed(sync_id):
            return
        typed, keep = self.rng.choice((*TYPED, str(self.rng.randrange(1, 60)))), self.rng.random() < 0.3
        if site.site is Site.PM:
            self.change(site, sync_id, {"requested_number": {"number": typed, "keep_sequence": keep}})
            return
        tx = site.db.begin()
        state = site.state(sync_id, tx)
        if not site.numbering.take(tx, sync_id, state, typed, keep=keep):
            self._save(site, tx, sync_id, tx.get("records", sync_id), state, {"number": typed})

    def close(self, site: "SiteModel", sync_id: str) -> None:
        if not site.is_severed(sync_id):
            presence = self.rng.choice(("archived", "active"))
            self.change(site, sync_id, {f"presence_{site.site.code}": presence})

    def delete(self, site: "SiteModel", sync_id: str) -> None:
        """Deletion never crosses: own presence, a tombstone, and the local row is gone."""
        tx = site.db.begin()
        row: RecordRow = tx.get("records", sync_id)
        state = site.state(sync_id, tx)
        tx.delete("contacts", row.local_id)
        self._save(site, tx, sync_id, replace(row, local_id=None), state, {f"presence_{site.site.code}": "deleted"})
        self.world.checks.deleted(site, sync_id)

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
        changes = {row.register: row.losing_value} if self.rng.random() < 0.5 else {}
        self._save(site, tx, sync_id, tx.get("records", sync_id), site.state(sync_id, tx), changes)

    def cure(self, site: "SiteModel", sync_id: str) -> None:
        """Somebody sees red and does what the page offers: another number, or simply save again."""
        standing = site.records[sync_id].standing
        if site.site is Site.PM and standing.error_register == "requested_number":
            self.change(site, sync_id, {"requested_number": None})
        else:
            self.change(site, sync_id, {})


Action = Callable[["SiteModel", str], None]
