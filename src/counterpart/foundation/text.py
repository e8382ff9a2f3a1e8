"""How people's text is cleaned on the way in and folded for searching."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_LINE_SPACES = re.compile(r"[^\S\n]+")
_NOT_DIGIT = re.compile(r"\D+")


def normalise(value: str) -> str:
    """Return one clean line: NFC, no control characters, trimmed, inner spaces collapsed.

    PostgreSQL refuses NUL in text and two products can only agree on a value that has one
    spelling, so everything typed passes here before it is stored or compared.
    """
    if _is_plain(value):
        return value.strip()
    return _SPACES.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", value))).strip()


def normalise_lines(value: str) -> str:
    r"""Like `normalise`, but keeps line breaks (as ``\\n``)."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _CONTROL.sub("", unicodedata.normalize("NFC", value))
    return "\n".join(_LINE_SPACES.sub(" ", line).strip() for line in cleaned.split("\n")).strip()


def fold(value: str) -> str:
    """Return the form used for searching: case folded, accents removed, spaces collapsed."""
    if _is_plain(value):
        return value.lower().strip()
    if value.isascii():
        return _SPACES.sub(" ", value.lower()).strip()
    # Decomposing brings capitals to light (of letters like 𝐒) and folding brings new compositions: so twice.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", value).casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _SPACES.sub(" ", bare).strip()


def _is_plain(value: str) -> bool:
    """Nearly everything is: visible ASCII with single spaces."""
    return value.isascii() and "  " not in value and value.isprintable()


def digits(value: str) -> str:
    """Return only the ASCII digits of a phone number, so that its layout does not matter (SRC-3)."""
    return _NOT_DIGIT.sub("", unicodedata.normalize("NFKC", value))
