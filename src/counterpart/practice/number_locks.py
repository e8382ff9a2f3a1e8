"""Who may not define numbers: what Legal Accounting's groups restrict counts here too (NUM-16, NUM-17, MAT-19)."""

from collections.abc import Callable
from dataclasses import dataclass

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Forbidden
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class NumberLock:
    """The restriction of one kind of number."""

    right: str
    locks: Callable[[Actor], bool]
    """Whether a role here restricts the person."""
    policy: str
    """Where Legal Accounting lists the e-mail addresses of those it restricts."""
    text: str

    def reason(self, actor: Actor) -> str:
        """Why this person may not define a number; '' if they may. Parts of the system always may."""
        if not actor.email:
            return ""
        is_locked = self.locks(actor) or actor.email.casefold() in sync.peer().policy.get(self.policy, ())
        return self.text if is_locked else ""

    def ensure_open(self, actor: Actor) -> None:
        """Raise Forbidden for somebody who may not define a number."""
        if reason := self.reason(actor):
            raise Forbidden(reason, right=self.right)

    def refusal(self, actor: Actor, field: str) -> FieldError | None:
        """The same as a word beside the field."""
        reason = self.reason(actor)
        return FieldError(field, reason, "reference.locked") if reason else None


REFERENCE_LOCK = NumberLock(
    "contact.edit_reference",
    lambda actor: actor.locks_number,
    "number_locked_emails",
    "You may not define or change a reference: your group in Legal Accounting restricts contact numbers.",
)
FILE_REFERENCE_LOCK = NumberLock(
    "matter.edit_reference",
    lambda actor: actor.locks_file_number,
    "file_number_locked_emails",
    "You may not define or change a file reference: your group in Legal Accounting restricts file numbers.",
)
