"""The cells of the list of contacts that are more than a value (CON-4, 8)."""

from django.urls import reverse
from django.utils.html import format_html

from counterpart.foundation.lists.cells import CLOSED, mail_link, restore_button
from counterpart.foundation.web.templatetags.frame import when
from counterpart.practice.contacts.views.lines import Line
from counterpart.sync import api as sync


def name(line: Line) -> str:
    """The name as a link, with the alias below."""
    contact = line.contact
    alias = format_html('<div class="text-secondary">{}</div>', contact.alias) if contact.alias else ""
    closed = CLOSED if contact.is_closed else ""
    return format_html('<div><a class="row-name" href="{}">{}</a>{}{}</div>', line.url, line.name, closed, alias)


def reference(line: Line) -> str:
    """The reference, the one that is asked for, or that there will be one."""
    contact = line.contact
    if contact.reference:
        return contact.reference
    if contact.requested_reference:
        return format_html('{} <span class="text-secondary">requested</span>', contact.requested_reference)
    return format_html('<span class="text-secondary">{}</span>', "Will be assigned")


def type_of(line: Line) -> str:
    """The numbering sequence, and whether it is a company."""
    company = format_html(' <span class="text-secondary">{}</span>', "· company") if line.contact.is_company else ""
    return format_html("<span>{}{}</span>", line.contact.get_numbering_sequence_display(), company)


def email(line: Line) -> str:
    """The address to write to."""
    return mail_link(line.contact.email)


def matters(line: Line) -> str:
    """How many matters are open, leading to them."""
    if not line.count or line.contact.is_deleted:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("matters:of-contact", args=[line.pk]), line.count)


def link(line: Line) -> str:
    """The state of the link; where the contact is deleted, the way back."""
    if line.contact.is_deleted:
        return restore_button(reverse("contacts:restoration", args=[line.pk]))
    return sync.link_dot(line.link)


def updated(line: Line) -> str:
    """When it was last changed."""
    return when(line.contact.updated_at)


def created(line: Line) -> str:
    """When it was made."""
    return when(line.contact.created_at)
