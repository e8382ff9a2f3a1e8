"""Who may do what with files (LA-PRM-1, MAT-19). Asked inside the operations; pages only hide."""

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden

RESTRICTED = "Your security group may not define or change file numbers."


def can_set_number(actor: Actor) -> bool:
    """Whether the actor may type a number, for a new file or an existing one (LA-NUM-11)."""
    return actor.may("file.edit_number") and not actor.locks_file_number


def require_number(actor: Actor) -> None:
    """Raise Forbidden unless the actor may type a number."""
    actor.require("file.edit_number")
    if actor.locks_file_number:
        raise Forbidden(RESTRICTED, right="file.edit_number")
