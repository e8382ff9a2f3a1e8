"""What the names can mean among our contacts and files. Every record is searched; what the person may not see is
counted, never named (CNF-2).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.files.models import File, FilePayer
from counterpart.accounting.files.queries import files_visible_to
from counterpart.foundation.actor import Actor
from counterpart.foundation.conflicts.finding import Named, contact_names, matter_names, told
from counterpart.foundation.conflicts.hits import Answer, Record
from counterpart.foundation.conflicts.matching import Term
from counterpart.foundation.conflicts.searching import search
from counterpart.sync import api as sync

CONTACT_COLUMNS: Final = ("display_as", "first", "middle", "last", "company", "alias", "email", "number")
FILE_LABELS: Final = {"description": "Name", "number": "Number"}


def find(terms: Sequence[Term], viewer: Actor) -> Answer:
    """Everything the terms can mean here, as far as the viewer may see it. A constant number of statements."""
    contacts, files = Contact.objects.filter(deleted_at=None), File.objects.filter(deleted_at=None)
    file_names = partial(matter_names, FILE_LABELS)
    found_contacts = search(contacts, terms, kind="contact", columns=CONTACT_COLUMNS, names=_contact_names)
    found_files = search(files, terms, kind="matter", columns=list(FILE_LABELS), names=file_names)
    on_files = _on_files({found.id for found in found_contacts})
    file_ids = {found.id for found in found_files} | {key for rows in on_files.values() for key in rows}
    contact_ids = {found.id for found in found_contacts}
    identities = sync.sync_ids("contact", contact_ids) | sync.sync_ids("matter", file_ids)
    people = _records(contacts_visible_to(viewer).filter(pk__in=contact_ids), identities)
    visible = _records(files_visible_to(viewer).filter(pk__in=file_ids), identities)
    return told(found_contacts, people, on_files, found_files, visible, identities)


def veiled(viewer: Actor, contact_ids: Collection[UUID], file_ids: Collection[UUID]) -> set[UUID]:
    """Those of the records, named by their sync identities, that the viewer may not see here (LA-PRM-1)."""
    contacts = set() if viewer.may("contact.read") else set(sync.local_ids("contact", contact_ids))
    return contacts if viewer.may("file.read") else contacts | set(sync.local_ids("matter", file_ids))


def _contact_names(row: Mapping[str, Any], former: Iterable[Mapping[str, Any]]) -> Named:
    is_company = row["display_as"] == Contact.DisplayAs.COMPANY
    return contact_names(row, is_company=is_company, number="number", former=former)


def _on_files(contact_ids: set[UUID]) -> dict[UUID, dict[UUID, list[str]]]:
    """The files each contact pays for or paid for, or that were opened for it as a group."""
    found: dict[UUID, dict[UUID, list[str]]] = {}
    payers = FilePayer.objects.filter(contact_id__in=contact_ids, file__deleted_at=None).order_by("-file__opened_on")
    for contact, file, position, ended in payers.values_list("contact_id", "file_id", "position", "ended_at"):
        role = "Former payer" if ended else "Payer" if position else "Primary payer"
        found.setdefault(contact, {}).setdefault(file, []).append(role)
    groups = File.objects.filter(group_id__in=contact_ids, deleted_at=None).order_by("-opened_on")
    for group, file in groups.values_list("group_id", "pk"):
        found.setdefault(group, {}).setdefault(file, []).append("Group")
    return found


def _records(rows: Iterable[Contact | File], identities: Mapping[UUID, UUID]) -> dict[UUID, Record]:
    return {row.pk: _record(row, identities.get(row.pk)) for row in rows}


def _record(row: Contact | File, sync_id: UUID | None) -> Record:
    name, opened = (row.description, row.opened_on.isoformat()) if isinstance(row, File) else (row.name, "")
    url = f"{settings.COUNTERPART_BASE_URL}{row.get_absolute_url()}"
    return Record(url, name, sync_id, row.number, row.get_status_display(), opened)
