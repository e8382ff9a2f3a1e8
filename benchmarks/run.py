#!/usr/bin/env python3
"""Speed and memory of both products with real servers: `make bench`, or with small numbers `make bench BENCH=--quick`.

Each figure is a median over runs, on SQLite and (where found) on PostgreSQL, beside a raw baseline of the same run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from rich.console import Console
from rich.table import Table

import invent
import latency
import matters as opening
import pair as pairs
import postgres
import raw
from written import Written, written

CHUNK = 500
RATE = 20
MATTER_RATE = 5
ONE_BY_ONE_CONNECTIONS = 4
GROUP = 10


@dataclass(frozen=True, slots=True)
class Size:
    runs: int
    saves_s: float
    bulk: int
    singles: int
    matters: int


FULL = Size(runs=3, saves_s=30, bulk=20_000, singles=1_500, matters=20_000)
QUICK = Size(runs=1, saves_s=5, bulk=2_000, singles=200, matters=2_000)
PARTS = ("contacts", "matters")


@dataclass(slots=True)
class Figures:
    """What each run measured, by name; medians are taken at the end."""

    values: dict[str, list[float]] = field(default_factory=dict)
    rss: dict[str, int] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.values.setdefault(name, []).append(value)

    def count(self, name: str, before: Written | None, after: Written | None, contacts: int) -> None:
        if before is not None and after is not None:
            self.counted[name] = after.since(before, contacts)

    def median(self, name: str) -> float:
        return statistics.median(self.values[name])


def main() -> int:
    options = arguments()
    size = QUICK if options.quick else FULL
    size = replace(
        size, runs=options.runs or size.runs, bulk=options.bulk or size.bulk, matters=options.bulk or size.matters
    )
    engines = {"SQLite": ""}
    if server := os.environ.get("COUNTERPART_TEST_POSTGRES") or postgres.find():
        engines["PostgreSQL"] = server
    else:
        print("PostgreSQL was not found; measured on SQLite alone.")
    for engine, server in engines.items():
        if options.engine and options.engine.lower() != engine.lower():
            continue
        figures = Figures()
        for number in range(size.runs):
            print(f"{engine}, run {number + 1} of {size.runs} ...", file=sys.stderr, flush=True)
            measure(server, size, figures, options.only)
        show(engine, size, figures, options.only)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run with small numbers")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], help="one engine only")
    parser.add_argument("--runs", type=int, help="how many runs the medians are taken over")
    parser.add_argument("--bulk", type=int, help="how many contacts, or matters, the bulk imports have")
    parser.add_argument("--only", choices=PARTS, help="contacts or matters only")
    return parser.parse_args()


def measure(server: str, size: Size, figures: Figures, only: str | None) -> None:
    baseline(server, size, figures, only)
    with pairs.running(server) as pair:
        pair.wait_green(0, 60)
        if only != "matters":
            saves(pair, size, figures)
            singles(pair, size, figures)
            bulk(pair, size, figures)
        if only != "contacts":
            matters(pair, size, figures)
            bulk_matters(pair, size, figures)
        for name, most in pair.rss.items():
            figures.rss[name] = max(figures.rss.get(name, 0), most)


def baseline(server: str, size: Size, figures: Figures, only: str | None) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="counterpart-raw-") as folder,
        pairs.databases(server) as addresses,
        raw.two(Path(folder), addresses) as both,
    ):
        if only != "matters":
            raw_contacts(both, addresses, size, figures)
        if only != "contacts":
            waits = raw.matter_latency(both, int(MATTER_RATE * size.saves_s), MATTER_RATE)
            figures.add("raw matter p50", latency.percentile_ms(waits, 50))
            figures.add("raw matter p99", latency.percentile_ms(waits, 99))
            figures.add("raw matters", raw.bulk_matters(both, size.matters, CHUNK))


def raw_contacts(
    both: tuple[raw.Database, raw.Database], addresses: dict[str, str], size: Size, figures: Figures
) -> None:
    waits = raw.latency(both, int(RATE * size.saves_s), RATE)
    figures.add("raw p50", latency.percentile_ms(waits, 50))
    figures.add("raw p99", latency.percentile_ms(waits, 99))
    figures.add("raw singles", raw.one_by_one(both, size.singles, GROUP))
    settle(both)
    before = written(addresses)
    figures.add("raw bulk", raw.bulk(both, size.bulk, CHUNK))
    settle(both)
    figures.count("raw", before, written(addresses), size.bulk)


def settle(both: tuple[raw.Database, raw.Database]) -> None:
    for each in both:
        each.settle()


def saves(pair: pairs.Pair, size: Size, figures: Figures) -> None:
    found = latency.measure(pair, RATE, size.saves_s)
    figures.add("p50", latency.percentile_ms(found.visible_s, 50))
    figures.add("p99", latency.percentile_ms(found.visible_s, 99))
    figures.add("after p50", latency.percentile_ms(found.after_answer_s, 50))
    figures.add("after p99", latency.percentile_ms(found.after_answer_s, 99))
    figures.add("answer p50", latency.percentile_ms(found.answer_s, 50))
    figures.add("answer p95", latency.percentile_ms(found.answer_s, 95))


def singles(pair: pairs.Pair, size: Size, figures: Figures) -> None:
    """Contacts one request each, over a few connections; the rate of answers, then of green on both sides."""
    before = min(pair.green(product) for product in pairs.PRODUCTS)
    contacts = [invent.as_api_contact(row) for row in invent.rows(size.singles, seed=3)]
    shares = [contacts[start::ONE_BY_ONE_CONNECTIONS] for start in range(ONE_BY_ONE_CONNECTIONS)]

    def send(share: list[dict[str, object]]) -> None:
        api = pair.api("practice")
        for contact in share:
            api.call("POST", "/contacts", contact)

    began = time.perf_counter()
    all_at_once([partial(send, share) for share in shares])
    figures.add("singles", size.singles / (time.perf_counter() - began))
    pair.wait_green(before + size.singles, 120)
    figures.add("singles green", size.singles / (time.perf_counter() - began))


def bulk(pair: pairs.Pair, size: Size, figures: Figures) -> None:
    """From starting the import command to green on both sides."""
    before = min(pair.green(product) for product in pairs.PRODUCTS)
    used, before_rows = pairs.processor_s(pair), written(pair.databases)
    with tempfile.TemporaryDirectory(prefix="counterpart-csv-") as folder:
        file = Path(folder) / "people.csv"
        invent.write_csv(file, size.bulk)
        began = time.perf_counter()
        pair.command("import-contacts", str(file), "--product", "practice")
        figures.add("import", size.bulk / (time.perf_counter() - began))
        pair.wait_green(before + size.bulk, 600)
        figures.add("bulk", size.bulk / (time.perf_counter() - began))
    figures.count("counterpart", before_rows, written(pair.databases), size.bulk)
    for name, seconds in pairs.processor_s(pair).items():
        figures.add(f"processor {name}", (seconds - used[name]) / size.bulk)


def matters(pair: pairs.Pair, size: Size, figures: Figures) -> None:
    """A matter with a new client, until both are green in both products."""
    waits = opening.measure(pair, MATTER_RATE, size.saves_s)
    figures.add("matter p50", latency.percentile_ms(waits, 50))
    figures.add("matter p99", latency.percentile_ms(waits, 99))


def bulk_matters(pair: pairs.Pair, size: Size, figures: Figures) -> None:
    """Matters with two new clients each, from starting the import command to green on both sides."""
    before = min(pair.green(product) for product in pairs.PRODUCTS)
    used = pairs.processor_s(pair)
    with tempfile.TemporaryDirectory(prefix="counterpart-csv-") as folder:
        file = Path(folder) / "matters.csv"
        invent.write_matters_csv(file, size.matters)
        began = time.perf_counter()
        pair.command("import-matters", str(file))
        figures.add("matters import", size.matters / (time.perf_counter() - began))
        pair.wait_green(before + 3 * size.matters, 900)
        figures.add("matters", size.matters / (time.perf_counter() - began))
    for name, seconds in pairs.processor_s(pair).items():
        figures.add(f"processor, a matter: {name}", (seconds - used[name]) / size.matters)


def all_at_once(calls: list[Callable[[], None]]) -> None:
    """Run the calls in threads, wait for all, and raise the first failure."""
    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()


def show(engine: str, size: Size, figures: Figures, only: str | None) -> None:
    console = Console(width=118)
    table = Table(title=f"{engine}: medians of {size.runs} runs on {os.cpu_count()} cores", title_justify="left")
    for heading, side in (
        ("", "left"),
        ("reached", "right"),
        ("target", "right"),
        ("raw", "right"),
        ("ratio", "right"),
    ):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for row in rows(size, figures, only):
        table.add_row(*row)
    console.print(table)
    spent = {name: 1000 * figures.median(name) for name in figures.values if name.startswith("processor ")}
    for name, text in figures.counted.items():
        console.print(f"  rows written in the bulk import, {name}: {text}", highlight=False)
    for name, milliseconds in spent.items():
        console.print(f"  {name}: {milliseconds:.2f} ms a contact in the bulk import", highlight=False)
    for name in (each for each in figures.values if each.startswith("processor, a matter")):
        console.print(f"  {name}: {1000 * figures.median(name):.2f} ms with its two clients", highlight=False)
    for name, most in sorted(figures.rss.items()):
        console.print(f"  memory, {name}: {most / 1e6:.0f} MB (target: under 250)", highlight=False)


Row = tuple[str, str, str, str, str]


def rows(size: Size, f: Figures, only: str | None) -> Iterator[Row]:
    if only != "matters":
        yield from contact_rows(size, f)
    if only != "contacts":
        yield from matter_rows(size, f)


def contact_rows(size: Size, f: Figures) -> Iterator[Row]:
    yield ms(f, f"save sent → visible in the other product, p50 ({RATE}/s)", "p50", "< 40 ms", "raw p50")
    yield ms(f, "the same, p99", "p99", "< 200 ms", "raw p99")
    yield ms(f, "save answered → visible, p50", "after p50", "")
    yield ms(f, "the same, p99", "after p99", "")
    yield ms(f, "the save answers, p50", "answer p50", "")
    yield ms(f, "the save answers, p95", "answer p95", "< 60 ms")
    yield per_s(f, f"{size.bulk:,} contacts imported and green on both sides", "bulk", "≥ 1,000/s", "raw bulk")
    yield per_s(f, "of that, the import alone", "import", "", "raw bulk")
    yield per_s(f, f"{size.singles:,} contacts one by one over the API", "singles", "≥ 150/s", "raw singles")
    yield per_s(f, "the same, until green on both sides", "singles green", "", "raw singles")


def matter_rows(size: Size, f: Figures) -> Iterator[Row]:
    first = f"new client and matter sent → both green in both products, p50 ({MATTER_RATE}/s)"
    yield ms(f, first, "matter p50", "", "raw matter p50")
    yield ms(f, "the same, p99", "matter p99", "< 500 ms", "raw matter p99")
    label = f"{size.matters:,} matters, two new clients each, imported and green"
    yield per_s(f, label, "matters", "≥ 300/s", "raw matters")
    yield per_s(f, "of that, the import alone", "matters import", "", "raw matters")


def ms(f: Figures, label: str, name: str, target: str, base: str = "") -> Row:
    mine = f.median(name)
    if not base:
        return label, f"{mine:.1f} ms", target, "", ""
    return label, f"{mine:.1f} ms", target, f"{f.median(base):.1f} ms", f"{mine / f.median(base):.1f}"


def per_s(f: Figures, label: str, name: str, target: str, base: str) -> Row:
    mine, plain = f.median(name), f.median(base)
    return label, f"{mine:,.0f}/s", target, f"{plain:,.0f}/s", f"{plain / mine:.1f}"


if __name__ == "__main__":
    sys.exit(main())
