"""Contacts among what the search finds (SRC-1 to SRC-8, LA-NUM-7)."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from counterpart.accounting.contacts.fields import PHONE_FIELDS
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to, former_numbers
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.numbering.queries import numbers_had
from counterpart.foundation.actor import Actor
from counterpart.foundation.search.reasons import former_values, reason
from counterpart.foundation.search.sections import Hit, Offer, Section, by_column, by_days, names_of
from counterpart.foundation.search.words import asked
from counterpart.sync import api as sync


def hits(actor: Actor, contacts: Sequence[Contact], text: str) -> list[Hit]:
    """The contacts as hits, each with why the text found it."""
    del actor
    what, ids = asked(text), [contact.pk for contact in contacts]
    states = sync.link_states(KIND, ids)
    former = former_values("contact", ids) if what else {}
    numbers = numbers_had(ids) if what else {}
    found = []
    for one in contacts:
        before = [*(number for number in numbers.get(one.pk, ()) if number != one.number), *former.get(one.pk, ())]
        other = one.company if one.display_as != Contact.DisplayAs.COMPANY else one.attention
        found.append(
            Hit(
                id=one.pk,
                url=one.get_absolute_url(),
                name=one.name,
                number=one.number,
                detail=" · ".join(filter(None, ("Group" if one.is_group else one.get_contact_type_display(), other))),
                status="Closed" if one.is_closed else "",
                why=reason(what, f"{one.number} {one.name} {other}", _fields(one), phones=_phones(one), former=before)
                if what
                else "",
                state=states.get(one.pk),
                icon="users-group" if one.is_group else "building" if one.company == one.name else "user",
            )
        )
    return found


def _fields(contact: Contact) -> list[tuple[str, str]]:
    city = contact.main_address.get("city", "")
    return [("Alias", contact.alias), ("E-mail", contact.email), ("City", city)]


def _phones(contact: Contact) -> list[tuple[str, str]]:
    return [("Phone", getattr(contact, name)) for name in PHONE_FIELDS]


def _offer(actor: Actor, text: str) -> Offer | None:
    if not actor.may("contact.create"):
        return None
    return Offer(f"Create contact “{text}”", f"{reverse('contacts:new')}?{urlencode(names_of(text))}", dialog=False)


def _notices(actor: Actor, text: str) -> Iterable[str]:
    del actor
    for number, contact in former_numbers(text):
        gone = f"deleted on {contact.deleted_at:%-d %B %Y}"
        yield f"Number {number} was the number of {contact.name}, {gone}. It is never given again."


SECTION: Final = Section(
    name="contacts",
    label="Contacts",
    noun="contact",
    right="contact.read",
    visible=contacts_visible_to,
    hits=hits,
    finds="Any part of a name, alias, number, e-mail, city or phone number finds a contact.",
    offer=_offer,
    dot="sync/dot.html",
    facets=(
        by_column("status", "Status", "status", lambda: Contact.Status.choices),
        by_column("kind", "Kind", "display_as", lambda: Contact.DisplayAs.choices),
        by_column("type", "Type", "contact_type", lambda: Contact.ContactType.choices),
        by_days("changed", "Changed", "updated_at"),
    ),
    notices=_notices,
)
