"""What pages of contacts and of files show of files: restrictions, waiting splits, the latest files of a contact."""

from collections.abc import Sequence
from typing import Any, Final

from django import template

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import FilePayer
from counterpart.accounting.files.queries import files_of, files_visible_to, review_count
from counterpart.accounting.files.restricted import (
    Restriction,
    group_restriction,
    new_file_restriction,
)
from counterpart.accounting.files.shares import percent
from counterpart.foundation.actor import Actor

register = template.Library()

SHOWN: Final = 8
NAMED: Final = 4


@register.simple_tag
def no_new_files() -> Restriction | None:
    """Say why no file can be opened here now, if so."""
    return new_file_restriction()


@register.simple_tag
def no_new_groups() -> Restriction | None:
    """Say why no group contact can be made here now, if so."""
    return group_restriction()


@register.simple_tag(takes_context=True)
def waiting_splits(context: template.Context) -> int:
    """Return how many splits wait for this person."""
    actor: Actor = context["actor"]
    return review_count(actor)


@register.inclusion_tag("files/contact_panel.html", takes_context=True)
def contact_files(context: template.Context, contact: Contact) -> dict[str, Any]:
    """Show the latest files of a contact, with its part in each; nothing to those who may not see files."""
    actor: Actor = context["actor"]
    visible = files_visible_to(actor).filter(pk__in=files_of(contact.pk).values("pk"))
    files = list(visible.order_by("-status", "-opened_on", "-pk")[:SHOWN])
    rows = FilePayer.objects.filter(contact=contact, file__in=files)
    parts = {row.file_id: row for row in rows}
    shown = [{"file": file, "part": _part(parts.get(file.pk))} for file in files]
    return {"contact": contact, "files": shown, "may_see": actor.may("file.read")}


@register.filter
def listed(people: Sequence[Any]) -> str:
    """Name a few, as in "Heron, Tern and Wren"; of many, say how many."""
    names = [getattr(one, "name", one) for one in people]
    if len(names) > NAMED:
        return f"{len(names)} clients"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "")))


def _part(row: FilePayer | None) -> str:
    """What the contact is in the file, in a few words; nothing where the file is its group's."""
    if row is None:
        return ""
    if row.is_former:
        return "former payer"
    return f"primary, {percent(row.share)} %" if row.position == 0 else f"{percent(row.share)} %"
