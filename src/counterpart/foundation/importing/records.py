"""One row, one record: created, or found again and changed, or left out, by rules a person chose (IMP-2, IMP-3, IMP-8).

What both products' imports of contacts have in common; a product says what its records are (``Keeper``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import transaction

from counterpart.foundation.alike.asking import Match, alike_many
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.errors import Refusal, Refused
from counterpart.foundation.importing.columns import Record, values_of
from counterpart.foundation.importing.models import ImportDoubt, ImportFailure, ImportMark
from counterpart.foundation.importing.returning import Returning
from counterpart.foundation.importing.running import sentence
from counterpart.foundation.importing.subjects import (
    CREATED,
    FAILED,
    SKIPPED,
    UPDATED,
    Context,
    Doubt,
    Line,
    Mark,
    Outcome,
)
from counterpart.foundation.importing.tallies import Tally
from counterpart.foundation.text import digits, fold
from counterpart.protocol.numbers import number_key

MATCHES: Final = {
    "external_reference": "External reference", "reference": "Reference", "email": "E-mail", "id": "Internal ID",
}  # fmt: skip
ONCE: Final = ("external_reference", "reference", "id")
"""What two rows of one file can't both have, whatever rows are matched by."""
NAMED: Final = "name"
CANDIDATES_SHOWN: Final = 5
PHONE_DIGITS_MIN: Final = 7


@dataclass(frozen=True, slots=True)
class Rules:
    """What was chosen: ``mode`` create, update or both; ``match_by`` one of MATCHES or ''; ``blanks`` keep or clear;
    ``duplicates`` create, skip, update or ask.
    """

    mode: str = "create"
    match_by: str = ""
    blanks: str = "keep"
    duplicates: str = "create"

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Rules":
        """From the options of a run; what is not among them is as usual."""
        return cls(**{name: options[name] for name in cls.__slots__ if name in options})


@dataclass(frozen=True, slots=True)
class Amended:
    """A record that was changed: the changed fields as they were and as they are."""

    id: UUID
    label: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Keeper(Protocol):
    """What a product's records can do, set-based. ``goes``: whether what is made goes to the other product."""

    kind: str
    noun: str
    number_label: str
    headings: tuple[str, ...]
    goes: bool

    def draft(self, record: Record) -> Any:
        """The record a row describes. Raises Refused."""

    def label(self, record: Record) -> str:
        """How a row is called in lists."""

    def face(self, draft: Any) -> Face:
        """The draft as records are compared."""

    def find(self, by: str, keys: Sequence[str]) -> Mapping[str, Sequence[UUID]]:
        """The records that have these keys, by key."""

    def holders(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """Numbers (as keys) that are held here already, each with a sentence."""

    def deleted(self, by: str, keys: Sequence[str], at: datetime) -> Mapping[str, Sequence[tuple[UUID, datetime]]]:
        """See ``returning.Deleted``."""

    def restore(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Refusal]:
        """Bring deleted records back; those that stay away, with the reason."""

    def ask_peer(self, numbers: Sequence[str]) -> Mapping[str, str] | None:
        """The same in the other product; None when it can't be asked. Outside any transaction."""

    def create(self, drafts: Sequence[Any], at: datetime) -> Sequence[UUID | Refused]:
        """Create them; an answer for each."""

    def amend(
        self, items: Sequence[tuple[UUID, Record]], at: datetime, *, clears: bool
    ) -> Sequence[Amended | Refused | None]:
        """Change them as the rows say; None where nothing differs. ``clears``: an empty cell empties the field."""

    def shown(self, draft: Any) -> Sequence[str]:
        """A new record as a row of the table of examples."""


@dataclass(slots=True)
class _Chunk:
    """What is known of the rows under way."""

    lines: Sequence[Line]
    outcomes: list[Outcome | None]
    drafts: dict[int, Any] = field(default_factory=dict)
    targets: dict[int, UUID] = field(default_factory=dict)
    revived: dict[int, UUID] = field(default_factory=dict)
    """Rows about records that the undo of an import deleted."""
    joined: dict[int, int] = field(default_factory=dict)
    """Rows that add to what an earlier row of the file made, by that row's number."""


class RecordImport:
    """The importer of a subject whose rows are records each."""

    def __init__(self, context: Context, keeper: Keeper) -> None:
        self.context, self.keeper = context, keeper
        self.rules = Rules.of(context.options)
        self.headings = keeper.headings
        self.returning = Returning(context.run_id, keeper)

    def keys(self, record: Record) -> Iterable[tuple[str, str]]:
        """What must not repeat, and the name with an e-mail or a phone, by which a row is the same as another."""
        for kind in self._once():
            if value := key_of(kind, record.get(kind, "")):
                yield kind, value
        if self.rules.duplicates != "create":
            for value in _sameness(record):
                yield NAMED, value

    def together(self, record: Record) -> object:
        """Each row by itself."""
        del record
        return None

    def prepare(self, lines: Sequence[Line]) -> Mapping[str, str] | None:
        """Which of the numbers the other product has given to somebody else (IMP-8)."""
        if self.rules.mode == "update":
            return {}
        numbers = list({text for line in lines if (text := line.record.get("reference", "").strip())})
        return self.keeper.ask_peer(numbers) if numbers else {}

    def take(self, lines: Sequence[Line], at: datetime, tally: Tally, prepared: object) -> list[Outcome]:
        """Deal with every row; see ``Importer``."""
        chunk = _Chunk(lines, [None] * len(lines))
        self._repeated(chunk)
        self._match(chunk)
        self._read(chunk)
        self._find_undone(chunk, at)
        self._check_numbers(chunk, prepared, tally)
        self._compare(chunk)
        self._bring_back(chunk, at, tally)
        self._create(chunk, at, tally)
        self._update(chunk, at, tally)
        self._join(chunk, at)
        return [one or Outcome(SKIPPED, "There is nothing to do.") for one in chunk.outcomes]

    def _called(self, key: str) -> str:
        """How what rows are matched by is called in this product."""
        return self.keeper.number_label if key == "reference" else MATCHES[key]

    def _once(self) -> tuple[str, ...]:
        return (*ONCE, "email") if self.rules.match_by == "email" else ONCE

    def _open(self, chunk: _Chunk) -> list[int]:
        """Rows nothing has been decided about."""
        return [place for place, one in enumerate(chunk.outcomes) if one is None]

    def _repeated(self, chunk: _Chunk) -> None:
        """A row whose key an earlier row of the file has is refused."""
        for kind in self._once():
            keys = {place: key_of(kind, line.record.get(kind, "")) for place, line in enumerate(chunk.lines)}
            firsts = self.context.staged.first_with(kind, {key for key in keys.values() if key})
            for place, key in keys.items():
                line = chunk.lines[place]
                if key and firsts.get(key, line.number) < line.number and chunk.outcomes[place] is None:
                    same = f"{self._called(kind)}, {line.record[kind].strip()}"
                    text = f"Row {firsts[key]} of this file has the same {same}."
                    chunk.outcomes[place] = Outcome(FAILED, text)

    def _match(self, chunk: _Chunk) -> None:
        """Find the records that rows are about, by what was chosen (IMP-2)."""
        by, mode = self.rules.match_by, self.rules.mode
        if not by:
            return
        keys = {place: key_of(by, chunk.lines[place].record.get(by, "")) for place in self._open(chunk)}
        found = self.keeper.find(by, list({key for key in keys.values() if key}))
        for place, key in keys.items():
            ids = found.get(key, ()) if key else ()
            shown = chunk.lines[place].record.get(by, "").strip()
            if len(ids) > 1:
                text = f"{len(ids)} {self.keeper.noun}s have the {self._called(by)} {shown}; not clear which is meant."
                chunk.outcomes[place] = Outcome(FAILED, text)
            elif by == "id" and shown and not ids:
                chunk.outcomes[place] = Outcome(
                    FAILED, f"There is no {self.keeper.noun} with the {self._called(by)} {shown}."
                )
            elif ids and mode == "create":
                chunk.outcomes[place] = Outcome(
                    SKIPPED, f"A {self.keeper.noun} with the {self._called(by)} {shown} is here already."
                )
            elif ids:
                chunk.targets[place] = ids[0]
            elif mode == "update":
                text = (
                    f"No {self.keeper.noun} has the {self._called(by)} {shown}."
                    if key
                    else f"The row has no {self._called(by)}."
                )
                chunk.outcomes[place] = Outcome(SKIPPED, text)

    def _read(self, chunk: _Chunk) -> None:
        """What the rows that are to be created describe."""
        for place in self._open(chunk):
            if place in chunk.targets:
                continue
            try:
                chunk.drafts[place] = self.keeper.draft(chunk.lines[place].record)
            except Refused as refusal:
                chunk.outcomes[place] = Outcome(FAILED, sentence(refusal))

    def _find_undone(self, chunk: _Chunk, at: datetime) -> None:
        """Rows about records that an undo deleted; see ``returning``."""
        if self.rules.mode == "update" or not chunk.drafts:
            return
        rows = {place: chunk.lines[place].number for place in chunk.drafts}
        keys: dict[str, dict[int, str]] = {"reference": {}, "external_reference": {}}
        for place in rows:
            for by, known in keys.items():
                if key := key_of(by, chunk.lines[place].record.get(by, "")):
                    known[place] = key
                    break
        chunk.revived = self.returning.find(rows, keys["reference"], keys["external_reference"], at)

    def _check_numbers(self, chunk: _Chunk, prepared: object, tally: Tally) -> None:
        """A number that somebody has, here or there, is no number for a new record (IMP-8)."""
        new = [place for place in chunk.drafts if place not in chunk.revived]
        wanted = {place: text for place in new if (text := chunk.lines[place].record.get("reference", "").strip())}
        if not wanted:
            return
        held = dict(self.keeper.holders(list(wanted.values())))
        if isinstance(prepared, Mapping):
            held = {**prepared, **held}
        else:
            tally.remark(
                "The numbers could be checked here only: the other product did not answer, and checks each then."
            )
        for place, text in wanted.items():
            if said := held.get(number_key(text)):
                self._refuse(chunk, place, said)

    def _compare(self, chunk: _Chunk) -> None:
        """Look for people who are here already, and for rows that are the same as an earlier one (IMP-3)."""
        rule = self.rules.duplicates
        new = {place: draft for place, draft in chunk.drafts.items() if place not in chunk.revived}
        if rule == "create" or not new:
            return
        same = self._same_rows(chunk, new)
        matches = self._alike(new)
        decisions = self._decisions(chunk) if rule == "ask" else {}
        for place in new:
            line, found = chunk.lines[place], matches.get(place, [])
            if not found and place not in same:
                continue
            why = f"Row {same[place]} of this file is the same." if place in same else _why(found[0])
            chosen, target = decisions.get(line.number, ("", None)) if rule == "ask" else (rule, None)
            if chosen == "skip":
                self._drop(chunk, place, Outcome(SKIPPED, why))
            elif chosen == "update":
                del chunk.drafts[place]
                if place in same:
                    chunk.joined[place] = same[place]
                else:
                    chunk.targets[place] = target or found[0].contact_id
            elif chosen == "":
                candidates = [
                    {"id": str(one.contact_id), "score": one.score, "reasons": list(one.reasons)} for one in found
                ][:CANDIDATES_SHOWN]
                details = [why] if place in same else []
                doubt = Doubt(self.keeper.label(line.record), [*details, *_details(line.record)], candidates)
                self._drop(chunk, place, Outcome(SKIPPED, f"Not decided yet. {why}", doubt=doubt))

    def _alike(self, drafts: Mapping[int, Any]) -> dict[int, list[Match]]:
        """Strong matches, without what this very import made: rows of one file are compared with each other by
        ``_same_rows``, so that a dry run, which makes nothing, finds the same.
        """
        faces = {place: self.keeper.face(draft) for place, draft in drafts.items()}
        found = {place: [one for one in matches if one.is_strong] for place, matches in alike_many(faces).items()}
        ids = {one.contact_id for matches in found.values() for one in matches}
        if not ids or self.context.rehearsing:
            return found
        ours = set(
            ImportMark.objects.filter(run_id=self.context.run_id, object_id__in=ids, action=CREATED).values_list(
                "object_id", flat=True
            )
        )
        return {place: [one for one in matches if one.contact_id not in ours] for place, matches in found.items()}

    def _same_rows(self, chunk: _Chunk, drafts: Iterable[int]) -> dict[int, int]:
        """Rows that say the same name with the same e-mail or phone as an earlier row that was taken."""
        keys = {place: list(_sameness(chunk.lines[place].record)) for place in drafts}
        firsts = self.context.staged.first_with(NAMED, {key for each in keys.values() for key in each})
        same: dict[int, int] = {}
        for place, each in keys.items():
            number = min((firsts[key] for key in each if key in firsts), default=chunk.lines[place].number)
            if number < chunk.lines[place].number:
                same[place] = number
        refused = set(
            ImportFailure.objects.filter(
                run_id=self.context.run_id, row_number__in=list(same.values()), is_skipped=False
            ).values_list("row_number", flat=True)
        )
        refused |= {
            line.number for line, one in zip(chunk.lines, chunk.outcomes, strict=True) if one and one.action == FAILED
        }
        return {place: number for place, number in same.items() if number not in refused}

    def _decisions(self, chunk: _Chunk) -> dict[int, tuple[str, UUID | None]]:
        numbers = [chunk.lines[place].number for place in chunk.drafts]
        rows = ImportDoubt.objects.filter(run_id=self.context.run_id, row_number__in=numbers).exclude(decision="")
        return {
            number: (decision, target)
            for number, decision, target in rows.values_list("row_number", "decision", "target")
        }

    def _bring_back(self, chunk: _Chunk, at: datetime, tally: Tally) -> None:
        """Restore what an undo deleted, and give it what the row says; a row that is refused leaves it deleted."""
        waiting = dict(chunk.revived)
        while waiting:
            refused: dict[int, str] = {}
            with transaction.atomic():
                away = self.keeper.restore(list(waiting.values()), at)
                back = {place: target for place, target in waiting.items() if target not in away}
                refused |= {place: sentence(away[target]) for place, target in waiting.items() if target in away}
                if back:
                    amended = dict(self._amended(chunk, back, at))
                    refused |= {place: one.reason for place, one in amended.items() if one.action == FAILED}
                transaction.set_rollback(bool(refused))
            for place, reason in refused.items():
                self._refuse(chunk, place, reason)
                del waiting[place]
            if not refused:
                break
        for place, target in waiting.items():
            label = self.keeper.label(chunk.lines[place].record)
            chunk.outcomes[place] = Outcome(CREATED, marks=[Mark(self.keeper.kind, target, CREATED, label)])
            tally.show(*self.keeper.shown(chunk.drafts.pop(place)))
        if waiting:
            tally.remark(f"{self.keeper.noun.capitalize()}s that the undo of an import had deleted are restored.")
        tally.count(self.keeper.noun, len(waiting))
        tally.goes += len(waiting) if self.keeper.goes else 0

    def _create(self, chunk: _Chunk, at: datetime, tally: Tally) -> None:
        if self.rules.mode == "update":
            return
        places = list(chunk.drafts)
        answers = self.keeper.create([chunk.drafts[place] for place in places], at)
        made = 0
        for place, answer in zip(places, answers, strict=True):
            if isinstance(answer, Refused):
                chunk.outcomes[place] = Outcome(FAILED, sentence(answer))
                continue
            label = self.keeper.label(chunk.lines[place].record)
            chunk.outcomes[place] = Outcome(CREATED, marks=[Mark(self.keeper.kind, answer, CREATED, label)])
            tally.show(*self.keeper.shown(chunk.drafts[place]))
            made += 1
        tally.count(self.keeper.noun, made)
        tally.goes += made if self.keeper.goes else 0

    def _update(self, chunk: _Chunk, at: datetime, tally: Tally) -> None:
        """Change the records found; rows about the same one take their turns, in the order of the file."""
        waiting = dict(chunk.targets)
        while waiting:
            turn: dict[UUID, int] = {}
            for place, target in waiting.items():
                turn.setdefault(target, place)
            for place in turn.values():
                del waiting[place]
            for place, answer in self._amended(chunk, {place: target for target, place in turn.items()}, at):
                chunk.outcomes[place] = answer
                tally.goes += 1 if answer.action == UPDATED and self.keeper.goes else 0

    def _amended(self, chunk: _Chunk, targets: Mapping[int, UUID], at: datetime) -> Iterable[tuple[int, Outcome]]:
        items = [(target, chunk.lines[place].record) for place, target in targets.items()]
        answers = self.keeper.amend(items, at, clears=self.rules.blanks == "clear")
        for place, answer in zip(targets, answers, strict=True):
            if isinstance(answer, Refused):
                yield place, Outcome(FAILED, sentence(answer))
            elif answer is None:
                yield place, Outcome(SKIPPED, f"The {self.keeper.noun} says the same already.")
            else:
                mark = Mark(self.keeper.kind, answer.id, UPDATED, answer.label, answer.before, answer.after)
                yield place, Outcome(UPDATED, marks=[mark])

    def _join(self, chunk: _Chunk, at: datetime) -> None:
        """Rows that are the same as an earlier one add what they know to the record that one made.

        In a dry run that record may be of a chunk that was taken back; the row counts as an update all the same.
        """
        if not chunk.joined:
            return
        made = {
            line.number: one.marks[0].object_id
            for line, one in zip(chunk.lines, chunk.outcomes, strict=True)
            if one is not None and one.marks
        }
        earlier = ImportMark.objects.filter(run_id=self.context.run_id, row_number__in=list(chunk.joined.values()))
        made |= dict(earlier.values_list("row_number", "object_id"))
        for place, number in chunk.joined.items():
            chunk.outcomes[place] = Outcome(UPDATED)
            if target := made.get(number):
                ((_, answer),) = self._amended(chunk, {place: target}, at)
                if answer.action != SKIPPED:
                    chunk.outcomes[place] = answer

    def _refuse(self, chunk: _Chunk, place: int, reason: str) -> None:
        self._drop(chunk, place, Outcome(FAILED, reason))

    def _drop(self, chunk: _Chunk, place: int, outcome: Outcome) -> None:
        chunk.drafts.pop(place, None)
        chunk.outcomes[place] = outcome


def key_of(kind: str, text: str) -> str:
    """The form in which values of a sort are compared; '' for nothing."""
    bare = text.strip()
    if not bare:
        return ""
    if kind == "reference":
        return number_key(bare)
    if kind == "email":
        return bare.casefold()
    if kind == "id":
        try:
            return str(UUID(bare))
        except ValueError:
            return bare.casefold()
    return fold(bare)


def _sameness(record: Record) -> Iterable[str]:
    name = fold(" ".join(filter(None, (record.get("first"), record.get("last")))) or record.get("company", ""))
    if not name:
        return
    if email := record.get("email", "").strip().casefold():
        yield f"{name}|{email}"
    for column in ("business_phone", "mobile_phone", "home_phone"):
        for number in values_of(record, column):
            if len(found := digits(number)) >= PHONE_DIGITS_MIN:
                yield f"{name}|{found}"


def _details(record: Record) -> list[str]:
    names = ("company", "email", "business_phone", "mobile_phone", "physical_city", "reference")
    return [text for name in names if (text := record.get(name, "").strip())]


def _why(match: Match) -> str:
    return f"Looks like a contact who is here already ({', '.join(match.reasons)})." if match.reasons else (
        "Looks like a contact who is here already."
    )  # fmt: skip
