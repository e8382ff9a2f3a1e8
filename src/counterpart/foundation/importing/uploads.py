"""Files on their way in: kept beside the databases until the import has ended, readable by nobody else."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings

from counterpart.foundation.ids import new_id

FOLDER: Final = "imports"


def keep(content: IO[bytes]) -> Path:
    """Store what was uploaded, under a name of its own."""
    path = folder() / f"{new_id()}.file"
    with path.open("xb") as file:
        shutil.copyfileobj(content, file)
    path.chmod(0o600)
    return path


def assign(path: Path, run_id: UUID) -> Path:
    """From now on it is the file of this run."""
    return path.replace(path_of(run_id))


def path_of(run_id: UUID) -> Path:
    """Where the file of a run is, or was."""
    return folder() / f"{run_id}.file"


def rows_of(run_id: UUID) -> Path:
    """Where its staged rows are, or were."""
    return folder() / f"{run_id}.rows"


def forget(run_id: UUID) -> None:
    """The file is not needed any more."""
    for path in _all_of(run_id):
        path.unlink(missing_ok=True)


def folder() -> Path:
    """The folder of this site's uploads; made when first needed."""
    found = Path(settings.COUNTERPART_DATA) / FOLDER
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def _all_of(run_id: UUID) -> Iterator[Path]:
    yield path_of(run_id)
    yield rows_of(run_id)
