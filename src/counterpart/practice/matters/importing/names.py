"""Reading a party's name as courts write it: is it a person or a company, and what are the parts (IMP-9).

Pure functions. The rules go from the surest sign to the weakest; ``read_name`` lists them in order.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from counterpart.foundation.text import fold, normalise
from counterpart.practice.matters.importing.words import (
    AMBIGUOUS,
    CONNECTORS,
    LEGAL_FORMS,
    MARKS,
    ORGANISATIONS,
    PARTICLES,
    PLACES_BEFORE,
    RANKS_AFTER,
    SHORT_FORMS,
    SUFFIXES,
    TITLES,
)

PERSON_WORDS_MAX: Final = 5
CAPITALS_MIN: Final = 3

_ET_AL = re.compile(r"[\s,;]+et\.?\s+al(s|ia)?\b\.?.*$", re.IGNORECASE)
_OTHER_NAME = re.compile(
    r"[\s,;(]+(?:d/b/a|d\.b\.a\.|dba|doing business as|a/k/a|a\.k\.a\.|aka|also known as|f/k/a|f\.k\.a\.|fka"
    r"|formerly known as|formerly|n/k/a|nka|now known as|t/a|trading as)(?=[\s:,])[\s:,]*",
    re.IGNORECASE,
)
_CAPACITY = re.compile(
    r"[\s,;]+(?:(?:individually|personally|solely|both individually|on behalf of|by and through|by (?:his|her|its))\b"
    r"|in (?:his|her|their|its) (?:official|individual|personal|representative|capacity)|as (?:an? |the )?(?:successor|"
    r"trustee|executor|executrix|administrat(?:or|rix)|guardian|next friend|parent|mother|father|personal"
    r"|representative|assignee|subrogee|receiver|conservator)\b|and all others similarly\b).*$",
    re.IGNORECASE,
)
_STATED_COMPANY = re.compile(
    r",\s+(?:an?|the)\s+(?:[\w.]+\s+){0,4}(?:corporation|company|partnership|association|trust|municipality|agency|"
    r"entity|bank|insurer|body)\b.*$",
    re.IGNORECASE,
)
_STATED_PERSON = re.compile(
    r",\s+an?\s+(?:individual|minor|married (?:wo)?man|single (?:wo)?man|person|resident)\b.*$", re.IGNORECASE
)
_SOMEBODY = re.compile(
    r"(?:(?:john|jane|richard|mary|baby|unknown|unnamed)\s+)*(?:does?|roes?|moes?)"
    r"(?:\s+\d.*|\s+[ivx]+\b.*|,? inclusive.*)?"
    r"|(?:does?|roes?)\s+(?:\d|companies|corporations|defendants|entities|individuals|persons|one|\().*"
    r"|(?:unknown|unnamed|unidentified|putative|proposed)\b.*"
    r"|intervenor|interested part(?:y|ies)|defendants?|plaintiffs?|others?|all (?:plaintiffs|defendants)|notice only"
)
_WORD = re.compile(r"[^\s,;]+")
_PUNCTUATION = re.compile(r"[.,;:\"()]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts; ``kind`` as for a contact.

    ``is_placeholder``: stands for somebody nobody has named yet, so the same words in two matters are two parties.
    """

    kind: str
    title: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""
    suffix: str = ""
    company: str = ""
    alias: str = ""
    is_placeholder: bool = False

    @property
    def key(self) -> str:
        """The form in which names are compared: case, accents, full stops, commas and a leading 'The' do not matter."""
        if self.kind == "company":
            return name_key(self.company)
        return name_key(f"{self.last} {self.first} {self.middle}")

    @property
    def whole(self) -> str:
        """The name as it is said, however it is divided and whatever kind it was taken for; without a suffix."""
        return name_key(self.company if self.kind == "company" else f"{self.first} {self.middle} {self.last}")


def name_key(text: str) -> str:
    """Fold a name for comparing."""
    return " ".join(_PUNCTUATION.sub("", fold(text)).split()).removeprefix("the ")


def read_name(text: str, *, expects_person: bool = False, companies: Collection[str] = ()) -> Name:
    """Read one name. ``expects_person``: the column holds people (attorneys), so only a sure sign makes a company.

    ``companies``: keys of names in the same matter that are companies beyond doubt; 'Best Motors' beside 'Best Motors
    Inc' is one too. Raises ValueError when nothing of a name is left.
    """
    bare, alias, stated = _stripped(text)
    words = _WORD.findall(bare)
    if not words:
        raise ValueError("no name")
    plain = [_bare(word) for word in words]
    folded = " ".join(plain)
    if _SOMEBODY.fullmatch(folded):
        return _somebody(bare, plain, alias)
    kind = stated or (_kind_surely(words, plain) or _kind_likely(words, plain, expects_person=expects_person))
    if kind == "individual" and not expects_person and _is_sibling(folded, companies):
        kind = "company"
    if kind == "company":
        return Name("company", company=bare, alias=alias)
    return _person(bare, alias)


def is_surely_company(text: str) -> bool:
    """Whether the name carries a legal form or an organisation's word."""
    try:
        bare, _, stated = _stripped(text)
    except ValueError:
        return False
    words = _WORD.findall(bare)
    return bool(words) and "company" in (stated, _kind_surely(words, [_bare(word) for word in words]))


def _stripped(text: str) -> tuple[str, str, str]:
    """The name itself, its other name or what was cut off it, and the kind if the text states one."""
    whole = normalise(text).strip(" ,;")
    bare, stated = _ET_AL.sub("", whole), ""
    for pattern, kind in ((_STATED_COMPANY, "company"), (_STATED_PERSON, "individual")):
        if pattern.search(bare):
            bare, stated = pattern.sub("", bare), kind
    named, *others = _OTHER_NAME.split(bare, maxsplit=1)
    own = _CAPACITY.sub("", named).strip(" ,;(")
    alias = others[0].strip(" ,;)") if others else (whole if own != named.strip(" ,;(") else "")
    return own or whole, alias, stated


def _kind_surely(words: list[str], plain: list[str]) -> str:
    """The kind, where a sign leaves no doubt."""
    if LEGAL_FORMS.intersection(plain) or _ends_in_short_form(words, plain):
        return "company"
    if f"{' '.join(plain)} ".startswith(PLACES_BEFORE):
        return "company"
    sure = ORGANISATIONS.intersection(plain) - AMBIGUOUS
    doubtful = AMBIGUOUS.intersection(plain)
    if sure or (doubtful and len(plain) > 2 and not any(len(word) == 1 for word in plain)):  # noqa: PLR2004 - a first and a last name are two
        return "company"
    return ""


def _kind_likely(words: list[str], plain: list[str], *, expects_person: bool) -> str:
    """The kind by how the name looks."""
    if expects_person or plain[0] in TITLES or (len(plain) > 1 and plain[-1] in SUFFIXES):
        return "individual"
    if CONNECTORS.intersection(plain) or any(character in "&/@+0123456789" for word in words for character in word):
        return "company"
    core = [word for word in plain if word not in SUFFIXES and word not in MARKS]
    if len(core) == 1 or len(core) > PERSON_WORDS_MAX or _has_acronym(words):
        return "company"
    return "individual"


def _ends_in_short_form(words: list[str], plain: list[str]) -> bool:
    return (
        len(words) > 1 and plain[-1] in SHORT_FORMS and ("." in words[-1] or words[-1].isupper() or plain[-1] == "co")
    )


def _has_acronym(words: list[str]) -> bool:
    """'AAA Harbor': capitals among words that are not, which no person's name has."""
    if all(word.isupper() for word in words):
        return False
    return any(
        len(word) >= CAPITALS_MIN and word.isalpha() and word.isupper() and _bare(word) not in (SUFFIXES | MARKS)
        for word in words
    )


def _is_sibling(folded: str, companies: Collection[str]) -> bool:
    return any(each != folded and each.startswith(f"{folded} ") for each in companies)


def _somebody(bare: str, plain: list[str], alias: str) -> Name:
    if len(plain) == 2 and plain[1] in ("doe", "roe", "moe"):  # noqa: PLR2004 - one person without a name
        first, last = bare.split()
        return Name("individual", first=first, last=last, alias=alias, is_placeholder=True)
    return Name("company", company=bare, alias=alias, is_placeholder=True)


def _person(bare: str, alias: str) -> Name:
    """A person's name in its parts, also when it is written 'Last, First Middle'."""
    before, _, after = bare.partition(",")
    behind = [word for word in _WORD.findall(after) if _bare(word) not in MARKS]
    if behind and not all(_bare(word) in SUFFIXES for word in behind):
        before, behind = f"{' '.join(behind)} {before}", []
    words = [word for word in before.split() if _bare(word) not in MARKS]
    titles = _titles(words)
    words = words[len(titles) :]
    suffixes = behind
    while len(words) > 1 and _bare(words[-1]) in SUFFIXES:
        suffixes = [words.pop(), *suffixes]
    start = _start_of_last(words)
    given, last = words[:start], " ".join(words[start:])
    return Name(
        "individual",
        title=" ".join(titles),
        first=given[0] if given else "",
        middle=" ".join(given[1:]),
        last=last,
        suffix=", ".join(suffixes),
        alias=alias,
    )


def _titles(words: list[str]) -> list[str]:
    found: list[str] = []
    for word in words[:-1]:
        plain = _bare(word)
        if plain in TITLES or (found and plain in RANKS_AFTER) or (plain == "the" and not found):
            found.append(word)
        else:
            break
    return found


def _start_of_last(words: list[str]) -> int:
    """Where the surname begins: its last word, with the particles before it."""
    start = max(len(words) - 1, 0)
    while start > 1 and _bare(words[start - 1]) in PARTICLES:
        start -= 1
    return start


def _bare(word: str) -> str:
    return fold(word).replace(".", "").strip("\"'()")
