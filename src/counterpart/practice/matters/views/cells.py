"""The cells of the list of matters that are more than a value (MAT-9, 8)."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html

from counterpart.foundation.lists.cells import restore_button
from counterpart.foundation.web.templatetags.frame import icon, when
from counterpart.practice.matters.views.lines import Line
from counterpart.sync import api as sync


def name(line: Line) -> str:
    """Number and name as a link, whether it is restricted, and the type below."""
    matter = line.matter
    restricted = ""
    if matter.restricted:
        restricted = format_html(' <span class="tag s-yellow">{}Restricted</span>', icon("lock", css="icon-small"))
    return format_html(
        '<div><span class="matter-id">{}</span> <a class="row-name" href="{}">{}</a>{}'
        '<div class="matter-type">{}</div></div>',
        matter.matter_number, line.url, matter.name, restricted, matter.matter_type.name,
    )  # fmt: skip


def reference(line: Line) -> str:
    """The reference, the one that is asked for, or that there will be one."""
    matter = line.matter
    if matter.file_reference:
        return matter.file_reference
    if matter.shown_reference:
        return format_html('{} <span class="text-secondary">requested</span>', matter.shown_reference)
    if matter.is_template:
        return ""
    return format_html('<span class="text-secondary">{}</span>', "Will be assigned")


def clients(line: Line) -> str:
    """The first clients, and how many there are besides."""
    named = "; ".join(client.name for client in line.first_clients) or "no client"
    more = f" and {line.more_clients} more" if line.more_clients else ""
    return format_html("<span>{}{}</span>", named, more)


def status(line: Line) -> str:
    """The status, coloured."""
    matter = line.matter
    return format_html('<span class="tag status-{}">{}</span>', matter.status, matter.get_status_display())


def date(line: Line) -> str:
    """The day of the matter."""
    return date_format(line.matter.date, "j M Y")


def link(line: Line) -> str:
    """The state of the link; where the matter is deleted, the way back."""
    if line.matter.is_deleted:
        return restore_button(reverse("matters:restoration", args=[line.pk]))
    return sync.link_dot(line.link)


def updated(line: Line) -> str:
    """When it was last changed."""
    return when(line.matter.updated_at)


def created(line: Line) -> str:
    """When it was made."""
    return when(line.matter.created_at)


def restricted(line: Line) -> str:
    """Whether not everybody may see it."""
    return "yes" if line.matter.restricted else "no"
