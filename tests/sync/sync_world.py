"""One real site, a simulated peer, a line between them that can be cut in each direction, and a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from fake_peer import Peer

from counterpart.foundation.actor import Actor
from counterpart.protocol.stamps import Site
from counterpart.sync import probing
from counterpart.sync.api import link_state
from counterpart.sync.beats import hear_beat
from counterpart.sync.link import my_site
from counterpart.sync.messages import Receipt, encode, read_events
from counterpart.sync.models import Link, Record
from counterpart.sync.pairing import card, connect
from counterpart.sync.receiving import receive
from counterpart.sync.registry import handler_for
from counterpart.sync.states import LinkState
from counterpart.sync.transports.memory import MemoryTransport
from counterpart.sync.worker import Worker

KIND = "contact"
IS_PRACTICE = settings.COUNTERPART_SITE == "pm"
EVERYTHING = frozenset(right.code for right in settings.COUNTERPART_RIGHTS)


def person(name: str = "Ada Moreau", email: str = "ada@example.com") -> Actor:
    """Somebody at this site who may do everything."""
    return Actor(name, email, None, "screen", settings.COUNTERPART_SITE, EVERYTHING)


ADA = person()


@dataclass
class World:
    """The site under test is this process; ``peer`` is the other one."""

    at: datetime = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
    seen: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.peer = Peer(my_site().peer, lambda: self.at)
        self.line = MemoryTransport(self._answer)
        self.worker = Worker(self.line, clock=lambda: self.at)
        self.inbound_is_down = False
        probing.use_transport(self.line)

    def _answer(self, path: str, body: bytes) -> bytes:
        if path == "inbox":
            self.seen.append(body)
        return self.peer.answer(path, body)

    def connect(self) -> "World":
        mine = msgspec.json.decode(card(self.at))
        connect(self.peer.card(), actor=ADA, at=self.at)
        self.peer.pair(mine["instance"], mine["epoch"])
        self.worker.turn()
        return self

    def pass_time(self, seconds: float = 1.0) -> None:
        self.at += timedelta(seconds=seconds)

    # ------------------------------------------------------------------ exchange

    def peer_sends(self, sync_ids: list[UUID] | None = None) -> Receipt | None:
        """The peer sends what is due (or what is named) and takes the receipt."""
        sent = self.peer.compose(sync_ids)
        if sent is None or self.inbound_is_down:
            return None
        return self.peer.take_receipt(sent, receive(sent.body, self.at))

    def peer_beats(self, *, unsent: int = 0) -> None:
        if not self.inbound_is_down:
            self.peer.take_beat(hear_beat(self.peer.beat(unsent=unsent), self.at, answer=True))

    def settle(self, rounds: int = 6) -> int:
        """Both sides send until nothing is due; returns how many states went out from here."""
        before = self.states_sent()
        for _ in range(rounds):
            self.pass_time(0.01)
            merged = self.worker.turn()
            if not merged and not self.peer.due():
                break
            self.peer_sends()
        return self.states_sent() - before

    def states_sent(self) -> int:
        return sum(len(read_events(body)) for body in self.seen)

    # ------------------------------------------------------------------ looking

    def link(self) -> Link:
        return Link.objects.get()

    def record(self, local_id: UUID) -> Record:
        return Record.objects.get(kind=KIND, local_id=local_id)

    def sync_id(self, local_id: UUID) -> UUID:
        return self.record(local_id).sync_id

    def local_id(self, sync_id: UUID) -> UUID:
        found = Record.objects.get(sync_id=sync_id).local_id
        assert found is not None
        return found

    def values(self, local_id: UUID) -> dict[str, Any]:
        return handler_for(KIND).read([local_id])[local_id]

    def state(self, local_id: UUID, *, probe: bool = False) -> LinkState:
        return link_state(KIND, local_id, probe=probe, at=self.at)

    def colour(self, local_id: UUID) -> str:
        return self.state(local_id).colour

    def agrees(self, local_id: UUID) -> bool:
        """Whether both sides hold the same of this record, by digests from the columns on either side (S1)."""
        record = self.record(local_id)
        held = self.peer.records[record.sync_id]
        return held.standing.stated_digest == record.digest == self.peer.digest(record.sync_id)


# ---------------------------------------------------------------------- the product of this process


def create(last: str = "Reyes", *, at: datetime, actor: Actor = ADA, number: str = "", **given: Any) -> UUID:
    """An individual saved by a person in the product of this process."""
    if IS_PRACTICE:
        from counterpart.practice.contacts.drafts import Draft
        from counterpart.practice.contacts.operations import Created, create_contacts

        address = {"physical_address": given.pop("address")} if "address" in given else {}
        (made,) = create_contacts(
            actor=actor, drafts=[Draft(last=last, first="Ana", reference=number, **given, **address)], at=at
        )
        assert isinstance(made, Created), made
        return made.id
    from counterpart.accounting.contacts.operations import Draft as AccountingDraft
    from counterpart.accounting.contacts.operations import create_contact

    address = {"main_address": given.pop("address")} if "address" in given else {}
    draft = AccountingDraft({"last": last, "first": "Ana", **given, **address}, number=number)
    return create_contact(draft, actor=actor, at=at).id


def change(local_id: UUID, *, at: datetime, actor: Actor = ADA, **fields: Any) -> None:
    """An ordinary edit by a person; no fields: a save without a change."""
    number = fields.pop("number", None)
    address = fields.pop("address", None)
    if IS_PRACTICE:
        from counterpart.practice.contacts.operations import edit_contact

        fields |= {"reference": number} if number is not None else {}
        fields |= {"physical_address": address} if address is not None else {}
        edit_contact(actor=actor, contact_id=local_id, changes=fields, at=at)
        return
    from counterpart.accounting.contacts.operations import edit_contact as edit_in_accounting

    fields |= {"main_address": address} if address is not None else {}
    edit_in_accounting(contact_id=local_id, given=fields, actor=actor, at=at, number=number)


def delete(local_id: UUID, *, at: datetime, actor: Actor = ADA) -> None:
    """Deleted here by a person, with the product's own checks."""
    handler_for(KIND).delete(local_id=local_id, actor=actor, at=at)


def column_model() -> Any:
    """The contact's own table, for changes from outside the application."""
    if IS_PRACTICE:
        from counterpart.practice.contacts.models import Contact

        return Contact
    from counterpart.accounting.contacts.models import Contact as AccountingContact

    return AccountingContact


PERSON_VALUES: Mapping[str, Any] = {
    "name": {"display": "individual", "first": "Eva", "last": "Stone"},
    "email": "eva@example.com",
    "phone.work": "+1 555 0100",
    "scheme": "client",
}
"""What a contact born at the peer looks like."""

PEER_SITE = "la" if IS_PRACTICE else "pm"
PEER_IS_ACCOUNTING = Site.of(PEER_SITE) is Site.LA


def events_of(body: bytes) -> list[dict[str, Any]]:
    """A batch as plain JSON."""
    decoded: list[dict[str, Any]] = msgspec.json.decode(body)
    return decoded


def forge(body: bytes, **changes: Any) -> bytes:
    """The batch with members of its first event's data replaced."""
    events = msgspec.json.decode(body)
    events[0]["data"] |= changes
    return encode(events)
