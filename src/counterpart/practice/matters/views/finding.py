"""Finding a contact for a role, as you type or by a button, and creating one on the spot (PTY-5, WIN-2)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.saving import created_anyway, question_of, strong_matches
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.search.finding import ranked
from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.drafts import columns_of
from counterpart.practice.contacts.enums import Status as ContactStatus
from counterpart.practice.contacts.faces import face_of
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import NameFormat, display_name
from counterpart.practice.contacts.operations import create_contacts
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.matters.enums import Limit
from counterpart.practice.matters.forms import NewContactForm, names_in
from counterpart.practice.tokens import new_token

SHOWN: Final = 8
TEXT_MIN: Final = 2
NEW_PREFIX: Final = "new"


@dataclass(frozen=True, slots=True)
class Found:
    """A contact that was found; ``why_not`` says why it can't be chosen."""

    contact: Contact
    name: str
    why_not: str = ""


@dataclass(slots=True)
class Finder:
    """The box to find somebody in, and what it found."""

    key: str
    """What the buttons name the box by: the id of a role, or nothing where there is one box only."""
    text: str = ""
    limited_to: str = ""
    found: list[Found] = field(default_factory=list)
    more: int = 0
    asked: bool = False
    may_create: bool = False

    def look(self, actor: Actor, style: NameFormat, taken: Collection[UUID] = ()) -> None:
        """Fill in who is found; closed contacts are out of pickers (PAG-9)."""
        self.may_create = actor.may("contact.create")
        self.asked = len(self.text.strip()) >= TEXT_MIN
        if not self.asked:
            return
        open_ones = contacts.contacts_visible_to(actor).filter(status=ContactStatus.ACTIVE)
        matching = ranked(open_ones, self.text)
        rows = list(matching[: SHOWN + 1])
        self.more = len(rows) > SHOWN
        self.found = [Found(one, display_name(one.__dict__, style), self._why_not(one, taken)) for one in rows[:SHOWN]]

    def _why_not(self, contact: Contact, taken: Collection[UUID]) -> str:
        if contact.pk in taken:
            return "is here already"
        if self.limited_to and contact.kind != self.limited_to:
            return "only companies here" if self.limited_to == Limit.COMPANY else "only individuals here"
        return ""


@signed_in
@require_safe
def find_contact(request: HttpRequest) -> HttpResponse:
    """The contacts found while somebody types into a finder's box."""
    key = request.GET.get("key", "")
    limit = request.GET.get("limit", "")
    finder = Finder(key, request.GET.get(f"find_{key}", "").strip()[:200], limit if limit in Limit.values else "")
    finder.look(actor_of(request), contacts.name_format(), _ids(request.GET.getlist("party"), key))
    return render(request, "matters/found.html", {"finder": finder})


def new_contact_form(text: str = "", limited_to: str = "") -> NewContactForm:
    """The small form for a new contact, with what was typed to find it."""
    return NewContactForm(prefix=NEW_PREFIX, initial=names_in(text[:100], limited_to) | {"token": new_token()})


def posted_contact_form(request: HttpRequest, *, checked: bool) -> NewContactForm:
    """The small form as it was sent; unless ``checked``, only to be shown again."""
    if checked:
        return NewContactForm(data=request.POST, prefix=NEW_PREFIX)
    typed = {name: request.POST.get(f"{NEW_PREFIX}-{name}", "") for name in NewContactForm.base_fields}
    return NewContactForm(prefix=NEW_PREFIX, initial=typed)


def make_contact(actor: Actor, form: NewContactForm, limited_to: str = "") -> UUID | None:
    """Create the contact of the small form; None if something is wrong with it, or it seems to be there already, which
    the form then says (WIN-7). A form sent again after that creates it, and it is remembered to be another one.
    """
    if not form.is_valid():
        return None
    draft = form.draft()
    if limited_to and draft.kind != limited_to:
        wanted = "a company" if limited_to == Limit.COMPANY else "an individual"
        form.add_error("kind", f"Whoever is in this role must be {wanted}.")
        return None
    contact_id = form.contact_id()
    if contacts.contacts_visible_to(actor).filter(pk=contact_id).exists():
        return contact_id  # the second of two presses
    shown = str(form.data.get(f"{form.prefix}-anyway", ""))
    if not shown and (strong := strong_matches(actor, face_of(columns_of(draft)))):
        form.question = question_of(strong)
        return None
    return _created(actor, form, contact_id, shown)


def _created(actor: Actor, form: NewContactForm, contact_id: UUID, shown: str) -> UUID | None:
    try:
        with transaction.atomic():
            result = create_contacts(actor=actor, drafts=[form.draft()], at=now(), ids=[contact_id])[0]
            if not isinstance(result, Refused):
                created_anyway(actor=actor, contact_id=contact_id, shown=shown, at=now())
    except IntegrityError:
        return contact_id  # the other of two presses made it at this very moment
    if isinstance(result, Refused):
        form.add_errors(result.errors)
        return None
    return contact_id


def uuid_of(text: Any) -> UUID | None:
    """An id from an address or a form, if it is one."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _ids(parties: list[str], key: str) -> set[UUID]:
    """The contacts that are in the role already."""
    held = (party.partition(":") for party in parties)
    return {contact_id for role, _, text in held if role == key and (contact_id := uuid_of(text))}
