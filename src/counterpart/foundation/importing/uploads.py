"""Files on their way in: kept beside the databases until the import has ended, readable by nobody else."""

import shutil
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings

FOLDER: Final = "imports"


def keep(content: IO[bytes], run_id: UUID) -> Path:
    """Store what was uploaded as the file of this run."""
    path = path_of(run_id)
    with path.open("xb") as file:
        path.chmod(0o600)
        shutil.copyfileobj(content, file)
    return path


def path_of(run_id: UUID) -> Path:
    """Where the file of a run is, or was."""
    return folder() / f"{run_id}.file"


def rows_of(run_id: UUID) -> Path:
    """Where its staged rows are, or were."""
    return folder() / f"{run_id}.rows"


def forget(run_id: UUID) -> None:
    """The file is not needed any more, nor what was begun to be made of it."""
    for path in folder().glob(f"{run_id}.*"):
        path.unlink(missing_ok=True)


def folder() -> Path:
    """The folder of this site's uploads; made when first needed."""
    found = Path(settings.COUNTERPART_DATA) / FOLDER
    found.mkdir(mode=0o700, exist_ok=True)
    return found
