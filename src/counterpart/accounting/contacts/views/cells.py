"""The cells of the Contact Manager that are more than a value (CON-4, 8)."""

from django.utils.html import format_html

from counterpart.accounting.contacts.views.lines import Line
from counterpart.foundation.lists.cells import CLOSED, mail_link
from counterpart.foundation.web.templatetags.frame import when
from counterpart.sync import api as sync


def name(line: Line) -> str:
    """The name as a link with the alias; below, whom to write to or for whom they work."""
    contact = line.contact
    below = contact.attention or (contact.company if contact.display_as == "individual" else "")
    return format_html(
        '<div><a class="row-name" href="{}">{}</a>{}{}{}</div>',
        line.url,
        contact.name,
        format_html(' <span class="text-secondary">“{}”</span>', contact.alias) if contact.alias else "",
        CLOSED if contact.is_closed else "",
        format_html('<div class="text-secondary fw-normal">{}</div>', below) if below else "",
    )


def email(line: Line) -> str:
    """The address to write to."""
    return mail_link(line.contact.email)


def link(line: Line) -> str:
    """The state of the link."""
    return sync.link_dot(line.link)


def updated(line: Line) -> str:
    """When it was last changed."""
    return when(line.contact.updated_at)


def created(line: Line) -> str:
    """When it was made."""
    return when(line.contact.created_at)
