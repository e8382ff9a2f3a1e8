"""What the simulation found in the protocol stays found: the rule, and the seed that shows why it is there."""

import pytest
from tests.simulation.broken import FOUND, Broken
from tests.simulation.catching import catch
from tests.simulation.run import run_seed


@pytest.mark.parametrize("broken", FOUND, ids=lambda broken: f"{broken.model.__name__}-{broken.start}")
def test_seed_fails_without_the_rule_and_passes_with_it(broken: Broken):
    """S1, S5, S7, S15, L1, L2: see the class of each broken build."""
    seed, without = catch(broken)
    _, with_it = run_seed(seed)

    assert without != "", f"{broken.model.__doc__} Not noticed any more: find a seed that shows it."
    assert with_it == ""


def test_seed_is_repeatable():
    """A failing seed can be run again: the same seed is the same history, to the last event."""
    assert run_seed(7) == run_seed(7)
