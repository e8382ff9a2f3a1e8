"""What contacts and matters are recognised by when two filled products meet (sync-protocol section 11, GOL-7).

Both products make the keys from the registers of the contract, so that the same person has the same keys in both.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from counterpart.contracts.contact import PHONE_REGISTERS, Values
from counterpart.protocol.matching import Keys
from counterpart.protocol.numbers import number_key

PHONE_DIGITS: Final = 9
"""The last digits of a number: what is before them is how the country is dialled."""
PHONE_DIGITS_MIN: Final = 7
US_POSTCODE: Final = 5
LEGAL_FORMS: Final = frozenset(
    {
        "inc", "incorporated", "llc", "ltd", "limited", "corp", "corporation", "co", "company", "plc", "lp", "llp",
        "pc", "pllc", "pa", "gmbh", "ag", "kg", "ohg", "ug", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "oy",
        "ab", "as",
    }
)  # fmt: skip
"""Left off at the end of a company's name: one product has them, the other has not."""
_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_JOINED: Final = re.compile(r"[.'’`´]")
_BETWEEN: Final = re.compile(r"[^\w]+|_")


def contact_keys(key: str, values: Values) -> Keys:
    """The keys of a contact, from its registers: a number held counts before one that is only asked for."""
    name = values.get("name") or {}
    display = str(name.get("display") or "")
    if display == "company":
        parts: tuple[str, ...] = (company_name(name.get("company")),)
        whole = parts[0]
    else:
        parts = tuple(plain(name.get(part)) for part in ("last", "first", "middle", "suffix"))
        last, first, _, suffix = parts
        whole = f"{last}|{first}|{suffix}" if last and first else ""
    return Keys(
        id=key,
        sort=display,
        number=number_key(_number(values)),
        email=str(values.get("email") or "").strip().casefold(),
        name=f"{display[:1]}:{whole}" if whole else "",
        parts=parts,
        phones=tuple(sorted({one for register in PHONE_REGISTERS if (one := phone_key(values.get(register)))})),
        postcode=postcode_key((values.get("address.main") or values.get("address.additional") or {}).get("postcode")),
    )


def matter_keys(key: str, values: Values, owners: Sequence[str]) -> Keys:
    """The keys of a matter or file; ``owners`` are its clients in order, the primary one first."""
    return Keys(
        id=key, number=number_key(_number(values)), name=plain(values.get("title")), owners=tuple(owners)
    )  # fmt: skip


def compatible(left: Keys, right: Keys) -> bool:
    """Whether two names can be one person's or one company's. Symmetric.

    A first name may be missing, an initial, or the first of several; a suffix that differs is another generation.
    """
    if left.sort != right.sort:
        return False
    if left.sort == "company":
        return bool(left.parts[0]) and left.parts[0].replace(" ", "") == right.parts[0].replace(" ", "")
    if not left.parts or not right.parts:
        return True  # a kind without names of people
    (last, first, middle, suffix), (last2, first2, middle2, suffix2) = left.parts, right.parts
    if last.replace(" ", "") != last2.replace(" ", ""):
        return False
    if not last and not (first and first2):
        return False
    return _fits(first, first2) and _fits(middle, middle2) and (not suffix or not suffix2 or suffix == suffix2)


def plain(text: Any) -> str:
    """A name in the form in which names are compared: no case, accents or punctuation."""
    # Decomposed twice: folding brings new compositions.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", str(text or "")).casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_LETTERS)
    return " ".join(_BETWEEN.sub(" ", _JOINED.sub("", bare)).split())


def company_name(text: Any) -> str:
    """A company's name without its legal form and a leading article."""
    words = plain(str(text or "").replace("&", " and ")).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words = words[:-1]
    return " ".join(words)


def phone_key(number: Any) -> str:
    """The end of a phone number; '' for what is too short to recognise anybody by."""
    found = "".join(sign for sign in unicodedata.normalize("NFKC", str(number or "")) if sign in "0123456789")
    return found[-PHONE_DIGITS:] if len(found) >= PHONE_DIGITS_MIN else ""


def postcode_key(postcode: Any) -> str:
    """A postcode without spaces and, in the United States, without the four digits after the dash."""
    text = plain(postcode).replace(" ", "")
    return text[:US_POSTCODE] if text.isdigit() and len(text) == US_POSTCODE + 4 else text


def _fits(one: str, other: str) -> bool:
    if not one or not other:
        return True
    mine, theirs = one.split(maxsplit=1)[0], other.split(maxsplit=1)[0]
    return mine == theirs or (min(len(mine), len(theirs)) == 1 and mine[0] == theirs[0])


def _number(values: Mapping[str, Any]) -> str:
    asked = values.get("requested_number")
    return str(values.get("number") or (asked or {}).get("number") or "")
