"""The conflict check for programs, the same in both products: ``router(check)`` is mounted by each API."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from counterpart.foundation.actor import Actor
from counterpart.foundation.api.making import answer
from counterpart.foundation.clock import now
from counterpart.foundation.conflicts.hits import Findings, Line, Person, Record
from counterpart.foundation.conflicts.matching import TERM_MAX, TERMS_MAX
from counterpart.foundation.conflicts.running import ConflictCheck, Outcome


class ConflictCheckIn(Schema):
    """The names to look for, and how."""

    model_config = ConfigDict(extra="forbid")

    names: list[str] = Field(min_length=1, max_length=TERMS_MAX, description=f"Each at most {TERM_MAX} characters.")
    mode: Literal["flexible", "exact"] = "flexible"


class ConflictRecordOut(Schema):
    """The record in one of the products."""

    product: str
    url: str
    name: str
    number: str
    status: str
    opened: str


class ConflictMatterOut(Schema):
    """A matter (file) with the roles in which the contact is on it; ``why`` where its own name was found."""

    name: str
    roles: list[str]
    why: list[str]
    records: list[ConflictRecordOut]


class ConflictContactOut(Schema):
    """A contact the name can mean, by what it was found besides its name, and its matters."""

    name: str
    similar: bool
    why: list[str]
    records: list[ConflictRecordOut]
    matters: list[ConflictMatterOut]


class ConflictHiddenOut(Schema):
    """How many records there are that the caller may not see; nothing else is told of them."""

    product: str
    kind: Literal["contact", "matter"]
    count: int


class ConflictFindingsOut(Schema):
    """What one name can mean; ``more_in`` names products with more hits than are listed."""

    name: str
    contacts: list[ConflictContactOut]
    matters: list[ConflictMatterOut]
    hidden: list[ConflictHiddenOut]
    more_in: list[str]


class ConflictCheckOut(Schema):
    """The result by name, and whether the other product took part and has an account for the caller."""

    mode: Literal["flexible", "exact"]
    other_product: str
    other_product_answered: bool
    other_product_knows_you: bool
    findings: list[ConflictFindingsOut]


def router(check: ConflictCheck) -> Router:
    """Return the router with ``POST /conflict-checks``."""
    made = Router(tags=["Conflict check"])

    @made.post("/conflict-checks", response=ConflictCheckOut, summary="Look for names in both products")
    def run_conflict_check(request: HttpRequest, body: ConflictCheckIn) -> HttpResponse:
        """Records that the caller may not see are counted, never named. The check itself is recorded (CNF-1, CNF-2)."""
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the API's token check
        return answer(_shown(check.run(actor=actor, names=body.names, exact=body.mode == "exact", at=now())))

    return made


def _shown(outcome: Outcome) -> dict[str, object]:
    return {
        "mode": "exact" if outcome.exact else "flexible",
        "other_product": outcome.other,
        "other_product_answered": outcome.other_answered,
        "other_product_knows_you": outcome.other_knows_you,
        "findings": [_findings(found) for found in outcome.findings],
    }


def _findings(found: Findings) -> dict[str, object]:
    return {
        "name": found.term,
        "contacts": [_contact(person) for person in found.people.values()],
        "matters": [_matter(line) for line in found.lines.values()],
        "hidden": [
            {"product": product, "kind": kind, "count": count} for (product, kind), count in found.hidden.items()
        ],
        "more_in": found.cut,
    }


def _contact(person: Person) -> dict[str, object]:
    return {
        "name": person.first.name,
        "similar": not person.same,
        "why": person.whys,
        "records": [_record(product, record) for product, record in person.records],
        "matters": [_matter(line) for line in person.lines.values()],
    }


def _matter(line: Line) -> dict[str, object]:
    return {
        "name": line.first.name,
        "roles": line.roles,
        "why": line.whys,
        "records": [_record(product, record) for product, record in line.records],
    }


def _record(product: str, record: Record) -> dict[str, str]:
    return {
        "product": product, "url": record.url, "name": record.name, "number": record.number, "status": record.status,
        "opened": record.opened,
    }  # fmt: skip
