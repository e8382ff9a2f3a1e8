"""The people behind changes that arrive: named as at the origin, each for what he wrote himself (CON-13, HIS-1)."""

from collections.abc import Iterable, Mapping
from typing import Any

from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User
from counterpart.sync.api import Amendment, Author

Actors = Mapping[tuple[str, str], Actor]


def actors_of(authors: Iterable[Author]) -> dict[tuple[str, str], Actor]:
    """Return the actors of the authors, matched to our own users by e-mail, by (e-mail, name)."""
    people = {(author.email, author.name): author for author in authors}
    emails = {email.lower() for email, _ in people if email}
    users = dict(User.objects.filter(email__in=emails).values_list("email", "pk")) if emails else {}
    return {
        key: Actor(author.name, author.email, users.get(author.email.lower()), "sync", "pm", frozenset())
        for key, author in people.items()
    }


def all_authors(amendments: Iterable[Amendment]) -> Iterable[Author]:
    """Yield everyone who wrote something of these changes."""
    for amendment in amendments:
        yield amendment.author
        yield from amendment.authors.values()


def register_of_field(fields_of: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the register each field's changes arrive in, from the fields of each register."""
    return {name: register for register, names in fields_of.items() for name in names} | {"number": "requested_number"}


def by_author(
    amendment: Amendment, changes: Mapping[str, Any], actors: Actors, registers: Mapping[str, str]
) -> list[tuple[Actor, dict[str, Any]]]:
    """Divide the changes of one record among those who made them; ``registers``: see ``register_of_field``."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for name, change in changes.items():
        author = amendment.authors.get(registers.get(name, ""), amendment.author)
        parts.setdefault((author.email, author.name), {})[name] = change
    return [(actors[key], part) for key, part in parts.items()]
