"""What a full export holds: every table of the product but those named here or by their app, each with the reason.

A model nobody thought of is exported: nothing the firm owns is lost because somebody forgot to add it to a list. The
reference page (docs/reference/export-format.md) shows both lists, and a test compares it with the code.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.apps import apps
from django.db import models

Model: TypeAlias = type[models.Model]
Field: TypeAlias = "models.Field[Any, Any]"

HIDDEN: Final = "A secret: it stays where it was made."
PASSING: Final = "Of passing use."
OF_THE_PLACE: Final = "Of this installation, not of the firm; a new one makes its own."

_left_out: Final[dict[str, str]] = {
    "auth.Permission": OF_THE_PLACE,
    "auth.Group": "Not used: people have roles.",
    "auth.Group_permissions": "Not used: people have roles.",
    "contenttypes.ContentType": OF_THE_PLACE,
    "sessions.Session": "Who is signed in now.",
    "account.EmailAddress": "Not used: people have one address, in their own record.",
    "account.EmailConfirmation": "Not used: people have one address, in their own record.",
    "mfa.Authenticator": f"{HIDDEN} People set their second factor up again.",
    "foundation_users.ApiToken": f"{HIDDEN} Programs get new tokens.",
    "foundation_api.IdempotentAnswer": f"{PASSING} Answers of the last day, kept in case a program repeats itself.",
    "foundation_jobs.Job": f"{PASSING} Background work and its files.",
    "foundation_jobs.JobLine": f"{PASSING} Background work and its files.",
    "foundation_notices.Notice": f"{PASSING} What people were told under the bell.",
}
_after: Final[list[Callable[[], None]]] = []
_blanked: Final[dict[str, dict[str, str]]] = {
    "foundation_users.User": {"password": f"{HIDDEN} An administrator gives people new ones."},
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the export: its model, the name of its file, and its columns in order."""

    model: Model
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        """The name of the kind, which is that of its file: ``practice_contacts.contact``."""
        return self.model._meta.label_lower  # noqa: SLF001 - Django's public door

    @property
    def columns(self) -> list[str]:
        """The columns, in the order of the model; ``…_id`` refers to a row of another table."""
        return [field.attname for field in self.fields]

    @property
    def keys(self) -> list[Field]:
        """The columns rows are told apart, and put in order, by; one, but for tables of bare pairs."""
        return list(self.model._meta.pk_fields)  # noqa: SLF001 - Django's public door

    @property
    def what(self) -> str:
        """What a row is, in a sentence."""
        words = (self.model.__doc__ or "").strip().split("\n\n")[0]
        own = not self.model._meta.auto_created and not words.startswith(f"{self.model.__name__}(")  # noqa: SLF001
        return " ".join(words.split()) if own else "Which belong together."


def leave_out(label: str, why: str) -> None:
    """Keep a model out of full exports; called by the app it belongs to, when it is ready."""
    _left_out[label] = why


def blank(label: str, column: str, why: str) -> None:
    """Keep one column out: a loaded row begins with the column's default, or empty."""
    _blanked.setdefault(label, {})[column] = why


def after_loading(rebuild: Callable[[], None]) -> None:
    """Have something made anew that is derived from the rows, inside the transaction that loaded them."""
    _after.append(rebuild)


def rebuild() -> None:
    """Make anew what is derived."""
    for one in _after:
        one()


def tables() -> list[Table]:
    """The tables of this product's export, by name."""
    found = [Table(model, tuple(_fields(model))) for model in _models() if model._meta.label not in _left_out]  # noqa: SLF001
    return sorted(found, key=lambda table: table.name)


def left_out() -> dict[str, str]:
    """The models of this product that are not exported, each with the reason."""
    return {model._meta.label: _left_out[model._meta.label] for model in _models() if model._meta.label in _left_out}  # noqa: SLF001


def blanked() -> dict[str, str]:
    """The single columns that are not exported: ``{label.column: reason}``."""
    return {
        f"{table.model._meta.label}.{field.attname}": _why_blank(table.model, field)  # noqa: SLF001
        for table in tables()
        for field in begun_empty(table)
    }


def begun_empty(table: Table) -> list[Field]:
    """The columns of the table that are not exported but stored: a loaded row begins with their defaults."""
    return [field for field in _stored(table.model) if field not in table.fields]


def stranded() -> list[str]:
    """Columns that need a row of a table that stays, so that theirs could not be loaded; there must be none."""
    return [
        f"{table.name}.{field.attname}"
        for table in tables()
        for field in table.fields
        if field.remote_field is not None and field.remote_field.model._meta.label in _left_out  # noqa: SLF001
    ]


def _models() -> Iterator[Model]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:  # noqa: SLF001
            yield model


def _fields(model: Model) -> Iterator[Field]:
    return (field for field in _stored(model) if not _why_blank(model, field))


def _stored(model: Model) -> Iterator[Field]:
    """All columns but those the database computes itself."""
    return (field for field in model._meta.concrete_fields if not field.generated)  # noqa: SLF001


def _why_blank(model: Model, field: Field) -> str:
    if (why := _blanked.get(model._meta.label, {}).get(field.attname, "")) or not field.null:  # noqa: SLF001
        return why
    target = getattr(field.remote_field, "model", None)
    if target is None or target._meta.label not in _left_out:  # noqa: SLF001
        return ""
    return f"Refers to what is not exported ({target._meta.label})."  # noqa: SLF001
