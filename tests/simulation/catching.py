"""Run a broken build until one of its properties is reported."""

from tests.simulation.broken import Broken
from tests.simulation.run import run_seed


def catch(broken: Broken) -> tuple[int, str]:
    """The seed and the report, or (-1, '') if nothing was noticed within the build's number of seeds."""
    for seed in range(broken.start, broken.start + broken.seeds):
        _, failure = run_seed(seed, broken.model)
        if failure.split(":")[0] in broken.properties:
            return seed, failure
    return -1, ""
