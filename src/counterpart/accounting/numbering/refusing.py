"""Numbers that were not given, told to the person who typed them (NUM-10, MAT-9)."""

from collections.abc import Callable, Mapping
from uuid import UUID

from counterpart.accounting.numbering.book import NotGiven
from counterpart.foundation.errors import FieldError, Refused

Sentences = Callable[[Mapping[str, UUID]], Mapping[str, str]]
"""Says, by number, why it can't be used; asked with the records the numbers were given to."""


def number_refusals(given: Mapping[UUID, str | NotGiven], sentences: Sentences) -> dict[UUID, Refused]:
    """Return why numbers were not given, by record."""
    refusals = {key: answer for key, answer in given.items() if isinstance(answer, NotGiven)}
    said = sentences({no.number: no.owner for no in refusals.values() if no.owner is not None})
    return {
        key: Refused([FieldError("number", said.get(no.number) or no.text, no.code)]) for key, no in refusals.items()
    }
