"""Matters of Practice Management as files: the contract's registers <-> Legal Accounting's fields and payers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files import operations, reviews
from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations.absorbing import restore_shares
from counterpart.accounting.files.operations.holding import changes_between
from counterpart.accounting.files.queries import current_keys, default_codes, file_options, files_visible_to
from counterpart.accounting.files.registers import FIELDS_OF, KIND, REGISTER_LABELS
from counterpart.accounting.files.rows import (
    Held,
    given_fields,
    insert_files,
    read_held,
    readable,
    update_files,
    update_payers,
)
from counterpart.accounting.files.values import told_staff, values_of
from counterpart.accounting.numbering.book import NotGiven
from counterpart.accounting.numbering.file_numbers import FileWish, file_number_locked_emails, give_file_numbers
from counterpart.accounting.numbering.models import GivenNumber
from counterpart.accounting.sync_handlers.authors import actors_of, all_authors, by_author, register_of_field
from counterpart.accounting.sync_handlers.matching import MatterMatching
from counterpart.accounting.sync_handlers.matter_states import (
    amended_file,
    incomplete,
    opened_file,
    people_of,
    staff_changed,
    unknown_staff,
    world_of,
)
from counterpart.accounting.sync_handlers.requests import (
    locked_emails,
    request_of,
    restriction_refusal,
    taken_refusals,
)
from counterpart.contracts.matter import REGISTERS, Values
from counterpart.contracts.matter import problems as contract_problems
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked
from counterpart.foundation.reading import rows_of
from counterpart.protocol.registers import Register
from counterpart.sync import api as sync
from counterpart.sync.api import Amendment, Label, Newcomer, Outcome, Refusal, Stored

MADE_HERE: Final = "This file was made in Legal Accounting; it has no matter in Practice Management."
PAYER_CHANGES: Final = frozenset(FIELDS_OF["clients"])
REGISTER_OF: Final = register_of_field(FIELDS_OF)


class MatterHandler(MatterMatching):
    """Legal Accounting's side of the door for matters."""

    kind = KIND
    registers: Mapping[str, Register] = REGISTERS
    requires_number = True

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, Values]:
        """See ``Handler.read``; a constant number of statements."""
        files = read_held(local_ids)
        return dict(zip(files, values_of(files.values()), strict=True))

    def prepare(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        """Nothing to do: a file that is exchanged came from the other product, and so did its clients' identities."""

    def excluded(self, local_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Files begin in Practice Management; one made here before stays here (MAT-1)."""
        made_here = File.objects.filter(pk__in=list(local_ids), from_pm=False)
        return dict.fromkeys(made_here.values_list("pk", flat=True), MADE_HERE)

    def check(self, values: Values) -> Refusal | None:
        """The contract's rules on values received; None when all of them can be stored exactly."""
        found = contract_problems(values)
        return Refusal(found[0].code, found[0].text, found[0].register) if found else None

    def everything(self) -> QuerySet[Any]:
        """All files that are not deleted, whoever may see them."""
        return File.objects.filter(deleted_at=None)

    def admit(self, newcomers: Sequence[Newcomer], at: datetime) -> dict[UUID, Outcome]:
        """Open the files of matters created in Practice Management, numbered in the order of the batch (MAT-6, MAT-8).

        The person assigned also becomes responsible and lead (MAT table); what the other product knows nothing of takes
        the firm's defaults (MAT-7). The first client pays all (GRP-4). A typed number that is taken refuses the whole
        matter (MAT-9); a person unknown here refuses that register alone, and the file has nobody assigned (MAT-22).
        """
        outcomes: dict[UUID, Outcome] = {}
        world = world_of(newcomer.values for newcomer in newcomers)
        locked = locked_emails(newcomers, file_number_locked_emails)
        defaults = default_codes()
        files: dict[UUID, Held] = {}
        asked: dict[UUID, Newcomer] = {}
        for newcomer in newcomers:
            refusal = incomplete(newcomer.values) or restriction_refusal(newcomer, locked, what="File")
            if refusal is not None:
                outcomes[newcomer.sync_id] = refusal
                continue
            asked[newcomer.local_id] = newcomer
            files[newcomer.local_id] = opened_file(newcomer, world, defaults, at)
        given = _numbered(asked, files, at)
        taken = taken_refusals(given, KIND, current_keys)
        staff = told_staff(files.values())
        for key, newcomer in asked.items():
            if key in taken:
                outcomes[newcomer.sync_id] = taken[key]
                continue
            files[key].number = str(given[key])
            own: Values = {"number": files[key].number}
            own |= {"staff": staff[key]} if key in staff else {}
            outcomes[newcomer.sync_id] = Stored(own=own, refusal=unknown_staff(newcomer.values, world))
        _open([(asked[key], files[key]) for key in asked if key not in taken], at)
        return outcomes

    def amend(self, amendments: Sequence[Amendment], at: datetime) -> dict[UUID, Outcome]:
        """Write what changed in Practice Management; a new File Reference there renumbers the file or is refused while
        the rest is applied (MAT-18). Responsible and lead stay (MAT-28), a closed file stays closed (MAT-24). A changed
        list of clients moves the shares and asks for the split to be confirmed (GRP-7 to GRP-11, IMP-12).
        """
        world = world_of(amendment.changed for amendment in amendments)
        locked = locked_emails(amendments, file_number_locked_emails)
        held = read_held([amendment.local_id for amendment in amendments], lock=True)
        after: dict[UUID, Held] = {}
        asked: dict[UUID, Amendment] = {}
        refused: dict[UUID, Refusal] = {}
        for amendment in amendments:
            now = held[amendment.local_id]
            after[now.id] = amended_file(now, amendment.changed, world)
            if unknown := unknown_staff(amendment.changed, world):
                refused[now.id] = unknown
            number, _ = request_of(amendment)
            if number and number != now.number:
                if refusal := restriction_refusal(amendment, locked, what="File"):
                    refused[now.id] = refusal
                else:
                    asked[now.id] = amendment
        restore_shares((held[key], now) for key, now in after.items())
        given = _numbered(asked, after, at)
        refused |= taken_refusals(given, KIND, current_keys)
        numbers = {key: number for key, number in given.items() if isinstance(number, str)}
        for key, number in numbers.items():
            after[key].number = number
        _write(amendments, held, after, at)
        outcomes: dict[UUID, Outcome] = {}
        staff = told_staff(after[key] for key in after if staff_changed(held[key], after[key]))
        for amendment in amendments:
            key = amendment.local_id
            own: Values = {"number": numbers[key]} if key in numbers else {}
            own |= {"staff": staff[key]} if key in staff else {}
            outcomes[amendment.sync_id] = Stored(own=own, refusal=refused.get(key))
        return outcomes

    def follow(self, closures: Sequence[sync.Closure], at: datetime) -> set[UUID]:
        """A file closes with its matter only where the firm wants it (MAT-24, IMP-10)."""
        if not file_options().closes_in_step:
            return set()
        actors = actors_of(closure.author for closure in closures)
        return operations.follow_closures(
            [(one.local_id, one.presence, actors[one.author.email, one.author.name]) for one in closures], at
        )

    def labels(self, local_ids: Iterable[UUID]) -> dict[UUID, Label]:
        """See ``Handler.labels``; deleted files keep their name here."""
        found = File.objects.in_bulk(list(local_ids))
        return {key: Label(file.description, file.number, file.get_absolute_url()) for key, file in found.items()}

    def visible(self, user: Any) -> QuerySet[Any]:
        """See ``Handler.visible``."""
        return files_visible_to(user)

    def register_label(self, register: str) -> str:
        """See ``Handler.register_label``."""
        return REGISTER_LABELS.get(register, register)

    def overwrite(self, *, local_id: UUID, register: str, value: Any, actor: Actor, at: datetime) -> None:
        """Give one register this value as an ordinary edit.

        Raises what ``edit_file`` raises, and Blocked for what is not decided here.
        """
        given: dict[str, Any]
        if register == "title":
            given = {"description": value}
        elif register == "assigned":
            # Somebody who is not known here can't be chosen, and -1 is nobody's key: the form's own sentence says so.
            given = {"assigned": people_of([value]).get(value, -1) if value else None}
        else:
            raise Blocked(f"{self.register_label(register)}: this is decided in Practice Management.")
        operations.edit_file(file_id=local_id, given=given, actor=actor, at=at)

    def delete(self, *, local_id: UUID, actor: Actor, at: datetime) -> None:
        """*Delete here too*, with Legal Accounting's own checks. Raises what ``delete_file`` raises."""
        operations.delete_file(file_id=local_id, actor=actor, at=at)


def _numbered(
    asked: Mapping[UUID, Newcomer | Amendment], files: Mapping[UUID, Held], at: datetime
) -> dict[UUID, str | NotGiven]:
    primaries = {files[key].primary for key in asked}
    numbers = dict(rows_of(Contact.objects.filter(pk__among=primaries).values_list("pk", "number")))
    wishes = []
    for key, record in asked.items():
        primary = files[key].primary
        number, keep = request_of(record)
        wishes.append(FileWish(key, primary, numbers[primary], number, keep, GivenNumber.Reason.REQUESTED))
    return dict(zip(asked, give_file_numbers(wishes, at=at), strict=True))


def _open(opened: Sequence[tuple[Newcomer, Held]], at: datetime) -> None:
    actors = actors_of(newcomer.author for newcomer, _ in opened)
    by = [actors[newcomer.author.email, newcomer.author.name] for newcomer, _ in opened]
    insert_files([(held, actor.name, False) for (_, held), actor in zip(opened, by, strict=True)], at=at)
    changes = readable(given_fields(held) for _, held in opened)
    history.record(
        [
            history.NewEvent(KIND, held.id, held.label, "created", actor, at, shown)
            for (_, held), actor, shown in zip(opened, by, changes, strict=True)
        ]
    )


def _write(
    amendments: Sequence[Amendment], held: Mapping[UUID, Held], after: Mapping[UUID, Held], at: datetime
) -> None:
    actors = actors_of(all_authors(amendments))
    changes = [changes_between(held[amendment.local_id], after[amendment.local_id]) for amendment in amendments]
    rows, events, raised = [], [], []
    for amendment, found, shown in zip(amendments, changes, readable(changes), strict=True):
        before, now = held[amendment.local_id], after[amendment.local_id]
        if found or before.opened_received != now.opened_received:
            now.version = before.version + 1
            newest = actors[amendment.author.email, amendment.author.name]
            rows.append((now, newest.name))
        for actor, part in by_author(amendment, shown, actors, REGISTER_OF):
            events.append(history.NewEvent(KIND, now.id, now.label, "edited", actor, at, part))
            if not PAYER_CHANGES.isdisjoint(part):
                raised.append(reviews.Change(before, now, actor))
    update_files(rows, at=at)
    update_payers([(held[now.id], now) for now, _ in rows], at=at)
    events += reviews.raise_reviews(raised, at=at)
    history.record(events)
