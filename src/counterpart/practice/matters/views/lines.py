"""Matters as lines of a list: with their clients and the states of their links, in a constant number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from counterpart.foundation.text import fold
from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.queries import clients_of
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Client:
    """A client of a matter by name; the first one of a matter is the primary client."""

    id: UUID
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One matter in a list."""

    matter: Matter
    clients: list[Client]
    link: Any
    why: str = ""
    roles: Sequence[str] = ()

    @property
    def pk(self) -> UUID:
        """The matter's."""
        return self.matter.pk

    @property
    def label(self) -> str:
        """Number and name of the matter."""
        return str(self.matter)

    @property
    def url(self) -> str:
        """The matter's page."""
        return self.matter.get_absolute_url()

    @property
    def first_clients(self) -> list[Client]:
        """As many as a line has room for."""
        return self.clients[:2]

    @property
    def more_clients(self) -> int:
        """How many there are besides."""
        return len(self.clients) - len(self.first_clients)


def lines_of(matters: Sequence[Matter], text: str = "", roles: dict[UUID, list[str]] | None = None) -> list[Line]:
    """The matters with their clients, their links, and why ``text`` found them."""
    ids = [matter.pk for matter in matters]
    states, clients = sync.link_states("matter", ids), named_clients(ids)
    return [
        Line(one, clients[one.pk], states.get(one.pk), _why(one, clients[one.pk], text), (roles or {}).get(one.pk, ()))
        for one in matters
    ]


def named_clients(matter_ids: Iterable[UUID]) -> dict[UUID, list[Client]]:
    """The clients of each matter in order."""
    style = contacts.name_format()
    return {
        matter_id: [Client(one.pk, display_name(one.__dict__, style), one.get_absolute_url()) for one in clients]
        for matter_id, clients in clients_of(matter_ids).items()
    }


def waiting_for(matter_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The clients that are not in step yet, by matter: it waits for them (MAT-3)."""
    clients = named_clients(matter_ids)
    states = sync.link_states("contact", [one.id for named in clients.values() for one in named])
    return {
        matter_id: [one.name for one in named if one.id not in states or states[one.id].colour != "green"]
        for matter_id, named in clients.items()
    }


def _why(matter: Matter, clients: list[Client], text: str) -> str:
    """Where the words were found, if it is not in what the line shows anyway (SRC-5)."""
    words = fold(text).split()
    title = fold(str(matter))
    if not words or all(word in title for word in words):
        return ""
    fields = {"File Reference": matter.shown_reference, "External reference": matter.external_reference}
    fields |= {"Client": next((one.name for one in clients if any(word in fold(one.name) for word in words)), "")}
    for label, value in fields.items():
        if value and any(word in fold(value) for word in words):
            return f"{label}: {value}"
    return "a client’s details"
