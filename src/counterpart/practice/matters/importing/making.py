"""A chunk of rows becomes matters, their parties and the contacts these are (IMP-9).

Everything is set-based: contacts, matters and parties of a chunk are each written with a constant number of statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from counterpart.contracts.matter import problems
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing.columns import Record
from counterpart.foundation.importing.running import sentence
from counterpart.foundation.importing.subjects import CREATED, UPDATED, Context, Mark
from counterpart.foundation.importing.tallies import Tally, counted
from counterpart.foundation.text import fold
from counterpart.foundation.users.models import User
from counterpart.practice.contacts.importing import ContactKeeper
from counterpart.practice.matters.drafts import Draft, PartyDraft
from counterpart.practice.matters.importing.changing import change_known, close_closed, open_status
from counterpart.practice.matters.importing.directory import Directory, Entry
from counterpart.practice.matters.importing.dockets import CLIENT_COLUMN, Docket, Participant, dockets_of
from counterpart.practice.matters.importing.journal import Made
from counterpart.practice.matters.importing.options import Options
from counterpart.practice.matters.importing.types import TypeHere, Types
from counterpart.practice.matters.models import Party
from counterpart.practice.matters.operations import Created, add_parties, create_matters
from counterpart.practice.matters.queries import Found, matters_by_external_key, staff
from counterpart.sync.api import Lane

NAMES_SHOWN = 3
HEADINGS = ("Docket", "Matter", "Type", "Clients", "Others", "Assigned to")


@dataclass(frozen=True, slots=True)
class Job:
    """Who imports, as what, and who gets what the file assigns to nobody here. ``goes``: to Legal Accounting."""

    base: Context
    actor: Actor
    options: Options
    assignee: User
    usual_type: str
    is_demo: bool = False
    held: bool = False
    goes: bool = False

    def context(self) -> Context:
        """For looking contacts up."""
        return replace(self.base, options={})


@dataclass(slots=True)
class Plan:
    """What becomes of a docket. ``seats``: each participant with a role and who it is."""

    docket: Docket
    type: TypeHere
    assigned_to: User
    opened: date | None
    known: UUID | None
    made: UUID | None = None
    seats: list[tuple[Participant, str, Entry]] = field(default_factory=list)

    def drafts(self, taken: set[tuple[str, UUID]]) -> list[PartyDraft]:
        """Everybody who can be put on the matter and is not there already, each once in a role."""
        represents: dict[tuple[str, UUID], list[Participant]] = {}
        for who, role, entry in self.seats:
            if entry.id is not None and (fold(role), entry.id) not in taken:
                represents.setdefault((role, entry.id), []).append(who)
        return [PartyDraft(role, contact, self._represented(rows)) for (role, contact), rows in represents.items()]

    def _represented(self, rows: list[Participant]) -> list[UUID]:
        """Whom the rows say somebody stands for, by contact."""
        keys = [who.represents.key for who in rows if who.represents is not None]
        by_key = {who.name.key: entry.id for who, _, entry in self.seats if entry.id is not None}
        return list(dict.fromkeys(by_key[key] for key in keys if key in by_key))


def make(chunk: Sequence[Record], at: datetime, tally: Tally, *, job: Job) -> Made:
    """Make everything the rows describe that is not here yet.

    A second run makes nothing: matters are found again by court and docket number, contacts by name. Raises Forbidden.
    """
    made = Made([""] * len(chunk))
    reasons = made.reasons
    types, directory = Types(job.actor, at, tally), Directory(job.is_demo, job.held)
    types.load()
    plans = _plans(dockets_of(chunk, reasons), reasons, types, job, tally)
    directory.load((who, plan.docket) for plan in plans for who in plan.docket.participants)
    people = [who for plan in plans for who in plan.docket.participants]
    if any(who.known_by for who in people):
        directory.load_keys(ContactKeeper(job.context()), people)
    for plan in plans:
        _seat(plan, reasons, types, directory, job)
    contacts = directory.make(job.actor, at)
    for plan in plans:
        for who, _, entry in plan.seats:
            if entry.refusal is not None:
                reasons[who.place] = sentence(entry.refusal)
    known = _parties_here([plan.known for plan in plans if plan.known])
    _mark_contacts(plans, directory, made)
    matters, parties = _create([plan for plan in plans if not plan.known], made, job, at)
    parties += _extend([plan for plan in plans if plan.known], known, made, job, at)
    if job.options.mode != "create":
        change_known([(plan.known, plan.docket, plan.assigned_to) for plan in plans if plan.known], made, job.actor, at,
                     month_first=job.options.month_first)  # fmt: skip
    close_closed([(plan.made, plan.docket) for plan in plans if plan.made], job.actor, at, tally)
    for noun, number in (("matter", matters), ("contact", contacts), ("party", parties)):
        tally.count(noun, number)
    tally.goes += matters if job.goes else 0
    _say(plans, tally, job)
    return made


def _mark_contacts(plans: list[Plan], directory: Directory, made: Made) -> None:
    """A new contact bears the mark of the first row that names it."""
    places: dict[UUID, int] = {}
    for plan in plans:
        for who, _, entry in plan.seats:
            if entry.id is not None:
                places[entry.id] = min(who.place, places.get(entry.id, who.place))
    for contact_id, name in directory.made:
        if contact_id in places:
            made.mark(places[contact_id], Mark("contact", contact_id, CREATED, name))


def _plans(dockets: list[Docket], reasons: list[str], types: Types, job: Job, tally: Tally) -> list[Plan]:
    """What is to become of each docket; those that can't be stored get their reason on every row."""
    here = matters_by_external_key(job.actor, [docket.reference for docket in dockets])
    people = {name: user for user in staff() for name in (fold(user.email), fold(user.name))}
    plans = []
    for docket in dockets:
        try:
            plans.append(_plan(docket, here.get(docket.reference), people, types, job))
        except Refused as refusal:
            _refuse(docket.places, reasons, refusal)
    if nobody := list(
        dict.fromkeys(one.assigned for one in dockets if one.assigned and fold(one.assigned) not in people)
    ):
        tally.remark(
            f"The column assigned_to names nobody who works here ({_listed([f'“{name}”' for name in nobody], ', ')}): "
            f"those matters are assigned to {job.assignee.name}."
        )
    return plans


def _plan(docket: Docket, found: Found | None, people: Mapping[str, User], types: Types, job: Job) -> Plan:
    """What is to become of one docket. Raises Refused."""
    if found is not None and not found.is_visible:
        text = "Another matter, which you can't view, has this docket number."
        raise Refused([FieldError("docket_number", text, "docket_number.taken")])
    if found is None and job.options.mode == "update":
        raise Refused([FieldError("", "No matter here has this number.", "matter.unknown")])
    if found is None and (wrong := problems({"title": docket.title or None})):
        raise Refused([FieldError("matter_name", one.text, one.code) for one in wrong])
    assigned = people.get(fold(docket.assigned), job.assignee)
    known = found.id if found else None
    return Plan(docket, types.get(docket.type or job.usual_type), assigned,
                docket.opened_as(month_first=job.options.month_first), known)  # fmt: skip


def _seat(plan: Plan, reasons: list[str], types: Types, directory: Directory, job: Job) -> None:
    """Give everybody in the docket the roles they have; clients keep the role the file gives them as well."""
    client_role = fold(job.options.client_role)
    for who in plan.docket.participants:
        stands_as_client = who.role == CLIENT_COLUMN
        is_client = stands_as_client or fold(who.role) in (client_role, fold(plan.type.client_role))
        if not is_client and (refusal := types.missing_role(plan.type, who.role)):
            reasons[who.place] = sentence(refusal)
            continue
        if who.known_by is not None:
            found = directory.known(who)
            if isinstance(found, Refused):
                reasons[who.place] = sentence(found)
                continue
            entry = found
        else:
            entry = directory.enter(who, plan.docket, is_client=is_client)
        if is_client:
            plan.seats.append((who, plan.type.client_role, entry))
        if (
            not stands_as_client
            and fold(who.role) != fold(plan.type.client_role)
            and types.missing_role(plan.type, who.role) is None
        ):
            plan.seats.append((who, who.role, entry))
    types.add_missing(plan.type, [role for _, role, _ in plan.seats])


def _create(plans: list[Plan], journal: Made, job: Job, at: datetime) -> tuple[int, int]:
    """Make new matters; how many, and how many parties. Parties that can't be on one do not keep it from being made."""
    made, parties, reasons = 0, 0, journal.reasons
    drafts = {place: _draft(plan, job) for place, plan in enumerate(plans)}
    while drafts:
        results = create_matters(actor=job.actor, drafts=list(drafts.values()), at=at, lane=Lane.BULK, held=job.held)
        again: dict[int, Draft] = {}
        for (place, draft), result in zip(drafts.items(), results, strict=True):
            if isinstance(result, Created):
                made, parties = made + 1, parties + len(draft.parties)
                plans[place].made = result.id
                first = plans[place].docket.places[0]
                journal.created.update(plans[place].docket.places)
                journal.mark(first, Mark("matter", result.id, CREATED, plans[place].docket.title))
            elif rest := _without_refused(plans[place], draft, result, reasons):
                again[place] = rest
            else:
                _refuse(plans[place].docket.places, reasons, result)
        drafts = again
    return made, parties


def _draft(plan: Plan, job: Job) -> Draft:
    docket = plan.docket
    return Draft(
        name=docket.title,
        matter_type=plan.type.id,
        assigned_to=plan.assigned_to.pk,
        reference=docket.number if job.options.docket_as_reference else "",
        keep_sequence=True,
        status=open_status(docket.status),
        date=plan.opened,
        external_reference=docket.reference,
        parties=plan.drafts(set()),
        is_demo=job.is_demo,
        may_repeat_reference=True,
    )


def _without_refused(plan: Plan, draft: Draft, refusal: Refused, reasons: list[str]) -> Draft | None:
    """The draft without the parties that were refused, whose rows get the reason; None if more than they is wrong."""
    wrong: dict[int, FieldError] = {}
    for error in refusal.errors:
        field_name, _, rest = error.field.partition(".")
        place = rest.partition(".")[0]
        if field_name != "parties" or not place.isdigit():
            return None
        wrong[int(place)] = error
    for number, error in wrong.items():
        party = draft.parties[number]
        for who, role, entry in plan.seats:
            if entry.id == party.contact and role == party.role:
                reasons[who.place] = sentence(Refused([FieldError("participant_role", error.message, error.code)]))
    draft.parties = [party for number, party in enumerate(draft.parties) if number not in wrong]
    return draft


def _extend(plans: list[Plan], known: dict[UUID, set[tuple[str, UUID]]], journal: Made, job: Job, at: datetime) -> int:
    """Add to matters that are here the parties they lack; how many. Nobody is taken off and nothing else changes."""
    items = [(plan, drafts) for plan in plans if plan.known and (drafts := plan.drafts(known[plan.known]))]
    if not items:
        return 0
    pairs = [(plan.known, drafts) for plan, drafts in items if plan.known]
    results = add_parties(actor=job.actor, at=at, lane=Lane.BULK, items=pairs)
    added = 0
    for (plan, drafts), result in zip(items, results, strict=True):
        if isinstance(result, Refused):
            _refuse(plan.docket.places, journal.reasons, result)
            continue
        added += len(drafts)
        who = [[party.role, str(party.contact)] for party in drafts]
        assert plan.known is not None
        mark = Mark("matter", plan.known, UPDATED, plan.docket.title, {"parties": []}, {"parties": who})
        journal.mark(plan.docket.places[0], mark)
        new = {(fold(party.role if isinstance(party.role, str) else ""), party.contact) for party in drafts}
        journal.changed |= {seat[0].place for seat in plan.seats if (fold(seat[1]), seat[2].id) in new}
    return added


def _parties_here(matter_ids: Iterable[UUID]) -> dict[UUID, set[tuple[str, UUID]]]:
    """Who is on each matter already: folded role and contact; one statement."""
    found: dict[UUID, set[tuple[str, UUID]]] = defaultdict(set)
    rows = Party.objects.filter(matter_id__in=list(matter_ids))
    for matter_id, role, contact_id in rows.values_list("matter_id", "role__name", "contact_id"):
        found[matter_id].add((fold(role), contact_id))
    return found


def _refuse(places: Iterable[int], reasons: list[str], refusal: Refused) -> None:
    for place in places:
        reasons[place] = reasons[place] or sentence(refusal)


def _say(plans: list[Plan], tally: Tally, job: Job) -> None:
    """What a person should know before they go on, and the first matters."""
    if here := sum(plan.known is not None for plan in plans):
        tally.remark(f"{counted(here, 'matter')} of the file {'is' if here == 1 else 'are'} here already: "
                     "only parties that are missing are added.")  # fmt: skip
    alone = sum(all(role != plan.type.client_role for _, role, _ in plan.seats) for plan in plans)
    if alone:
        tally.remark(f"{counted(alone, 'matter')} would have no client, since nobody in the file is "
                     f"“{job.options.client_role}” on {'it' if alone == 1 else 'them'}.")  # fmt: skip
    for plan in plans:
        clients = {id(entry): _shown(who) for who, role, entry in plan.seats if role == plan.type.client_role}
        others = {id(entry) for _, _, entry in plan.seats} - clients.keys()
        docket, names = plan.docket, _listed(list(clients.values()), "; ")
        tally.show(docket.reference, docket.title, plan.type.name, names, str(len(others)), plan.assigned_to.name)


def _listed(names: list[str], separator: str) -> str:
    """The first few names."""
    return separator.join([*names[:NAMES_SHOWN], *(["…"] if len(names) > NAMES_SHOWN else [])])


def _shown(who: Participant) -> str:
    name = who.name
    return name.company if name.kind == "company" else f"{name.first} {name.last}".strip()
