"""``python -m tests.simulation --seeds 200000 --start 0``: the nightly run, or one seed again."""

import argparse
import os
import sys

from tests.simulation.run import run_seeds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2_000, help="how many seeds to run")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    outcome = run_seeds(asked.start, asked.seeds, min(asked.processes, asked.seeds))
    print(outcome)
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
