"""Reading contacts. Everything a person sees comes through ``contacts_visible_to``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from counterpart.foundation.actor import Actor
from counterpart.foundation.text import digits, fold
from counterpart.practice.contacts.enums import Status
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
PHONE_DIGITS_MIN: Final = 3
SUBSCRIBER_DIGITS: Final = 7
"""With this many digits the end of a number identifies it, whatever country code or trunk zero stands before."""
WORDS_MAX: Final = 10
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
    """Deleted contacts, for those who may restore them (DEL-2)."""
    if may(viewer, "contact.read") and may(viewer, "contact.delete"):
        return Contact.objects.exclude(ACTIVE)
    return Contact.objects.none()


def matching(contacts: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Those found by the words of ``text``, in any order and anywhere, or by the digits of a phone (SRC-2, SRC-3)."""
    words = fold(text).split()[:WORDS_MAX]
    if not words:
        return contacts
    condition = Q()
    for word in words:
        condition &= Q(search_text__contains=word)
    if phone := _phone_condition(text):
        condition |= phone
    return contacts.filter(condition)


def ranked(contacts: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Exact numbers first, then word beginnings, then parts of the name, the rest last (SRC-2).

    Closed ones come after all active ones (SRC-4).
    """
    folded = fold(text)
    return contacts.annotate(
        rank=Case(
            When(Q(reference_key=number_key(text.strip())) & ~Q(reference_key=""), then=Value(0)),
            When(search_text__contains=f" {folded}", then=Value(1)),
            When(sort_name__contains=folded, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        ),
        is_last=Case(When(status=Status.CLOSED, then=Value(1)), default=Value(0), output_field=IntegerField()),
    ).order_by("is_last", "rank", "sort_name", "id")


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


def _phone_condition(text: str) -> Q | None:
    found = digits(text)
    if len(found) < PHONE_DIGITS_MIN or any(character.isalpha() for character in text):
        return None
    condition = Q(phone_digits__contains=found)
    if len(found) > SUBSCRIBER_DIGITS:
        condition |= Q(phone_digits__contains=found.lstrip("0"))
        condition |= Q(phone_digits__contains=found[-(SUBSCRIBER_DIGITS + 1) :])
    return condition
