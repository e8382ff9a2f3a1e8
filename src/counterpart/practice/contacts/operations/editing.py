"""Editing a contact: only what the person changed is written, and nothing anybody else changed is lost (EDT-1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Missing, Refused, Stale
from counterpart.practice.clashes import merged
from counterpart.practice.contacts.drafts import PERSON_ONLY, TEXTS, problems_of, tidied
from counterpart.practice.contacts.enums import Kind
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.external import external_refusals
from counterpart.practice.contacts.operations.recording import changes_between
from counterpart.practice.contacts.personal import FURTHER, settle
from counterpart.practice.contacts.private import tax_number_refusals
from counterpart.practice.contacts.registers import values_of, with_request
from counterpart.practice.contacts.rows import states_of, update_contacts
from counterpart.practice.number_locks import REFERENCE_LOCK
from counterpart.practice.settings.queries import creation_rules
from counterpart.sync import api as sync

EDITABLE: Final = (
    "kind", *TEXTS, "emails", "phones", "physical_address", "mailing_address", "reference", "numbering_sequence",
    "external_reference", *FURTHER,
)  # fmt: skip


@transaction.atomic
def edit_contact(
    *,
    actor: Actor,
    contact_id: UUID,
    changes: Mapping[str, Any],
    at: datetime,
    keep_sequence: bool = False,
    base: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """Give the named fields new values; return the contact's columns as they are now.

    ``base``: the values the form was filled with. What only one side changed merges silently, what both changed
    raises EditClash. ``version``: the version that was read; another one now raises Stale. A save without any
    change still forces an exchange (STA-5). Raises Forbidden, Missing, Refused.
    """
    actor.require("contact.edit")
    sync.lock("contact", [contact_id])
    current = current_state(contact_id)
    if version is not None and version != current["version"]:
        raise Stale("The contact was changed meanwhile.", current_version=current["version"])
    wanted = tidied({name: value for name, value in changes.items() if name in EDITABLE})
    if base is not None:
        now = {name: shown(current, name) for name in wanted}
        wanted = merged("contact", contact_id, wanted, tidied(base), now, current["version"])
    after = after_edit(actor, current, wanted, keep_sequence=keep_sequence)
    return write_edit(actor, contact_id, current, after, at)


def write_edit(
    actor: Actor, contact_id: UUID, before: dict[str, Any], after: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Store checked columns, report them to the engine and to history. Part of an edit; call it locked."""
    rules = creation_rules()
    values_before, values_after = (values_of(each, shares_methods=rules.share_methods) for each in (before, after))
    if before["requested_reference"] != after["requested_reference"]:
        values_after = with_request(values_after, after)
    changed = changes_between(before, after)
    if changed:
        update_contacts([(contact_id, after, actor.name)], at)
        after = {**after, "version": before["version"] + 1}
    sync.saved(
        kind="contact",
        items=[(contact_id, values_before, values_after)],
        actor=actor,
        at=at,
        share_addresses=rules.sync_addresses,
    )
    if changed:
        event = history.NewEvent("contact", contact_id, display_name(after), "edited", actor, at, changed)
        history.record([event])
    return after


def shown(columns: Mapping[str, Any], name: str) -> Any:
    """A field as the form shows it: the reference is the number, or else what was asked for; a company has no first
    name there, whatever Legal Accounting keeps behind it.
    """
    if name in PERSON_ONLY and columns["kind"] == Kind.COMPANY:
        return ""
    return columns["reference"] or columns["requested_reference"] if name == "reference" else columns[name]


def current_state(contact_id: UUID) -> dict[str, Any]:
    """The columns of a contact that is not deleted. Raises Missing."""
    current = states_of([contact_id]).get(contact_id)
    if current is None or current["deleted_at"] is not None:
        raise Missing
    return current


def after_edit(
    actor: Actor, current: dict[str, Any], wanted: Mapping[str, Any], *, keep_sequence: bool
) -> dict[str, Any]:
    """The columns as they would be, checked. Part of an edit. Raises Refused, Forbidden."""
    after = {**current, **{name: value for name, value in wanted.items() if name != "reference"}}
    errors = tax_number_refusals(actor, current["tax_number"], after) if "tax_number" in wanted else []
    if after["numbering_sequence"] != current["numbering_sequence"]:
        text = "The numbering sequence is chosen when a contact is created and stays."
        errors.append(FieldError("numbering_sequence", text, "scheme.fixed"))  # CON-8
    if "reference" in wanted and wanted["reference"] != shown(current, "reference"):
        errors += _request(actor, current, after, wanted["reference"], keep_sequence=keep_sequence)
    if after["kind"] == Kind.COMPANY:
        errors += _person_parts(current, after, wanted)
    if after["external_reference"] != current["external_reference"]:
        errors += external_refusals({"": after["external_reference"]}, other_than=[current["id"]]).values()
    if errors := errors + settle(after) + problems_of(after):
        raise Refused(errors)
    return after


def _request(
    actor: Actor, current: Mapping[str, Any], after: dict[str, Any], reference: str, *, keep_sequence: bool
) -> list[FieldError]:
    """A changed reference is a request; the old number stands until Legal Accounting grants it (NUM-13)."""
    actor.require("contact.edit_reference")
    REFERENCE_LOCK.ensure_open(actor)
    if not reference and current["reference"]:
        text = "A contact keeps its number; type another one to change it."
        return [FieldError("reference", text, "reference.required")]
    same = reference == current["reference"]
    after["requested_reference"] = "" if same else reference
    after["requested_keep_sequence"] = bool(reference) and not same and keep_sequence
    return []


def _person_parts(current: Mapping[str, Any], after: dict[str, Any], wanted: Mapping[str, Any]) -> list[FieldError]:
    """A company shows no personal names. Those Legal Accounting keeps behind it stay there (PER-5)."""
    typed = [part for part in PERSON_ONLY if wanted.get(part)]
    if typed:
        text = "Only an individual has this; a company has a company name."
        return [FieldError(part, text, "individual_only") for part in typed]
    hidden = current if current["kind"] == Kind.COMPANY else dict.fromkeys(PERSON_ONLY, "")
    after.update({part: hidden[part] for part in PERSON_ONLY})
    return []
