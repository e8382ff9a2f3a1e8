"""Files that jobs make: kept beside the databases, readable by nobody else, until they expire."""

from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from counterpart.foundation.ids import parse_id
from counterpart.foundation.jobs.models import Job

FOLDER: Final = "jobs"


def path_of(job: Job) -> Path:
    """Where the file of a job is, or will be; its folder exists."""
    folder = Path(settings.COUNTERPART_DATA) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{settings.COUNTERPART_SITE}-{job.pk}"


def forget_expired(at: datetime) -> None:
    """Remove the files whose time is over, and those nobody was ever offered."""
    for job in Job.objects.filter(file_expires_at__lt=at).exclude(file_name="")[:1_000]:
        path_of(job).unlink(missing_ok=True)
        Job.objects.filter(pk=job.pk).update(file_name="")
    prefix = f"{settings.COUNTERPART_SITE}-"
    for path in (Path(settings.COUNTERPART_DATA) / FOLDER).glob(f"{prefix}*"):
        job_id = parse_id(path.name.removeprefix(prefix))
        about = Job.objects.filter(pk=job_id, file_name="") if job_id is not None else Job.objects.none()
        if about.exclude(finished_at=None).exists():
            path.unlink(missing_ok=True)  # what a job left behind that broke off or was stopped
