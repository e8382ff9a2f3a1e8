"""The people behind changes that arrive: named as at the origin, each for what he wrote himself (CON-13, HIS-1)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from counterpart.accounting.contacts.registers import FIELDS_OF
from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User
from counterpart.sync.api import Amendment, Author

_REGISTER_OF: Final = {name: register for register, names in FIELDS_OF.items() for name in names} | {
    "number": "requested_number"
}

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


def by_author(amendment: Amendment, changes: Mapping[str, Any], actors: Actors) -> list[tuple[Actor, dict[str, Any]]]:
    """Divide the changes of one record among those who made them."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for name, change in changes.items():
        author = amendment.authors.get(_REGISTER_OF.get(name, ""), amendment.author)
        parts.setdefault((author.email, author.name), {})[name] = change
    return [(actors[key], part) for key, part in parts.items()]
