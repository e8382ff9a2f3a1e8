"""Who of the people and companies in a file is known already, and who is to be made: one contact each.

The same person on several matters is one contact: same kind and same name, case and punctuation aside; two different
e-mail addresses are two people. With the same e-mail the name said is enough, however the contact who is here was
entered: a court's list does not tell a company from a person, nor where a last name begins. Somebody nobody has named
yet ('Does 1-10') is known by the docket as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Lower

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing.records import MATCHES, key_of
from counterpart.practice.contacts.bare_names import BareName
from counterpart.practice.contacts.drafts import Draft
from counterpart.practice.contacts.importing import ContactKeeper
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations import create_contacts
from counterpart.practice.matters.importing.dockets import Docket, Participant
from counterpart.practice.matters.importing.names import Name, name_key
from counterpart.sync.api import Lane

COLUMNS: Final = ("id", "kind", "first", "middle", "last", "suffix", "company", "alias", "email")

Key = tuple[str, str, str, str]


@dataclass(slots=True)
class Entry:
    """A contact that is here, or is to be made of ``draft``. ``refusal``: why it can't be."""

    email: str
    id: UUID | None = None
    draft: Draft | None = None
    refusal: Refused | None = None


@dataclass(slots=True)
class Directory:
    """The contacts of one chunk of rows."""

    is_demo: bool = False
    held: bool = False
    entries: dict[Key, list[Entry]] = field(default_factory=dict)
    by_key: dict[tuple[str, str], Entry] = field(default_factory=dict)
    by_email: dict[tuple[str, str], Entry] = field(default_factory=dict)
    """Contacts that are here, by e-mail and the name as it is said."""
    made: list[tuple[UUID, str]] = field(default_factory=list)
    """Contacts that were created, with their names."""

    def load(self, people: Iterable[tuple[Participant, Docket]]) -> None:
        """Find the contacts that are here already; two statements."""
        listed = list(people)
        wanted = {_key(who.name, docket) for who, docket in listed}
        spellings = {spelling for _, text, *_ in wanted for spelling in (text, f"the {text}")}
        named = Contact.objects.annotate(bare=BareName("sort_name")).filter(bare__in=spellings)
        found = named.filter(ACTIVE).order_by("id")
        for row in found.values(*COLUMNS):
            key = _key_of_row(row, wanted)
            if key in wanted:
                self.entries.setdefault(key, []).append(Entry(row["email"].casefold(), row["id"]))
        emails = {who.email.casefold() for who, _ in listed if who.email}
        reached = Contact.objects.annotate(lower=Lower("email")).filter(ACTIVE, lower__in=emails).order_by("id")
        for row in reached.values(*COLUMNS) if emails else ():
            email = row["email"].casefold()
            self.by_email.setdefault((email, _name_of(row).whole), Entry(email, row["id"]))

    def load_keys(self, keeper: ContactKeeper, participants: Iterable[Participant]) -> None:
        """Find the contacts that rows name by their number or external reference; two statements."""
        wanted: dict[str, set[str]] = {}
        for who in participants:
            if who.known_by is not None:
                wanted.setdefault(who.known_by[0], set()).add(key_of(*who.known_by))
        for by, keys in wanted.items():
            found = keeper.find(by, list(keys))
            self.by_key |= {(by, key): Entry("", ids[0]) for key, ids in found.items()}

    def known(self, who: Participant) -> Entry | Refused:
        """The contact a row names by a key, which has to be here. Contacts come before matters (IMP-9)."""
        assert who.known_by is not None
        by, text = who.known_by
        message = f"No contact has the {MATCHES[by].lower()} {text}. Import the contacts first."
        return self.by_key.get((by, key_of(by, text))) or Refused([FieldError("", message, "contact.unknown")])

    def enter(self, who: Participant, docket: Docket, *, is_client: bool) -> Entry:
        """The entry of a participant; a new one if nobody here fits."""
        key = _key(who.name, docket)
        known = self.entries.setdefault(key, [])
        entry = _fitting(known, who.email.casefold())
        if entry is None or entry.email != who.email.casefold():
            entry = self._twin(who, known, entry)
        if entry is None:
            draft = _draft(who.name, docket, is_demo=self.is_demo)
            entry = Entry("", draft=draft)
            known.append(entry)
        entry.email = entry.email or who.email.casefold()
        if entry.draft is not None:
            _complete(entry.draft, who, is_client=is_client)
        return entry

    def _twin(self, who: Participant, known: list[Entry], entry: Entry | None) -> Entry | None:
        """A contact who is here with this e-mail and name, read otherwise; else the entry there is."""
        key = who.email.casefold(), who.name.whole
        twin = self.by_email.get(key) if who.email and not who.name.is_placeholder else None
        if twin is None:
            return entry
        if entry is not None and entry.draft is not None and not entry.email:
            # An earlier row had no e-mail: it was about the same one.
            entry.id, entry.draft, entry.email = twin.id, None, twin.email
            self.by_email[key] = entry
            return entry
        known.insert(0, twin)
        return twin

    def find(self, name: Name, docket: Docket) -> Entry | None:
        """The entry of somebody named without an e-mail."""
        return _fitting(self.entries.get(_key(name, docket), []), "")

    def make(self, actor: Actor, at: datetime) -> int:
        """Create the contacts that are not here yet; how many. Raises Forbidden."""
        waiting = [entry for known in self.entries.values() for entry in known if entry.draft is not None]
        drafts = [entry.draft for entry in waiting if entry.draft is not None]
        results = create_contacts(actor=actor, drafts=drafts, at=at, lane=Lane.BULK, held=self.held)
        made = 0
        for entry, result in zip(waiting, results, strict=True):
            entry.draft = None
            if isinstance(result, Refused):
                entry.refusal = result
            else:
                entry.id, made = result.id, made + 1
                self.made.append((result.id, display_name(result.columns)))
        return made


def _fitting(known: list[Entry], email: str) -> Entry | None:
    """The same address, else one of which no address is known, else, if none was given, the oldest."""
    same = (entry for entry in known if entry.email == email)
    without = (entry for entry in known if not entry.email or not email)
    return next(same, None) or next(without, None)


def _key(name: Name, docket: Docket) -> Key:
    return name.kind, name.key, name_key(name.suffix), name_key(docket.reference) if name.is_placeholder else ""


def _key_of_row(row: dict[str, Any], wanted: set[Key]) -> Key:
    """The key of a contact that is here; its alias counts where it is a docket's placeholder."""
    name = _name_of(row)
    plain = (name.kind, name.key, name_key(name.suffix))
    placeholder = (*plain, name_key(row["alias"]))
    return placeholder if placeholder in wanted else (*plain, "")


def _name_of(row: dict[str, Any]) -> Name:
    return Name(**{name: row[name] for name in ("kind", "first", "middle", "last", "suffix", "company")})


def _draft(name: Name, docket: Docket, *, is_demo: bool) -> Draft:
    return Draft(
        kind=name.kind,
        title=name.title,
        first=name.first,
        middle=name.middle,
        last=name.last,
        suffix=name.suffix,
        company=name.company,
        alias=docket.reference if name.is_placeholder else name.alias,
        numbering_sequence="other",
        is_demo=is_demo,
    )


def _complete(draft: Draft, who: Participant, *, is_client: bool) -> None:
    """Fill in what this row tells and the rows before did not."""
    if is_client:
        draft.numbering_sequence = "client"
    if draft.kind == "individual":
        draft.company = draft.company or who.firm
    draft.email = draft.email or who.email
    draft.alias = draft.alias or who.name.alias
    draft.physical_address = draft.physical_address or who.address
    known = {phone["label"] for phone in draft.phones}
    given = (("business", who.phone), ("fax", who.fax))
    more = [{"label": label, "number": number} for label, number in given if number and label not in known]
    draft.phones = [*draft.phones, *more]
