"""What of a contact can be chosen when several become one (DUP-7)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from counterpart.contracts.contact import LIMITS
from counterpart.foundation.alike.choosing import joined_aliases
from counterpart.foundation.alike.faces import phone_digits, same_phone
from counterpart.foundation.alike.product import Held, MergeField
from counterpart.practice.contacts.addresses import address_lines
from counterpart.practice.contacts.drafts import PHONES_MAX
from counterpart.practice.contacts.enums import Kind
from counterpart.practice.contacts.registers import PHONE_OF_LABEL, phone_label_text

ALIAS_MAX: Final = LIMITS["alias"]

_NAMES: Final = (("title", "Title"), ("first", "First"), ("middle", "Middle"), ("last", "Last"), ("suffix", "Suffix"))


def united_phones(values: Sequence[tuple[Any, ...]]) -> tuple[list[dict[str, str]]]:
    """Every number once, the survivor's first, so that what it shares with Legal Accounting stays (PHN-1)."""
    phones: list[dict[str, str]] = []
    seen: list[str] = []
    for (held,) in values:
        for phone in held:
            key = phone_digits(phone["number"]) or phone["number"]
            if not any(same_phone(key, one) for one in seen):
                seen.append(key)
                phones.append(dict(phone))
    return (phones[:PHONES_MAX],)


def unshared_phones(survivor: Sequence[dict[str, str]], loser: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The survivor's numbers with those of the loser that Legal Accounting does not hold: the first of a label that the
    survivor lacks arrives from there.
    """
    labels = {phone["label"] for phone in survivor}
    kept = [phone for phone in loser if phone["label"] in labels or phone["label"] not in PHONE_OF_LABEL]
    return united_phones([(list(survivor),), (kept,)])[0]


def _text(value: tuple[Any, ...]) -> list[str]:
    return [value[0]] if value[0] else []


def _phone_lines(value: tuple[Any, ...]) -> list[str]:
    return [f"{phone_label_text(phone['label'])}: {phone['number']}" for phone in value[0]]


def _address(value: tuple[Any, ...]) -> list[str]:
    return address_lines(value[0])


def _plain(name: str, label: str, lines: Callable[[tuple[Any, ...]], list[str]] = _text) -> MergeField:
    return MergeField(name, label, (name,), lines)


_SHARED: Final = (
    MergeField("alias", "Alias", ("alias",), _text, lambda values: joined_aliases(values, ALIAS_MAX)),
    _plain("email", "E-mail"),
    MergeField("phones", "Phone numbers", ("phones",), _phone_lines, united_phones),
    _plain("physical_address", "Physical address", _address),
    _plain("mailing_address", "Mailing address", _address),
    _plain("external_reference", "External reference"),
)
_PERSON: Final = (*(_plain(name, label) for name, label in _NAMES), _plain("company", "Employer"), *_SHARED)
_COMPANY: Final = (_plain("company", "Company name"), *_SHARED)


def fields_of(survivor: Held) -> Sequence[MergeField]:
    """A company shows no personal names; those that Legal Accounting keeps behind it stay (PER-5)."""
    return _COMPANY if survivor.columns["kind"] == Kind.COMPANY else _PERSON
