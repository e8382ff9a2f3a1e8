"""What a list is asked for: read from an address, written as an address, and turned into rows (LST-4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.ids import parse_id
from counterpart.foundation.lists import views_kept
from counterpart.foundation.lists.filters import BETWEEN, Asked, Choice, Scope, Text
from counterpart.foundation.lists.spec import PAGE_SIZE, PAGE_SIZES, Column, ListSpec
from counterpart.foundation.search.finding import best_page, matching, narrowed, ranked

TEXT_MAX: Final = 200
SORTS_MAX: Final = 2
PAGE_MAX: Final = 1_000_000
EVERY: Final = "all"
"""As the value of a filter: none, also where the list begins with one."""
DELETED: Final = ("status", "deleted")
COMPACT: Final = "compact"

Sort = tuple[str, bool]
"""A column's key and whether it is turned around."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it is asked for by somebody."""

    spec: ListSpec
    scope: Scope
    q: str = ""
    filters: Mapping[str, Asked] = field(default_factory=dict)
    sort: tuple[Sort, ...] = ()
    """Empty: the usual order, or with ``q`` the best first."""
    column_keys: tuple[str, ...] = ()
    size: int = PAGE_SIZE
    page: int = 1
    density: str = ""
    view: str = ""
    problems: tuple[FieldError, ...] = ()

    @property
    def columns(self) -> list[Column]:
        """The columns shown, in order."""
        found = [column for key in self.column_keys if (column := self.spec.column(key))]
        return found or default_columns(self.spec)

    @property
    def shows_deleted(self) -> bool:
        """Whether it is the list of what was deleted."""
        asked = self.filters.get(DELETED[0])
        return self.spec.deleted is not None and asked == Asked("any", (DELETED[1],))

    @property
    def order(self) -> tuple[Sort, ...]:
        """What it is sorted by; empty if the best comes first."""
        return self.sort or (() if self.q else parse_sort(self.spec, self.spec.sort))

    def lines(self, records: Sequence[Any]) -> Sequence[Any]:
        """Records as lines, with a constant number of statements."""
        return self.spec.lines(records, self.scope)

    def found(self) -> QuerySet[Any]:
        """What this person may see and the filters and words leave, in no order."""
        rows = self._base()
        return matching(rows, self.q) if self.q else rows

    def queryset(self) -> QuerySet[Any]:
        """The same in the list's order."""
        if self.q and not self.sort:
            return ranked(self._base(), self.q)
        return self.ordered(self.found())

    def best_page(self, count: int, most: int) -> tuple[list[UUID], int] | None:
        """So many of the page, the best first, and how many there are in all. None if they are sorted in another way,
        or more than ``most``.
        """
        start = (self.page - 1) * self.size
        return best_page(self._base(), self.q, start, count, most) if self.q and not self.sort else None

    def narrowed(self, most: int) -> QuerySet[Any] | None:
        """``found``, where the search index leaves at most so many records to look at; else None."""
        texts = [
            asked.values[0]
            for key, asked in self.filters.items()
            if isinstance(one := self.spec.filter(key), Text) and one.in_words and asked.values
        ]
        return narrowed(self._base(), self.q, texts, most) if self.q or texts else None

    def ordered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows in the order of the columns; never by how well they match."""
        order = self.order_by()
        used = {name.lstrip("-") for name in order}
        if wanted := {name: made for name, made in self.spec.annotations.items() if name in used}:
            rows = rows.annotate(**wanted)
        return rows.order_by(*order)

    def order_by(self) -> tuple[str, ...]:
        """The columns of the database it is sorted by; the last is unique."""
        names: dict[str, bool] = {}
        turned = False
        for key, turned in self.order:
            column = self.spec.column(key)
            for name in column.sort if column else ():
                names.setdefault(name.lstrip("-"), turned != name.startswith("-"))
        names.setdefault("pk", turned)
        return tuple(f"-{name}" if back else name for name, back in names.items())

    def query(self, **changes: Any) -> str:
        """The canonical query of the address, with these changes; what is as usual is left out."""
        return urlencode(replace(self, **changes)._pairs() if changes else self._pairs(), safe=":,.")  # noqa: SLF001

    def kept_query(self) -> str:
        """What is remembered, and what a view keeps: not the words searched for, nor the page."""
        return self.query(q="", page=1, view="")

    def without(self, key: str) -> "Listing":
        """The same without one filter."""
        return replace(self, filters={name: asked for name, asked in self.filters.items() if name != key}, page=1)

    def words(self) -> str:
        """What is shown, in a sentence; for the audit log and for those who listen."""
        parts = [f"“{self.q}”"] if self.q else []
        parts += [self.filter_words(key) for key in self.filters]
        said = f"{self.spec.title}: {'; '.join(parts)}" if parts else f"All {self.spec.nouns}"
        return f"{said}, {self.order_words()}"

    def filter_words(self, key: str) -> str:
        """One filter in words."""
        found = self.spec.filter(key)
        assert found is not None, key
        return f"{found.label} {found.words(self.filters[key], self.scope)}"

    def order_words(self) -> str:
        """How it is sorted, in words."""
        if not self.order:
            return "best match first"
        named = [(self.spec.column(key), turned) for key, turned in self.order]
        return "sorted by " + ", then by ".join(f"{one.label}, {one.orders[turned]}" for one, turned in named if one)

    def _base(self) -> QuerySet[Any]:
        deleted = self.spec.deleted
        in_bin = self.shows_deleted and deleted is not None
        rows = deleted(self.scope) if in_bin and deleted else self.spec.rows(self.scope)
        for key, asked in self.filters.items():
            found = self.spec.filter(key)
            if found is not None and not (in_bin and key == DELETED[0]):
                rows = found.narrow(rows, asked, self.scope)
        return rows

    def _pairs(self) -> list[tuple[str, str]]:
        usual = {} if self.q else begins(self.spec, self.scope)
        pairs = [("view", self.view), ("q", self.q)]
        for one in self.spec.filters:
            asked = self.filters.get(one.key)
            if asked != usual.get(one.key):
                pairs.append((one.key, asked.text(one.usual) if asked else EVERY))
        if self.sort and (self.q or self.sort != parse_sort(self.spec, self.spec.sort)):
            pairs.append(("sort", sort_text(self.sort)))
        if self.column_keys and self.columns != default_columns(self.spec):
            pairs.append(("columns", ",".join(self.column_keys)))
        pairs.append(("density", self.density))
        pairs += [("size", str(self.size))] * (self.size != PAGE_SIZE) + [("page", str(self.page))] * (self.page != 1)
        return [(name, value) for name, value in pairs if value]


def read(spec: ListSpec, params: QueryDict | str, actor: Actor, *, today: date | None = None) -> Listing:
    """What an address (or a stored query) asks for. What is not known is left out and noted as a problem.

    A view alone stands for what it keeps.
    """
    given = QueryDict(params) if isinstance(params, str) else params
    scope = Scope(actor, today or clock.now().date())
    view = given.get("view", "")
    if view and not set(given) - {"view", "page", "q"} and (kept := views_kept.query_of(spec, view, actor)) is not None:
        shown = read(spec, kept, actor, today=scope.today)
        return replace(shown, view=view, q=_text(given), page=_page(given))
    q = _text(given)
    asked, problems = _filters(spec, given, scope)
    if not q:
        asked = {**begins(spec, scope), **asked}
    known = views_kept.query_of(spec, view, actor) is not None if view else False
    return Listing(
        spec=spec,
        scope=scope,
        q=q,
        filters={one.key: found for one in spec.filters if (found := asked.get(one.key)) is not None},
        sort=parse_sort(spec, given.get("sort", "")),
        column_keys=_columns(spec, given.get("columns", "")),
        size=next((size for size in PAGE_SIZES if str(size) == given.get("size")), PAGE_SIZE),
        page=_page(given),
        density=COMPACT if given.get("density") == COMPACT else "",
        view=view if known else "",
        problems=tuple(problems),
    )


def begins(spec: ListSpec, scope: Scope) -> dict[str, Asked | None]:
    """The filters a list has before anybody chose some."""
    found = {key: spec.filter(key) for key in spec.begins}
    return {key: one.read(spec.begins[key], scope) for key, one in found.items() if one is not None}


def default_columns(spec: ListSpec) -> list[Column]:
    """The columns a list has before anybody chose some."""
    return [column for column in spec.columns if column.shown]


def parse_sort(spec: ListSpec, text: str) -> tuple[Sort, ...]:
    """The sort in a text: ``name,-updated``."""
    found: dict[str, bool] = {}
    for part in text.split(","):
        key = part.strip().lstrip("-")
        column = spec.column(key)
        if column is not None and column.sort:
            found.setdefault(key, part.strip().startswith("-"))
    return tuple(found.items())[:SORTS_MAX]


def sort_text(sort: Iterable[Sort]) -> str:
    """The same as text."""
    return ",".join(f"-{key}" if turned else key for key, turned in sort)


def _filters(spec: ListSpec, given: QueryDict, scope: Scope) -> tuple[dict[str, Asked | None], list[FieldError]]:
    asked: dict[str, Asked | None] = {}
    problems: list[FieldError] = []
    for one in spec.filters_for(scope.actor):
        text = _written(one, given)
        if text == EVERY:
            asked[one.key] = None
        elif text:
            try:
                asked[one.key] = one.read(text, scope)
            except Refused as refusal:
                problems += refusal.errors
    return asked, problems


def _written(one: Any, given: QueryDict) -> str:
    """A filter as an address writes it, also when the parts of a form stand there."""
    values = [value.strip() for value in given.getlist(one.key) if value.strip()]
    text = ",".join(values) if isinstance(one, Choice) else (values[-1] if values else "")
    how = given.get(f"{one.key}.how", "")
    if how not in one.hows:
        return text
    if how in one.valueless:
        return f"{how}:"
    if how in BETWEEN:
        return f"{how}:{text}..{given.get(f'{one.key}.to', '').strip()}"
    if text:
        return f"{how}:{text}"
    # In the panel nothing is ticked: none is left out, also where the list begins with some.
    return EVERY if isinstance(one, Choice) else ""


def _columns(spec: ListSpec, text: str) -> tuple[str, ...]:
    keys = dict.fromkeys(key for key in text.split(",") if spec.column(key))
    if not keys:
        return ()
    fixed = [column.key for column in spec.columns if column.fixed]
    return tuple(dict.fromkeys([*fixed, *keys]))


def _text(given: QueryDict) -> str:
    return given.get("q", "").strip()[:TEXT_MAX]


def _page(given: QueryDict) -> int:
    text = given.get("page", "")
    return min(max(int(text), 1), PAGE_MAX) if text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004


def ids_in(texts: Iterable[str]) -> list[UUID]:
    """The identities among texts of a form."""
    return list(dict.fromkeys(found for text in texts if (found := parse_id(text)) is not None))
