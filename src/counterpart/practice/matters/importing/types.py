"""The matter types and roles a file names; those that are missing are added for people who may (IMP-9)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing.tallies import Tally
from counterpart.foundation.text import fold
from counterpart.practice.matters.importing.options import CLIENT
from counterpart.practice.matters.models import TYPE_NAME_MAX, MatterType
from counterpart.practice.matters.operations import RoleDraft, add_roles, create_matter_type
from counterpart.practice.matters.queries import matter_types

RIGHT: Final = "settings.edit"


@dataclass(slots=True)
class TypeHere:
    """A matter type: its client role and all its roles by folded name."""

    id: UUID
    name: str
    client_role: str
    roles: set[str]


@dataclass(slots=True)
class Types:
    """The matter types of the firm while a chunk is imported."""

    actor: Actor
    at: datetime
    tally: Tally
    known: dict[str, TypeHere] = field(default_factory=dict)

    def load(self) -> None:
        """Read them; two statements."""
        self.known = {fold(one.name): _here(one) for one in matter_types(only_active=False)}

    def get(self, name: str) -> TypeHere:
        """The type of this name, added if it is missing. Raises Refused for people who may not add it."""
        if found := self.known.get(fold(name)):
            return found
        if len(name) > TYPE_NAME_MAX:
            text = f"The name of a matter type can have at most {TYPE_NAME_MAX} characters."
            raise Refused([FieldError("matter_type", text, "too_long")])
        if not self.actor.may(RIGHT):
            text = f"There is no matter type “{name}”. An administrator can add it, or import the file."
            raise Refused([FieldError("matter_type", text, "matter_type.unknown")])
        roles = [RoleDraft(CLIENT, is_primary=True)]
        made = create_matter_type(actor=self.actor, name=name, roles=roles, at=self.at)
        self.tally.count("matter type")
        self.known[fold(name)] = found = TypeHere(made.pk, name, CLIENT, {fold(CLIENT)})
        return found

    def missing_role(self, here: TypeHere, role: str) -> Refused | None:
        """Why somebody can't have this role on matters of the type: it has none, and the actor may not add one."""
        if fold(role) in here.roles or self.actor.may(RIGHT):
            return None
        text = f"“{role}” is no role of {here.name} matters. An administrator can add it to the type."
        return Refused([FieldError("participant_role", text, "role.unknown")])

    def add_missing(self, here: TypeHere, roles: Iterable[str]) -> None:
        """Add to the type the roles it lacks."""
        missing = {fold(role): role for role in roles if fold(role) not in here.roles}
        if not missing:
            return
        add_roles(actor=self.actor, type_id=here.id, names=list(missing.values()), at=self.at)
        self.tally.count("role", len(missing))
        here.roles |= missing.keys()


def _here(matter_type: MatterType) -> TypeHere:
    roles = list(matter_type.roles.all())
    client = next((role.name for role in roles if role.is_primary), CLIENT)
    return TypeHere(matter_type.pk, matter_type.name, client, {fold(role.name) for role in roles})
