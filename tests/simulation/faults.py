"""Crashes, partitions, wrong clocks, replays, poison, forgeries and restored backups."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.kinds import CONTACT
from tests.simulation.messages import Batch, RecordState
from tests.simulation.plan import skew

from counterpart.protocol.registers import Reg
from counterpart.protocol.stamps import Site

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel
    from tests.simulation.world import World


class Faults:
    """Schedules what goes wrong in the first phase, and puts it right for the second."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.rng = world.rng
        self.for_ever: set[str] = set()
        self.forge_next: set[Site] = set()

    def schedule(self) -> None:
        world, rng = self.world, self.rng
        kinds = (self.crash, self.crash_inside, self.cut, self.jump, self.replay, self.poison, self.forge)
        for _ in range(world.plan.faults):
            when = rng.randrange(world.now, world.end_of_safety)
            world.at(when, rng.choice(kinds), rng.choice(world.sites))
        if world.plan.restores:
            site = rng.choice(world.sites)
            saved, back = sorted(rng.randrange(world.now, world.end_of_safety) for _ in range(2))
            world.at(saved, self._back_up, site, back)

    def crash(self, site: "SiteModel") -> None:
        if site.up:
            self.world.count["crashes"] += 1
            self.go_down(site)

    def crash_inside(self, site: "SiteModel") -> None:
        """Kill it between two statements of whatever it does next."""
        self.world.armed[site.site] = self.rng.randrange(8)

    def go_down(self, site: "SiteModel") -> None:
        site.crash()
        self.world.checks.crashed(site)
        self.world.at(self.world.now + self.rng.choice((500, 5_000, 90_000)), self.start, site)

    def start(self, site: "SiteModel") -> None:
        if not site.up:
            site.start()

    def cut(self, site: "SiteModel") -> None:
        """What the site sends does not arrive; the other direction may still work."""
        self.world.count["partitions"] += 1
        duration = self.rng.choice((5_000, 40_000, 150_000))
        for end in [site, self.world.peer(site)][: self.rng.choice((1, 2))]:
            self.world.cut[end.site] = self.world.now + duration

    def jump(self, site: "SiteModel") -> None:
        self.world.count["jumps"] += 1
        by_ms = skew(self.rng)
        site.skew += by_ms
        self.world.checks.jumped(by_ms)

    def replay(self, site: "SiteModel") -> None:
        """An old message comes again, word for word."""
        sent = [batch for sender, batch in self.world.seen_batches if sender is site]
        receiver = self.world.peer(site)
        if sent and receiver.up:
            self.world.count["replays"] += 1
            self.world.guarded(receiver, self._again, receiver, self.rng.choice(sent))

    def _again(self, receiver: "SiteModel", batch: Batch) -> None:
        checks = self.world.checks
        before = checks.fingerprint(receiver)
        checks.before_message(receiver)
        reply = receiver.receive(batch)
        checks.replayed(receiver, batch, reply, before)
        checks.after_message(receiver, batch.voice)

    def poison(self, site: "SiteModel") -> None:
        """The site's code fails over one record, for a while or for ever."""
        if site.records:
            self.world.count["poisons"] += 1
            sync_id = self.rng.choice(sorted(site.records))
            site.poison.add(sync_id)
            if self.world.plan.poison_for_ever:
                self.for_ever.add(sync_id)

    def forge(self, site: "SiteModel") -> None:
        """The site's next batch claims what the site has no right to say."""
        self.forge_next.add(site.site)

    def tampered(self, sender: "SiteModel", batch: Batch) -> Batch:
        if sender.site not in self.forge_next:
            return batch
        self.forge_next.discard(sender.site)
        self.world.count["forgeries"] += 1
        victim, *others = batch.records
        lie = self._lie(sender) if victim.kind == CONTACT.name else self._lie_of_matter(sender, victim)
        forged = replace(victim, registers={**victim.registers, **lie})
        return replace(batch, records=(forged, *others))

    def _lie(self, sender: "SiteModel") -> dict[str, Reg]:
        stamp = sender.stamp()
        other = sender.world.peer(sender).stamp() + (1 << 40)
        if sender.site is Site.PM:
            return self.rng.choice(
                ({"number": Reg("666", stamp, 0)}, {"number": Reg("666", 0, other)}, {"alias": Reg("liar", 0, other)})
            )
        request = {"number": "666", "keep_sequence": False}
        return self.rng.choice(
            (
                {"requested_number": Reg(request, 0, stamp)},
                {"alias": Reg("liar", other, 0)},
                {"alias": Reg("odd", 0, stamp + 1)},
            )
        )

    def _lie_of_matter(self, sender: "SiteModel", victim: RecordState) -> dict[str, Reg]:
        """Numbers by PM, client lists by LA: under its own stamp, or in PM's name."""
        stamp = sender.stamp()
        other = sender.world.peer(sender).stamp() + (1 << 40)
        if sender.site is Site.PM:
            return self.rng.choice(({"number": Reg("666", stamp, 0)}, {"number": Reg("666", 0, other)}))
        held = victim.registers.get("clients", Reg([]))
        clients = [*reversed(held.value or ()), sender.world.new_sync_id()]
        return {"clients": self.rng.choice((Reg(clients, held.pm, stamp), Reg(clients, other, 0)))}

    def _back_up(self, site: "SiteModel", when: int) -> None:
        self.world.at(when, self._restore, site, site.db.backup(), self.world.checks.backed_up(site))

    def _restore(self, site: "SiteModel", backup: dict[str, Any], memory: Any) -> None:
        """The disk died; yesterday's copy is put back and started."""
        self.world.count["restores"] += 1
        site.crash()
        site.db.restore(backup)
        self.world.checks.restored(site, memory)
        self.world.at(self.world.now + 1_000, self.start, site)

    def end(self) -> None:
        """The network is repaired, processes run, code is fixed; clocks stay wrong."""
        world = self.world
        world.armed.clear()
        world.cut = dict.fromkeys(Site, 0)
        self.forge_next.clear()
        for site in world.sites:
            self.start(site)
            site.next_send = 0
            site.poison &= self.for_ever
