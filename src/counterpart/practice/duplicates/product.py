"""What foundation.alike asks of Practice Management (``foundation.alike.product.Product``)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.product import Card, Held, MergeField, Moved, Route
from counterpart.foundation.errors import Blocker
from counterpart.foundation.history import NewEvent
from counterpart.practice.contacts import queries
from counterpart.practice.contacts.enums import Status
from counterpart.practice.contacts.faces import FACE_COLUMNS, KEY_COLUMNS, copied_boxes, face_of, posted_columns
from counterpart.practice.contacts.models import ACTIVE, Contact, contact_url
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.personal import FURTHER
from counterpart.practice.contacts.registers import values_of
from counterpart.practice.contacts.rows import states_of, update_contacts
from counterpart.practice.duplicates.choices import ALIAS_MAX, fields_of, united_emails, unshared_phones
from counterpart.practice.matters.models import Matter, Party
from counterpart.practice.matters.operations import absorbing
from counterpart.practice.matters.queries import hidden_matters, matters_visible_to
from counterpart.practice.settings.queries import creation_rules
from counterpart.sync import api as sync

KIND: Final = "contact"
_NUMBER: Final = ("reference", "requested_reference", "requested_keep_sequence", "numbering_sequence")


class PracticeContacts:
    """Contacts, the matters they are on, and their link."""

    number_word = "Reference"
    list_url_name = "contacts:list"
    key_fields = KEY_COLUMNS
    alias_max = ALIAS_MAX

    def fields(self, survivor: Held, actor: Actor) -> Sequence[MergeField]:
        return fields_of(survivor, actor)

    def face(self, columns: Mapping[str, Any]) -> Face:
        return face_of(columns)

    def posted(self, data: QueryDict, actor: Actor) -> dict[str, Any]:
        return posted_columns(data, actor)

    def columns(self, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        rows = Contact.objects.filter(ACTIVE, pk__in=list(ids)).values_list("id", *FACE_COLUMNS)
        return {row[0]: dict(zip(FACE_COLUMNS, row[1:], strict=True)) for row in rows}

    def holders(self, number_keys: Collection[str]) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = {}
        if not number_keys:
            return found
        rows = Contact.objects.filter(ACTIVE).filter(
            Q(reference_key__in=number_keys) | Q(requested_key__in=number_keys)
        )
        for contact_id, held, asked in rows.values_list("id", "reference_key", "requested_key"):
            for key in {held, asked} & set(number_keys):
                found.setdefault(key, []).append(contact_id)
        return found

    def everything(self) -> QuerySet[Any]:
        return Contact.objects.filter(ACTIVE)

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return queries.contacts_visible_to(actor)

    def cards(self, ids: Iterable[UUID], actor: Actor) -> dict[UUID, Card]:
        wanted, style = list(ids), queries.name_format()
        parties = Party.objects.filter(contact_id__in=wanted, matter__in=matters_visible_to(actor))
        on = dict(parties.values_list("contact_id").annotate(Count("matter", distinct=True)).order_by())
        return {
            one.pk: _card(one, display_name(one.__dict__, style), on.get(one.pk, 0))
            for one in Contact.objects.filter(ACTIVE, pk__in=wanted)
        }

    def lock(self, ids: Sequence[UUID]) -> None:
        sync.lock(KIND, ids)
        sync.lock("matter", absorbing.matters_of(ids))

    def hold(self, ids: Sequence[UUID]) -> dict[UUID, Held]:
        list(Contact.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        style = queries.name_format()
        return {key: _held(row, style) for key, row in states_of(ids).items() if row["deleted_at"] is None}

    def blockers(self, actor: Actor, survivor: Held, losers: Sequence[Held]) -> list[Blocker]:
        holders = [survivor, *losers]
        found = []
        if len({one.columns["kind"] for one in holders}) > 1:
            text = "A company and an individual can't be merged. Correct the identity type of one of them first."
            found.append(Blocker(text))
        links = sync.sync_ids(KIND, [one.id for one in holders])
        if survivor.id not in links and sum(loser.id in links for loser in losers) > 1:
            text = "Two of them are in Legal Accounting already. Keep one of those instead."
            found.append(Blocker(text))
        return [*found, *_matter_blockers(actor, holders, losers)]

    def route(self, survivor: UUID, loser: UUID) -> Route:
        return sync.merge_route(KIND, survivor, loser)

    def ask(self, survivor: UUID, loser: UUID, *, actor: Actor, at: datetime) -> None:
        sync.ask_merge(KIND, survivor, loser, actor=actor, at=at)

    def withdraw(self, loser: UUID, *, actor: Actor, at: datetime) -> None:
        sync.withdraw_merge(KIND, loser, actor=actor, at=at)

    def ask_apart(self, survivor: UUID, loser: UUID, *, actor: Actor, at: datetime) -> None:
        del survivor
        sync.ask_separate(KIND, loser, actor=actor, at=at)

    def trouble(self, loser: UUID) -> str:
        state = sync.link_state(KIND, loser)
        return state.error_text if state.colour == "red" and state.error_code == "merge_refused" else ""

    def completed(self, holders: Sequence[Held], after: dict[str, Any]) -> dict[str, Any]:
        """Every number has a place in the list of phones: nothing is left over."""
        del holders
        return after

    def linked_along(self, survivor: Held, loser: Held, after: dict[str, Any]) -> dict[str, Any]:
        links = sync.sync_ids(KIND, [survivor.id, loser.id])
        if loser.id in links and survivor.id not in links:
            return {**after, **{name: loser.columns[name] for name in _NUMBER}}
        return after

    def followed(self, survivor: Held, loser: Held) -> dict[str, Any]:
        phones = unshared_phones(survivor.columns["phones"], loser.columns["phones"])
        ours, theirs = survivor.columns, loser.columns
        _, emails = united_emails([(one["email"], one["emails"]) for one in (ours, theirs)])
        kept = {name: ours[name] or theirs[name] for name in ("external_reference", *FURTHER)}
        return {**ours, "phones": phones, "emails": emails, **kept}

    def move(self, survivor: Held, loser: Held, *, actor: Actor, at: datetime) -> Moved:
        count, kept, events = absorbing.absorb_parties(survivor=survivor.id, loser=loser.id, actor=actor, at=at)
        return Moved({"parties": count}, {"matters": kept}, events)

    def write(
        self,
        survivor: Held,
        loser: Held,
        after: dict[str, Any],
        moved: Moved,
        *,
        decided: bool,
        actor: Actor,
        at: datetime,
    ) -> None:
        del moved
        links = sync.sync_ids(KIND, [survivor.id, loser.id])
        _stamp(loser.id, loser.version, actor, at, deleted_at=at)  # first: what is unique is free then
        update_contacts([(survivor.id, after, actor.name)], at)
        if not decided:
            sync.absorb(KIND, survivor.id, loser.id, actor=actor, at=at)
        if survivor.id in links or not links:  # a link that moves is told in full
            _tell(survivor, after, actor, at, only_changes=decided)

    def changed_since(self, merge_records: Mapping[str, Any], actor: Actor) -> list[Blocker]:
        kept = merge_records.get("matters", {})
        matters = absorbing.changed_since(kept)
        changed = [one.pk for one in matters]
        hidden = set(hidden_matters(actor).filter(pk__in=changed).values_list("pk", flat=True))
        if not actor.may("matter.read"):
            hidden = set(changed)
        text = "The parties of matter {} have changed since."
        found = [Blocker(text.format(one), one.get_absolute_url(), 1) for one in matters if one.pk not in hidden]
        if hidden:
            noun = "a matter" if len(hidden) == 1 else f"{len(hidden)} matters"
            found.append(Blocker(f"The parties of {noun} you can't view have changed since.", "", len(hidden)))
        return found + _not_theirs(kept, actor)

    def move_back(self, merge_records: Mapping[str, Any], *, actor: Actor, at: datetime) -> list[NewEvent]:
        return absorbing.give_back_parties(merge_records.get("matters", {}), actor=actor, at=at)

    def write_apart(
        self,
        survivor: Held,
        loser: UUID,
        after: dict[str, Any],
        merge_records: Mapping[str, Any],
        *,
        decided: bool,
        actor: Actor,
        at: datetime,
    ) -> list[NewEvent]:
        del merge_records
        moved_link = _NUMBER[0] in after and after["reference"] != survivor.columns["reference"]
        update_contacts([(survivor.id, after, actor.name)], at)
        version = Contact.objects.filter(pk=loser).values_list("version", flat=True).get()
        _stamp(loser, version, actor, at, deleted_at=None)
        if not decided:
            sync.separate(KIND, loser, actor=actor, at=at)
        if moved_link and not decided:
            sync.absorb(KIND, loser, survivor.id, actor=actor, at=at)  # the link goes back to whose it was
        else:
            _tell(survivor, after, actor, at, only_changes=decided)
        return []

    def preview(self, survivor: Held, losers: Sequence[Held], actor: Actor) -> dict[str, int]:
        del survivor, actor
        return {"parties": Party.objects.filter(contact_id__in=[loser.id for loser in losers]).count()}


def _card(one: Contact, name: str, matters: int) -> Card:
    phone = one.phones[0]["number"] if one.phones else ""
    uses = f"{matters} matter{'' if matters == 1 else 's'}"
    return Card(
        one.pk, name, one.get_kind_display(), one.shown_reference,
        one.physical_address.get("city") or one.mailing_address.get("city", ""), one.email or phone,
        contact_url(one.pk), one.is_closed, uses, copied_boxes(one.__dict__),
    )  # fmt: skip


def _held(row: dict[str, Any], style: Any) -> Held:
    number = row["reference"] or row["requested_reference"]
    label, closed = display_name(row, style), row["status"] == Status.CLOSED
    return Held(row["id"], label, number, row["version"], row, contact_url(row["id"]), is_closed=closed)


def _matter_blockers(actor: Actor, holders: Sequence[Held], losers: Sequence[Held]) -> list[Blocker]:
    """Matters the person may not edit (DUP-9). One that is hidden is counted and not named."""
    every = Matter.objects.filter(pk__in=absorbing.matters_of([one.id for one in holders]), deleted_at=None)
    visible = matters_visible_to(actor).filter(pk__in=every.values("pk"))
    hidden = every.count() - visible.count()
    found = []
    if hidden:
        noun = "a matter" if hidden == 1 else f"{hidden} matters"
        text = f"They are on {noun} you can't view. Somebody who may see every matter can merge them."
        found.append(Blocker(text, "", hidden))
    if not actor.may("matter.edit"):
        own = visible.filter(pk__in=absorbing.matters_of([one.id for one in losers]))
        found += [Blocker(f"You may not change the parties of matter {one}.", one.get_absolute_url(), 1) for one in own]
    return found


def _tell(survivor: Held, after: Mapping[str, Any], actor: Actor, at: datetime, *, only_changes: bool) -> None:
    rules = creation_rules()
    old, new = (values_of(each, shares_methods=rules.share_methods) for each in (survivor.columns, after))
    if only_changes and old == new:
        return  # what the other product decided is not told back to it
    item, shares = (survivor.id, old, new), rules.sync_addresses
    sync.saved(kind=KIND, items=[item], actor=actor, at=at, share_addresses=shares)


def _stamp(contact_id: UUID, version: int, actor: Actor, at: datetime, **columns: object) -> None:
    Contact.objects.filter(pk=contact_id).update(**columns, version=version + 1, updated_at=at, updated_by=actor.name)


def _not_theirs(kept: Mapping[str, Any], actor: Actor) -> list[Blocker]:
    """Undoing gives parties back: who undoes must be one who might merge (DUP-9). The other product was asked by such
    a person already.
    """
    if actor.user_id is None or not kept:
        return []
    if not actor.may("matter.edit"):
        return [
            Blocker("It gives parties of matters back, and your role does not include changing matters.", "", len(kept))
        ]
    hidden = hidden_matters(actor).filter(pk__in=[UUID(key) for key in kept]).count()
    return [Blocker("It gives parties of a matter back that you can't view.", "", hidden)] if hidden else []
