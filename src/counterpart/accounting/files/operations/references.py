"""Whether what a file's fields point at exists: people and entries of the firm's lists."""

from collections.abc import Mapping
from uuid import UUID

from counterpart.accounting.files.fields import CODES, LABELS, STAFF, Fields
from counterpart.accounting.files.models import FileCode
from counterpart.foundation.errors import FieldError
from counterpart.foundation.users.models import User


def reference_errors(
    files: Mapping[UUID, Fields], before: Mapping[UUID, Fields] | None = None
) -> dict[UUID, list[FieldError]]:
    """Return, by file, what points at nothing; two statements. Who may no longer sign in can't be newly named, but
    stays where he is.
    """
    codes = {fields[name] for fields in files.values() for name in CODES}
    people = {fields[role] for fields in files.values() for role in STAFF}
    known_codes = set(FileCode.objects.filter(pk__in=_ids(codes)).values_list("listing", "pk"))
    known_people = dict(User.objects.filter(pk__in=_ids(people)).values_list("pk", "is_active"))
    found: dict[UUID, list[FieldError]] = {}
    for key, fields in files.items():
        was: Mapping[str, object] = (before or {}).get(key, {})
        errors = [
            FieldError(name, f"Choose the {LABELS[name].lower()} from the list.", "unknown")
            for name in CODES
            if fields[name] is not None and (name, fields[name]) not in known_codes
        ]
        for role in STAFF:
            person = fields[role]
            if person is None or person == was.get(role):
                continue
            if not known_people.get(person):
                errors.append(FieldError(role, "Choose somebody who may sign in here.", "unknown"))
        found[key] = errors
    return found


def _ids(values: set[object]) -> list[int]:
    return [value for value in values if isinstance(value, int)]
