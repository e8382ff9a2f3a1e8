"""What of a contact can be chosen when several become one (DUP-7), and where what is left over goes."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from counterpart.accounting.contacts.fields import ADDITIONAL_MAX, LABELS, PHONE_FIELDS, USAGES
from counterpart.accounting.contacts.templatetags.contact_tags import address_lines
from counterpart.contracts.contact import ADDRESS_PARTS, LIMITS
from counterpart.foundation.alike.choosing import joined_aliases
from counterpart.foundation.alike.faces import phone_digits, same_phone
from counterpart.foundation.alike.product import Held, MergeField

ALIAS_MAX: Final = LIMITS["alias"]
SPARE_PHONE: Final = "other_phone"


def united_addresses(values: Sequence[tuple[Any, ...]]) -> tuple[list[dict[str, str]]]:
    """Every additional address once, the survivor's first, so that the one it shares stays."""
    found: list[dict[str, str]] = []
    for (held,) in values:
        for address in held:
            if _place(address) not in [_place(one) for one in found]:
                found.append(dict(address))
    return (found[:ADDITIONAL_MAX],)


def with_left_over(holders: Sequence[Held], after: dict[str, Any]) -> dict[str, Any]:
    """Put a phone number of a loser that has no place into *Other*, and its main address among the additional ones, as
    long as there is room.
    """
    after = dict(after)
    kept = [_digits(after[name]) for name in PHONE_FIELDS if after[name]]
    for loser in holders[1:]:
        for name in PHONE_FIELDS:
            number = loser.columns[name]
            known = any(same_phone(_digits(number), one) for one in kept)
            if number and not known and not after[SPARE_PHONE] and name != "fax":
                after[SPARE_PHONE] = number
                kept.append(_digits(number))
        main = loser.columns["main_address"]
        held = [_place(one) for one in (after["main_address"], *after["additional_addresses"])]
        if main and _place(main) not in held and len(after["additional_addresses"]) < ADDITIONAL_MAX:
            after["additional_addresses"] = [*after["additional_addresses"], {"usage": "other", **main}]
    return after


def _digits(number: str) -> str:
    return phone_digits(number) or number


def _place(address: dict[str, str]) -> tuple[str, ...]:
    return tuple(address.get(part, "") for part in ADDRESS_PARTS)


def _text(value: tuple[Any, ...]) -> list[str]:
    return [value[0]] if value[0] else []


def _address(value: tuple[Any, ...]) -> list[str]:
    return address_lines(value[0])


def _addresses(value: tuple[Any, ...]) -> list[str]:
    return [f"{USAGES[one['usage']]}: {', '.join(_address((one,)))}" for one in value[0]]


def _methods(value: tuple[Any, ...]) -> list[str]:
    return [f"{one['label']}: {one['value']}" for one in value[0]]


def _plain(name: str, lines: Callable[[tuple[Any, ...]], list[str]] = _text) -> MergeField:
    return MergeField(name, LABELS[name], (name,), lines)


FIELDS: Final[Sequence[MergeField]] = (
    *(_plain(name) for name in ("title", "first", "middle", "last", "suffix", "company")),
    MergeField("alias", LABELS["alias"], ("alias",), _text, lambda values: joined_aliases(values, ALIAS_MAX)),
    _plain("email"),
    *(_plain(name) for name in PHONE_FIELDS),
    _plain("main_address", _address),
    MergeField(
        "additional_addresses", LABELS["additional_addresses"], ("additional_addresses",), _addresses, united_addresses
    ),
    _plain("additional_methods", _methods),
    MergeField("external_reference", "External reference", ("external_reference",), _text),
)
