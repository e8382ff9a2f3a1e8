"""The columns of a file of contacts that both products read: name, meaning, example (IMP-10)."""

from typing import Final

Column = tuple[str, str, str]

NAMES: Final[tuple[Column, ...]] = (
    ("type", "person or company; told by the names if empty", "person"),
    ("title", "", "Ms"),
    ("first", "A person needs a first or a last name", "Nadia"),
    ("middle", "", ""),
    ("last", "", "Okonjo"),
    ("suffix", "", ""),
    ("company", "A company's name, or whom a person works for", ""),
    ("alias", "Another name to be found by", ""),
    ("email", "", "nadia@okonjo.example"),
)
PHONES: Final[tuple[Column, ...]] = tuple(
    (name, "As it is dialled", example)
    for name, example in (
        ("business_phone", "207-555-0114"), ("mobile_phone", ""), ("home_phone", ""), ("other_phone", ""), ("fax", ""),
    )
)  # fmt: skip
_LINES: Final[tuple[Column, ...]] = (
    ("line1", "Street", "18 Harbour Row"),
    ("line2", "", ""),
    ("city", "", "Portland"),
    ("state", "State or province", "ME"),
    ("postcode", "", "04101"),
    ("country", "Code of two letters", "US"),
)
ADDRESSES: Final[tuple[Column, ...]] = (
    *((f"physical_{name}", meaning, example) for name, meaning, example in _LINES),
    *((f"mailing_{name}", meaning, "") for name, meaning, _ in _LINES),
)
