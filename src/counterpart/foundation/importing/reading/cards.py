"""Address books: vCard 2.1, 3.0 and 4.0, as phones, mail programs and directories write them (IMP-1).

The grammar of a line is the library's; unfolding, encodings and what a card means to us are ours, since real exports
keep to no one version. A card that can't be understood spoils no other.
"""

import binascii
import quopri
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from vobject.base import ParseError, parseLine

from counterpart.foundation.importing.reading.encodings import encoding_of
from counterpart.foundation.importing.reading.source import Reading, Source

MANY: Final = 6
"""Numbers and addresses of one sort that a card can bring; what is more stands among the further details."""
_PHONES: Final = ("business_phone", "mobile_phone", "home_phone", "other_phone", "fax", "sms_phone")
_PARTS: Final = ("line1", "line2", "city", "state", "postcode", "country")
_ADDRESSES: Final = ("physical", "mailing")
_TEXTS: Final = (
    "type", "title", "first", "middle", "last", "suffix", "company", "job_title", "alias", "website", "birthday",
    "note", "external_reference",
)  # fmt: skip


def _numbered(name: str) -> list[str]:
    return [name, *(f"{name} {place}" for place in range(2, MANY + 1))]


HEADER: Final = [
    *_TEXTS, *_numbered("email"), *(column for phone in _PHONES for column in _numbered(phone)),
    *(f"{where}_{part}" for where in _ADDRESSES for part in _PARTS), "further_details",
]  # fmt: skip
_PLACES: Final = {name: place for place, name in enumerate(HEADER)}

CARD_LINES_MAX: Final = 20_000
_SKIPPED: Final = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "PRODID", "REV", "SORT-STRING", "AGENT"})
_SINGLE: Final = frozenset({"N", "FN", "ORG", "NICKNAME", "TITLE", "URL", "BDAY", "NOTE"})
"""The first of each is taken."""
_TECHNICAL: Final = frozenset(
    {"VERSION", "UID", "KIND", "X-ABLABEL", "X-ABADR", "X-ABSHOWAS", "X-ADDRESSBOOKSERVER-KIND", "X-ABUID",
     "X-EVOLUTION-FILE-AS", "X-MOZILLA-HTML", "X-IMAGETYPE", "X-IMAGEHASH", "CALURI", "SOURCE", "NAME", "PROFILE"}
)  # fmt: skip
_EVERYBODY: Final = "mycontacts"
"""The category that Google gives to all."""
FURTHER_MAX: Final = 2_000
_BEGIN, _END = "BEGIN:VCARD", "END:VCARD"
_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)")
_ESCAPED = re.compile(r"\\(.)")
_SPLIT = re.compile(r"(?<!\\);")
_COMMA = re.compile(r"(?<!\\),")
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")
_NO_YEAR = re.compile(r"--|1604-?\d")
"""A birthday without a year, as the RFC and as Apple's address book write it."""
_LINES = re.compile(r"\r\n|\n|\r")


class Line(NamedTuple):
    """One property of a card: its name, group, the types it carries, and its value as text."""

    name: str
    group: str
    types: frozenset[str]
    value: str


def read_cards(path: Path, wanted: Reading) -> Source:
    """The cards of a file as rows with columns of our own."""
    encoding = wanted.encoding or encoding_of(path)

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for number, card in enumerate(_cards(path, encoding), 1):
            yield number, _row(card, encoding)

    return Source("vcard", list(HEADER), rows, encoding=encoding)


def _cards(path: Path, encoding: str) -> Iterator[list[str]]:
    """The lines between BEGIN and END of each card; a card inside another belongs to it and is left out."""
    depth = 0
    lines: list[str] = []
    # Each property may state an encoding of its own, so bytes that are no UTF-8 must come through unharmed.
    is_wide = encoding.startswith(("utf-16", "utf-32"))
    opened = path.open(encoding=encoding if is_wide else "utf-8-sig", newline="",
                       errors="replace" if is_wide else "surrogateescape")  # fmt: skip
    with opened as text:
        for physical in text:
            line = physical.rstrip("\r\n")
            mark = line.strip().upper()
            if mark == _BEGIN:
                depth += 1
                if depth == 1:
                    lines = []
            elif mark == _END and depth:
                depth -= 1
                if depth == 0:
                    yield lines
            elif depth == 1 and len(lines) < CARD_LINES_MAX:
                lines.append(line)


def _unfolded(lines: Sequence[str]) -> Iterator[str]:
    """Whole properties: folded lines are put together, and those that quoted-printable breaks with '='."""
    old = any(line.strip().upper() == "VERSION:2.1" for line in lines[:5])
    whole, quoted = "", False
    for line in lines:
        if quoted and whole.endswith("="):
            whole = whole[:-1] + line.lstrip("\t ") if line[:1] in " \t" else whole[:-1] + line
            continue
        if line[:1] in (" ", "\t") and whole:
            # Version 2.1 breaks at a space and keeps it; later ones put one in to break.
            whole += (" " + line.lstrip()) if old and not _is_encoded(whole) else line[1:]
            continue
        if whole:
            yield whole
        whole, quoted = line, "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
    if whole:
        yield whole


def _is_encoded(line: str) -> bool:
    head = line.partition(":")[0].upper()
    return "BASE64" in head or "ENCODING=B" in head


def _properties(lines: Sequence[str], fallback: str) -> Iterator[Line]:
    for text in _unfolded(lines):
        begins = _NAME.match(text)
        if begins is None or begins[1].upper() in _SKIPPED:
            continue
        try:
            name, params, value, group = parseLine(text)
        except (ParseError, ValueError, IndexError):
            continue
        yield _property(name, params, value, group or "", fallback)


def _property(name: str, params: list[list[str]], value: str, group: str, fallback: str) -> Line:
    types: set[str] = set()
    charset = encoding = ""
    for key, *values in params:
        upper = key.upper()
        if upper == "CHARSET":
            charset = values[0] if values else ""
        elif upper == "ENCODING":
            encoding = values[0].upper() if values else ""
        elif upper == "TYPE":
            types.update(word.strip().strip('"').upper() for one in values for word in one.split(","))
        elif upper == "PREF":
            types.add("PREF")
        elif not values:
            # Version 2.1 writes bare words: TEL;HOME;VOICE and NOTE;QUOTED-PRINTABLE
            encoding = upper if upper in ("QUOTED-PRINTABLE", "BASE64", "8BIT") else encoding
            types.add(upper)
    return Line(name.upper(), group.casefold(), frozenset(types), _decoded(value, encoding, charset, fallback))


def _decoded(value: str, encoding: str, charset: str, fallback: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    if encoding == "QUOTED-PRINTABLE":
        raw = quopri.decodestring(raw)
    elif encoding in ("BASE64", "B"):
        try:
            raw = binascii.a2b_base64(raw)
        except binascii.Error:
            return ""
    elif not charset and not any("\udc80" <= character <= "\udcff" for character in value):
        return value
    for candidate in filter(None, (charset, "utf-8", fallback)):
        try:
            return raw.decode(candidate)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp1252", "replace")


def _row(card: Sequence[str], fallback: str) -> list[str]:
    found = list(_properties(card, fallback))
    labels = {one.group: _APPLE_LABEL.sub(r"\1", one.value).upper() for one in found if one.name == "X-ABLABEL"}
    cells = [""] * len(HEADER)
    _names(found, cells)
    emails = sorted((one for one in found if one.name == "EMAIL"), key=lambda one: "PREF" not in one.types)
    _fill(cells, "email", [_plain(one.value) for one in emails])
    for one in sorted((one for one in found if one.name == "TEL"), key=lambda one: "PREF" not in one.types):
        _fill(cells, _phone(one, labels.get(one.group, "")), [_plain(one.value).removeprefix("tel:")])
    third = _addresses([one for one in found if one.name == "ADR"], cells)
    _further(found, third, cells)
    return cells


def _further(found: Sequence[Line], addresses: Sequence[Line], cells: list[str]) -> None:
    """What else a card says: there is no field for it, but whoever imports shall see that."""
    left, seen = [], set()
    for one in found:
        is_first = one.name not in seen
        seen.add(one.name)
        if one.name in _TECHNICAL or (one.name in _SINGLE and is_first):
            text = ", ".join(filter(None, _untaken(one, cells)))
        elif one.name == "ADR":
            text = ", ".join(filter(None, _parts(one))) if one in addresses else ""
        else:
            text = _plain(one.value).removeprefix("tel:")
            text = "" if one.name in ("EMAIL", "TEL", "ROLE") and text in cells else text
        if text and text.casefold() != _EVERYBODY:
            left.append(f"{one.name.removeprefix('X-').lower()}: {text}")
    cells[_PLACES["further_details"]] = "; ".join(left)[:FURTHER_MAX]


def _untaken(line: Line, cells: Sequence[str]) -> list[str]:
    """Of an organisation the departments, of a company's card the person, of a birthday the one without a year."""
    if line.name == "ORG":
        return _parts(line)[1:]
    if line.name == "BDAY" and not cells[_PLACES["birthday"]]:
        return [_plain(line.value)]
    return _parts(line) if line.name == "N" and cells[_PLACES["type"]] else []


def _names(found: list[Line], cells: list[str]) -> None:
    first = {one.name: one for one in reversed(found)}
    for place, value in enumerate(_parts(first.get("N"))[:5]):
        cells[_PLACES[("last", "first", "middle", "title", "suffix")[place]]] = value
    organisation = _parts(first.get("ORG"))
    shown = _plain(first["FN"].value) if "FN" in first else ""
    cells[_PLACES["company"]] = organisation[0] if organisation else ""
    for name, column in (
        ("NICKNAME", "alias"), ("ROLE", "job_title"), ("TITLE", "job_title"), ("URL", "website"), ("NOTE", "note"),
    ):  # fmt: skip
        if name in first:
            cells[_PLACES[column]] = _plain(first[name].value)
    if "BDAY" in first and not _NO_YEAR.match(born := _plain(first["BDAY"].value)):
        cells[_PLACES["birthday"]] = born
    kind = next((one.value.strip().casefold() for one in found if one.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND")), "")
    is_company = kind in ("org", "organization") or any(
        one.name == "X-ABSHOWAS" and one.value.strip().upper() == "COMPANY" for one in found
    )
    has_person = bool(cells[_PLACES["first"]] or cells[_PLACES["last"]])
    if is_company or (cells[_PLACES["company"]] and not has_person and shown in ("", cells[_PLACES["company"]])):
        if not is_company or not cells[_PLACES["company"]]:
            cells[_PLACES["company"]] = cells[_PLACES["company"]] or shown
        cells[_PLACES["type"]] = "company"
        for column in ("title", "first", "middle", "last", "suffix"):
            cells[_PLACES[column]] = ""
    elif not has_person and shown:
        before, _, last = shown.rpartition(" ")
        cells[_PLACES["first"]], cells[_PLACES["last"]] = before, last


def _phone(line: Line, label: str) -> str:
    types = line.types | ({label} if label else frozenset())
    if "FAX" in types or "WORKFAX" in types or "HOMEFAX" in types or any(one.endswith("FAX") for one in types):
        return "fax"
    if types & {"CELL", "MOBILE", "IPHONE"}:
        return "mobile_phone"
    if types & {"WORK", "MAIN", "COMPANY"}:
        return "business_phone"
    if "HOME" in types:
        return "home_phone"
    if types & {"TEXT", "TEXTPHONE"} and "VOICE" not in types:
        return "sms_phone"
    return "other_phone"


def _addresses(found: list[Line], cells: list[str]) -> list[Line]:
    """The first address at work is the physical one, else the first; the next other one is for mail. Returns those
    that are left.
    """
    rank = {"WORK": 0, "": 1, "HOME": 2}
    ordered = sorted(found, key=lambda one: next((rank[t] for t in ("WORK", "HOME") if t in one.types), 1))
    for where, line in zip(_ADDRESSES, ordered, strict=False):
        box, extended, street, city, region, code, country = (*_parts(line), *[""] * 7)[:7]
        lines = [text for chunk in (street, extended, box) for text in chunk.split("\n") if text.strip()]
        values = (lines[0] if lines else "", ", ".join(lines[1:]), city, region, code, country)
        for part, value in zip(_PARTS, values, strict=True):
            cells[_PLACES[f"{where}_{part}"]] = value.strip()
    return ordered[len(_ADDRESSES) :]


def _fill(cells: list[str], name: str, values: Sequence[str]) -> None:
    """Put values into the free columns of this sort, each once."""
    columns = [_PLACES[column] for column in _numbered(name)]
    for value in values:
        if value and value not in (cells[place] for place in columns):
            free = next((place for place in columns if not cells[place]), None)
            if free is not None:
                cells[free] = value


def _parts(line: Line | None) -> list[str]:
    """The parts of a structured value; a list within a part is joined."""
    if line is None:
        return []
    return [" ".join(filter(None, (_plain(one) for one in _COMMA.split(part)))) for part in _SPLIT.split(line.value)]


def _plain(value: str) -> str:
    r"""Without escapes: \n is a line break, \, a comma."""
    text = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return _LINES.sub("\n", text).strip()
