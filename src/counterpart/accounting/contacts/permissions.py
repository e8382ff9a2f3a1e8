"""Who may do what with contacts (LA-PRM-1, NUM-16). Asked inside the operations; pages only hide."""

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden

RESTRICTED = "Your security group may not define or change contact numbers."


def can_set_number(actor: Actor) -> bool:
    """Whether the actor may type a number, on a new contact or an existing one (LA-NUM-11)."""
    return actor.may("contact.edit_number") and not actor.locks_number


def require_number(actor: Actor) -> None:
    """Raise Forbidden unless the actor may type a number."""
    actor.require("contact.edit_number")
    if actor.locks_number:
        raise Forbidden(RESTRICTED, right="contact.edit_number")
