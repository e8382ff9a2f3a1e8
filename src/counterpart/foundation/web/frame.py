"""The frame of every page: what stands in the global header (UI-1, UI-2).

A site describes its frame once, as data, in ``sites/<product>/frame.py``; items a role lacks the
right for are absent, not disabled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from counterpart.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a menu: label, the name of its URL, the right it needs (empty: everybody)."""

    label: str
    url_name: str
    right: str = ""
    icon: str = ""
    keys: str = ""
    section: str = ""
    """The path prefix under which this entry counts as current; empty means its own address."""
    dialog: bool = False
    """Opens as a dialog over the page (the address itself must work as a page as well)."""

    @property
    def url(self) -> str:
        """The address, empty while no such page exists."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of the Create or Admin menu; the order is fixed."""

    label: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class SyncBadge:
    """How many records need someone, for those who may act; the page that lists them."""

    count: int
    url: str
    label: str
    poll_url: str = ""
    """A fragment that renders ``web/sync_badge.html`` anew; asked now and then while the page is seen."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for this person: in words, the name of the page that lists it, and how many there are."""

    label: str
    url_name: str
    count: int

    @property
    def url(self) -> str:
        """The address of the list."""
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Frame:
    """What one site puts into the header."""

    menu: Sequence[Item]
    create: Sequence[Group] = ()
    admin: Sequence[Group] = ()
    search_url_name: str = ""
    search_label: str = "Search"
    sync_badge: Callable[[Actor], SyncBadge | None] | None = None
    """Asked once per full page, never for fragments."""
    tasks: Callable[[Actor], Sequence[Task]] | None = None
    """What waits for a person; asked once per full page, shown under the bell."""
    guide: Sequence[Any] = field(default=())
    """The steps of the start guide (``foundation.starting.guide.Step``)."""
    modules: Sequence[str] = field(default=())
    """Static paths of further scripts every page loads (plain deferred scripts)."""
    styles: Sequence[str] = field(default=())
    """Static paths of further style sheets every page loads."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as one person sees it on one page."""

    label: str
    url: str
    icon: str
    keys: str
    dialog: bool
    current: bool


@lru_cache(maxsize=1)
def site_frame() -> Frame:
    """Return the frame of the running product (settings.COUNTERPART_FRAME)."""
    module, _, name = settings.COUNTERPART_FRAME.rpartition(".")
    frame = getattr(import_module(module), name)
    assert isinstance(frame, Frame)
    return frame


def entries(items: Sequence[Item], actor: Actor, request: HttpRequest) -> list[Entry]:
    """Return the items this actor may use, as they look on this page."""
    visible = []
    for item in items:
        url = item.url
        if url and (not item.right or actor.may(item.right)):
            prefix = item.section or url
            current = request.path == url or (prefix != "/" and request.path.startswith(prefix))
            visible.append(Entry(item.label, url, item.icon, item.keys, item.dialog, current))
    return visible


def groups(found: Sequence[Group], actor: Actor, request: HttpRequest) -> list[tuple[str, list[Entry]]]:
    """Return the groups with at least one entry this actor may use."""
    listed = ((group.label, entries(group.items, actor, request)) for group in found)
    return [(label, visible) for label, visible in listed if visible]
