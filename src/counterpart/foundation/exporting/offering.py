"""Files that are made in the background and fetched later."""

from datetime import timedelta
from typing import Final

from counterpart.foundation.jobs.running import Run

KEPT: Final = timedelta(days=1)
"""How long a link leads to the file (EXP-1)."""


def offer(run: Run, name: str, content_type: str) -> None:
    """Let whoever asked fetch the file of this job, for a while; inside the last step."""
    job = run.job
    job.file_name, job.file_type, job.file_expires_at = name, content_type, run.clock() + KEPT
