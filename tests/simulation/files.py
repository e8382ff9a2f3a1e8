"""Legal Accounting's files in the simulation: payers with their shares, and staff whom a product does not know."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.simulation.kinds import MATTER, Kind

from counterpart.accounting.files import shares
from counterpart.protocol.registers import Merge
from counterpart.protocol.stamps import Site

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel

Payers = tuple[tuple[str, int], ...]
"""Who pays a file, the primary first, each with his share."""
STAFF = {Site.PM: ("ada@example.com", "ben@example.com", "pat@example.com"),
         Site.LA: ("ada@example.com", "ben@example.com", "lou@example.com")}  # fmt: skip
"""Who works there, by e-mail: one on each side is unknown to the other."""


class Files:
    """Turns a matter's registers into a file's columns and back. On PM the registers are the columns."""

    def __init__(self, site: "SiteModel") -> None:
        self.site = site

    def values(self, kind: Kind, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Register values from the columns."""
        if "payers" not in columns:
            return columns
        values = {name: value for name, value in columns.items() if name != "payers"}
        return {**values, "clients": [client for client, _ in columns["payers"]]}

    def columns(self, kind: Kind, before: Mapping[str, Any] | None, values: dict[str, Any]) -> dict[str, Any]:
        """Columns from register values: a new list moves the shares."""
        if kind is not MATTER or self.site.site is Site.PM:
            return values
        held: Payers = before["payers"] if before else ()
        payers = self.after_clients(held, values.pop("clients"))
        return {**values, "payers": payers}

    def after_clients(self, before: Payers, clients: list[str]) -> Payers:
        return tuple(shares.after_clients(before, clients))

    def refused_register(self, merge: Merge) -> str:
        """The one register that can't be stored although the rest can: a person nobody knows here (MAT-22, MAT-23)."""
        person = merge.changed.get("assigned")
        return "assigned" if person is not None and person not in STAFF[self.site.site] else ""
