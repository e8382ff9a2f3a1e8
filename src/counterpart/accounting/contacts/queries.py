"""Reading contacts. Pages and the API fetch through ``contacts_visible_to``; there is no other way."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from counterpart.accounting.contacts.models import Contact, ContactOptions
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.accounting.numbering.queries import used_sentence
from counterpart.foundation.actor import Actor
from counterpart.foundation.text import digits, fold
from counterpart.protocol.numbers import number_key

WORDS_MAX: Final = 8
PHONE_DIGITS_MIN: Final = 3
PHONE_TAIL: Final = 8
"""Digits that must agree at the end: +64 21 555 1234 and 021 555 1234 are one number (SRC-3)."""
MISSPELT_MIN: Final = 4

_PHONE_LIKE: Final = re.compile(r"[\d\s()+./-]+")


def contacts_visible_to(who: Any) -> QuerySet[Contact]:
    """Return the contacts this user (or actor) may see; deleted ones never (CON-11, LA-PRM-1)."""
    rights = who.rights if isinstance(who, Actor) else who.grants().rights
    if "contact.read" not in rights:
        return Contact.objects.none()
    return Contact.objects.filter(deleted_at=None)


def search(contacts: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Keep the contacts that match every word anywhere, best first; a former number finds its contact (LA-NUM-7).

    If nothing matches, one wrong, missing or surplus letter in a word is forgiven (SRC-2).
    """
    words = fold(text).split()[:WORDS_MAX]
    if not words:
        return contacts
    found = contacts.filter(_matches(text, words))
    if not found.exists():
        found = contacts.filter(*(Q(search_text__regex=misspelt(word)) for word in words))
    return found.annotate(rank=_rank(text, words)).order_by("rank", "status", "sort_name", "id")


def misspelt(word: str) -> str:
    """Return the pattern of a word with one wrong, missing or surplus letter at most; short ones have none (SRC-2)."""
    patterns = [re.escape(word)]
    if len(word) >= MISSPELT_MIN:
        escaped = [re.escape(letter) for letter in word]
        for i in range(len(word)):
            before, after = "".join(escaped[:i]), "".join(escaped[i + 1 :])
            patterns += [f"{before}[^ ]?{after}", f"{before}{escaped[i]}[^ ]{after}"]
    return "(^| )(" + "|".join(patterns) + ")"


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


def _matches(text: str, words: list[str]) -> Q:
    every = Q()
    for word in words:
        every &= Q(search_text__contains=word)
    key = number_key(text.strip())
    former = NumberLedger.objects.filter(key=key).values("contact_id")
    match = every | Q(number_key=key) | Q(pk__in=former)
    bare = digits(text).lstrip("0")
    if _PHONE_LIKE.fullmatch(text) and len(bare) >= PHONE_DIGITS_MIN:
        match |= Q(phone_digits__contains=bare[-PHONE_TAIL:])
    return match


def _rank(text: str, words: list[str]) -> Case:
    key, first = number_key(text.strip()), words[0]
    return Case(
        When(number_key=key, then=Value(0)),
        When(sort_name__startswith=fold(text), then=Value(1)),
        When(search_text__contains=f" {first}", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
