"""What a list is: its columns, filters, views and acts, declared once by the product that has it (LST-1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.urls import NoReverseMatch, get_resolver, reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.filters import Filter, Scope

PAGE_SIZES: Final = (25, 50, 100, 200)
PAGE_SIZE: Final = 50

Cell = str | int | date | datetime | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``value``: the cell of a line as a file has it. ``sort``: what it is sorted by, ascending; never null.
    When a record was made is told by its identity already, so that needs no index of its own.

    ``orders``: how the two directions are said. ``fixed``: always there, always first. ``css``: the class of its
    heading and of its cells. ``shows``: what stands in the cell on the page, where that is more than ``value``: safe
    html, or a text that is escaped there.
    """

    key: str
    label: str
    value: Callable[[Any], Cell]
    sort: tuple[str, ...] = ()
    shown: bool = True
    fixed: bool = False
    orders: tuple[str, str] = ("A to Z", "Z to A")
    css: str = ""
    shows: Callable[[Any], str] | None = None


DAYS: Final = ("oldest first", "newest first")
NUMBERS: Final = ("smallest first", "largest first")


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A view every list of this kind comes with (LST-6). ``gate``: whether this person is offered it."""

    key: str
    name: str
    query: str
    gate: Callable[[Actor], bool] | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record an act left as it was, because it was so already or must not change; ``why`` in a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A record an act could not change; ``why`` in a sentence."""

    why: str


Result = Skipped | Failed | None
"""None: done."""
Perform = Callable[[Actor, Sequence[UUID], Mapping[str, Any], datetime], Mapping[UUID, Result]]


@dataclass(frozen=True, slots=True)
class BulkAct:
    """Something that can be done with many records at once (LST-8).

    ``perform`` changes a chunk of records inside a transaction and answers for each; it checks rights itself. Values of
    the form arrive as ``keep`` made them storable. ``verb``: "Close", for "Close 12 contacts". ``url``: instead, a page
    that takes the ticked records as ``parameter``, at least ``least`` of them.
    """

    key: str
    label: str
    icon: str
    may: Callable[[Actor], bool]
    verb: str = ""
    perform: Perform | None = None
    form: Callable[[Actor], type[forms.Form]] | None = None
    words: Callable[[Mapping[str, Any]], str] | None = None
    """What the chosen values mean: "to Ben Osei"."""
    note: str = ""
    chunk: int = 100
    url_name: str = ""
    parameter: str = "id"
    least: int = 1
    whole: bool = True
    """Whether it can be done with all results."""
    is_danger: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What is said where there is nothing yet."""

    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list. ``rows``: what this person may see of it at all, asked again for every page and every act.

    ``lines``: records as the columns show them, with a constant number of statements; each line has ``pk``,
    ``label`` and ``url``. ``begins``: filters of an address that names none.
    """

    key: str
    noun: str
    nouns: str
    title: str
    url_name: str
    right: str
    columns: Sequence[Column]
    filters: Sequence[Filter]
    rows: Callable[[Scope], QuerySet[Any]]
    lines: Callable[[Sequence[Any], Scope], Sequence[Any]]
    sort: str
    empty: Empty
    search_label: str
    views: Sequence[BuiltIn] = ()
    acts: Sequence[BulkAct] = ()
    begins: Mapping[str, str] = field(default_factory=dict)
    head: str = "lists/head.html"
    head_context: Callable[[Actor], dict[str, Any]] | None = None
    related: tuple[str, ...] = ()
    deleted: Callable[[Scope], QuerySet[Any]] | None = None
    """What ``status=deleted`` shows instead of ``rows``, to those who may restore it."""
    export_url_name: str = ""
    export_right: str = ""
    changed_event: str = ""
    css: str = ""
    annotations: Mapping[str, Any] = field(default_factory=dict)
    """Expressions that columns are sorted by, by the name used there."""

    def column(self, key: str) -> Column | None:
        """The column with this key."""
        return next((one for one in self.columns if one.key == key), None)

    def filter(self, key: str) -> Filter | None:
        """The filter with this key."""
        return next((one for one in self.filters if one.key == key), None)

    def filters_for(self, actor: Actor) -> list[Filter]:
        """Those this person is offered."""
        return [one for one in self.filters if one.gate is None or one.gate(actor)]

    def views_for(self, actor: Actor) -> list[BuiltIn]:
        """The built-in views this person is offered."""
        return [one for one in self.views if one.gate is None or one.gate(actor)]

    def acts_for(self, actor: Actor) -> list[BulkAct]:
        """What this person may do with many at once."""
        return [one for one in self.acts if one.may(actor) and (not one.url_name or address(one.url_name))]


def address(name: str) -> str:
    """The address of a page, '' while the site has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


_specs: Final[dict[str, ListSpec]] = {}


def register(spec: ListSpec) -> ListSpec:
    """Make a list known, so that jobs, exports and record pages find it by its key."""
    known = _specs.setdefault(spec.key, spec)
    if known is not spec:
        raise ValueError(f"There is a list {spec.key} already.")
    return spec


def spec_of(key: str) -> ListSpec:
    """The list with this key. Raises KeyError."""
    if key not in _specs:
        _ = get_resolver().url_patterns  # a process without pages has not read them yet, and with them their lists
    return _specs[key]
