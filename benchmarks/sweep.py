"""The sweep over equal records: `counterpart sweep` on both products as `counterpart up` runs them.

`python benchmarks/sweep.py [--count 100000] [--postgres postgres://…]`: loads so many contacts, waits until all are
green, compares twice and tells the time, the processor time of each process, and the largest memory of each.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import invent
import pair as pairs

TARGET_S = 30.0
MEMORY_MB = 300


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=100_000)
    asked.add_argument("--postgres", default="")
    options = asked.parse_args()
    with pairs.running(options.postgres) as pair:
        load(pair, options.count)
        for _ in range(2):
            used, began = pairs.processor_s(pair), time.perf_counter()
            counts = pair.command("sweep").strip().splitlines()[-1]
            seconds = time.perf_counter() - began
            target = TARGET_S * options.count / 100_000
            print(f"{seconds:.1f} s (target: under {target:.1f}): {counts}")
            for name, before in used.items():
                print(f"  processor time, {name}: {pairs.processor_s(pair)[name] - before:.1f} s")
        for name, most in sorted(pair.rss.items()):
            print(f"  memory, {name}: {most / 1e6:.0f} MB (target: under {MEMORY_MB})")


def load(pair: pairs.Pair, count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="counterpart-csv-") as folder:
        file = Path(folder) / "contacts.csv"
        invent.write_csv(file, count)
        began = time.perf_counter()
        pair.command("import-contacts", str(file), "--product", "practice")
        pair.wait_green(count, 1_800)
    print(f"{count:,} contacts loaded and green after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
