"""What of a contact can be chosen when several become one (DUP-7)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from counterpart.contracts.contact import LIMITS
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.choosing import joined_aliases
from counterpart.foundation.alike.faces import phone_digits, same_phone
from counterpart.foundation.alike.product import Held, MergeField
from counterpart.foundation.masking import MASK
from counterpart.practice.contacts.addresses import address_lines
from counterpart.practice.contacts.drafts import PHONES_MAX
from counterpart.practice.contacts.enums import Kind
from counterpart.practice.contacts.personal import EMAILS_MAX, arranged
from counterpart.practice.contacts.private import VIEW_SENSITIVE
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


def united_emails(values: Sequence[tuple[Any, ...]]) -> tuple[str, list[str]]:
    """Every address once; the survivor's primary one stays so, and the others are further ones."""
    email, further = arranged("", [one for email, emails in values for one in (email, *emails)])
    return email, further[:EMAILS_MAX]


def _emails(value: tuple[Any, ...]) -> list[str]:
    return [one for one in (value[0], *value[1]) if one]


def _masked(value: tuple[Any, ...]) -> list[str]:
    return [MASK] if value[0] else []


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
    MergeField("email", "E-mail", ("email", "emails"), _emails, united_emails),
    MergeField("phones", "Phone numbers", ("phones",), _phone_lines, united_phones),
    _plain("physical_address", "Physical address", _address),
    _plain("mailing_address", "Mailing address", _address),
    _plain("external_reference", "External reference"),
    _plain("website", "Website"),
)
_INDIVIDUAL: Final = (_plain("occupation", "Occupation"), _plain("date_of_birth", "Date of birth"))
_PERSON: Final = (
    *(_plain(name, label) for name, label in _NAMES),
    _plain("company", "Employer"),
    *_SHARED,
    *_INDIVIDUAL,
)
_COMPANY: Final = (_plain("company", "Company name"), *_SHARED)


def fields_of(survivor: Held, actor: Actor) -> Sequence[MergeField]:
    """A company shows no personal names; those that Legal Accounting keeps behind it stay (PER-5). Tax numbers are
    masked for those who may not read them; the survivor's stays then, or else the first there is.
    """
    tax_number = _plain("tax_number", "Tax number", _text if actor.may(VIEW_SENSITIVE) else _masked)
    return (*(_COMPANY if survivor.columns["kind"] == Kind.COMPANY else _PERSON), tax_number)
