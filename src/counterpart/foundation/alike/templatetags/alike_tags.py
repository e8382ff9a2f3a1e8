"""What pages of contacts show of alike contacts: ``{% load alike_tags %}``."""

from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.urls import reverse

from counterpart.foundation.alike.merges import open_merges
from counterpart.foundation.alike.models import AlikeOptions, Merge
from counterpart.foundation.alike.options import options
from counterpart.foundation.alike.product import product

register = template.Library()


@register.inclusion_tag("alike/pane.html")
def alike_pane() -> dict[str, Any]:
    """The pane beside a contact form, for inside the form; nothing if the firm does not check while typing."""
    return {"is_on": options().check_when == AlikeOptions.Check.TYPING}


@register.inclusion_tag("alike/notice.html", takes_context=True)
def merge_notice(context: template.Context, contact_id: UUID) -> dict[str, Any]:
    """What waits for the other product about this contact, or was refused there (DUP-7, sync-protocol 16)."""
    waiting = [
        {
            "merge": one, "trouble": product().trouble(one.loser_id), "is_loser": one.loser_id == contact_id,
            "is_undoing": one.state == Merge.State.UNDOING,
        }
        for one in open_merges(contact_id)
    ]  # fmt: skip
    return {"waiting": waiting, "actor": context.get("actor"), "peer_name": settings.COUNTERPART_PEER_NAME}


@register.simple_tag
def contacts_address() -> str:
    """The product's list of contacts."""
    return reverse(product().list_url_name)
