"""Template tags every page may use; they are built in, no `load` needed."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from counterpart.foundation import clock

register = template.Library()

ICONS = Path(__file__).resolve().parents[1] / "icons"
JUST_NOW_S = 60
RELATIVE_DAYS = 7


def _paths(name: str) -> str:
    """Return the drawing inside the icon's file, without the frame that every icon shares."""
    text = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    return "".join(line.strip() for line in body.splitlines() if 'd="M0 0h24v24H0z"' not in line)


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon inline. Decoration unless `label` says what it means to those who can not see it."""
    drawing = mark_safe(_paths(name))  # noqa: S308 - from our own vendored files
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        css,
        meaning,
        drawing,
    )


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """Say a moment as people do, with the exact time (UTC) on hover and for machines."""
    if moment is None:
        return "never"
    exact = moment.strftime("%-d %b %Y, %H:%M:%S UTC")
    age = (clock.now() - moment).total_seconds()
    if 0 <= age < JUST_NOW_S:
        said = "just now"
    elif 0 <= age < RELATIVE_DAYS * 86_400:
        said = f"{timesince(moment, depth=1)} ago"
    else:
        said = moment.strftime("%-d %b %Y, %H:%M")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, said)


@register.filter
def said(value: Any) -> str | SafeString:
    """Say a stored value of the history: nothing, yes or no, lists and groups of fields in words."""
    if value is None or value in ("", [], {}):
        return mark_safe('<span class="text-secondary">nothing</span>')
    if isinstance(value, bool):
        return "yes" if value else "no"
    return conditional_escape(_words(value))


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part not in (None, ""))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "; ".join(_words(part) for part in value)
    return str(value)


@register.filter
def words(name: str) -> str:
    """Turn a stored name like ``physical_address`` into words for people."""
    return str(name).replace("_", " ").replace(".", " · ").capitalize()
