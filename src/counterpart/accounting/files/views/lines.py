"""Files as lines of the File Manager, with a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from counterpart.accounting.files.models import File
from counterpart.accounting.files.queries import Payer, payers_of
from counterpart.accounting.files.registers import KIND
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Line:
    """One file in a list."""

    file: File
    link: Any
    clients: list[Payer]

    @property
    def pk(self) -> UUID:
        """The file's."""
        return self.file.pk

    @property
    def label(self) -> str:
        """Number and description."""
        return str(self.file)

    @property
    def url(self) -> str:
        """The file's page."""
        return self.file.get_absolute_url()


def lines_of(files: Sequence[File]) -> list[Line]:
    """The files with their link states and payers."""
    ids = [file.pk for file in files]
    states, payers = sync.link_states(KIND, ids), payers_of(ids)
    return [Line(file, states.get(file.pk), payers.get(file.pk, [])) for file in files]
