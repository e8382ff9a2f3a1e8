"""Creating matters: one is a batch of one, and a batch costs the same number of statements (MAT-1 to MAT-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.ids import new_id
from counterpart.practice.matters.drafts import Draft, problems_of, tidied
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.operations.looking_up import (
    ContactFacts,
    People,
    Types,
    assignee_problem,
    contacts_for,
    first_type,
    reference_holders,
    taken,
    types_by,
)
from counterpart.practice.matters.operations.placing import placed, required_problems
from counterpart.practice.matters.operations.recording import event, initial_changes
from counterpart.practice.matters.operations.telling import tell_born
from counterpart.practice.matters.rows import (
    PartyRow,
    insert_access,
    insert_matters,
    insert_parties,
    take_matter_numbers,
)
from counterpart.practice.number_locks import FILE_REFERENCE_LOCK
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Created:
    """A matter that now exists; ``columns`` has ``matter_number`` and the rest of its state."""

    id: UUID
    columns: dict[str, Any]
    type_name: str
    parties: list[PartyRow]


Result = Created | Refused
"""What became of one draft."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything the drafts of one batch refer to, read at once."""

    actor: Actor
    at: datetime
    types: Types
    default_type: UUID | None
    people: People
    contacts: Mapping[UUID, ContactFacts]
    reference_refusal: FieldError | None


@transaction.atomic
def create_matters(
    *,
    actor: Actor,
    drafts: Sequence[Draft],
    at: datetime,
    lane: sync.Lane = sync.Lane.INTERACTIVE,
    ids: Sequence[UUID] | None = None,
    held: bool = False,
) -> list[Result]:
    """Create a matter from every draft that can be stored; the answer stands in the order of the drafts.

    A refused draft does not stop the others. Nothing waits for Legal Accounting: an empty reference is filled when it
    answers. Without a client a matter is stored and stays here until it has one (MAT-3). ``ids``: identities chosen
    by the caller, one per draft, so that a form sent twice makes one matter. ``held``: nothing is offered to Legal
    Accounting before somebody releases it (IMP-8). Raises Forbidden.
    """
    actor.require("matter.create")
    known = _known(actor, drafts, at)
    results: list[Result] = [
        _weighed(draft, ids[place] if ids else new_id(), known) for place, draft in enumerate(drafts)
    ]
    first = take_matter_numbers(sum(isinstance(one, Created) for one in results))
    results = _without_repeats(actor, drafts, results)
    made = [one for one in results if isinstance(one, Created)]
    for place, one in enumerate(made):
        one.columns["matter_number"] = first + place
    if made:
        insert_matters([(one.id, one.columns) for one in made], actor.name, at)
        insert_parties(party for one in made for party in one.parties)
        insert_access(_listed(actor, made, drafts, results))
        if not held:
            tell_born([(one.columns, _clients(one)) for one in made], actor, at, lane)
        changes = [initial_changes(one.columns, one.type_name, one.parties) for one in made]
        history.record(
            [event(one.columns, "created", actor, at, change) for one, change in zip(made, changes, strict=True)]
        )
    return results


def _known(actor: Actor, drafts: Sequence[Draft], at: datetime) -> _Known:
    wanted = {draft.matter_type for draft in drafts}
    default = first_type() if None in wanted else None
    ids = {one for one in (*wanted, default) if isinstance(one, UUID)}
    people = [draft.assigned_to for draft in drafts] + [one for draft in drafts for one in draft.access]
    return _Known(
        actor,
        at,
        types_by(ids, (one for one in wanted if isinstance(one, str))),
        default,
        People([*people, actor.user_id]),
        contacts_for(actor, (party.contact for draft in drafts for party in draft.parties)),
        _reference_refusal(actor, drafts),
    )


def _weighed(draft: Draft, matter_id: UUID, known: _Known) -> Result:
    """The draft as columns and parties, or everything that is wrong with it."""
    facts = known.types.get(draft.matter_type or known.default_type)
    person = known.people.get(known.actor.user_id if draft.assigned_to is None else draft.assigned_to)
    columns = _columns(draft, matter_id, known.at) | {
        "matter_type_id": facts.id if facts else None,
        "assigned_to_id": person.id if person else None,
        "assigned_email": person.email if person else "",
        "assigned_name": person.name if person else "",
    }
    errors = problems_of(columns)
    if columns["status"] == Status.CLOSED:
        errors.append(FieldError("status", "A new matter can't be closed already.", "status.invalid"))
    if problem := assignee_problem(person):
        errors.append(problem)
    if draft.restricted and not known.actor.may("matter.restrict"):
        errors.append(FieldError("restricted", "Your role does not include restricting matters.", "forbidden"))
    if draft.restricted and any(known.people.get(one) is None for one in draft.access):
        errors.append(FieldError("access", "Choose people of this firm.", "access.unknown"))
    if known.reference_refusal is not None and columns["requested_reference"]:
        errors.append(known.reference_refusal)
    if facts is None or not facts.is_active:
        errors.append(FieldError("matter_type", "Choose one of the matter types in use.", "matter_type.unknown"))
        return Refused(errors)
    parties, found = placed(matter_id, draft.parties, facts, known.contacts)
    errors += found
    if columns["status"] != Status.TEMPLATE:
        errors += required_problems(facts, parties)
    return Refused(errors) if errors else Created(matter_id, columns, facts.name, parties)


def _columns(draft: Draft, matter_id: UUID, at: datetime) -> dict[str, Any]:
    given = tidied(
        {"name": draft.name, "file_reference": draft.reference, "external_reference": draft.external_reference}
    )
    requested = given["file_reference"]
    return {
        "id": matter_id,
        "matter_number": 0,
        "name": given["name"],
        "file_reference": "",
        "requested_reference": requested,
        "requested_keep_sequence": draft.keep_sequence and bool(requested),
        "external_reference": given["external_reference"],
        "status": draft.status,
        "priority": draft.priority,
        "date": draft.date or _today(at),
        "restricted": draft.restricted,
        "responsible_email": "",
        "lead_email": "",
        "is_demo": draft.is_demo,
        "version": 1,
        "deleted_at": None,
    }


def _without_repeats(actor: Actor, drafts: Sequence[Draft], results: Sequence[Result]) -> list[Result]:
    """Refuse what another matter, or an earlier draft, has as reference. The counter is locked by now (MAT-2)."""
    may_repeat = any(draft.may_repeat_reference for draft in drafts) and not sync.is_on()
    asked = [one.columns["requested_reference"] if isinstance(one, Created) else "" for one in results]
    holders: dict[str, UUID | None] = dict(reference_holders(asked))
    repeated: dict[int, UUID | None] = {}
    for place, (draft, reference) in enumerate(zip(drafts, asked, strict=True)):
        if not reference or (may_repeat and draft.may_repeat_reference):
            continue
        key = number_key(reference)
        if key in holders:
            repeated[place] = holders[key]
        holders.setdefault(key, None)
    refusals = dict(zip(repeated, taken(actor, list(repeated.values())), strict=True)) if repeated else {}
    return [Refused([refusals[place]]) if place in refusals else one for place, one in enumerate(results)]


def _listed(
    actor: Actor, made: Sequence[Created], drafts: Sequence[Draft], results: Sequence[Result]
) -> list[tuple[UUID, int]]:
    if not any(one.columns["restricted"] for one in made):
        return []
    own = {actor.user_id} if actor.user_id else set()
    return [
        (one.id, user_id)
        for draft, one in zip(drafts, results, strict=True)
        if isinstance(one, Created) and draft.restricted
        for user_id in sorted({*draft.access, one.columns["assigned_to_id"], *own})
    ]


def _clients(made: Created) -> list[UUID]:
    return [party.contact_id for party in made.parties if party.is_primary]


def _reference_refusal(actor: Actor, drafts: Sequence[Draft]) -> FieldError | None:
    """MAT-19: some people may not define a file reference, here either."""
    is_asked = any(draft.reference for draft in drafts)
    return FILE_REFERENCE_LOCK.refusal(actor, "file_reference") if is_asked else None


def _today(at: datetime) -> date:
    return localtime(at).date()
