"""Contacts from a file: what a row describes, whom it is about, and what it changes (IMP-1 to IMP-8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Lower

from counterpart.accounting.contacts.fields import cleaned, display_name, with_mailing_address
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import Created, Draft, create_contacts, edit_contacts, restore_contacts
from counterpart.accounting.contacts.permissions import require_number
from counterpart.accounting.contacts.queries import taken_sentences
from counterpart.accounting.contacts.rows import read_held
from counterpart.accounting.numbering.used import UsedNumbers
from counterpart.contracts.contact import ADDRESS_PARTS
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.errors import FieldError, Refusal, Refused
from counterpart.foundation.importing.columns import Field, Fields, Record
from counterpart.foundation.importing.contact_fields import NUMBERS, PERSON, PHONES, TEMPLATES, addresses
from counterpart.foundation.importing.contact_rows import address_in, kind_of, uuids
from counterpart.foundation.importing.records import Amended
from counterpart.foundation.importing.subjects import Context
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

TEXT_COLUMNS: Final = ("title", "first", "middle", "last", "suffix", "alias", "email", "company", "external_reference")
PHONE_COLUMNS: Final = {
    "business_phone": "work_phone", "mobile_phone": "mobile_phone", "home_phone": "home_phone",
    "other_phone": "other_phone", "fax": "fax",
}  # fmt: skip


def _own(field: Field) -> Field:
    """The same field as this product calls it: one number of a sort, and the contact's own number."""
    if field.name == "reference":
        return Field("reference", "Contact number", "Empty: the next one of its sequence", "", (*field.synonyms,
              "reference"),
                     group=field.group)  # fmt: skip
    if field.name == "numbering_sequence":
        return Field("numbering_sequence", "Contact type", field.meaning, field.example,
                     ("numbering sequence", "contact class", "category"), group=field.group)  # fmt: skip
    if field.name == "type":
        return Field("type", field.label, field.meaning, field.example, ("kind", "identity type", "display as"),
                     group=field.group)  # fmt: skip
    return Field(field.name, field.label, field.meaning, field.example, field.synonyms, group=field.group)


FIELDS: Final = Fields(
    (*(_own(field) for field in (*PERSON, *NUMBERS, *PHONES)), *addresses(with_county=False)), TEMPLATES
)


class ContactKeeper:
    """Legal Accounting's contacts, for an import; see ``records.Keeper``."""

    kind = "contact"
    noun = "contact"
    number_label = "contact number"
    headings: tuple[str, ...] = ("Name", "Type", "Number", "E-mail", "City")

    def __init__(self, context: Context) -> None:
        self.context, self.actor = context, context.actor
        self.goes = sync.is_on() and not context.held
        if context.options.get("mode", "create") != "create" or context.options.get("duplicates") in ("update", "ask"):
            self.actor.require("contact.edit")

    def draft(self, record: Record) -> Draft:
        """The contact a row describes. Raises Refused, Forbidden (numbers)."""
        made = draft_of(record, self.context.options, is_demo=self.context.is_demo)
        if made.number:
            require_number(self.actor)
        return made

    def label(self, record: Record) -> str:
        """The name in the row."""
        return display_name(cleaned(draft_of(record, {}, strict=False).given))

    def face(self, draft: Draft) -> Face:
        """As contacts are compared."""
        fields = cleaned(draft.given)
        return Face(
            fields["display_as"], fields["first"], fields["middle"], fields["last"], fields["company"], fields["alias"],
            emails=(fields["email"],) if fields["email"] else (),
            phones=tuple(fields[name] for name in PHONE_COLUMNS.values() if fields[name]),
            addresses=tuple(each for each in (fields["main_address"], *fields["additional_addresses"]) if each),
            number=draft.number,
        )  # fmt: skip

    def find(self, by: str, keys: Sequence[str]) -> Mapping[str, Sequence[UUID]]:
        """Contacts by what they are matched by; one statement. Nothing for those who may not see contacts."""
        if not keys or not self.actor.may("contact.read"):
            return {}
        contacts = Contact.objects.filter(deleted_at=None, is_group=False)
        pairs: Iterable[tuple[str, UUID]]
        if by == "reference":
            pairs = contacts.filter(number_key__in=keys).values_list("number_key", "id")
        elif by == "email":
            pairs = contacts.annotate(key=Lower("email")).filter(key__in=keys).values_list("key", "id")
        elif by == "id":
            pairs = [(str(one), one) for one in contacts.filter(pk__in=uuids(keys)).values_list("pk", flat=True)]
        else:
            pairs = contacts.filter(external_key__in=keys).values_list("external_key", "id")
        found: dict[str, list[UUID]] = {}
        for key, contact_id in pairs:
            found.setdefault(key, []).append(contact_id)
        return found

    def holders(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """Which of the numbers were given before, in words (LA-NUM-7, IMP-8)."""
        used = UsedNumbers()
        used.look_up(number_key(number) for number in numbers)
        owners = {number: owner for number in numbers if (owner := used.owner(number_key(number))) is not None}
        said = taken_sentences(owners, named=self.actor.may("contact.read")) if owners else {}
        return {number_key(number): text for number, text in said.items()}

    def deleted(self, by: str, keys: Sequence[str], at: datetime) -> Mapping[str, Sequence[tuple[UUID, datetime]]]:
        """Tombstones, for those who may delete contacts and change them; the last one last."""
        del at
        if not (self.actor.may("contact.delete") and self.actor.may("contact.edit")):
            return {}
        column = {"reference": "number_key", "id": "id"}.get(by, "external_key")
        rows = Contact.objects.exclude(deleted_at=None).filter(**{f"{column}__in": keys}).order_by("deleted_at")
        found: dict[str, list[tuple[UUID, datetime]]] = {}
        for key, contact_id, moment in rows.values_list(column, "id", "deleted_at"):
            assert moment is not None
            found.setdefault(str(key), []).append((contact_id, moment))
        return found

    def restore(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Refusal]:
        """Restore them with their numbers; those that were never offered to Practice Management are now."""
        refused = restore_contacts(contact_ids=ids, actor=self.actor, at=at)
        if not self.context.held:
            back = [contact_id for contact_id in ids if contact_id not in refused]
            sync.identify("contact", back, actor=self.actor, at=at, lane=sync.Lane.BULK)
        return refused

    def ask_peer(self, numbers: Sequence[str]) -> Mapping[str, str] | None:
        """Numbers are given here; nobody else need be asked."""
        del numbers
        return {}

    def create(self, drafts: Sequence[Draft], at: datetime) -> Sequence[UUID | Refused]:
        """Create them by the ordinary operation."""
        results = create_contacts(drafts, actor=self.actor, at=at, lane=sync.Lane.BULK, held=self.context.held)
        return [one.id if isinstance(one, Created) else one for one in results]

    def amend(
        self, items: Sequence[tuple[UUID, Record]], at: datetime, *, clears: bool
    ) -> Sequence[Amended | Refused | None]:
        """Change what the rows say otherwise; fields without a column stay as they are."""
        held = read_held([contact_id for contact_id, _ in items])
        wanted = [
            (contact_id, changes_of(record, held[contact_id].fields, clears=clears))
            for contact_id, record in items
            if contact_id in held
        ]
        answers = edit_contacts(
            actor=self.actor, items=wanted, at=at, keep_sequence=not self.context.options.get("move_sequence")
        )
        edited = dict(zip((contact_id for contact_id, _ in wanted), answers, strict=True))
        return [_amended(edited.get(contact_id, _GONE)) for contact_id, _ in items]

    def shown(self, draft: Draft) -> Sequence[str]:
        """A new contact in the table of examples."""
        fields = cleaned(draft.given)
        return (
            display_name(fields),
            fields["contact_type"],
            draft.number,
            fields["email"],
            fields["main_address"].get("city", ""),
        )


_GONE: Final = Refused([FieldError("", "This contact is not here any more.", "not_found")])


def draft_of(record: Record, options: Mapping[str, Any], *, is_demo: bool = False, strict: bool = True) -> Draft:
    """The contact a row describes. Raises Refused for a type that is none, unless it need not be ``strict``."""
    given: dict[str, Any] = {name: record.get(name, "") for name in TEXT_COLUMNS}
    given |= {field: record.get(column, "") for column, field in PHONE_COLUMNS.items()}
    if strict or record.get("type", "") in ("person", "company"):
        given["display_as"] = kind_of(record)
    given["contact_type"] = (record.get("numbering_sequence") or options.get("scheme") or "client").strip().casefold()
    given["main_address"] = address_in(record, "physical", ADDRESS_PARTS, {}, clears=False) or {}
    mailing = address_in(record, "mailing", ADDRESS_PARTS, {}, clears=False) or {}
    given["additional_addresses"] = [{"usage": "mailing", **mailing}]
    # A number in a file says nothing about where numbering should go on, unless somebody says so (IMP-8).
    keep = not options.get("move_sequence")
    return Draft(given, record.get("reference", "").strip(), keep_sequence=keep, is_demo=is_demo)


def changes_of(record: Record, fields: Mapping[str, Any], *, clears: bool) -> dict[str, Any]:
    """What a row says of a contact that is here; an empty cell says nothing, or with ``clears`` that it is empty."""
    named = {name: name for name in TEXT_COLUMNS} | PHONE_COLUMNS
    changes: dict[str, Any] = {
        field: record[column]
        for column, field in named.items()
        if column in record and (record[column].strip() or clears)
    }
    if record.get("type", "").strip():
        changes["display_as"] = kind_of(record)
    if number := record.get("reference", "").strip():
        changes["number"] = number
    main = address_in(record, "physical", ADDRESS_PARTS, fields["main_address"], clears=clears)
    if main is not None:
        changes["main_address"] = main
    present: Mapping[str, str] = next(
        (one for one in fields["additional_addresses"] if one.get("usage") == "mailing"), {}
    )
    plain = {part: text for part, text in present.items() if part != "usage"}
    mailing = address_in(record, "mailing", ADDRESS_PARTS, plain, clears=clears)
    if mailing is not None:
        changes["additional_addresses"] = with_mailing_address(fields["additional_addresses"], mailing or None)
    return changes


def _amended(answer: Any) -> Amended | Refused | None:
    if answer is None or isinstance(answer, Refused):
        return answer
    before = {name: old for name, (old, _) in answer.changed.items()}
    after = {name: new for name, (_, new) in answer.changed.items()}
    return Amended(answer.id, display_name(answer.fields), before, after)
