"""The import of contacts as people meet it; the pages themselves are ``foundation.importing.views``."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from counterpart.accounting.contacts.import_undo import ContactRecords
from counterpart.accounting.contacts.importing import FIELDS, ContactKeeper
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.contact_options import ContactOptionsForm, what
from counterpart.foundation.importing.records import RecordImport
from counterpart.foundation.importing.subjects import Context, Subject
from counterpart.foundation.importing.undoing import RecordUndoer
from counterpart.sync import api as sync


def _form(*args: Any, **kwargs: Any) -> ContactOptionsForm:
    peer = settings.COUNTERPART_PEER_NAME if sync.is_on() else ""
    return ContactOptionsForm(*args, peer=peer, number_label="Contact number", **kwargs)


def _importer(context: Context) -> RecordImport:
    return RecordImport(context, ContactKeeper(context))


def _identified(ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, Mapping[str, str]]:
    """How contacts a row looks like are shown; those this person may not see are not among them."""
    found = {}
    for contact in contacts_visible_to(actor).filter(pk__in=list(ids)):
        phone = contact.work_phone or contact.mobile_phone
        line = (contact.number, contact.email, phone, contact.main_address.get("city", ""))
        found[contact.pk] = {
            "name": contact.name, "url": contact.get_absolute_url(), "line": " · ".join(filter(None, line)),
        }  # fmt: skip
    return found


CONTACTS: Final = Subject(
    key="contacts",
    title="Import contacts",
    noun="contacts",
    back="contacts:manager",
    rights=("contact.create",),
    fields=FIELDS,
    needs_one_of=("first", "last", "company"),
    form=_form,
    importer=_importer,
    undoer=lambda actor: RecordUndoer(ContactRecords(actor)),
    what=what,
    identify=_identified,
)
