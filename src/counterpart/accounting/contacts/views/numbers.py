"""Numbers on pages: the live check, and Other > Change Contact Number (NUM-13, IMP-3, IMP-4)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import change_number
from counterpart.accounting.contacts.permissions import RESTRICTED, can_set_number
from counterpart.accounting.contacts.queries import names_of, taken_sentence
from counterpart.accounting.contacts.views.access import visible_contact
from counterpart.accounting.contacts.views.record import record_context
from counterpart.accounting.numbering.queries import Preview, firm_numbering, numbers_of, preview
from counterpart.accounting.record_forms import NumberForm
from counterpart.contracts.contact import SCHEMES, tidy
from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.ids import parse_id
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.pages import done

SEQUENCE_WORDS = {"client": "client", "vendor": "vendor", "other": "other"}


@dataclass(frozen=True, slots=True)
class Hint:
    """What stands under a number box, a contact's or a file's."""

    preview: Preview
    sequence: str
    """Whose next number it is, in a word."""
    problem: str
    check_url: str
    """Where the box asks while somebody types."""
    restricted: str
    """What those read who may not type a number."""
    follows_type: bool = False
    """Whether the choice of the contact type asks anew."""
    keep: bool = False


@page()
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Say while typing whether the number is free and what will come next."""
    actor = actor_of(request)
    actor.require("contact.read")
    scheme = request.GET.get("contact_type", "")
    number = tidy(request.GET.get("number", "")[:40]) or ""
    contact_id = parse_id(request.GET.get("contact", ""))
    hint = hint_of(actor, number, scheme, contact_id=contact_id, keep="keep_sequence" in request.GET)
    return render(request, "contacts/number_hint.html", {"hint": hint, "may_number": can_set_number(actor)})


@page()
@require_http_methods(["GET", "POST"])
def other(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """The Other tab: change the number, former numbers, close, delete."""
    contact = visible_contact(request, contact_id)
    actor = actor_of(request)
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number, keep = form.cleaned_data["number"], form.cleaned_data["keep_sequence"]
        try:
            change_number(contact_id=contact.pk, number=number, keep_sequence=keep, actor=actor, at=now())
        except Refused as refusal:
            form.add_error("number", refusal.message)
        else:
            messages.success(request, f"{contact.name} has a new number. {contact.number} still finds this contact.")
            return done(request, reverse("contacts:other", args=[contact.pk]))
    hint = hint_of(actor, str(form["number"].value() or ""), contact.contact_type, contact_id=contact.pk)
    return render(request, "contacts/other.html", _other_context(request, contact, form, hint), status=_status(form))


def hint_of(actor: Actor, number: str, scheme: str, *, contact_id: UUID | None = None, keep: bool = False) -> Hint:
    """Work out what stands under the number box for this text and contact type."""
    scheme = scheme if scheme in SCHEMES else "client"
    found = preview(number, scheme=scheme, contact_id=contact_id)
    problem = found.problem
    if found.owner is not None:
        owner = names_of([found.owner]).get(found.owner)
        problem = taken_sentence(number, owner, named=actor.may("contact.read"))
    word = SEQUENCE_WORDS[scheme] if firm_numbering().separate_numbering_sequences else "contact"
    url = reverse("contacts:number-check")
    if contact_id is not None:
        url += "?" + urlencode({"contact": contact_id, "contact_type": scheme})
    return Hint(found, word, problem, url, RESTRICTED, contact_id is None, keep)


def _other_context(request: HttpRequest, contact: Contact, form: NumberForm, hint: Hint) -> dict[str, Any]:
    numbers = list(numbers_of(contact.pk))
    return record_context(request, contact, "other") | {"form": form, "hint": hint, "numbers": numbers}


def _status(form: NumberForm) -> int:
    return 422 if form.errors else 200
