"""Refusals: what the product says no to, in a sentence fit for the person who asked.

Screens and the API show the same sentences; `status` is the HTTP status either answers with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; an empty `field` means the record as a whole."""

    field: str
    message: str
    code: str = "invalid"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why something cannot happen now, with where to go to lift it."""

    message: str
    url: str = ""
    count: int = 0


class Refusal(Exception):
    """The product says no, with a sentence for the user."""

    status = 422
    default_code = "refused"
    moved_to = ""
    """Where a page goes instead of saying no: the record's new address."""
    problem_type = "about:blank"
    """What the API names as the problem's type; a refusal that programs must tell apart has one of its own."""

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or self.default_code

    @property
    def errors(self) -> list[FieldError]:
        """The refusal as a list of field errors; forms and the API read this."""
        return [FieldError(self.field, self.message, self.code)]

    @property
    def members(self) -> dict[str, Any]:
        """Further members of the API's problem, if the refusal's type has any."""
        return {}


class Refused(Refusal):
    """Validation failed: one or more fields are not acceptable (422)."""

    default_code = "validation"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        if not errors:
            raise ValueError("A refusal must say what is refused.")
        first = errors[0]
        super().__init__(first.message, field=first.field, code=first.code)
        self._errors = list(errors)

    @property
    def errors(self) -> list[FieldError]:
        return list(self._errors)


class Forbidden(Refusal):
    """The actor lacks the right (403)."""

    status = 403
    default_code = "forbidden"

    def __init__(self, message: str = "You are not allowed to do this.", *, right: str = "") -> None:
        super().__init__(message, code="forbidden")
        self.right = right


class Missing(Refusal):
    """There is no such record, or the actor may not know of it (404)."""

    status = 404
    default_code = "not_found"

    def __init__(self, message: str = "There is no such record.") -> None:
        super().__init__(message)


class Stale(Refusal):
    """The record was changed by someone else meanwhile (412 to an If-Match, 409 on a page)."""

    status = 412
    default_code = "stale"

    def __init__(self, message: str, *, current_version: int | None = None) -> None:
        super().__init__(message)
        self.current_version = current_version


class Blocked(Refusal):
    """The change is not possible while something else stands (409); `blockers` name it."""

    status = 409
    default_code = "blocked"

    def __init__(self, message: str, blockers: Sequence[Blocker] = (), *, code: str = "") -> None:
        super().__init__(message, code=code)
        self.blockers = list(blockers)
