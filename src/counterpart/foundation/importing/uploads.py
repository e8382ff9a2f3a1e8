"""Files on their way in: kept beside the databases until the import has ended, readable by nobody else."""

import shutil
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings

from counterpart.foundation.ids import new_id

FOLDER: Final = "imports"


def keep(content: IO[bytes]) -> Path:
    """Store what was uploaded, under a name of its own."""
    folder = Path(settings.COUNTERPART_DATA) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{new_id()}.csv"
    with path.open("xb") as file:
        shutil.copyfileobj(content, file)
    path.chmod(0o600)
    return path


def assign(path: Path, run_id: UUID) -> Path:
    """From now on it is the file of this run."""
    return path.replace(path_of(run_id))


def path_of(run_id: UUID) -> Path:
    """Where the file of a run is, or was."""
    return Path(settings.COUNTERPART_DATA) / FOLDER / f"{run_id}.csv"


def forget(run_id: UUID) -> None:
    """The file is not needed any more."""
    path_of(run_id).unlink(missing_ok=True)
