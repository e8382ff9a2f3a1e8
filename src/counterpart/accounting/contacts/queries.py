"""Reading contacts. Pages and the API fetch through ``contacts_visible_to``; there is no other way."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from counterpart.accounting.contacts.models import Contact, ContactOptions
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.accounting.numbering.queries import used_sentence
from counterpart.foundation.actor import Actor
from counterpart.protocol.numbers import number_key


def contacts_visible_to(who: Any) -> QuerySet[Contact]:
    """Return the contacts this user (or actor) may see; deleted ones never (CON-11, LA-PRM-1)."""
    rights = who.rights if isinstance(who, Actor) else who.grants().rights
    if "contact.read" not in rights:
        return Contact.objects.none()
    return Contact.objects.filter(deleted_at=None)


def former_numbers(text: str) -> list[tuple[str, Contact]]:
    """Return (number, contact) for an exact number whose contact was deleted: it is never given again (LA-NUM-7)."""
    given = NumberLedger.objects.filter(key=number_key(text.strip())).values_list("number", "contact_id")
    owners = names_of(contact_id for _, contact_id in given)
    return [(number, owners[owner]) for number, owner in given if owner in owners and owners[owner].is_deleted]


def required_details() -> list[str]:
    """Return what the firm asks of every new contact (IMP-8)."""
    options = ContactOptions.objects.first()
    return list(options.required) if options is not None else []


def names_of(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Return the contacts, deleted ones too, to say whose a number is or was."""
    return Contact.objects.in_bulk(list(ids))


def current_keys(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the number keys of contacts that are not deleted."""
    return dict(Contact.objects.filter(pk__in=list(ids), deleted_at=None).values_list("pk", "number_key"))


def taken_sentences(owners: Mapping[str, UUID], *, named: bool) -> dict[str, str]:
    """Return, by number, why it can't be used; the holder is named only to those who may see contacts."""
    contacts = names_of(owners.values()) if owners else {}
    return {number: taken_sentence(number, contacts.get(owner), named=named) for number, owner in owners.items()}


def taken_sentence(number: str, owner: Contact | None, *, named: bool) -> str:
    """Say that a number is used, by whom, or that it was and is never given twice (NUM-10, LA-NUM-7)."""
    holds = owner is not None and not owner.is_deleted and owner.number_key == number_key(number)
    return used_sentence(number, owner.name if owner is not None and named else "", holds=holds)
