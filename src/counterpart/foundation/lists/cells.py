"""The cells of a list's lines. How a column is shown is settled once for a page, not for each of its lines (LST-1)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from counterpart.foundation.lists.spec import Column

CLOSED: Final = mark_safe(' <span class="tag">Closed</span>')

RESTORE: Final = '<button class="btn btn-sm" form="restoring" formaction="{}">Restore</button>'
"""``lists/table.html`` has the form, once for all lines."""


def cells_of(columns: Sequence[Column]) -> Callable[[Any], SafeString]:
    """A function that makes all cells of one line."""
    makers = [(_opening(column), column.shows or _plain(column)) for column in columns]

    def cells(line: Any) -> SafeString:
        return mark_safe("\n".join([f"{opening}{conditional_escape(show(line))}</td>" for opening, show in makers]))  # noqa: S308 - all of it is escaped

    return cells


def mail_link(address: str) -> str:
    """An e-mail address to write to; nothing where there is none."""
    return format_html('<a href="mailto:{}">{}</a>', address, address) if address else ""


def restore_button(url: str) -> SafeString:
    """The button that brings a deleted record back."""
    return format_html(RESTORE, url)


def _opening(column: Column) -> SafeString:
    """The start of a cell; on a narrow screen the label stands before all but the first."""
    label = "" if column.fixed else format_html(' data-label="{}"', column.label)
    css = format_html(' class="{}"', column.css) if column.css else ""
    return format_html("<td{}{}>", label, css)


def _plain(column: Column) -> Callable[[Any], str]:
    def show(line: Any) -> str:
        value = column.value(line)
        return "" if value is None else str(value)

    return show
