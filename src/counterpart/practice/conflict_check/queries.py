"""What the names can mean among our contacts and matters. Every record is searched; what the person may not see is
counted, never named (CNF-2).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from counterpart.foundation.actor import Actor
from counterpart.foundation.conflicts.finding import Named, contact_names, matter_names, told
from counterpart.foundation.conflicts.hits import Answer, Record
from counterpart.foundation.conflicts.matching import Term
from counterpart.foundation.conflicts.searching import search
from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.enums import Kind
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.matters import queries as matters
from counterpart.practice.matters.models import Matter, Party
from counterpart.sync import api as sync

CONTACT_COLUMNS: Final = ("kind", "first", "middle", "last", "company", "alias", "email", "reference")
MATTER_LABELS: Final = {"name": "Name", "file_reference": "File reference", "external_reference": "External reference"}


def find(terms: Sequence[Term], viewer: Actor) -> Answer:
    """Everything the terms can mean here, as far as the viewer may see it. A constant number of statements."""
    found_contacts = search(
        Contact.objects.filter(deleted_at=None), terms, kind="contact", columns=CONTACT_COLUMNS, names=_contact_names
    )
    found_matters = search(
        Matter.objects.filter(deleted_at=None), terms, kind="matter", columns=list(MATTER_LABELS),
        names=partial(matter_names, MATTER_LABELS),
    )  # fmt: skip
    on_matters = _on_matters(found.id for found in found_contacts)
    matter_ids = {found.id for found in found_matters} | {key for rows in on_matters.values() for key in rows}
    contact_ids = {found.id for found in found_contacts}
    identities = sync.sync_ids("contact", contact_ids) | sync.sync_ids("matter", matter_ids)
    people, visible = _people(contact_ids, viewer, identities), _visible(matter_ids, viewer, identities)
    return told(found_contacts, people, on_matters, found_matters, visible, identities)


def veiled(viewer: Actor, contact_ids: Collection[UUID], matter_ids: Collection[UUID]) -> set[UUID]:
    """Those of the records, named by their sync identities, that the viewer may not see here (PRM-4)."""
    found = set() if viewer.may("contact.read") else set(sync.local_ids("contact", contact_ids))
    here = sync.local_ids("matter", matter_ids)
    hidden = set(here.values())
    if viewer.may("matter.read"):
        hidden = set(matters.hidden_matters(viewer).filter(pk__in=hidden).values_list("pk", flat=True))
    return found | {key for key, matter_id in here.items() if matter_id in hidden}


def _contact_names(row: Mapping[str, Any], former: Iterable[Mapping[str, Any]]) -> Named:
    return contact_names(row, is_company=row["kind"] == Kind.COMPANY, number="reference", former=former)


def _on_matters(contact_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, list[str]]]:
    rows = Party.objects.filter(contact_id__in=set(contact_ids), matter__deleted_at=None)
    found: dict[UUID, dict[UUID, list[str]]] = {}
    for contact, matter, role in rows.order_by("-matter__date", "role__position").values_list(
        "contact_id", "matter_id", "role__name"
    ):
        found.setdefault(contact, {}).setdefault(matter, []).append(role)
    return found


def _people(ids: set[UUID], viewer: Actor, identities: Mapping[UUID, UUID]) -> dict[UUID, Record]:
    style = contacts.name_format()
    rows = contacts.contacts_visible_to(viewer).filter(pk__in=ids)
    return {row.pk: _record(row, display_name(row.__dict__, style), identities) for row in rows}


def _visible(ids: set[UUID], viewer: Actor, identities: Mapping[UUID, UUID]) -> dict[UUID, Record]:
    rows = matters.matters_visible_to(viewer).filter(pk__in=ids)
    return {row.pk: _record(row, str(row), identities, row.date.isoformat()) for row in rows}


def _record(row: Contact | Matter, name: str, identities: Mapping[UUID, UUID], opened: str = "") -> Record:
    url = f"{settings.COUNTERPART_BASE_URL}{row.get_absolute_url()}"
    return Record(url, name, identities.get(row.pk), row.shown_reference, row.get_status_display(), opened)
