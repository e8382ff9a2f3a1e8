"""Who stands where on a matter: drafts of parties become rows in order, or refusals at their places (PTY-1, PTY-2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from counterpart.foundation.errors import FieldError
from counterpart.foundation.ids import new_id
from counterpart.practice.matters.drafts import PARTIES_MAX, PartyDraft
from counterpart.practice.matters.enums import Limit
from counterpart.practice.matters.operations.looking_up import ContactFacts, RoleFacts, TypeFacts
from counterpart.practice.matters.rows import PartyRow

KIND_NEEDED = {Limit.INDIVIDUAL: "only individuals", Limit.COMPANY: "only companies"}


def placed(
    matter_id: UUID,
    drafts: Sequence[PartyDraft],
    facts: TypeFacts,
    contacts: Mapping[UUID, ContactFacts],
    held: Iterable[PartyRow] = (),
) -> tuple[list[PartyRow], list[FieldError]]:
    """The parties the drafts stand for, and everything that is wrong with them.

    ``held``: the parties the matter has; one that stays keeps its row, and is not judged again.
    """
    if len(drafts) > PARTIES_MAX:
        return [], [FieldError("parties", f"A matter can have at most {PARTIES_MAX:,} parties.", "too_many")]
    known = {(row.role_id, row.contact_id): row for row in held}
    rows: dict[tuple[UUID, UUID], PartyRow] = {}
    errors: list[FieldError] = []
    filled: set[UUID] = set()
    for place, draft in enumerate(drafts):
        role, contact = facts.role(draft.role), contacts.get(draft.contact)
        stays = known.get((role.id, draft.contact)) if role else None
        part, text, code = _problem(role, contact, facts, filled, is_held=stays is not None)
        if role and not text and (role.id, draft.contact) in rows:
            part, text, code = "contact_id", f"A contact can be {role.name} on a matter only once.", "party.twice"
        if text or role is None:
            errors.append(FieldError(f"parties.{place}.{part}", text, code))
            continue
        filled.add(role.id)
        represents = [str(one) for one in draft.represents]
        row = stays or _new(matter_id, role, draft.contact, contact.name if contact else "", represents)
        rows[role.id, draft.contact] = row if row.represents == represents else replace(row, represents=represents)
    return numbered(rows.values(), facts), errors


def numbered(rows: Iterable[PartyRow], facts: TypeFacts) -> list[PartyRow]:
    """The parties in the order of their roles, with their places within the role."""
    found: list[PartyRow] = []
    by_role: dict[UUID, list[PartyRow]] = {role_id: [] for role_id in facts.roles}
    for row in rows:
        by_role[row.role_id].append(row)
    for group in by_role.values():
        found += [row if row.position == place else replace(row, position=place) for place, row in enumerate(group)]
    return found


def required_problems(facts: TypeFacts, rows: Iterable[PartyRow]) -> list[FieldError]:
    """The required roles nobody fills (PTY-2)."""
    filled = {row.role_id for row in rows}
    return [
        FieldError("parties", f"This type of matter needs: {role.name}.", "role.required")
        for role in facts.roles.values()
        if role.is_required and role.id not in filled
    ]


def _problem(
    role: RoleFacts | None, contact: ContactFacts | None, facts: TypeFacts, filled: set[UUID], *, is_held: bool
) -> tuple[str, str, str]:
    if role is None:
        names = ", ".join(one.name for one in facts.roles.values())
        return "role", f"Choose a role of {facts.name}: {names}.", "role.unknown"
    if role.id in filled and not role.is_many:
        return "role", f"Only one contact can be {role.name}.", "role.one"
    if is_held:
        return "", "", ""
    if contact is None:
        return "contact_id", "There is no such contact, or you can't view it.", "contact.unknown"
    if role.limited_to and role.limited_to != contact.kind:
        return "contact_id", f"{role.name} can be {KIND_NEEDED[Limit(role.limited_to)]}.", "party.kind"
    return "", "", ""


def _new(matter_id: UUID, role: RoleFacts, contact_id: UUID, name: str, represents: list[str]) -> PartyRow:
    return PartyRow(new_id(), matter_id, role.id, contact_id, 0, represents, role.name, role.is_primary, name)
