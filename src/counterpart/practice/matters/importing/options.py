"""What a person chooses about an import of matters."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.text import fold
from counterpart.foundation.users.models import User
from counterpart.practice.matters.models import MatterType
from counterpart.practice.matters.queries import matter_types

CLIENT: str = "Client"


@dataclass(frozen=True, slots=True)
class Options:
    """``client_role``: whoever has this role in the file is a client. ``assigned_to``: e-mail of the person who gets
    matters whose own name in the file is nobody's here. ``matter_type``: of rows that name none.
    ``docket_as_reference``: the docket number becomes the File Reference, not only something to find the matter by.
    ``mode``: matters that are here get only the parties they lack (create), or what the file says of them as well
    (both), and with update no others are made. ``month_first``: how 3/4/2026 is meant. ``hold``: see ``importing``.
    """

    client_role: str = CLIENT
    assigned_to: str = ""
    matter_type: str = ""
    docket_as_reference: bool = False
    mode: str = "create"
    month_first: bool = True
    hold: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Options":
        """From the options of a run."""
        return cls(**{name: given[name] for name in cls.__slots__ if name in given})

    @property
    def what(self) -> str:
        """Tells this import of a file from another of the same file."""
        usual = asdict(Options())
        return " ".join(f"{name}={value}" for name, value in asdict(self).items() if value != usual[name])


def assignee(options: Options, actor: Actor) -> User:
    """Who gets the matters that name nobody: the one chosen, else who imports, else the first administrator.

    Raises Refused.
    """
    active = User.objects.filter(is_active=True)
    if options.assigned_to:
        found = active.filter(email=options.assigned_to.strip().lower()).first()
        message = f"There is no active user {options.assigned_to}."
    elif actor.user_id is not None:
        found, message = active.filter(pk=actor.user_id).first(), "You are no active user."
    else:
        found = active.filter(roles__is_administrator=True).order_by("pk").first()
        message = "Nobody is here yet whom the matters could be assigned to."
    if found is None:
        raise Refused([FieldError("assigned_to", message, "assigned_to.unknown")])
    return found


def usual_type(options: Options) -> MatterType:
    """The type of matters that name none: the one chosen, else the first in use. Raises Refused."""
    types = matter_types()
    wanted = fold(options.matter_type)
    found = next((each for each in types if not wanted or fold(each.name) == wanted), None)
    if found is None:
        message = f"There is no matter type “{options.matter_type}”." if wanted else "There is no matter type yet."
        raise Refused([FieldError("matter_type", message, "matter_type.unknown")])
    return found
