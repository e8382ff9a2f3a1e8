"""A list as its templates show it: lines, headings, chips, filters, views, pager."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from django.db import connections, transaction
from django.db.models import Count, QuerySet, Window
from django.urls import reverse
from django.utils.safestring import SafeString

from counterpart.foundation.actor import Actor
from counterpart.foundation.lists import views_kept
from counterpart.foundation.lists.asking import (
    COMPACT,
    SORTS_MAX,
    Listing,
    Sort,
    begins,
    read,
)
from counterpart.foundation.lists.cells import cells_of
from counterpart.foundation.lists.filters import Choice, Filter
from counterpart.foundation.lists.models import SavedView
from counterpart.foundation.lists.spec import PAGE_SIZES, BulkAct, Column, address

TOTAL_MAX: Final = 10_000
FEW: Final = 500
FIRST_PAGE: Final = "page=1"
"""An address that asks for nothing in particular, where the bare one would bring back what is remembered."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column: where a press leads, where one with Shift does, and how it is sorted now (LST-3)."""

    key: str
    label: str
    css: str
    query: str = ""
    then_query: str = ""
    state: str = ""
    place: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Box:
    """A filter as a form offers it."""

    key: str
    label: str
    kind: str
    hows: Sequence[tuple[str, str, bool]]
    value: str
    to: str
    choices: Sequence[tuple[str, str, bool]]
    nothing: str = ""
    """What it means to choose nothing, beside the search box."""
    special: str = ""
    """What is asked for, if none of the choices says it."""
    may_be_any: bool = False
    """Whether *any* has to be chosen, because choosing nothing means something else."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A view to choose."""

    key: str
    name: str
    query: str
    is_current: bool
    note: str = ""
    is_own: bool = False


class Shown:
    """Everything a page of a list needs; asked for by the templates, so a fragment costs no more than it shows."""

    def __init__(self, listing: Listing) -> None:
        self.listing, self.spec = listing, listing.spec
        self.actor: Actor = listing.scope.actor
        self.url = reverse(self.spec.url_name)
        self._known: int | None = None
        self.has_next = False
        self._load()

    def _load(self) -> None:
        """The rows of the page: first only their keys in order, which an index alone can answer."""
        found = self._best()
        if found is None:
            found = self._narrowed()
        if found is None:
            found = self._sorted()
        ids, self.has_next = found[: self.listing.size], len(found) > self.listing.size
        manager = self.spec.rows(self.listing.scope).model._base_manager  # noqa: SLF001 - no filters of its own
        by_id = manager.select_related(*self.spec.related).in_bulk(ids)
        self.lines = self.listing.lines([by_id[one] for one in ids if one in by_id])

    def _best(self) -> list[Any] | None:
        """The keys of the page, and one more if there is another page, where the best come first; else None."""
        found = self.listing.best_page(self.listing.size + 1, TOTAL_MAX)
        if found is None:
            return None
        keys, self._known = found
        return keys

    def _narrowed(self) -> list[Any] | None:
        """The same in the order of the columns, where few records are worth a look; else None. They are counted and
        sorted in one pass, since the order may well meet them last of all.
        """
        rows = self.listing.narrowed(TOTAL_MAX) if self.listing.order else None
        if rows is None:
            return None
        found = self._slice(self.listing.ordered(rows.annotate(of_all=Window(Count("*")))), "of_all")
        if not found and self.listing.page > 1:
            return None
        self._known = found[0][1] if found else 0
        return [key for key, _ in found]

    def _sorted(self) -> list[Any]:
        """The same in the order of the columns.

        Of a filter that leaves few, these few are sorted, instead of going through everything in order to meet them.
        """
        rows = self._found
        few = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        if len(few) <= FEW:
            self._known = len(few)
        if not self.listing.order:
            return self._page(self.listing.queryset())
        if len(few) <= FEW:
            return self._page(self.listing.ordered(rows.model._base_manager.filter(pk__in=few)))  # noqa: SLF001 - no filters of its own
        with in_order_of_index(rows.db):
            return self._page(self.listing.ordered(rows))

    def _page(self, rows: QuerySet[Any]) -> list[Any]:
        """The keys of the page, or of the last one, and one more if there is another page."""
        found = self._slice(rows)
        if not found and self.listing.page > 1:
            last = -(-self.total // self.listing.size) if not self.is_many else 1
            self.listing = replace(self.listing, page=max(1, last))
            found = self._slice(rows)
        return found

    def _slice(self, rows: QuerySet[Any], *more: str) -> list[Any]:
        """The keys of the page (with more columns), and one more if there is another page."""
        start = (self.listing.page - 1) * self.listing.size
        return list(rows.values_list("pk", *more, flat=not more)[start : start + self.listing.size + 1])

    @cached_property
    def _found(self) -> QuerySet[Any]:
        """What the filters and words leave; with words it costs a statement to know."""
        return self.listing.found()

    @cached_property
    def total(self) -> int:
        """How many there are, at most one more than is told exactly (LST-7)."""
        if self._known is not None:
            return self._known
        return self._found.order_by()[: TOTAL_MAX + 1].count()

    @property
    def is_many(self) -> bool:
        """Whether there are more than are counted."""
        return self.total > TOTAL_MAX

    @property
    def total_words(self) -> str:
        """The number with its noun."""
        noun = self.spec.noun if self.total == 1 else self.spec.nouns
        return f"{self.total_number} {noun}"

    @property
    def total_number(self) -> str:
        """The number as it is told."""
        return f"{TOTAL_MAX:,}+" if self.is_many else f"{self.total:,}"

    @property
    def first(self) -> int:
        """The place of the first line."""
        return (self.listing.page - 1) * self.listing.size + 1

    @property
    def last(self) -> int:
        """The place of the last line."""
        return self.first + len(self.lines) - 1

    @property
    def query(self) -> str:
        """The address of this very list."""
        return self.listing.query()

    @property
    def path(self) -> str:
        """The same with its path."""
        return f"{self.url}?{self.query}" if self.query else self.url

    @property
    def all_query(self) -> str:
        """The whole list, whatever the page."""
        return self.listing.query(page=1)

    @property
    def previous_query(self) -> str:
        """The page before."""
        return self.listing.query(page=self.listing.page - 1) or FIRST_PAGE if self.listing.page > 1 else ""

    @property
    def next_query(self) -> str:
        """The page after."""
        return self.listing.query(page=self.listing.page + 1) if self.has_next else ""

    @property
    def headings(self) -> list[Heading]:
        """The headings of the columns shown."""
        return [self._heading(column.key) for column in self.columns]

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """What the list can be sorted by, in words, for those who have no headings to press."""
        order = self.listing.order
        found = []
        for column in self.spec.columns:
            for turned in (False, True) if column.sort else ():
                sort = ((column.key, turned),)
                words = f"{column.label}, {column.orders[turned]}"
                found.append((words, self.listing.query(sort=sort, page=1) or FIRST_PAGE, order == sort))
        return found

    @property
    def best_query(self) -> str:
        """The best match first, while words are searched for."""
        return self.listing.query(sort=(), page=1)

    @property
    def chips(self) -> list[Chip]:
        """The filters that are on, each with the address without it."""
        return [
            Chip(self.listing.filter_words(key), self.listing.without(key).query() or FIRST_PAGE)
            for key in self.listing.filters
        ]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but how the list begins keeps records out."""
        usual = {key: asked for key, asked in begins(self.spec, self.listing.scope).items() if asked}
        return bool(self.listing.q) or dict(self.listing.filters) != ({} if self.listing.q else usual)

    @property
    def cleared_query(self) -> str:
        """Everything there is: no words, no filters."""
        return self.listing.query(q="", filters={}, page=1, view="") or FIRST_PAGE

    @property
    def quick(self) -> list[Box]:
        """The filters beside the search box."""
        return [self._box(one, beside=True) for one in self.spec.filters_for(self.actor) if one.quick]

    @property
    def boxes(self) -> list[Box]:
        """All filters, for the panel."""
        return [self._box(one) for one in self.spec.filters_for(self.actor)]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the search form takes along: all that has no field there."""
        quick = {one.key for one in self.spec.filters if one.quick}
        mine = {"q", "page", *quick}
        return [pair for pair in self.listing._pairs() if pair[0] not in mine]  # noqa: SLF001 - one idea in two files

    @property
    def carried_with_filters(self) -> list[tuple[str, str]]:
        """What the form of the filters takes along."""
        filters = {one.key for one in self.spec.filters}
        return [pair for pair in self.listing._pairs() if pair[0] not in filters | {"page"}]  # noqa: SLF001 - as above

    @cached_property
    def tabs(self) -> list[Tab]:
        """The views there are for this person: built in, the firm's, one's own and shared ones (LST-6)."""
        current = self.listing.view
        built_in = [
            Tab(view.key, view.name, self._view_query(view.key), view.key == current)
            for view in self.spec.views_for(self.actor)
        ]
        kept = views_kept.visible_views(self.spec, self.actor).select_related("owner")
        return built_in + [
            Tab(str(view.pk), view.name, self._view_query(str(view.pk)), str(view.pk) == current, self._note(view),
                is_own=view.owner_id == self.actor.user_id or self.actor.may(views_kept.SHARE))
            for view in kept
        ]  # fmt: skip

    @property
    def tab(self) -> Tab | None:
        """The view that is shown."""
        return next((tab for tab in self.tabs if tab.is_current), None)

    @property
    def is_view_changed(self) -> bool:
        """Whether what is shown is not what the view keeps any more."""
        kept = views_kept.query_of(self.spec, self.listing.view, self.actor) if self.listing.view else None
        return kept is not None and canonical(self.listing, kept) != self.listing.kept_query()

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """How many lines a page can have."""
        size = self.listing.size
        return [(one, self.listing.query(size=one, page=1) or FIRST_PAGE, one == size) for one in PAGE_SIZES]

    @property
    def density_query(self) -> str:
        """The other density."""
        return self.listing.query(density="" if self.listing.density else COMPACT) or FIRST_PAGE

    @property
    def is_compact(self) -> bool:
        """Whether lines are narrow."""
        return self.listing.density == COMPACT

    @cached_property
    def columns(self) -> list[Column]:
        """The columns shown."""
        return self.listing.columns

    @property
    def rows(self) -> Iterator[tuple[Any, SafeString]]:
        """The lines, each with its cells."""
        cells = cells_of(self.columns)
        return ((line, cells(line)) for line in self.lines)

    @cached_property
    def acts(self) -> list[BulkAct]:
        """What can be done with many at once; nothing with what is deleted."""
        return [] if self.listing.shows_deleted else self.spec.acts_for(self.actor)

    @property
    def may_export(self) -> bool:
        """Whether this list can be taken away as a file."""
        return self.actor.may(self.spec.export_right) and bool(address(self.spec.export_url_name))

    @property
    def export_url(self) -> str:
        """Where it is taken away."""
        query = self.listing.query(page=1)
        return f"{reverse(self.spec.export_url_name)}?{query}" if query else reverse(self.spec.export_url_name)

    def _heading(self, key: str) -> Heading:
        column = self.spec.column(key)
        assert column is not None, key
        if not column.sort:
            return Heading(key, column.label, column.css)
        order = self.listing.order
        place = next((n for n, (one, _) in enumerate(order, 1) if one == key), 0)
        turned = bool(place) and order[place - 1][1]
        state = ("descending" if turned else "ascending") if place else ""
        turning = place > 0 and not turned
        first: tuple[Sort, ...] = ((key, turning),)
        others = tuple(pair for pair in order if pair[0] != key)[: SORTS_MAX - 1]
        then = (*others, (key, turning)) if others else first
        return Heading(
            key, column.label, column.css,
            query=self.listing.query(sort=first, page=1) or FIRST_PAGE,
            then_query=self.listing.query(sort=then, page=1) or FIRST_PAGE,
            state=state, place=place if len(order) > 1 else 0,
            said=f"sorted, {column.orders[turned]}" if place else "",
        )  # fmt: skip

    def _box(self, one: Filter, *, beside: bool = False) -> Box:
        """``beside`` the search box what the list begins with stands for no choice; the panel ticks it."""
        asked = self.listing.filters.get(one.key)
        scope = self.listing.scope
        values = asked.values if asked else ()
        choices: list[tuple[str, str, bool]] = []
        if isinstance(one, Choice):
            choices = [(value, label, value in values) for value, label in one.offered(scope)]
        usual = begins(self.spec, scope).get(one.key) if not self.listing.q else None
        is_special = one.quick and asked is not None and (asked.how != one.usual or len(values) > 1)
        if beside and asked == usual:
            choices = [(value, label, False) for value, label, _ in choices]
        return Box(
            one.key, one.label, one.kind,
            [(how, words, asked is not None and asked.how == how) for how, words in one.hows.items()],
            asked.text(one.usual) if asked and is_special else values[0] if values else "",
            values[1] if len(values) > 1 else "", choices,
            nothing=f"{one.label} {one.words(usual, scope)}" if usual else f"{one.label}: any",
            special=f"{one.label} {one.words(asked, scope)}" if asked and is_special and asked != usual else "",
            may_be_any=usual is not None,
        )  # fmt: skip

    def _view_query(self, key: str) -> str:
        return f"view={key}"

    def _note(self, view: SavedView) -> str:
        if view.is_default:
            return "the firm’s"
        return "" if view.owner_id == self.actor.user_id else f"from {view.owner}"


@contextmanager
def in_order_of_index(using: str) -> Iterator[None]:
    """Where many match, an index in the order of the list meets a page of them soon. PostgreSQL expects next to none of
    many a condition (a text within JSON), and would read and sort everything.
    """
    if connections[using].vendor != "postgresql":
        yield
        return
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")
        yield


def canonical(listing: Listing, query: str) -> str:
    """A kept query as it would be kept today."""
    return read(listing.spec, query, listing.scope.actor, today=listing.scope.today).kept_query()
