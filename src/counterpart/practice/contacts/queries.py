"""Reading contacts. Everything a person sees comes through ``contacts_visible_to``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.merges import merged_away
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.practice.contacts.naming import NameFormat
from counterpart.practice.settings.models import ContactSettings, NameOrder
from counterpart.practice.settings.queries import contact_settings
from counterpart.practice.viewing import may
from counterpart.protocol.numbers import number_key

if TYPE_CHECKING:
    from counterpart.foundation.users.models import User

NAME_COLUMNS: Final = (
    "title", "first", "middle", "last", "suffix", "company", "reference", "requested_reference",
)  # fmt: skip
SORTS: Final = {
    "name": ("sort_name", "id"),
    "-name": ("-sort_name", "-id"),
    "reference": ("reference_key", "sort_name", "id"),
    "-reference": ("-reference_key", "-sort_name", "-id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "-id"),
    "email": ("email", "sort_name", "id"),
    "-email": ("-email", "-sort_name", "-id"),
}


def contacts_visible_to(viewer: "User | Actor") -> QuerySet[Contact]:
    """The contacts this person may see; deleted ones are not among them (CON-11, SRC-7)."""
    if may(viewer, "contact.read"):
        return Contact.objects.filter(ACTIVE)
    return Contact.objects.none()


def deleted_contacts_visible_to(viewer: "User | Actor") -> QuerySet[Contact]:
    """Deleted contacts, for those who may restore them (DEL-2); one that was merged comes back by undoing that."""
    if may(viewer, "contact.read") and may(viewer, "contact.delete"):
        return Contact.objects.exclude(ACTIVE).exclude(pk__in=merged_away())
    return Contact.objects.none()


def numbered(contacts: QuerySet[Contact], reference: str) -> QuerySet[Contact]:
    """Those that have this number, or asked for it; letter case does not matter (CON-2)."""
    key = number_key(reference.strip())
    return contacts.filter(Q(reference_key=key) | Q(requested_key=key)) if key else contacts.none()


@dataclass(frozen=True, slots=True)
class NumberHolder:
    """Who holds a number, as far as the viewer may know (DUP-5, SRC-7)."""

    id: UUID
    contact: Contact | None


def number_holder(viewer: "User | Actor", reference: str, *, other_than: UUID | None = None) -> NumberHolder | None:
    """The other contact that has the number; without its name if the viewer may not see it."""
    others = numbered(Contact.objects.filter(ACTIVE), reference)
    if other_than is not None:
        others = others.exclude(pk=other_than)
    found = others.order_by("requested_key", "pk").first()
    if found is None:
        return None
    return NumberHolder(found.pk, found if may(viewer, "contact.read") else None)


def name_format(settings: ContactSettings | None = None) -> NameFormat:
    """The firm's display name format (4.7)."""
    found = settings or contact_settings()
    return NameFormat(found.name_order == NameOrder.LAST_FIRST, found.show_title, found.show_middle, found.show_suffix)


def recent_contacts(viewer: "User | Actor", count: int) -> QuerySet[Contact]:
    """The contacts changed last."""
    return contacts_visible_to(viewer).order_by("-updated_at", "-id")[:count]
