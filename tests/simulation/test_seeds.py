"""Twelve hundred random histories; after every step S1, S3 to S11, S15, L1 to L3 and L7 (section 22)."""

import os

import pytest
from tests.simulation.run import FAULTS, MATTERS, run_seeds

SEEDS = int(os.environ.get("COUNTERPART_SIMULATION_SEEDS", "1200"))
PROCESSES = 2


@pytest.mark.slow
def test_no_seed_violates_a_property(capsys):
    """Every safety property holds with faults on, every liveness property with faults off; the counts are printed."""
    processes = 1 if os.environ.get("PYTEST_XDIST_WORKER") else PROCESSES

    outcome = run_seeds(0, SEEDS, processes)

    with capsys.disabled():
        print(f"\nsimulation: {outcome}")
    assert outcome.seeds == SEEDS
    assert outcome.failures == {}
    # A run in which nothing went wrong, or nobody looked at a green, would prove nothing.
    for kind in ("greens", *MATTERS, *FAULTS):
        assert outcome.count[kind] > SEEDS / 40, kind
