"""Template tags for showing the link of a record: on its page, in lists and beside fields."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of
from counterpart.sync.states import LinkState
from counterpart.sync.web.access import MANAGE, RETRY
from counterpart.sync.web.conflict_panel import panel_of
from counterpart.sync.web.dot import link_dot
from counterpart.sync.web.presenting import indicator_of

register = template.Library()
register.simple_tag(link_dot)

JUST_NOW: Final = timedelta(seconds=2)
DATE_AFTER: Final = timedelta(days=2)
UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@register.simple_tag(takes_context=True)
def link_indicator(
    context: template.Context, kind: str, object_id: UUID, number: str | None = None, state: LinkState | None = None
) -> str:
    """The pill of a record page with its panel. The page has checked that the viewer may see the record.

    ``number``: what the page itself shows. If the record was numbered while the page was being made, the first poll
    then finds a difference and the page's parts reload. ``state``: the one its other parts show, for the same reason.
    """
    request = context["request"]
    shown = indicator_of(request, kind, object_id, page_number=number, state=state or None)
    return render_to_string("sync/indicator.html", {"link": shown}, request=request)


@register.simple_tag(takes_context=True)
def conflict_panel(context: template.Context, kind: str, object_id: UUID) -> str:
    """What needs a person on this record: conflicting values, a deletion on the other side, differing addresses."""
    request = context["request"]
    return render_to_string("sync/conflict_panel.html", {"panel": panel_of(request, kind, object_id)}, request=request)


TABS: Final = (
    ("records", "Records", "sync:centre", ""), ("conflicts", "Conflicts", "sync:conflicts", ""),
    ("sweeps", "Comparisons", "sync:sweeps", RETRY), ("trends", "Trends", "sync:trends", RETRY),
    ("alerts", "Alerts", "sync:alerts", MANAGE),
)  # fmt: skip


@register.inclusion_tag("sync/tabs.html", takes_context=True)
def sync_tabs(context: template.Context, tab: str) -> dict[str, Any]:
    """The tabs of the sync centre that this person may open."""
    actor = actor_of(context["request"])
    return {"tabs": [(key == tab, word, url) for key, word, url, right in TABS if not right or actor.may(right)]}


@register.filter
def lasting(seconds: int | None) -> str:
    """A duration in the largest fitting unit: '3 minutes'."""
    if seconds is None:
        return "–"
    for unit, size in UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "0 seconds"


@register.inclusion_tag("sync/shared_mark.html", takes_context=True)
def shared_mark(context: template.Context) -> dict[str, Any]:
    """A small mark beside a field that the other product shares."""
    return {"peer_name": context.get("peer_name", "")}


@register.simple_tag
def when(at: datetime | None, nothing: str = "never") -> str | SafeString:
    """A moment as people say it: '4 seconds ago', 'in 12 seconds', a date when it is long ago.

    The exact moment is in the title; the page's script keeps the words true while it is open.
    """
    if at is None:
        return nothing
    exact = f"{date_format(at, 'j M Y, H:i:s')} UTC"
    return format_html('<time datetime="{}" data-age="just now" title="{}">{}</time>', at.isoformat(), exact, age(at))


def age(at: datetime) -> str:
    """How long ago, or how soon, in the largest fitting unit."""
    distance = now() - at
    if abs(distance) < JUST_NOW:
        return "just now"
    if abs(distance) >= DATE_AFTER:
        return date_format(at, "j M Y")
    seconds = int(abs(distance).total_seconds())
    unit, size = next((unit, size) for unit, size in UNITS if seconds >= size)
    count = seconds // size
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if distance > timedelta() else f"in {words}"
