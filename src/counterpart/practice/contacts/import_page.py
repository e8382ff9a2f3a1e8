"""The import of contacts as people meet it at a page; the pages themselves are ``foundation.importing.views``."""

from pathlib import Path
from typing import Any, Final

from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.contact_columns import ADDRESSES, NAMES, PHONES
from counterpart.foundation.importing.running import Import
from counterpart.foundation.importing.subjects import Subject, UploadForm
from counterpart.practice.contacts.importing import contact_import


def _job(actor: Actor, path: Path, options: dict[str, Any], file_name: str) -> Import:
    del options
    return contact_import(actor, path, file_name=file_name)


CONTACTS: Final = Subject(
    key="contacts",
    title="Import contacts",
    noun="contacts",
    back="contacts:list",
    rights=("contact.create",),
    form=UploadForm,
    job=_job,
    columns=(
        *NAMES,
        ("reference", "Empty: Legal Accounting numbers the contact", ""),
        ("numbering_sequence", "client, vendor or other; client if empty", "client"),
        *PHONES,
        ("sms_phone", "For text messages; stays in Practice Management", ""),
        *ADDRESSES,
    ),
)
