"""*Pair with…* on one gray or red record: the same matcher asks the other product for this one alone (section 11)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import upsert_rows
from counterpart.foundation.errors import Blocked
from counterpart.foundation.users.models import User
from counterpart.protocol.colour import Mode
from counterpart.protocol.matching import Keys, match
from counterpart.protocol.stamps import Site
from counterpart.sync.golive.census import seen, to_keys
from counterpart.sync.golive.handler import MatchingHandler, matching_handler, owner_kind
from counterpart.sync.golive.matching import partners_of
from counterpart.sync.golive.messages import Answer, Ask, encode, read_answer
from counterpart.sync.golive.pairing import pair
from counterpart.sync.golive.tables import Candidate, Verdict
from counterpart.sync.link import effective_mode, get_link, my_site, note
from counterpart.sync.models import Record
from counterpart.sync.probing import transport
from counterpart.sync.transports import TransportFailed
from counterpart.sync.wake import wake_on_commit

TIMEOUT_S: Final = 5.0
SHOWN_MAX: Final = 20
RIGHT: Final = "integration.retry"
REASON_WORDS: Final = {
    "A": "Same number, and the name fits", "B": "Same e-mail address, and the name fits",
    "C": "Same name, and a phone number or the postcode", "S": "Somebody said so",
    "number_other_name": "Same number, but another name", "number_other_client": "Same number, but another client",
    "client_not_paired": "A client has no counterpart yet", "several": "Several records fit",
    "email_shared": "An e-mail address that several have", "email_other_name": "Same e-mail address, but another name",
    "name_only": "Same name, and nothing else", "not_confirmed": "Proposed, but not confirmed",
    "number_taken": "Its number was given before", "": "",
    "paired_elsewhere": "Was paired with another record meanwhile",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A record of the other product that this one may be."""

    id: str
    sync_id: str
    label: str
    number: str
    reason: str


def may_pair(kind: str, local_id: UUID) -> bool:
    """Whether a record can be paired: the link is live, and nobody over there holds it."""
    link = get_link()
    if link is None or effective_mode(link) is not Mode.LIVE:
        return False
    try:
        matching_handler(kind)
    except KeyError:
        return False
    return not Record.objects.filter(kind=kind, local_id=local_id, known_at_peer=True).exists()


def choices(kind: str, local_id: UUID, text: str, *, actor: Actor) -> list[Choice]:
    """Who of the other product this record may be, the likeliest first; ``text`` looks for a name or number there.

    Raises Forbidden; Blocked with what the other product says, or that it can't be asked.
    """
    actor.require(RIGHT)
    handler = matching_handler(kind)
    found = seen(handler, [local_id])
    if not found:
        raise Blocked("This record can’t be paired.")
    one = found[0]
    if one.owners:
        known = Record.objects.filter(kind=owner_kind(handler), local_id__in=one.owners, known_at_peer=True)
        names = {str(record.local_id): f"={record.sync_id}" for record in known}
        one.owners = [names.get(owner, owner) for owner in one.owners]
    facts = {"kind": kind, "seen": msgspec.to_builtins(one), "text": text, "viewer": actor.email}
    return [msgspec.convert(choice, Choice) for choice in _ask("candidates", facts).get("choices", [])]


def pair_with(kind: str, local_id: UUID, choice: str, *, actor: Actor, at: datetime) -> None:
    """Make this record and that one of the other product one. Where both have a value the later stands, and the other
    goes to the archive. Raises Forbidden, Blocked.
    """
    actor.require(RIGHT)
    if not may_pair(kind, local_id):
        raise Blocked("This record has a counterpart already.")
    their_id, _, their_sync = choice.partition(" ")
    if my_site() is Site.LA:
        _pair_here(kind, local_id, UUID(their_id), UUID(their_sync) if their_sync else None, actor, at)
        return
    record = Record.objects.filter(kind=kind, local_id=local_id).first()
    sync_id = str(record.sync_id) if record is not None else ""
    _ask("pair", {"kind": kind, "mine": their_id, "theirs": str(local_id), "sync_id": sync_id, "viewer": actor.email})
    with transaction.atomic():
        note(actor, at, "paired", {kind: [None, str(local_id)]})


def _ask(ask: str, facts: dict[str, Any]) -> dict[str, Any]:
    name = settings.COUNTERPART_PEER_NAME
    try:
        said = read_answer(transport().send("match", encode(Ask(ask, "", facts)), timeout_s=TIMEOUT_S))
    except TransportFailed as failure:
        raise Blocked(f"{name} could not be asked just now. {failure}") from failure
    if said.problem:
        raise Blocked(said.problem)
    return said.facts


# ---------------------------------------------------------------------- the other product's side


def answer_candidates(facts: Mapping[str, Any], _at: datetime) -> Answer:
    """Those here that the record asked about may be, as far as this person may see them."""
    viewer = _viewer(facts["viewer"])
    if isinstance(viewer, str):
        return Answer(problem=viewer)
    handler = matching_handler(facts["kind"])
    keys = _owned(handler, to_keys(facts["seen"]))
    found = _free(handler, handler.look_alike(keys, str(facts["text"]), limit=10 * SHOWN_MAX), viewer)
    theirs = handler.match_keys(found)
    reasons = _reasons(handler, keys, list(theirs.values()))
    order = sorted(found, key=lambda one: (str(one) not in reasons, reasons.get(str(one), "")))[:SHOWN_MAX]
    labels = handler.labels(order)
    known = dict(Record.objects.filter(kind=handler.kind, local_id__in=order).values_list("local_id", "sync_id"))
    return Answer(
        {
            "choices": [
                {
                    "id": str(one), "sync_id": str(known.get(one, "")), "label": labels[one].name,
                    "number": labels[one].number, "reason": REASON_WORDS[reasons.get(str(one), "")],
                }
                for one in order
            ]
        }
    )  # fmt: skip


def answer_pair(facts: Mapping[str, Any], at: datetime) -> Answer:
    """Pair a record here with one of the peer, because a person there said so."""
    viewer = _viewer(facts["viewer"])
    if isinstance(viewer, str):
        return Answer(problem=viewer)
    try:
        sync_id = UUID(facts["sync_id"]) if facts["sync_id"] else None
        _pair_here(facts["kind"], UUID(facts["mine"]), UUID(facts["theirs"]), sync_id, viewer, at)
    except Blocked as refusal:
        return Answer(problem=str(refusal))
    return Answer()


@transaction.atomic
def _pair_here(kind: str, local_id: UUID, peer_id: UUID, sync_id: UUID | None, actor: Actor, at: datetime) -> None:
    handler = matching_handler(kind)
    if not _free(handler, [local_id], actor):
        raise Blocked("That record has a counterpart already, or is gone.")
    if not pair(handler, [(sync_id, local_id, peer_id)], stands="later", at=at):
        raise Blocked("That record has a counterpart already, or is gone.")
    columns = ("kind", "pm_id", "la_id", "same", "by", "at")
    rows = [(kind, peer_id, local_id, True, actor.email or actor.name, at)]
    upsert_rows(Verdict, columns, rows, key_columns=("kind", "pm_id", "la_id"))
    Candidate.objects.filter(kind=kind, local_id__in=[local_id, peer_id]).update(done=True)
    note(actor, at, "paired", {kind: [None, str(local_id)]})
    wake_on_commit()


def _viewer(email: str) -> Actor | str:
    """The person as this product knows him: what he may not see here he is not shown there."""
    user = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
    if user is None:
        name = settings.COUNTERPART_PRODUCT_NAME
        return f"{name} knows nobody with your e-mail address, so it can’t show you its records."
    return Actor.of(user, "sync")


def _free(handler: MatchingHandler, ids: list[UUID], viewer: Actor) -> list[UUID]:
    """Those that may have a counterpart, have none, and that this person may see; in their order."""
    taken = Record.objects.filter(kind=handler.kind, local_id__in=ids, known_at_peer=True)
    gone = set(taken.values_list("local_id", flat=True))
    able = set(handler.census().filter(pk__in=ids).values_list("pk", flat=True))
    seen_by = set(handler.visible(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    return [one for one in ids if one in able and one in seen_by and one not in gone]


def _owned(handler: MatchingHandler, keys: Keys) -> Keys:
    kind = owner_kind(handler)
    if not kind:
        return keys
    partners = partners_of(kind, keys.owners or ())
    theirs = tuple(partners.get(owner, "") for owner in keys.owners or ())
    return replace(keys, owners=theirs, is_loose=not theirs or not theirs[0])


def _reasons(handler: MatchingHandler, keys: Keys, rights: list[Keys]) -> dict[str, str]:
    """Why each may be it: the grade, or what makes it doubtful."""
    found = {}
    for right in rights:
        judged = match([keys], [right], handler.compatible)
        if judged.matches:
            found[right.id] = judged.matches[0].grade.value
        elif judged.doubts:
            found[right.id] = judged.doubts[0].reason.value
    return found
