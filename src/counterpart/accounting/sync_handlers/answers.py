"""What Legal Accounting tells Practice Management besides records: its numbering, and whether a number is free."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from counterpart.accounting.contacts import queries as contacts
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files import queries as files
from counterpart.accounting.numbering.file_numbers import (
    file_number_locked_emails,
    file_numbering_facts,
    file_prefix,
    next_file_number,
    preview_file_number,
)
from counterpart.accounting.numbering.queries import Preview, number_locked_emails, preview, settings_facts
from counterpart.accounting.numbering.used import UsedNumbers
from counterpart.accounting.sync_handlers.requests import CurrentKeys, holder_sync_ids
from counterpart.contracts import contact, matter
from counterpart.contracts.contact import SCHEMES, tidy
from counterpart.foundation.users.models import User
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

PASSING: Final = ("sequences", "next_file_number")
"""Facts that change by themselves, without anybody changing a setting."""

NUMBERS_MAX: Final = 1_000
"""Numbers of one question."""
USERS_MAX: Final = 500
"""The block must stay small; firms with more users are matched on the connection check by e-mail on demand."""


def policy_block() -> dict[str, Any]:
    """Facts that travel in every beat: numbering, whom its restrictions bind, and the people (NUM-17, MAT-19)."""
    users = User.objects.order_by("email").values_list("email", "name", "is_active")[:USERS_MAX]
    return {
        **settings_facts(),
        "number_locked_emails": sorted(number_locked_emails()),
        "file_numbering": file_numbering_facts(),
        "next_file_number": next_file_number(),
        "file_number_locked_emails": sorted(file_number_locked_emails()),
        "publishes_staff": files.file_options().publishes_staff,
        "users": [{"email": email, "name": name, "active": active} for email, name, active in users],
        # Shown on the form there; nothing is forced on what arrives, whatever people must fill in here (IMP-8, ADR-7).
        "required_contact_fields": contacts.required_details(),
    }


def answer_number(question: dict[str, Any]) -> dict[str, Any]:
    """Say whether a number typed in Practice Management is free, and what comes next (IMP-3, IMP-4).

    Nobody is named: who holds the number is told by its sync identity, and shown there to those who may see it.
    """
    number = _text(question, "number")
    scheme = question.get("scheme") if question.get("scheme") in SCHEMES else "client"
    asking = _local(contact.KIND, _text(question, "sync_id"))
    found = preview(number, scheme=str(scheme), contact_id=asking)
    return _answer(found, contact.KIND, contacts.current_keys, _contact_sentence)


def answer_numbers(question: dict[str, Any]) -> dict[str, Any]:
    """Which of many numbers were given already, by their keys and in words; asked before an import (IMP-8).

    Nobody is named: the sentence is shown to whoever imports there.
    """
    given = question.get("numbers")
    numbers = [text for text in given if isinstance(text, str)][:NUMBERS_MAX] if isinstance(given, list) else []
    used = UsedNumbers()
    used.look_up(number_key(text) for text in numbers)
    return {
        "used": {
            number_key(text): f"Number {text} was given in Legal Accounting before."
            for text in numbers
            if used.owner(number_key(text)) is not None
        }
    }


def answer_file_number(question: dict[str, Any]) -> dict[str, Any]:
    """The same for a File Reference (MAT-9): ``client`` is the sync identity of the primary client, whose number the
    file's begins with by contact (MAT-13). ``prefix``: that beginning, '' by firm.
    """
    number = _text(question, "number")
    primary = _local(contact.KIND, _text(question, "client"))
    client = Contact.objects.filter(pk=primary).only("number").first() if primary else None
    prefix = file_prefix(client.number if client else "")
    if client is None and prefix:
        # Without a client there is nothing to number by yet.
        return {"free": False, "holder": "", "problem": "", "next": "", "next_after": "", "prefix": ""}
    asking = _local(matter.KIND, _text(question, "sync_id"))
    client_number = client.number if client else ""
    found = preview_file_number(number, contact_id=primary, contact_number=client_number, file_id=asking)
    return _answer(found, matter.KIND, files.current_keys, _file_sentence) | {"prefix": prefix}


def _answer(found: Preview, kind: str, current: CurrentKeys, sentence: Callable[[str, UUID], str]) -> dict[str, Any]:
    problem, holder = found.problem, ""
    if found.owner is not None:
        holder = holder_sync_ids({found.number: found.owner}, kind, current)[found.number]
        problem = sentence(found.number, found.owner)
    return {
        "free": found.is_free, "holder": holder, "problem": problem, "next": found.next, "next_after": found.next_after,
    }  # fmt: skip


def _contact_sentence(number: str, owner: UUID) -> str:
    return contacts.taken_sentence(number, contacts.names_of([owner]).get(owner), named=False)


def _file_sentence(number: str, owner: UUID) -> str:
    return files.taken_sentence(number, files.files_by_id([owner]).get(owner), named=False)


def _text(question: dict[str, Any], name: str) -> str:
    return tidy(str(question.get(name) or "")) or ""


def _local(kind: str, sync_id: str) -> UUID | None:
    try:
        return sync.find_local(kind, UUID(sync_id))
    except ValueError:
        return None
