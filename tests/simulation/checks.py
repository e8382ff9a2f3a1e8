"""The properties of sync-protocol section 21, checked after every step against the ghost's memory."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.simulation.ghost import Ghost, Loss
from tests.simulation.kinds import KINDS, MATTER, Kind
from tests.simulation.messages import Batch, RecordRow, Reply, Voice

from counterpart.accounting.split import WHOLE
from counterpart.protocol import exchange, registers
from counterpart.protocol.absorbing import survivor_of
from counterpart.protocol.colour import Colour, Mode
from counterpart.protocol.exchange import MERGED_INTO, Result
from counterpart.protocol.gate import Head, Verdict
from counterpart.protocol.numbers import number_key
from counterpart.protocol.registers import join_stamps
from counterpart.protocol.stamps import Site, site_of

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel
    from tests.simulation.world import World

FRESH_MS = 75_000
"""F of section 13: how old the truth behind a green in a list may be."""
JUMP_MEMORY_MS = 10 * 60_000
"""A clock set back by so many minutes makes an age look so many minutes younger, as long as it is remembered at all.
Whoever measures with wall clocks has to live with that; what is checked is that it goes no further."""
DELIVERED = (Result.APPLIED, Result.UNCHANGED)


class Violation(AssertionError):
    """A property does not hold. The first argument names it."""

    def __init__(self, property_id: str, text: str) -> None:
        super().__init__(f"{property_id}: {text}")
        self.property_id = property_id


class Checks:
    def __init__(self, world: "World") -> None:
        self.world = world
        self.ghost = Ghost()
        self.loss: Loss | None = None
        self.last_jump = -JUMP_MEMORY_MS
        self.jump_ms = 0
        self.liveness = False
        self.sent: Counter[str] = Counter()
        self.cures = 0

    # ------------------------------------------------------------------ the ghost listens

    def edited(self, site: "SiteModel", sync_id: str, state: Any, changes: Mapping[str, Any], stamp: int) -> None:
        for name, value in changes.items():
            key = (sync_id, name, stamp)
            written = self.ghost.values[key]
            if key in self.ghost.acknowledged and value not in written:
                raise Violation("S3", f"two edits of {name} of {sync_id} carry one stamp")
            written.append(value)
            self.ghost.parents[key] = state[name].newest if name in state else 0

    def acknowledged(self, site: "SiteModel", sync_id: str, changes: Mapping[str, Any], stamp: int) -> None:
        for name in changes:
            self.ghost.acknowledged[sync_id, name, stamp] = (site.site, self.world.now)
        self.cures += self.liveness

    def deleted(self, site: "SiteModel", sync_id: str) -> None:
        self.ghost.deleted.add((site.site, sync_id))

    def undeleted(self, site: "SiteModel", sync_id: str) -> None:
        self.ghost.deleted.discard((site.site, sync_id))

    def renamed(self, old: str, new: str) -> None:
        """A record is offered again under a new identity."""
        self.ghost.aliases[new] = self.first_name(old)

    def first_name(self, sync_id: str) -> str:
        first = self.ghost.aliases.get(sync_id, sync_id)
        while first in self.ghost.merges:
            first = self.ghost.merges[first]
        return first

    def first_names(self, clients: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self.first_name(client) for client in clients))

    def merging(self, loser: str, survivor: str) -> None:
        """Two contacts count as one from now on, wherever lists of clients are compared."""
        one, other = self.first_name(loser), self.first_name(survivor)
        if one != other:
            self.ghost.merges[one] = other

    def taking_over(self, matter_id: str, clients: list[str]) -> None:
        """Legal Accounting changes the payers of a linked file while the link is off, as it may (GRP-17).

        A list that it made before is replaced knowingly.
        """
        self.ghost.taken_over[matter_id].append(self.first_names(clients))
        self.ghost.departures.pop(matter_id, None)

    def took_over(self, matter_id: str) -> None:
        """And was told that it is saved."""
        self.ghost.departures[matter_id] = self.ghost.taken_over[matter_id][-1]

    def jumped(self, by_ms: int) -> None:
        self.last_jump = self.world.now
        self.jump_ms = min(self.jump_ms + abs(by_ms), JUMP_MEMORY_MS)

    def composed(self, site: "SiteModel", batch: Batch) -> None:
        self.ghost.heads[site.site].add(batch.voice.head.h)
        if self.loss and site.site is self.loss.site:
            self.loss.composed_after.add(batch.voice.head.h)
        sent = {record.sync_id for record in batch.records}
        lowest = max(site.records[sync_id].lane for sync_id in sent)
        for sync_id in site.due():
            if sync_id not in sent | batch.beside and site.records[sync_id].lane < lowest:
                raise Violation("L7", f"{sync_id} of an earlier lane was overtaken")
        if self.liveness:
            poisoned = self.world.peer(site).poison | site.poison
            self.sent.update(sent - poisoned)
            bound = 10 + 4 * self.cures
            if max(self.sent.values(), default=0) > bound:
                raise Violation("S6", f"more than {bound} messages about one record after the last edit")

    # ------------------------------------------------------------------ after every commit

    def committed(self, site: "SiteModel", touched: list[str]) -> None:
        local_ids = [row.local_id for row in site.records.values() if row.local_id is not None]
        tables = {local_id for kind in KINDS.values() for local_id in site.db.tables[kind.table]}
        if len(set(local_ids)) != len(local_ids) or set(local_ids) != tables:
            raise Violation("S4", f"rows and links differ: {local_ids} {sorted(tables)}")
        for sync_id in touched:
            if sync_id in site.records:
                self._check_record(site, sync_id)
        if touched:
            for kind in KINDS.values():
                self._check_numbers(site, kind)
            self._check_lists(site)

    def _check_record(self, site: "SiteModel", sync_id: str) -> None:
        state, digest = site.state_and_digest(sync_id)
        row = site.records[sync_id]
        is_there = row.local_id is not None and row.held.get(f"presence_{site.site.code}") != "deleted"
        if is_there and (site.site, sync_id) in self.ghost.deleted and not self.loss:
            raise Violation("S4", f"{sync_id} was deleted on {site.site.code} and is there again")
        history = self.ghost.digests[site.site][sync_id]
        if not history or history[-1][1] != digest:
            history.append((self.world.now, digest))
        kind = KINDS[row.kind]
        for name, reg in state.items():
            self._check_author(sync_id, kind, name, reg)
            # Of LA's lists there is a rule of its own, see ``_check_list``.
            is_list = site.site is Site.LA and bool(kind.registers[name].refers_to)
            if name in kind.kept or (row.local_id is not None and not is_list):
                self._check_value(sync_id, name, reg)
        if row.standing.error_code and not isinstance(row.standing.error_code, str):
            raise Violation("S7", "red without a reason")
        self._check_green(site, sync_id)

    def _check_author(self, sync_id: str, kind: Kind, name: str, reg: registers.Reg) -> None:
        for site in Site:
            stamp = reg.stamps[site]
            if stamp and (site not in kind.registers[name].writers or site_of(stamp) is not site):
                raise Violation("S9", f"{name} of {sync_id} carries a stamp of {site.code}")

    def _check_value(self, sync_id: str, name: str, reg: registers.Reg) -> None:
        key = (sync_id, name, reg.newest)
        if not reg.newest:
            return
        if key not in self.ghost.values:
            raise Violation("S9", f"{name} of {sync_id} holds a value nobody wrote: {reg}")
        if reg.value not in self.ghost.values[key]:
            raise Violation("S3", f"{name} of {sync_id} is {reg.value}, written was {self.ghost.values[key]}")

    def _check_numbers(self, site: "SiteModel", kind: Kind) -> None:
        seen: dict[str, str] = {}
        for sync_id, row in site.records.items():
            columns = site.db.tables[kind.table].get(row.local_id) if row.kind == kind.name else None
            if not columns or not columns.get("number"):
                continue
            number = number_key(columns["number"])
            if (
                site.site is Site.LA
                and self.ghost.numbers.setdefault((kind.name, number), row.local_id) != row.local_id
            ):
                raise Violation("S5", f"number {number} of {kind.table} was given before")
            if site.site is Site.LA or ("number" in row.regs and not self._is_over(sync_id)):
                if number in seen:
                    raise Violation("S5", f"two {kind.table} hold number {number} on {site.site.code}")
                seen[number] = sync_id

    def _is_over(self, sync_id: str) -> bool:
        """Whether either side has given up the record: PM keeps what it last knew of it, its old number for one, and
        goes on showing that when it offers the record again, until LA has given it another.
        """
        return any(sync_id in site.records and site.is_severed(sync_id) for site in self.world.sites)

    # ------------------------------------------------------------------ whole lists and shares

    def _check_lists(self, site: "SiteModel") -> None:
        """S8: a list at the peer is one that PM committed, and all its records exist; at PM they do, too."""
        for matter_id, clients in site.lists().items():
            for client in clients:
                row = site.records.get(client)
                if row is None or row.local_id not in site.db.tables["contacts"]:
                    raise Violation("S8", f"{matter_id} lists {client}, who does not exist on {site.site.code}")
            if site.site is Site.PM:
                self._remember_list(matter_id, clients)
            else:
                self._check_list(site, matter_id, clients)
                self._check_payers(site, site.records[matter_id])

    def _remember_list(self, matter_id: str, clients: list[str]) -> None:
        committed = self.ghost.lists[matter_id]
        if not committed or committed[-1] != clients:
            committed.append(list(clients))

    def _check_list(self, site: "SiteModel", matter_id: str, clients: list[str]) -> None:
        named = self.first_names(clients)
        departure = self.first_names(self.ghost.departures.get(matter_id, ())) or None
        if self._was_committed(matter_id, named):
            if departure not in (None, named):
                del self.ghost.departures[matter_id]
                self._check_departure(site, matter_id, departure)
        elif named not in map(self.first_names, self.ghost.taken_over.get(matter_id, ())):
            raise Violation("S8", f"PM never committed the list {clients} of {matter_id}")

    def _was_committed(self, matter_id: str, named: list[str]) -> bool:
        return any(named == self.first_names(clients) for clients in self.ghost.lists[matter_id])

    def _check_departure(self, site: "SiteModel", matter_id: str, departure: list[str]) -> None:
        """S3: where LA's people changed the payers while the link was off, PM's list stands, and theirs is archived."""
        if self._was_committed(matter_id, departure):
            return
        rows = site.db.tables["conflicts"]
        archived = [rows[key] for key in rows.get(("of", matter_id), ())]
        if not any(row.register == "clients" and self.first_names(row.losing_value) == departure for row in archived):
            raise Violation("S3", f"the list {departure} that LA made of {matter_id} is gone")

    def _check_payers(self, site: "SiteModel", row: RecordRow) -> None:
        """S8: shares total 100 % exactly; whoever stays keeps his own, and the primary has the rest."""
        assert row.local_id is not None
        payers = site.db.tables[MATTER.table][row.local_id]["payers"]
        before = self.ghost.payers.get(row.local_id, ())
        if payers == before:
            return
        shares = dict(payers)
        if sum(shares.values()) != WHOLE or min(shares.values()) < 0 or len(shares) != len(payers):
            raise Violation("S8", f"shares are no whole: {payers}")
        held, now = self._shares(before), self._shares(payers)
        if self._is_clear(site, before, payers) and (
            held.keys() != now.keys() or next(iter(held), "") != next(iter(now))
        ):
            self._check_fold(held, now)
        self.ghost.payers[row.local_id] = payers

    def _is_clear(
        self, site: "SiteModel", before: Iterable[tuple[str, int]], payers: Iterable[tuple[str, int]]
    ) -> bool:
        """Of contacts that were merged once and are two again nobody can say by name which was which: not if a list
        has both, and not if one comes as the other goes.
        """
        held, now = [client for client, _ in before], [client for client, _ in payers]
        names = {self.first_name(client): client for client in held}
        if len(names) != len(held) or len({self.first_name(client) for client in now}) != len(now):
            return False
        came = ((names.get(self.first_name(client), client), client) for client in now)
        return all(was == client or site.records[was].local_id is None for was, client in came)

    def _shares(self, payers: Iterable[tuple[str, int]]) -> dict[str, int]:
        shares: dict[str, int] = {}
        for client, share in payers:
            name = self.first_name(client)
            shares[name] = shares.get(name, 0) + share
        return shares

    def _check_fold(self, held: dict[str, int], now: dict[str, int]) -> None:
        """GRP-7 to GRP-11: what became free is the primary's; where nothing was divided, he pays all, whoever he is."""
        if next(iter(held.values()), WHOLE) == WHOLE:
            held = {}
        free = WHOLE - sum(share for client, share in held.items() if client in now)
        primary, *others = now
        if now[primary] != held.get(primary, 0) + free or any(now[one] != held.get(one, 0) for one in others):
            raise Violation("S8", f"shares were moved wrongly: {held} became {now}")

    # ------------------------------------------------------------------ honest colours

    def look(self, site: "SiteModel") -> None:
        """Somebody looks at a list of everything."""
        for sync_id in site.records:
            self._check_green(site, sync_id)

    def _check_green(self, site: "SiteModel", sync_id: str) -> None:
        """S7, read as: the peer held what we hold now at some moment of the last F.

        A state of the peer says how things were when it was sent; had it been merged the moment it left, nothing
        would be different. Therefore our own last change may be younger than that moment.
        """
        if site.colour(sync_id) is not Colour.GREEN:
            return
        self.world.count["greens"] += 1
        if self.loss and self.loss.noticed and site.site is self.loss.site:
            raise Violation("S15", f"{sync_id} is green on {site.site.code} after its restore was noticed")
        peer = self.world.peer(site)
        digest = site.state_and_digest(sync_id)[1]
        if not self._was_true(peer.site, sync_id, digest):
            raise Violation("S7", f"{sync_id} is green on {site.site.code} but {peer.site.code} did not hold the same")

    def _was_true(self, site: Site, sync_id: str, digest: str) -> bool:
        oldest = self.world.now - FRESH_MS
        if self.world.now - self.last_jump < JUMP_MEMORY_MS:
            oldest -= self.jump_ms
        until = self.world.now
        for since, held in reversed(self.ghost.digests[site][sync_id]):
            if held == digest:
                return until >= oldest
            until = since
        return False

    # ------------------------------------------------------------------ messages

    def merged(self, site: "SiteModel", batch: Batch, verdict: Verdict, answers: Mapping[str, Any]) -> None:
        """Called inside the merging transaction; what needs its commit waits for ``after_message``."""
        self.world.count["merged"] += 1
        if verdict is Verdict.MERGE and batch.voice.head.h in self.ghost.merged[site.site]:
            raise Violation("S11", "an old batch was merged again")
        self._check_restored_sender(site, batch)
        self._merging = (batch, dict(answers))

    def _check_restored_sender(self, site: "SiteModel", batch: Batch) -> None:
        loss = self.loss
        if loss is None or site.site is loss.site or batch.voice.head.h not in loss.composed_after:
            return
        if site.link.peer_head.h in loss.heads or self._forgot(self.world.peer(site), site.link.acknowledged):
            raise Violation("S15", f"a state of the restored site was merged on {site.site.code}")

    def after_message(self, site: "SiteModel", voice: Voice) -> None:
        self._after_merge(site)
        loss = self.loss
        if loss is None or site.site is not loss.site or not site.up:
            return
        if voice.remembered.h in loss.heads or self._forgot(site, voice.acknowledged):
            if site.link.mode is not Mode.HEALING:
                raise Violation("S15", f"the peer's memory gave the restore away, and {site.site.code} went on")
            loss.noticed = True

    def before_message(self, site: "SiteModel") -> None:
        self._merging = None

    def _after_merge(self, site: "SiteModel") -> None:
        merging, self._merging = self._merging, None
        if merging is None:
            return
        batch, answers = merging
        self.ghost.merged[site.site].setdefault(batch.voice.head.h, answers)
        if self.loss and self.loss.site is site.site:
            self.loss.peer_heads.discard(batch.voice.head.h)  # it came again, and is remembered again
        self._check_echo(site, batch, answers)

    def _check_echo(self, site: "SiteModel", batch: Batch, answers: Mapping[str, Any]) -> None:
        """S6: what the sender is known to hold is not sent back to it."""
        for record in batch.records:
            row = site.records.get(record.sync_id)
            if row is None or answers[record.sync_id].result not in DELIVERED:
                continue
            stated = registers.stamps_of(record.registers)
            if row.regs == stated and row.standing.shadow != row.regs:
                raise Violation("S6", f"{record.sync_id} will be echoed to {self.world.peer(site).site.code}")

    _merging: tuple[Batch, dict[str, Any]] | None = None

    def promised(self, site: "SiteModel", reply: Reply) -> None:
        """A receipt arrived: what it states must stay true through every crash."""
        if self.loss and self.loss.site is site.site:
            return
        for sync_id, answer in reply.answers.items():
            held = self.ghost.promises[site.site][sync_id]
            for name, stamps in answer.stamps.items():
                held[name] = join_stamps(held.get(name, (0, 0)), stamps)
        self._check_promises(site)

    def _check_promises(self, site: "SiteModel") -> None:
        for sync_id, promise in self.ghost.promises[site.site].items():
            regs = site.records[sync_id].regs if sync_id in site.records else {}
            if registers.is_dirty(promise, regs):
                raise Violation("S10", f"{site.site.code} stated more of {sync_id} than it kept")

    def crashed(self, site: "SiteModel") -> None:
        self._merging = None
        self.committed(site, [])
        self._check_promises(site)

    # ------------------------------------------------------------------ replays

    def fingerprint(self, site: "SiteModel") -> dict[str, Any]:
        regs = {sync_id: row.regs for sync_id, row in site.records.items()}
        tables = {name: dict(site.db.tables[name]) for name in ("contacts", "matters", "conflicts")}
        return {"regs": regs, "departures": dict(self.ghost.departures), **tables}

    def replayed(self, site: "SiteModel", batch: Batch, reply: Reply, before: dict[str, Any]) -> None:
        """S11, unless this very copy is the first to arrive, or what failed the first time works now."""
        departures = before.pop("departures")
        if reply.verdict == Verdict.MERGE:
            return
        first = self.ghost.merged[site.site].get(batch.voice.head.h, {})
        if any(answer.result not in DELIVERED for answer in first.values()):
            return
        if any(record.sync_id in departures for record in batch.records):
            return  # a list that LA made while off gives way to whatever PM says, and be it said again
        after = self.fingerprint(site)
        del after["departures"]
        if after != before:
            raise Violation("S11", f"a replayed batch ({reply.verdict}) changed {site.site.code}")

    # ------------------------------------------------------------------ restore

    def backed_up(self, site: "SiteModel") -> dict[str, Any]:
        return {
            "at": self.world.now,
            "numbers": dict(self.ghost.numbers),
            "heads": set(self.ghost.heads[site.site]),
            "merged": set(self.ghost.merged[site.site]),
        }

    def restored(self, site: "SiteModel", memory: dict[str, Any]) -> None:
        """Edits that never left the site are gone, and exempt; so is what it promised about them."""
        ghost = self.ghost
        self.loss = Loss(
            site.site, ghost.heads[site.site] - memory["heads"], ghost.merged[site.site].keys() - memory["merged"]
        )
        for key, (where, at) in list(ghost.acknowledged.items()):
            if where is site.site and at >= memory["at"]:
                del ghost.acknowledged[key]
        if site.site is Site.LA:
            ghost.numbers = memory["numbers"]
            ghost.payers = {i: row["payers"] for i, row in site.db.tables[MATTER.table].items()}
            ghost.departures.clear()
        ghost.promises[site.site].clear()
        ghost.merged[site.site] = {h: a for h, a in ghost.merged[site.site].items() if h in memory["merged"]}
        for sync_id, history in ghost.digests[site.site].items():
            digest = site.state_and_digest(sync_id)[1] if sync_id in site.records else "gone"
            history.append((self.world.now, digest))

    # ------------------------------------------------------------------ the second phase

    def begin_liveness(self) -> None:
        self.liveness = True

    def is_stopped(self) -> bool:
        return any(site.link.mode is Mode.HEALING for site in self.world.sites)

    def went_quiet(self, quiet: bool) -> None:
        if not quiet and not self.is_stopped():
            rows = [
                (code, sync_id, self.world.sites[Site.of(code)].records[sync_id])
                for code, sync_id in self.world.unsettled()
            ]
            blocked = "L3" if any(site.poison for site in self.world.sites) else "L1"
            raise Violation(blocked, f"not quiet after 20 minutes: {rows}")

    def final(self) -> None:
        """S1, S3, S7, L2 when nothing is under way any more; or the stop after a restore."""
        for site in self.world.sites:
            self._check_promises(site)
            self.look(site)
        if self.is_stopped():
            self._check_stop()
            return
        if self.loss and (self.loss.noticed or self._gave_itself_away()):
            raise Violation("S15", "a restore was not noticed by the end")
        everything = dict.fromkeys(sync_id for site in self.world.sites for sync_id in site.records)
        for sync_id in everything:
            if not self.world.is_poisoned(sync_id):
                self._check_agreement(sync_id)
                self._check_edits(sync_id)

    def _gave_itself_away(self) -> bool:
        assert self.loss is not None
        peer = self.world.sites[self.loss.site.peer].link
        return peer.peer_head.h in self.loss.heads or self._forgot(self.world.sites[self.loss.site], peer.acknowledged)

    def _forgot(self, site: "SiteModel", head: Head) -> bool:
        """Whether the restore lost the merging of this head. Where a later one was merged since, the peer has sent
        again all it knew to be unsent, and nothing is missing."""
        assert self.loss is not None
        return head.h in self.loss.peer_heads and head.n > site.link.peer_head.n

    def _check_stop(self) -> None:
        if self.loss is None:
            raise Violation("S15", "the link stopped although nothing was restored")
        for site in self.world.sites:
            if site.effective_mode() is not Mode.HEALING:
                raise Violation("S15", f"{site.site.code} does not know that the link has stopped")

    def _check_agreement(self, sync_id: str) -> None:
        pm, la = self.world.sites
        if sync_id not in pm.records or sync_id not in la.records:
            raise Violation("S1", f"{sync_id} exists on one side only")
        severed = pm.is_severed(sync_id), la.is_severed(sync_id)
        if any(severed):
            if not all(severed):
                raise Violation("S1", f"only one side knows that {sync_id} is deleted")
            if survivor_of(pm.state(sync_id)) != survivor_of(la.state(sync_id)):
                raise Violation("S1", f"the sides do not agree into whom {sync_id} was merged")
            if survivor_of(pm.state(sync_id)) and pm.records[sync_id].local_id is not None:
                raise Violation("S1", f"{sync_id} was merged, and PM has it still")
            self._check_late_edits(pm, sync_id)
            return
        self._check_agreement_of_living(sync_id, pm, la)

    def _check_agreement_of_living(self, sync_id: str, pm: "SiteModel", la: "SiteModel") -> None:
        if pm.state_and_digest(sync_id)[1] != la.state_and_digest(sync_id)[1]:
            raise Violation("S1", f"{sync_id} differs: {pm.state(sync_id)} {la.state(sync_id)}")
        if exchange.request_is_open(pm.state(sync_id).get("requested_number"), pm.state(sync_id).get("number")):
            raise Violation("S5", f"the number asked for {sync_id} was neither given nor refused")
        if self._archive(pm, sync_id) != self._archive(la, sync_id):
            raise Violation("S1", f"the archives of {sync_id} differ")
        if la.lists().get(sync_id) != pm.lists().get(sync_id):
            raise Violation("S8", f"the lists of {sync_id} differ in the end")
        made = list(map(self.first_names, self.ghost.taken_over.get(sync_id, ())))
        for row in [la.db.tables["conflicts"][key] for key in self._archive(la, sync_id)]:
            if row.register == "clients" and self.first_names(row.losing_value) not in made and not self.loss:
                raise Violation("S3", f"the archive holds a list of {sync_id} that nobody made: {row.losing_value}")
        for site in (pm, la):
            if site.colour(sync_id) is not Colour.GREEN:
                raise Violation("L2", f"{sync_id} is {site.colour(sync_id)} on {site.site.code}: {site.facts(sync_id)}")

    def _archive(self, site: "SiteModel", sync_id: str) -> dict[str, int]:
        rows = site.db.tables["conflicts"]
        return {key: rows[key].resolution for key in rows.get(("of", sync_id), ())}

    def _check_edits(self, sync_id: str) -> None:
        """S3: every edit a user was told was saved stands, was knowingly overwritten, or is in the archive."""
        for site in self.world.sites:
            if exchange.is_severed(site.state(sync_id)):
                return
            newest = [(name, reg.newest) for name, reg in site.state(sync_id).items()]
            rows = site.db.tables["conflicts"]
            archived = [rows[key] for key in rows.get(("of", sync_id), ())]
            kept: dict[str, set[int]] = defaultdict(set)
            for name, stamp in newest + [(row.register, row.losing_stamp) for row in archived]:
                kept[name] |= self.ghost.ancestors((sync_id, name, stamp))
            for edited_id, name, stamp in self.ghost.acknowledged:
                if edited_id == sync_id and not self._is_kept(sync_id, name, stamp, kept[name]):
                    raise Violation("S3", f"an edit of {name} of {sync_id} is lost on {site.site.code}")

    def _check_late_edits(self, pm: "SiteModel", sync_id: str) -> None:
        """S3: what somebody typed on a contact that was being merged is with the survivor, or in its archive."""
        merged = pm.state(sync_id).get(MERGED_INTO)
        if merged is None or not merged.value or pm.records[sync_id].former is None:
            return
        latest: dict[str, int] = {}
        for edited_id, name, stamp in self.ghost.acknowledged:
            rule = KINDS["contact"].registers[name] if edited_id == sync_id else None
            is_shared = rule is not None and rule.writers == frozenset(Site) and not (rule.kept or rule.create_only)
            if is_shared and site_of(stamp) is Site.PM:
                latest[name] = max(stamp, latest.get(name, 0))
        survivor = pm.duplicates.real(pm.db.begin(), sync_id)
        rows = pm.db.tables["conflicts"]
        for name, stamp in latest.items():
            if stamp <= int(merged.value["seen"]) or pm.state(sync_id)[name].newest != stamp:
                continue
            typed = self.ghost.values[sync_id, name, stamp]
            written = [
                value for (other, register, _), values in self.ghost.values.items()
                if register == name and self.first_name(other) == self.first_name(survivor) and other != sync_id
                for value in values
            ]  # fmt: skip
            archived = [row.losing_value for key, row in rows.items() if key[0] != "of" and row.register == name]
            if not any(value is None or value in written or value in archived for value in typed):
                raise Violation("S3", f"{typed} typed on {sync_id} while it was merged into {survivor} is lost")

    def _is_kept(self, sync_id: str, name: str, stamp: int, kept: set[int]) -> bool:
        """Two people who wrote the same (mostly nothing) at the same time count as one: nothing is archived then."""
        if stamp in kept:
            return True
        values = [value for other in kept for value in self.ghost.values.get((sync_id, name, other), ())]
        for (edited_id, register, other), written in list(self.ghost.values.items()):
            if (edited_id, register) == (sync_id, name) and any(value in values for value in written):
                kept |= self.ghost.ancestors((sync_id, name, other))
        return stamp in kept
