"""Contacts: the contract's registers <-> Legal Accounting's fields, and Legal Accounting's answers about numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from counterpart.accounting.contacts import operations
from counterpart.accounting.contacts.fields import EMPTY, Fields, cleaned, display_name
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to, current_keys
from counterpart.accounting.contacts.registers import (
    FIELDS_OF,
    GROUP_STAYS,
    KIND,
    REGISTER_LABELS,
    fields_from_values,
    values_from_fields,
)
from counterpart.accounting.contacts.rows import (
    Held,
    given_fields,
    insert_contacts,
    read_held,
    update_contacts,
)
from counterpart.accounting.edits import changed_fields
from counterpart.accounting.numbering.book import NotGiven
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.accounting.numbering.operations import Wish, give_numbers
from counterpart.accounting.numbering.queries import number_locked_emails
from counterpart.accounting.sync_handlers.authors import actors_of, all_authors, by_author, register_of_field
from counterpart.accounting.sync_handlers.matching import ContactMatching
from counterpart.accounting.sync_handlers.requests import locked_emails, request_of, restriction_refusal, taken_refusals
from counterpart.contracts.contact import REGISTERS, Values
from counterpart.contracts.contact import problems as contract_problems
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import merging, undoing
from counterpart.protocol.registers import Register
from counterpart.sync.api import Amendment, Author, Closure, Label, Newcomer, Outcome, Refusal, Stored

REGISTER_OF: Final = register_of_field(FIELDS_OF)


class ContactHandler(ContactMatching):
    """Legal Accounting's side of the door for contacts."""

    kind = KIND
    registers: Mapping[str, Register] = REGISTERS
    requires_number = True

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, Values]:
        """See ``Handler.read``."""
        return {key: values_from_fields(held.fields, held.number) for key, held in read_held(local_ids).items()}

    def prepare(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        """A contact refers to no other record."""

    def excluded(self, local_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Group contacts are this product's own (LA-SPL-4)."""
        groups = Contact.objects.filter(pk__in=list(local_ids), is_group=True)
        return dict.fromkeys(groups.values_list("pk", flat=True), GROUP_STAYS)

    def check(self, values: Values) -> Refusal | None:
        """The contract's rules on values received; None when all of them can be stored exactly."""
        found = contract_problems(values)
        return Refusal(found[0].code, found[0].text, found[0].register) if found else None

    def everything(self) -> QuerySet[Any]:
        """All contacts that are not deleted, whoever may see them."""
        return Contact.objects.filter(deleted_at=None)

    def admit(self, newcomers: Sequence[Newcomer], at: datetime) -> dict[UUID, Outcome]:
        """Create contacts born in Practice Management, numbered in the order of the batch (CON-1, NUM-2, NUM-3).

        A typed number that is taken refuses the whole contact (NUM-10). Own permissions and required fields do not
        apply (CON-8, ADR-7, PER-4); the restriction of numbers does (NUM-17).
        """
        outcomes: dict[UUID, Outcome] = {}
        locked = locked_emails(newcomers, number_locked_emails)
        fields: dict[UUID, Fields] = {}
        wishes: list[Wish] = []
        for newcomer in newcomers:
            draft = _drafted(newcomer.values, EMPTY)
            refusal = _nameless(draft) or restriction_refusal(newcomer, locked, what="Contact")
            if refusal is not None:
                outcomes[newcomer.sync_id] = refusal
                continue
            fields[newcomer.local_id] = draft
            wishes.append(_wish(newcomer, draft["contact_type"]))
        given = dict(zip(fields, give_numbers(wishes, at=at), strict=True))
        taken = taken_refusals(given, KIND, current_keys)
        admitted = [newcomer for newcomer in newcomers if isinstance(given.get(newcomer.local_id), str)]
        self._write_newcomers(admitted, fields, given, at)
        for newcomer in newcomers:
            if newcomer.local_id in taken:
                outcomes[newcomer.sync_id] = taken[newcomer.local_id]
        for newcomer in admitted:
            own: Values = {"number": given[newcomer.local_id]}
            if newcomer.values.get("scheme") is None:
                own["scheme"] = fields[newcomer.local_id]["contact_type"]
            outcomes[newcomer.sync_id] = Stored(own=own)
        return outcomes

    def amend(self, amendments: Sequence[Amendment], at: datetime) -> dict[UUID, Outcome]:
        """Write what changed in Practice Management; a new Reference there renumbers the contact or is refused while
        the rest is applied (NUM-13, sync-protocol 8). A closed contact stays closed (CLS-6).
        """
        outcomes: dict[UUID, Outcome] = {}
        locked = locked_emails(amendments, number_locked_emails)
        held = read_held([amendment.local_id for amendment in amendments], lock=True)
        after: dict[UUID, Fields] = {}
        wishes: dict[UUID, Wish] = {}
        refused: dict[UUID, Refusal] = {}
        for amendment in amendments:
            now = held[amendment.local_id]
            draft = _drafted(amendment.changed, now.fields)
            if (refusal := _nameless(draft)) is not None:
                outcomes[amendment.sync_id] = refusal
                continue
            after[now.id] = draft
            wish = _wish(amendment, draft["contact_type"])
            if wish.number and wish.number != now.number:
                if (refusal := restriction_refusal(amendment, locked, what="Contact")) is not None:
                    refused[now.id] = refusal
                else:
                    wishes[now.id] = wish
        given = dict(zip(wishes, give_numbers(list(wishes.values()), at=at), strict=True))
        refused |= taken_refusals(given, KIND, current_keys)
        numbers = {key: number for key, number in given.items() if isinstance(number, str)}
        written = [amendment for amendment in amendments if amendment.local_id in after]
        self._write_amendments(written, held, after, numbers, at)
        for amendment in written:
            key = amendment.local_id
            own: Values = {"number": numbers[key]} if key in numbers else {}
            outcomes[amendment.sync_id] = Stored(own=own, refusal=refused.get(key))
        return outcomes

    def follow(self, closures: Sequence[Closure], at: datetime) -> set[UUID]:  # noqa: ARG002
        """Each product closes its own contacts (CLS-6)."""
        return set()

    def labels(self, local_ids: Iterable[UUID]) -> dict[UUID, Label]:
        """See ``Handler.labels``; deleted contacts keep their name here."""
        found = Contact.objects.in_bulk(list(local_ids))
        return {key: Label(contact.name, contact.number, contact.get_absolute_url()) for key, contact in found.items()}

    def visible(self, user: Any) -> QuerySet[Any]:
        """See ``Handler.visible``."""
        return contacts_visible_to(user)

    def register_label(self, register: str) -> str:
        """See ``Handler.register_label``."""
        return REGISTER_LABELS.get(register, register)

    def overwrite(self, *, local_id: UUID, register: str, value: Any, actor: Actor, at: datetime) -> None:
        """Give one register this value as an ordinary edit. Raises what ``edit_contact`` raises."""
        held = read_held([local_id]).get(local_id)
        given = fields_from_values({register: value}, held.fields if held else EMPTY)
        number = str(value) if register == "number" and value else None
        operations.edit_contact(contact_id=local_id, given=given, actor=actor, at=at, number=number)

    def absorb(self, survivor: UUID, loser: UUID, *, asked: bool, author: Author, at: datetime) -> None:
        """Practice Management asks to merge two contacts that both products hold. Raises Blocked."""
        assert asked
        (actor,) = actors_of([author]).values()
        merging.decide(survivor=survivor, loser=loser, actor=actor, at=at)

    def separate(self, survivor: UUID, loser: UUID, *, asked: bool, author: Author, at: datetime) -> None:
        """Practice Management asks to undo a merge. Raises Blocked."""
        assert asked
        (actor,) = actors_of([author]).values()
        undoing.decide_apart(survivor=survivor, loser=loser, actor=actor, at=at)

    def delete(self, *, local_id: UUID, actor: Actor, at: datetime) -> None:
        """*Delete here too*, with Legal Accounting's own checks. Raises what ``delete_contact`` raises."""
        operations.delete_contact(contact_id=local_id, actor=actor, at=at)

    def _write_newcomers(
        self,
        newcomers: Sequence[Newcomer],
        fields: Mapping[UUID, Fields],
        given: Mapping[UUID, str | NotGiven],
        at: datetime,
    ) -> None:
        actors = actors_of(newcomer.author for newcomer in newcomers)
        rows, events = [], []
        for newcomer in newcomers:
            key, actor = newcomer.local_id, actors[newcomer.author.email, newcomer.author.name]
            number = str(given[key])
            rows.append((key, fields[key], number, actor.name, False, False))
            changes = given_fields(fields[key], number)
            events.append(history.NewEvent(KIND, key, display_name(fields[key]), "created", actor, at, changes))
        insert_contacts(rows, at=at)
        history.record(events)

    def _write_amendments(
        self,
        amendments: Sequence[Amendment],
        held: Mapping[UUID, Held],
        after: Mapping[UUID, Fields],
        numbers: Mapping[UUID, str],
        at: datetime,
    ) -> None:
        actors = actors_of(all_authors(amendments))
        rows, events = [], []
        for amendment in amendments:
            now, fields = held[amendment.local_id], after[amendment.local_id]
            changes = changed_fields(now.fields, fields)
            number = numbers.get(now.id, now.number)
            if number != now.number:
                changes["number"] = [now.number, number]
            if not changes:
                continue
            newest = actors[amendment.author.email, amendment.author.name]
            rows.append((now.id, fields, number, now.version + 1, newest.name))
            for actor, part in by_author(amendment, changes, actors, REGISTER_OF):
                events.append(history.NewEvent(KIND, now.id, display_name(fields), "edited", actor, at, part))
        update_contacts(rows, at=at)
        history.record(events)


def _drafted(values: Values, base: Mapping[str, Any]) -> Fields:
    """The fields after these registers arrived. Additional methods are nobody's to edit here, so cleaning keeps those
    that are held (IMP-7).
    """
    given = fields_from_values(values, base)
    received = {"additional_methods": given["additional_methods"]} if "additional_methods" in given else {}
    return cleaned(given, base) | received


def _wish(record: Newcomer | Amendment, scheme: str) -> Wish:
    number, keep_sequence = request_of(record)
    return Wish(record.local_id, scheme, number, keep_sequence, NumberLedger.Reason.REQUESTED)


def _nameless(draft: Fields) -> Refusal | None:
    """A contact must be called something. The engine has asked ``check`` about every value that came; a state without
    any name passes there.
    """
    if draft["company"] or draft["last"] or draft["first"]:
        return None
    return Refusal("contact.name_required", "The contact has neither a name nor a company.", "name")
