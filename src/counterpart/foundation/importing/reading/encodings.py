"""Which encoding a text is in when nothing says so."""

import codecs
import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Final

import charset_normalizer

ENCODINGS: Final = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)", "cp1251": "Windows-1251 (Cyrillic)", "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)", "cp1257": "Windows-1257 (Baltic)", "iso8859-15": "ISO 8859-15",
    "mac-roman": "Macintosh", "cp850": "DOS (Western Europe)", "shift_jis": "Shift JIS", "gb18030": "GB 18030",
    "big5": "Big5", "euc_kr": "EUC-KR",
}  # fmt: skip
"""Those a person can choose."""
SAMPLE_BYTES: Final = 262_144
FOREIGN_BYTES: Final = 65_536
NULS_TELL: Final = 0.3
"""So many of the bytes at every second place are NUL in UTF-16."""
ODD_MAX: Final = 0.25
"""More odd words than that, and a text is in some other encoding."""
FOREIGN_MAX: Final = 0.75
"""Words of a Latin alphabet have plain letters too."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_LIKELY: Final = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257")
"""The likeliest first: what most offices have wins unless another reading is less odd."""
_WORD: Final = re.compile(r"[^\s,;:.!?\"'()\[\]|/<>@&+*=#\t“”„‘’‚–—…€§°«»·©®™-]+")


def encoding_of(path: Path) -> str:
    """Which encoding a text is in: its mark, else UTF-8 if all of it is, else the likeliest one."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if wide := _wide(head):
        return wide
    return "utf-8" if _is_utf8(path) else _likeliest(_foreign_lines(path))


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every second byte of plain text is NUL."""
    half = max(len(head) // 2, 1)
    if head[1::2].count(0) / half > NULS_TELL:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) / half > NULS_TELL else ""


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(SAMPLE_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _foreign_lines(path: Path) -> bytes:
    """Lines with letters beyond ASCII, wherever they stand: only they tell anything."""
    found, size = [], 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                found.append(line)
                size += len(line)
                if size >= FOREIGN_BYTES:
                    break
    return b"".join(found)


def _likeliest(sample: bytes) -> str:
    """The usual encodings by how odd the words would look; for the others the library's judgement."""
    odd = {encoding: _oddness(sample, encoding) for encoding in _LIKELY}
    best = min(_LIKELY, key=lambda encoding: odd[encoding])
    if odd[best] <= ODD_MAX:
        return best
    found = charset_normalizer.from_bytes(sample).best()
    return found.encoding.replace("_", "-") if found is not None and found.encoding in codecs_known() else best


def codecs_known() -> set[str]:
    """The names of the encodings a person could choose as well."""
    return {name.replace("-", "_") for name in ENCODINGS}


def _oddness(sample: bytes, encoding: str) -> float:
    """The share of words with foreign letters that nobody would write so."""
    words = [word for word in _WORD.findall(sample.decode(encoding, "replace")) if not word.isascii()]
    return sum(map(_is_odd, words)) / len(words) if words else 0.0


def _is_odd(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    if len(letters) < len(word.strip("0123456789")) or not letters:
        return True  # a sign in the middle of a word
    scripts = {unicodedata.name(letter, "?").split(" ")[0] for letter in letters}
    if len(scripts) > 1:
        return True
    if scripts != {"LATIN"}:
        return len(letters) == 1 or any(letter.isupper() for letter in letters[1:]) != word.isupper()
    foreign = [letter for letter in letters if not letter.isascii()]
    swapped = any(later.isupper() and not later.isascii() and earlier.islower() for earlier, later in pairwise(letters))
    return swapped or (len(letters) > 1 and len(foreign) / len(letters) > FOREIGN_MAX)
