"""Run many seeds, on as many processes as asked for, and say what happened."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.simulation.checks import Violation
from tests.simulation.model import SiteModel
from tests.simulation.world import World

CHUNK = 25
FAULTS = (
    "lost", "repeated", "late", "partitions", "crashes", "jumps", "replays", "poisons", "forgeries", "restores",
)  # fmt: skip

MATTERS = (
    "matters", "lists", "divided", "awaited", "missing", "blocked", "restored", "offered_again", "switches",
    "taken_over", "merges", "merges_asked", "crossed", "parted",
)  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """Counts of all runs and the violations, by seed."""

    seeds: int = 0
    seconds: float = 0.0
    count: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        count = self.count
        faults = ", ".join(f"{count[name]} {name}" for name in FAULTS)
        said = (
            f"{self.seeds} seeds in {self.seconds:.1f} s",
            f"{count['actions']} user actions",
            f"{count['matters']} matters with {count['lists']} changes of clients and {count['divided']} of shares",
            f"{count['awaited']} waited for a client, {count['missing']} were sent back for one that was missing",
            f"{count['blocked']} deletions blocked, {count['restored']} undone, {count['offered_again']} offered again",
            f"{count['merges']} duplicates merged, {count['merges_asked']} times asked for",
            f"{count['merges_refused']} merges refused, {count['parted']} undone, {count['crossed']} edits crossed",
            f"{count['switches']} switches off and on with {count['taken_over']} lists changed by LA meanwhile",
            f"{count['messages']} messages with {count['states']} states",
            f"{count['beats']} beats",
            f"{count['greens']} greens checked",
            f"{sum(count[name] for name in FAULTS)} faults ({faults})",
            f"{len(self.failures)} violations",
        )
        lines = [", ".join(said)]
        for seed, text in sorted(self.failures.items()):
            lines.append(f"seed {seed}: {text}\n  rerun: python -m tests.simulation --start {seed} --seeds 1")
        return "\n".join(lines)


def run_seed(seed: int, model: type[SiteModel] = SiteModel) -> tuple[Counter[str], str]:
    """One seed: its counts, and the violation or ''. Any exception of the core is a violation too."""
    world = World(seed, model)
    try:
        world.run()
    except Violation as violation:
        return world.count, str(violation)
    except Exception as error:  # noqa: BLE001 – whatever breaks the core breaks the promise
        return world.count, f"{type(error).__name__}: {error}"
    return world.count, ""


def _run_chunk(seeds: range) -> tuple[int, Counter[str], dict[int, str]]:
    count: Counter[str] = Counter()
    failures: dict[int, str] = {}
    for seed in seeds:
        counted, failure = run_seed(seed)
        count += counted
        if failure:
            failures[seed] = failure
    return len(seeds), count, failures


def run_seeds(start: int, seeds: int, processes: int) -> Outcome:
    """Run ``seeds`` seeds from ``start``."""
    began = time.monotonic()
    chunks = [range(at, min(at + CHUNK, start + seeds)) for at in range(start, start + seeds, CHUNK)]
    outcome = Outcome()
    for ran, count, failures in _results(chunks, processes):
        outcome.seeds += ran
        outcome.count += count
        outcome.failures |= failures
    outcome.seconds = time.monotonic() - began
    return outcome


def _results(chunks: list[range], processes: int) -> Iterable[tuple[int, Counter[str], dict[int, str]]]:
    if processes == 1:
        yield from map(_run_chunk, chunks)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_run_chunk, chunks)
