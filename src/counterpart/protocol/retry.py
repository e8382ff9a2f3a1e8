"""When to try again (sync-protocol section 10). Durations in seconds; randomness is an argument."""

TRANSPORT_CAP_S = 60.0
RECORD_CAP_S = 900.0
RECORD_ATTEMPTS_MAX = 8
"""After so many failures a record becomes a dead letter: red, with its text, until someone acts."""


def transport_delay_s(failures: int, fraction: float) -> float:
    """Wait before the next trial of the whole direction: 1 s doubled, full jitter, capped; for ever.

    ``fraction``: a random number from 0 up to 1. A tenth of a second at least, so that no jitter means a busy loop.
    """
    return max(0.1, min(TRANSPORT_CAP_S, 2.0 ** min(failures - 1, 10)) * fraction)


def record_delay_s(attempts: int) -> float:
    """Wait before a record that raised an error at the peer is tried again: 5 s doubled, capped."""
    return min(RECORD_CAP_S, 5.0 * 2.0 ** (attempts - 1))


def is_dead_letter(attempts: int) -> bool:
    """Whether a record has failed often enough that a person must look at it."""
    return attempts >= RECORD_ATTEMPTS_MAX
