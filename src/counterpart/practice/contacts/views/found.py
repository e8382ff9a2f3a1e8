"""Contacts among what the search finds (SRC-1 to SRC-8)."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.search.reasons import former_values, reason
from counterpart.foundation.search.sections import Hit, Offer, Section, by_column, by_days, names_of
from counterpart.foundation.search.words import asked
from counterpart.practice.contacts.enums import Kind, Numbering, Status
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.queries import contacts_visible_to, name_format
from counterpart.sync import api as sync


def hits(actor: Actor, contacts: Sequence[Contact], text: str) -> list[Hit]:
    """The contacts as hits, each with why the text found it."""
    del actor
    style, what, ids = name_format(), asked(text), [contact.pk for contact in contacts]
    states, former = sync.link_states("contact", ids), former_values("contact", ids)
    found = []
    for one in contacts:
        name = display_name(one.__dict__, style)
        found.append(
            Hit(
                id=one.pk,
                url=one.get_absolute_url(),
                name=name,
                detail=" · ".join(filter(None, (one.get_kind_display(), one.shown_reference, _company(one)))),
                status="Closed" if one.is_closed else "",
                why=reason(what, f"{name} {_company(one)}", _fields(one), phones=_phones(one), former=former[one.pk])
                if what
                else "",
                state=states.get(one.pk),
                icon="building" if one.is_company else "user",
            )
        )
    return found


def _company(contact: Contact) -> str:
    return "" if contact.is_company else contact.company


def _fields(contact: Contact) -> list[tuple[str, str]]:
    return [
        ("Reference", contact.shown_reference),
        ("Alias", contact.alias),
        ("Name", display_name(contact.__dict__)),
        ("Attention", f"{contact.first} {contact.last}".strip() if contact.is_company else ""),
        *(("E-mail", email) for email in (contact.email, *contact.emails)),
        ("City", contact.physical_address.get("city", "")),
        ("Mailing city", contact.mailing_address.get("city", "")),
    ]


def _phones(contact: Contact) -> list[tuple[str, str]]:
    return [("Phone", phone["number"]) for phone in contact.phones]


def _offer(actor: Actor, text: str) -> Offer | None:
    if not actor.may("contact.create"):
        return None
    return Offer(f"Create contact “{text}”", f"{reverse('contacts:create')}?{urlencode(names_of(text))}", dialog=True)


SECTION: Final = Section(
    name="contacts",
    label="Contacts",
    noun="contact",
    right="contact.read",
    visible=contacts_visible_to,
    hits=hits,
    finds="Any part of a name, alias, company, reference, e-mail, city or phone number finds a contact.",
    offer=_offer,
    dot="sync/dot.html",
    facets=(
        by_column("status", "Status", "status", lambda: Status.choices),
        by_column("kind", "Kind", "kind", lambda: Kind.choices),
        by_column("type", "Type", "numbering_sequence", lambda: Numbering.choices),
        by_days("changed", "Changed", "updated_at"),
    ),
)
