#!/usr/bin/env python3
"""Everything that is promised for 100,000 contacts, on both engines: `python benchmarks/hundred.py [--engine sqlite]`.

One firm is loaded as a firm would be and used for all of it: imported and green in both products, swept twice, its list
with every filter and sort, the box in the header letter by letter. Then alike contacts and the finder, on names that
follow a law like that of real ones. Baselines are measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import invent
import pair as pairs
import postgres
import raw

HERE = Path(__file__).resolve().parent
GREEN_PER_S, SWEEP_S, MEMORY_MB = 1_500, 30.0, 300
CHUNK, BASELINE = 500, 10_000


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--contacts", type=int, default=100_000)
    given.add_argument("--engine", choices=["sqlite", "postgresql"])
    given.add_argument("--words", type=int, default=60, help="names that are typed into the box, letter by letter")
    given.add_argument("--part", choices=["firm", "alike"], help="one part only")
    asked = given.parse_args()
    engines = {"sqlite": ""}
    if server := os.environ.get("COUNTERPART_TEST_POSTGRES") or postgres.find():
        engines["postgresql"] = server
    for engine, address in engines.items():
        if asked.engine in (None, engine):
            print(f"== {engine}, {asked.contacts:,} contacts, {os.cpu_count()} cores", flush=True)
            if asked.part != "alike":
                firm(address, asked.contacts, asked.words)
            if asked.part != "firm":
                alike(address, asked.contacts)


def firm(server: str, contacts: int, words: int) -> None:
    plain = baseline(server)
    with pairs.running(server) as pair:
        pair.wait_green(0, 60)
        load(pair, contacts, plain)
        sweep(pair, contacts)
        told = {name: most / 1e6 for name, most in pair.rss.items()}
        largest = max(told, key=lambda name: told[name])
        print(f"memory: at most {told[largest]:.0f} MB, {largest} (target: under {MEMORY_MB})", flush=True)
        own = ["--postgres", pair.databases["practice"]] if server else []
        for product in pairs.PRODUCTS:
            there = ["--postgres", pair.databases[product]] if server else []
            run("lists.py", "--data", str(pair.data), "--product", product, *there)
        found = {"FINDING_DATA": str(pair.data)}
        run("finding.py", "--contacts", str(contacts), "--matters", "0", "--words", str(words), *own, **found)


def baseline(server: str) -> float:
    with (
        tempfile.TemporaryDirectory(prefix="counterpart-raw-") as folder,
        pairs.databases(server) as addresses,
        raw.two(Path(folder), addresses) as both,
    ):
        return raw.bulk(both, BASELINE, CHUNK)


def load(pair: pairs.Pair, contacts: int, plain: float) -> None:
    used = pairs.processor_s(pair)
    with tempfile.TemporaryDirectory(prefix="counterpart-csv-") as folder:
        file = Path(folder) / "people.csv"
        invent.write_csv(file, contacts)
        began = time.perf_counter()
        pair.command("import-contacts", str(file), "--product", "practice")
        imported = contacts / (time.perf_counter() - began)
        pair.wait_green(contacts, 1_800)
    green = contacts / (time.perf_counter() - began)
    spent = sum(now - used[name] for name, now in pairs.processor_s(pair).items()) / contacts * 1000
    print(
        f"imported and green in both: {green:,.0f}/s (target: {GREEN_PER_S:,}/s), the import alone {imported:,.0f}/s; "
        f"bare rows {plain:,.0f}/s, ratio {plain / green:.1f}; the sites' processor time {spent:.2f} ms a contact",
        flush=True,
    )


def sweep(pair: pairs.Pair, contacts: int) -> None:
    for _ in range(2):
        began = time.perf_counter()
        counts = pair.command("sweep").strip().splitlines()[-1]
        print(
            f"sweep: {time.perf_counter() - began:.1f} s (target: under {SWEEP_S * contacts / 100_000:.1f}): {counts}",
            flush=True,
        )


def alike(server: str, contacts: int) -> None:
    with pairs.databases(server) as addresses:
        own = ["--postgres", addresses["practice"]] if server else []
        run("duplicates.py", "--contacts", str(contacts), *own)


def run(script: str, *arguments: str, **environment: str) -> None:
    subprocess.run([sys.executable, str(HERE / script), *arguments], env=os.environ | environment, check=True)


if __name__ == "__main__":
    main()
