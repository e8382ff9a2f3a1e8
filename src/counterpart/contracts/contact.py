"""The contact as both products exchange it (integration 1.6, sync-protocol section 2).

``Values`` is a dict from register name to value; an empty value is None. The shapes:

- ``name``: {"display": "individual"|"company", and, where not empty, "title", "first", "middle", "last", "suffix",
  "company"}: one unit, never half of each.
- ``alias``, ``email``, ``phone.work``, ``phone.mobile``, ``phone.home``, ``phone.other``, ``fax``: text.
- ``address.main``, ``address.additional``: the non-empty ones of "line1", "line2", "city", "state", "postcode",
  "country" (ISO 3166-1 alpha-2).
- ``methods``: further ways to reach the contact, [{"label": text, "value": text}], written by Practice Management alone
  and only where its firm has switched it on (IMP-7).
- ``number``: text. ``requested_number``: {"number": text, "keep_sequence": bool}.
- ``scheme``: "client", "vendor" or "other".
- ``presence_pm``, ``presence_la``: "active", "archived" (closed) or "deleted"; kept by the engine.
- ``merged_into``, ``merge_request``: a duplicate and the contact it is merged into, see ``protocol.absorbing``.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from counterpart.protocol.absorbing import merge_problem
from counterpart.protocol.numbers import number_problem
from counterpart.protocol.registers import Register
from counterpart.protocol.stamps import Site

Values = dict[str, Any]

KIND = "contact"
SCHEMES = ("client", "vendor", "other")
NAME_PARTS = ("title", "first", "middle", "last", "suffix", "company")
ADDRESS_PARTS = ("line1", "line2", "city", "state", "postcode", "country")
PHONE_REGISTERS = ("phone.work", "phone.mobile", "phone.home", "phone.other", "fax")
ADDRESS_REGISTERS = ("address.main", "address.additional")
METHODS_MAX = 60
REQUIRABLE = ("email", "address.main.line1", "address.main.city", "address.main.state")
"""What Legal Accounting's firm may ask for on a new contact, by register and part (IMP-8)."""

LIMITS = {
    "title": 30, "first": 100, "middle": 100, "last": 100, "suffix": 30, "company": 200, "alias": 200, "email": 254,
    "phone": 50, "line1": 200, "line2": 200, "city": 100, "state": 100, "postcode": 20, "country": 2,
    "method_label": 60, "method_value": 254,
}  # fmt: skip
"""Longest accepted text, in characters, the same in both products: nothing is ever shortened."""

_BOTH = frozenset({Site.PM, Site.LA})
_PM = frozenset({Site.PM})
_LA = frozenset({Site.LA})

REGISTERS: dict[str, Register] = {
    rule.name: rule
    for rule in (
        Register("name", _BOTH, parts=NAME_PARTS),
        Register("alias", _BOTH),
        Register("email", _BOTH),
        *(Register(name, _BOTH) for name in PHONE_REGISTERS),
        *(Register(name, _BOTH, create_only=True, parts=ADDRESS_PARTS) for name in ADDRESS_REGISTERS),
        Register("methods", _PM),
        Register("number", _LA),
        Register("requested_number", _PM, kept=True),
        Register("scheme", _BOTH),
        Register("presence_pm", _PM, kept=True),
        Register("presence_la", _LA, kept=True),
        Register("merged_into", _LA, kept=True),
        Register("merge_request", _PM, kept=True),
    )
}
"""Who may write each register. The digest of this table must be equal on both sites (section 17)."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Control characters that are no white space, and halves of characters, which UTF-8 can't store."""


class Problem(NamedTuple):
    """Why a value can't be stored: the register, the part within it (or ''), a stable code and a sentence."""

    register: str
    part: str
    code: str
    text: str


def tidy(text: str | None) -> str | None:
    """The normal form of a text: NFC, trimmed, single spaces, no control characters, empty is None (4.1)."""
    if not text:
        return None
    if not (text.isascii() and "  " not in text and text.isprintable()):
        # In this order: what is taken out may have kept an accent from its letter, or two spaces apart.
        text = _SPACES.sub(" ", unicodedata.normalize("NFC", _CONTROL.sub("", text)))
    return text.strip() or None


def name_value(display: str, parts: Mapping[str, str | None]) -> dict[str, str]:
    """Build the ``name`` register from its parts; empty ones are left out."""
    value = {"display": display}
    for part in NAME_PARTS:
        if text := tidy(parts.get(part)):
            value[part] = text
    return value


def address_value(parts: Mapping[str, str | None] | None) -> dict[str, str] | None:
    """Build an address register; None when every part is empty. Parts the contract does not carry are dropped."""
    if not parts:
        return None
    value = {part: text for part in ADDRESS_PARTS if (text := tidy(parts.get(part)))}
    return value or None


def request_value(number: str | None, *, keep_sequence: bool = False) -> dict[str, Any] | None:
    """Build the ``requested_number`` register; None asks Legal Accounting to number the contact itself."""
    return {"number": number, "keep_sequence": keep_sequence} if number else None


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with the values, in plain words; both products' forms and the receiver use this.

    An individual needs a first or last name, a company its company name (4.1, LA-CON-1).
    """
    found: list[Problem] = []
    for register, value in values.items():
        if value is not None or register == "name":
            found.extend(_CHECKS.get(register, _check_text)(register, value))
    return found


def _check_name(register: str, value: Any) -> list[Problem]:
    if not isinstance(value, dict) or value.get("display") not in ("individual", "company"):
        return [Problem(register, "display", "name.display", "Choose individual or company.")]
    found = [p for part in NAME_PARTS for p in _too_long(register, part, value.get(part))]
    if value["display"] == "company" and not value.get("company"):
        found.append(Problem(register, "company", "contact.name_required", "Enter the company name."))
    if value["display"] == "individual" and not (value.get("first") or value.get("last")):
        found.append(Problem(register, "last", "contact.name_required", "Enter a first or a last name."))
    return found


def _check_email(register: str, value: Any) -> Sequence[Problem]:
    if found := _too_long(register, "email", value):
        return found
    if not _EMAIL.fullmatch(value):
        return [Problem(register, "", "email.invalid", "Enter an e-mail address such as name@example.com.")]
    return []


def _check_address(register: str, value: Any) -> list[Problem]:
    if not isinstance(value, dict):
        return [Problem(register, "", "not_representable", "An address must have named parts.")]
    found = [p for part, text in value.items() for p in _too_long(register, part, text)]
    country = value.get("country")
    if country and not re.fullmatch("[A-Z]{2}", country):
        sentence = "Choose a country, or its two-letter code such as US."
        found.append(Problem(register, "country", "country.invalid", sentence))
    return found


def _check_methods(register: str, value: Any) -> list[Problem]:
    if not isinstance(value, list) or not all(_is_method(one) for one in value):
        return [Problem(register, "", "not_representable", "Further methods are a list of labels and values.")]
    if len(value) > METHODS_MAX:
        return [Problem(register, "", "too_many", f"A contact can have at most {METHODS_MAX} further methods.")]
    return [
        problem
        for one in value
        for part, text in one.items()
        for problem in _too_long(register, f"method_{part}", text)
    ]


def _is_method(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"label", "value"} and all(value.values())


def _check_request(register: str, value: Any) -> list[Problem]:
    number = value.get("number") if isinstance(value, dict) else None
    sentence = number_problem(number) if isinstance(number, str) else "A requested number must be text."
    return [Problem(register, "number", "reference.invalid_characters", sentence)] if sentence else []


def _check_number(register: str, value: Any) -> list[Problem]:
    sentence = number_problem(value, noun="number") if isinstance(value, str) else "A number must be text."
    return [Problem(register, "", "number.invalid", sentence)] if sentence else []


def _check_scheme(register: str, value: Any) -> list[Problem]:
    if value in SCHEMES:
        return []
    return [Problem(register, "", "scheme.invalid", "Choose client, vendor or other.")]


def _check_presence(register: str, value: Any) -> list[Problem]:
    if value in ("active", "archived", "deleted"):
        return []
    return [Problem(register, "", "presence.invalid", "A presence is active, archived or deleted.")]


def _check_merge(register: str, value: Any) -> list[Problem]:
    sentence = merge_problem(register, value)
    return [Problem(register, "", "not_representable", sentence)] if sentence else []


def _check_text(register: str, value: Any) -> Sequence[Problem]:
    return _too_long(register, "phone" if register in PHONE_REGISTERS else register, value, shown="")


_NOTHING: Sequence[Problem] = ()


def _too_long(register: str, part: str, value: Any, shown: str | None = None) -> Sequence[Problem]:
    if value is None:
        return _NOTHING
    longest = LIMITS.get(part, 0)
    if value.__class__ is str and len(value) <= longest and value == tidy(value):
        return _NOTHING  # nearly all of them, nearly always
    where = part if shown is None else shown
    if not isinstance(value, str):
        return [Problem(register, where, "not_representable", "This must be text.")]
    if len(value) > longest:
        text = f"This can have at most {longest} characters; it has {len(value)}."
        return [Problem(register, where, "too_long", text)]
    return [Problem(register, where, "not_normal", "This has control characters or stray white space.")]


_CHECKS = {
    "name": _check_name, "email": _check_email, "address.main": _check_address, "address.additional": _check_address,
    "methods": _check_methods, "requested_number": _check_request, "number": _check_number, "scheme": _check_scheme,
    "presence_pm": _check_presence, "presence_la": _check_presence, "merged_into": _check_merge,
    "merge_request": _check_merge,
}  # fmt: skip
