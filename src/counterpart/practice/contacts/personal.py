"""What a contact says of itself besides its name and how it is reached: how it is typed, and what is wrong (4.1)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from counterpart.contracts.contact import problems
from counterpart.foundation.clock import now
from counterpart.foundation.errors import FieldError
from counterpart.foundation.text import normalise
from counterpart.practice.contacts.models import OCCUPATION_MAX, TAX_NUMBER_MAX, WEBSITE_MAX

PERSONAL: Final = ("occupation", "date_of_birth")
"""Only an individual has these."""
FURTHER: Final = ("website", *PERSONAL, "tax_number")
EMAILS_MAX: Final = 20
"""Further addresses; what ``contracts.contact.METHODS_MAX`` has room for besides numbers and counties."""
LIMITS: Final = {"website": WEBSITE_MAX, "occupation": OCCUPATION_MAX, "tax_number": TAX_NUMBER_MAX}
_BARE_SITE: Final = re.compile(r"[^\s/:@]+\.[^\s/:@]{2,}(:\d+)?([/?#]\S*)?")
_SITE: Final = re.compile(r"https?://[^\s/:@?#]+(:\d+)?([/?#]\S*)?", re.IGNORECASE)
_WEST_OF_ALL: Final = timedelta(hours=14)
"""Somewhere it is tomorrow already."""


def arranged(email: str, emails: Sequence[str]) -> tuple[str, list[str]]:
    """The primary address and the further ones: each once, and one of them primary if there is any (4.1)."""
    if not emails:
        return email, []
    each = {one.casefold(): one for one in reversed([email, *emails]) if one}
    ordered = [each.pop(key) for one in (email, *emails) if (key := one.casefold()) in each]
    return (ordered[0], ordered[1:]) if ordered else ("", [])


def tidy_emails(emails: Iterable[str] | None) -> list[str]:
    """Those that say something, in order."""
    return [text for one in emails or () if (text := normalise(one))]


def tidy_website(text: str) -> str:
    """A web address with its scheme, which people leave out."""
    bare = normalise(text)
    return f"https://{bare}" if _BARE_SITE.fullmatch(bare) else bare


def settle(columns: dict[str, Any]) -> list[FieldError]:
    """What is wrong with these fields, as they were typed; if nothing is, the addresses are put in order."""
    errors = _problems(columns)
    if columns["emails"] and not errors:
        columns["email"], columns["emails"] = arranged(columns["email"], columns["emails"])
    return errors


def _problems(columns: Mapping[str, Any]) -> list[FieldError]:
    found = _email_problems(columns["emails"]) if columns["emails"] else []
    for name, longest in LIMITS.items():
        if len(columns[name]) > longest:
            found.append(FieldError(name, f"This can have at most {longest} characters.", "too_long"))
    if (website := columns["website"]) and not _SITE.fullmatch(website):
        text = "Enter a web address that begins with http:// or https://, such as https://example.com."
        found.append(FieldError("website", text, "website.invalid"))
    if born := columns["date_of_birth"]:
        found += _birth_problems(born)
    return found


def _email_problems(emails: Sequence[str]) -> list[FieldError]:
    if len(emails) > EMAILS_MAX:
        text = f"A contact can have at most {EMAILS_MAX} further e-mail addresses."
        return [FieldError("emails", text, "too_many")]
    return [
        FieldError(f"emails.{place}", f"{email[:60]}: {problem.text}", problem.code)
        for place, email in enumerate(emails)
        for problem in problems({"email": email})
    ]


def _birth_problems(born: str) -> list[FieldError]:
    try:
        day = date.fromisoformat(born)
    except ValueError:
        day = None
    if day is None or day.isoformat() != born:
        return [FieldError("date_of_birth", "Enter a day such as 1980-05-21.", "date.invalid")]
    if day > (now() + _WEST_OF_ALL).date():
        return [FieldError("date_of_birth", "A date of birth can’t be in the future.", "date.future")]
    return []
