"""Why something was found: where the words stand, if that is not what one sees anyway (SRC-5)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from counterpart.foundation.conflicts.models import FormerName
from counterpart.foundation.search.words import Asked, plain_words
from counterpart.foundation.text import digits

Fields = Iterable[tuple[str, str]]
"""What a field is called, and what stands in it."""

OTHERWISE_SPELT = "a similar spelling"


def reason(asked: Asked, shown: str, fields: Fields, *, phones: Fields = (), former: Iterable[str] = ()) -> str:
    """The first field that holds a word which is not in what is shown, '' if all of them are."""
    seen = _plain(shown)
    missing = [word for word in asked.words if word not in seen]
    if not missing and asked.words:
        return ""
    for label, value in fields:
        if value and any(word in _plain(value) for word in missing):
            return f"{label}: {value}"
    for label, value in phones:
        if any(way in digits(value) for way in asked.phones):
            return f"{label}: {value}"
    for value in former:
        if any(word in _plain(value) for word in missing):
            return f"former name or number: {value}"
    return OTHERWISE_SPELT


def former_values(kind: str, ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """What each of the records was called, the latest first; one statement."""
    found: dict[UUID, list[str]] = {key: [] for key in ids}
    rows: Any = FormerName.objects.filter(object_type=kind, object_id__in=ids).order_by("-id")
    for key, values in rows.values_list("object_id", "values"):
        found[key] += [value for value in values.values() if isinstance(value, str)]
    return found


def _plain(text: str) -> str:
    return " ".join(plain_words(text))
