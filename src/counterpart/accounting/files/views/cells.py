"""The cells of the File Manager that are more than a value (LA-FIL-4, 8)."""

from django.utils.formats import date_format
from django.utils.html import format_html

from counterpart.accounting.files.views.lines import Line
from counterpart.foundation.lists.cells import CLOSED
from counterpart.foundation.web.templatetags.frame import when
from counterpart.sync import api as sync


def number(line: Line) -> str:
    """The number as a link."""
    closed = CLOSED if line.file.is_closed else ""
    return format_html('<a class="row-name number" href="{}">{}</a>{}', line.url, line.file.number, closed)


def client(line: Line) -> str:
    """The first client, and how many there are besides."""
    first, more = line.clients[0].name if line.clients else "", len(line.clients) - 1
    others = format_html(' <span class="text-secondary nowrap">and {} more</span>', more) if more > 0 else ""
    return format_html("<span>{}{}</span>", first, others)


def opened(line: Line) -> str:
    """The day it was opened."""
    return date_format(line.file.opened_on, "j M Y")


def closed(line: Line) -> str:
    """The day it was closed."""
    return date_format(line.file.closed_on, "j M Y") if line.file.closed_on else ""


def link(line: Line) -> str:
    """The state of the link."""
    return sync.link_dot(line.link)


def updated(line: Line) -> str:
    """When it was last changed."""
    return when(line.file.updated_at)


def created(line: Line) -> str:
    """When it was made."""
    return when(line.file.created_at)
