"""Matters in both products for tests: made in Practice Management, found as files in Legal Accounting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.pair.site import Contact, Site
from tests.pair.waiting import eventually

Matter = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Docket:
    """One matter: its identity in both products, and those of its clients in Practice Management."""

    pm: Site
    la: Site
    matter_id: str
    file_id: str

    @property
    def matter(self) -> Matter:
        """As Practice Management shows it."""
        return self.pm.matters.get(self.matter_id)

    @property
    def file(self) -> Matter:
        """As Legal Accounting shows it."""
        return self.la.matters.get(self.file_id)

    def settled(self) -> tuple[Matter, Matter]:
        """Both, once the change made last is green on both sides."""
        return self.pm.matters.wait(self.matter_id), self.la.matters.wait(self.file_id)

    def set_clients(self, clients: Sequence[Contact]) -> None:
        """Practice Management's word on who the clients are, in order; other parties stay."""
        others = [one for one in self.matter["parties"] if one["role"] != "Client"]
        self.pm.matters.edit(self.matter_id, parties=[*client_parties(clients), *others])


def client_parties(clients: Sequence[Contact]) -> list[dict[str, str]]:
    return [{"role": "Client", "contact_id": one["id"]} for one in clients]


def open_matter(pm: Site, la: Site, clients: Sequence[Contact], **fields: Any) -> Docket:
    """A matter that is green in both products."""
    name = fields.pop("name")
    made = pm.matters.create(name=name, parties=client_parties(clients), **fields)
    here = pm.matters.wait(made["id"])
    there = eventually(lambda: la.matters.by_number(here["file_reference"]))
    la.matters.wait(there["id"])
    return Docket(pm, la, made["id"], there["id"])


def payers(file: Matter) -> list[tuple[str, str]]:
    """Who pays, in order, by number, and their percentages."""
    return [(one["number"], one["percent"]) for one in file["payers"]]


def clients(matter: Matter) -> list[str]:
    """The clients in order, by identity."""
    return [one["contact_id"] for one in matter["parties"] if one["role"] == "Client"]
