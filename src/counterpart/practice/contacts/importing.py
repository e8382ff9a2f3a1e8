"""Contacts from a file: what a row describes, whom it is about, and what it changes (IMP-1 to IMP-8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.merges import merged_away
from counterpart.foundation.countries import country_code
from counterpart.foundation.errors import FieldError, Refusal, Refused
from counterpart.foundation.importing.columns import Field, Fields, Record, values_of
from counterpart.foundation.importing.contact_fields import NUMBERS, PERSON, PERSONAL, PHONES, TEMPLATES, addresses
from counterpart.foundation.importing.contact_rows import address_in, kind_of, uuids, with_phones
from counterpart.foundation.importing.days import read_date
from counterpart.foundation.importing.records import Amended
from counterpart.foundation.importing.subjects import Context
from counterpart.practice.contacts.drafts import ADDRESS_LINES, TEXTS, Draft
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations import Created, create_contacts, edit_contacts, restore_contacts
from counterpart.practice.contacts.operations.lifecycle import RESTORE_DAYS
from counterpart.practice.contacts.personal import FURTHER
from counterpart.practice.contacts.private import REFUSAL, VIEW_SENSITIVE
from counterpart.practice.contacts.rows import states_of
from counterpart.practice.settings.queries import contact_settings
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

PHONE_COLUMNS: Final = {
    "business_phone": "business", "mobile_phone": "mobile", "home_phone": "home", "other_phone": "other", "fax": "fax",
    "sms_phone": "sms",
}  # fmt: skip
ADDRESS_PREFIXES: Final = {"physical": "physical_address", "mailing": "mailing_address"}
PLAIN: Final = (*TEXTS, "external_reference", *FURTHER)

FIELDS: Final = Fields(
    (
        *PERSON,
        *NUMBERS,
        *PHONES,
        Field(
            "sms_phone", "Text messages", "A number for text messages; stays in Practice Management", "",
            ("sms", "text", "txt", "text number", "sms number"), repeats=True, group="Reach",
        ),
        *addresses(with_county=True),
        *PERSONAL,
    ),
    TEMPLATES,
)  # fmt: skip


class ContactKeeper:
    """Practice Management's contacts, for an import; see ``records.Keeper``."""

    kind = "contact"
    noun = "contact"
    number_label = "Reference"
    headings: tuple[str, ...] = ("Name", "Kind", "Reference", "E-mail", "City")

    def __init__(self, context: Context) -> None:
        self.context, self.actor = context, context.actor
        self.month_first = contact_settings().default_country in MONTH_FIRST
        self.goes = sync.is_on() and not context.held
        if context.options.get("mode", "create") != "create" or context.options.get("duplicates") in ("update", "ask"):
            self.actor.require("contact.edit")

    def draft(self, record: Record) -> Draft:
        """The contact a row describes. Raises Refused."""
        made = draft_of(record, self.context.options, is_demo=self.context.is_demo, month_first=self.month_first)
        if made.tax_number and not self.actor.may(VIEW_SENSITIVE):
            raise Refused([REFUSAL])  # before it is compared with anybody's
        return made

    def label(self, record: Record) -> str:
        """The name in the row."""
        person = " ".join(text for name in ("title", "first", "middle", "last", "suffix") if (text := record.get(name)))
        return person if record.get("first") or record.get("last") else record.get("company", "") or person

    def face(self, draft: Draft) -> Face:
        """As contacts are compared."""
        return Face(
            draft.kind, draft.first, draft.middle, draft.last, draft.company, draft.alias,
            emails=(draft.email,) if draft.email else (),
            phones=tuple(phone["number"] for phone in draft.phones),
            addresses=tuple(each for each in (draft.physical_address, draft.mailing_address) if each),
            number=draft.reference,
            tax_number=draft.tax_number,
            born="" if draft.kind == "company" else draft.date_of_birth,
        )  # fmt: skip

    def find(self, by: str, keys: Sequence[str]) -> Mapping[str, Sequence[UUID]]:
        """Contacts by what they are matched by; one statement. Nothing for those who may not see contacts."""
        if not keys or not self.actor.may("contact.read"):
            return {}
        contacts = Contact.objects.filter(ACTIVE)
        if by == "reference":
            rows = contacts.filter(Q(reference_key__in=keys) | Q(requested_key__in=keys))
            # Whoever has the number comes before whoever asks for it.
            holders = {row[1]: row[0] for row in rows.values_list("id", "reference_key") if row[1]}
            asking = {row[1]: row[0] for row in rows.values_list("id", "requested_key") if row[1]}
            return {key: [one] for key in keys if (one := holders.get(key) or asking.get(key))}
        pairs: Iterable[tuple[str, UUID]]
        if by == "email":
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
        """Which of the references another contact has or has asked for, in words (IMP-8)."""
        keys = {number_key(number): number for number in numbers}
        rows = Contact.objects.filter(ACTIVE).filter(Q(reference_key__in=keys) | Q(requested_key__in=keys))
        names = self.actor.may("contact.read")
        held = {}
        # Legal Accounting has its number still, and gives it to nobody else.
        away = Contact.objects.exclude(ACTIVE).exclude(pk__in=merged_away()).filter(reference_key__in=keys)
        for contact in away:
            said = f"Reference {keys[contact.reference_key]} belongs to {contact if names else 'a contact'}"
            held[contact.reference_key] = f"{said}, deleted since. Restore that contact, or leave the number empty."
        for contact in rows:
            for key in (contact.reference_key, contact.requested_key):
                if key in keys:
                    held[key] = f"Reference {keys[key]} belongs to {contact if names else 'another contact'}."
        return held

    def deleted(self, by: str, keys: Sequence[str], at: datetime) -> Mapping[str, Sequence[tuple[UUID, datetime]]]:
        """Deleted contacts that can be restored still, by those who may do that and change them; the last one last."""
        if not (self.actor.may("contact.delete") and self.actor.may("contact.edit")):
            return {}
        away = Contact.objects.filter(deleted_at__gte=at - timedelta(days=RESTORE_DAYS)).order_by("deleted_at")
        found: dict[str, list[tuple[UUID, datetime]]] = {}
        columns = {"reference": ("reference_key", "requested_key"), "id": ("id",)}.get(by, ("external_key",))
        for column in columns:
            for key, contact_id, moment in away.filter(**{f"{column}__in": keys}).values_list(
                column, "id", "deleted_at"
            ):
                found.setdefault(str(key), []).append((contact_id, moment))
        if by == "reference":
            # Whoever has the number now keeps it.
            holders = Contact.objects.filter(ACTIVE).filter(Q(reference_key__in=keys) | Q(requested_key__in=keys))
            for pair in holders.values_list("reference_key", "requested_key"):
                for key in pair:
                    found.pop(key, None)
        return found

    def restore(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Refusal]:
        """Restore them by the ordinary operation; those that were never offered to Legal Accounting are now."""
        refused = restore_contacts(actor=self.actor, contact_ids=ids, at=at)
        if not self.context.held:
            back = [contact_id for contact_id in ids if contact_id not in refused]
            sync.identify("contact", back, actor=self.actor, at=at, lane=sync.Lane.BULK)
        return refused

    def ask_peer(self, numbers: Sequence[str]) -> Mapping[str, str] | None:
        """Which numbers Legal Accounting has given; nothing if the two are not connected."""
        if not sync.is_on():
            return {}
        answer = sync.ask("numbers", timeout_s=ASK_TIMEOUT_S, numbers=list(numbers))
        return None if answer is None else dict(answer.get("used", {}))

    def create(self, drafts: Sequence[Draft], at: datetime) -> Sequence[UUID | Refused]:
        """Create them by the ordinary operation."""
        results = create_contacts(actor=self.actor, drafts=drafts, at=at, lane=sync.Lane.BULK, held=self.context.held)
        return [one.id if isinstance(one, Created) else one for one in results]

    def amend(
        self, items: Sequence[tuple[UUID, Record]], at: datetime, *, clears: bool
    ) -> Sequence[Amended | Refused | None]:
        """Change what the rows say otherwise; fields without a column stay as they are."""
        states = states_of([contact_id for contact_id, _ in items])
        wanted = [
            (contact_id, changes_of(record, states[contact_id], clears=clears, month_first=self.month_first))
            for contact_id, record in items
            if contact_id in states
        ]
        edited = dict(
            zip(
                (contact_id for contact_id, _ in wanted),
                edit_contacts(
                    actor=self.actor, items=wanted, at=at, keep_sequence=not self.context.options.get("move_sequence")
                ),
                strict=True,
            )
        )
        return [_amended(edited.get(contact_id, _GONE)) for contact_id, _ in items]

    def shown(self, draft: Draft) -> Sequence[str]:
        """A new contact in the table of examples."""
        columns = {
            name: getattr(draft, name) for name in ("kind", "title", "first", "middle", "last", "suffix", "company")
        }
        city = draft.physical_address.get("city") or draft.mailing_address.get("city", "")
        return display_name(columns), draft.kind, draft.reference, draft.email, city


ASK_TIMEOUT_S: Final = 3.0
MONTH_FIRST: Final = frozenset({"", "US"})
"""Countries of firms where 3/4/1980 is in March."""
_GONE: Final = Refused([FieldError("", "This contact is not here any more.", "not_found")])


def draft_of(record: Record, options: Mapping[str, Any], *, is_demo: bool = False, month_first: bool = True) -> Draft:
    """The contact a row describes. Raises Refused."""
    plain = {name: record.get(name, "") for name in PLAIN}
    if plain["date_of_birth"]:
        plain["date_of_birth"] = _day(plain["date_of_birth"], month_first=month_first)
    return Draft(
        kind=kind_of(record),
        **plain,
        emails=list(values_of(record, "email"))[1 if plain["email"] else 0 :] if "email 2" in record else (),
        phones=[
            {"label": label, "number": number}
            for column, label in PHONE_COLUMNS.items()
            for number in values_of(record, column)
        ],
        physical_address=_address(record, "physical"),
        mailing_address=_address(record, "mailing"),
        reference=record.get("reference", ""),
        # A number in a file says nothing about where numbering should go on, unless somebody says so (IMP-8).
        keep_sequence=not options.get("move_sequence"),
        numbering_sequence=(record.get("numbering_sequence") or options.get("scheme") or "client").strip().casefold(),
        is_demo=is_demo,
    )


def changes_of(record: Record, state: Mapping[str, Any], *, clears: bool, month_first: bool = True) -> dict[str, Any]:
    """What a row says of a contact that is here; an empty cell says nothing, or with ``clears`` that it is empty."""
    changes: dict[str, Any] = {
        name: record[name] for name in PLAIN if name in record and (record[name].strip() or clears)
    }
    if born := changes.get("date_of_birth"):
        changes["date_of_birth"] = _day(born, month_first=month_first)
    if "email 2" in record:
        changes["emails"] = _emails(record, state["emails"], clears=clears)
    if record.get("type", "").strip():
        changes["kind"] = kind_of(record)
    if record.get("reference", "").strip():
        changes["reference"] = record["reference"]
    phones = with_phones(state["phones"], record, PHONE_COLUMNS, clears=clears)
    if phones != state["phones"]:
        changes["phones"] = phones
    for prefix, column in ADDRESS_PREFIXES.items():
        given = address_in(record, prefix, ADDRESS_LINES, state[column], clears=clears)
        if given is not None:
            changes[column] = given
    return changes


def _emails(record: Record, present: Sequence[str], *, clears: bool) -> list[str]:
    """The further addresses after a row: those it names are added, unless an empty cell means that there is none."""
    given = [one for one in values_of(record, "email") if one != record.get("email")]
    return given if clears else [*present, *given]


def _day(text: str, *, month_first: bool) -> str:
    """A day as it is stored; what can't be read stays as it is, and is refused with a sentence."""
    if not text.strip("0/.- "):
        return ""  # how Outlook writes that there is none
    try:
        return read_date(text, month_first=month_first).isoformat()
    except ValueError:
        return text


def _address(record: Record, prefix: str) -> dict[str, str]:
    address = {line: text for line in ADDRESS_LINES if (text := record.get(f"{prefix}_{line}"))}
    if "country" in address:
        address["country"] = country_code(address["country"])
    return address


def _amended(answer: Any) -> Amended | Refused | None:
    if answer is None or isinstance(answer, Refused):
        return answer
    before = {name: old for name, (old, _) in answer.changed.items()}
    after = {name: new for name, (_, new) in answer.changed.items()}
    return Amended(answer.id, display_name(answer.columns), before, after)
