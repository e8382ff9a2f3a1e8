"""What foundation.alike asks of Legal Accounting (``foundation.alike.product.Product``)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import QueryDict

from counterpart.accounting.contacts.blockers import merge_blockers
from counterpart.accounting.contacts.faces import FACE_FIELDS, KEY_FIELDS, copied_boxes, face_of, posted_fields
from counterpart.accounting.contacts.fields import PHONE_FIELDS, STORED
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import shares_addresses
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.contacts.registers import KIND, values_from_fields
from counterpart.accounting.contacts.rows import read_held, update_contacts
from counterpart.accounting.duplicates.choices import ALIAS_MAX, FIELDS, with_left_over
from counterpart.accounting.files.models import FilePayer, GroupMember
from counterpart.accounting.files.operations import absorbing
from counterpart.accounting.files.queries import files_visible_to
from counterpart.accounting.files.registers import KIND as FILE
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.product import Card, Held, MergeField, Moved, Route
from counterpart.foundation.errors import Blocker
from counterpart.foundation.history import NewEvent
from counterpart.sync import api as sync


class AccountingContacts:
    """Contacts, the files they pay for, and their link. This product decides about merges (section 16)."""

    number_word = "number"
    list_url_name = "contacts:manager"
    key_fields = KEY_FIELDS
    alias_max = ALIAS_MAX

    def fields(self, survivor: Held, actor: Actor) -> Sequence[MergeField]:
        del survivor, actor
        return FIELDS

    def face(self, columns: Mapping[str, Any]) -> Face:
        return face_of(columns)

    def posted(self, data: QueryDict, actor: Actor) -> dict[str, Any]:
        del actor
        return posted_fields(data)

    def columns(self, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        rows = self.everything().filter(pk__in=list(ids)).values_list("id", *FACE_FIELDS)
        return {row[0]: dict(zip(FACE_FIELDS, row[1:], strict=True)) for row in rows}

    def holders(self, number_keys: Collection[str]) -> dict[str, list[UUID]]:
        """A number is asked of the books alone: it is never given twice, so nobody else can have it."""
        rows = self.everything().filter(number_key__in=number_keys) if number_keys else Contact.objects.none()
        return {key: [contact_id] for key, contact_id in rows.values_list("number_key", "id")}

    def everything(self) -> QuerySet[Any]:
        return Contact.objects.filter(deleted_at=None, is_group=False)

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return contacts_visible_to(actor).filter(is_group=False)

    def cards(self, ids: Iterable[UUID], actor: Actor) -> dict[UUID, Card]:
        wanted = list(ids)
        paid = FilePayer.objects.filter(contact_id__in=wanted, ended_at=None, file__in=files_visible_to(actor))
        on = dict(paid.values_list("contact_id").annotate(Count("file")).order_by())
        return {one.pk: _card(one, on.get(one.pk, 0)) for one in self.everything().filter(pk__in=wanted)}

    def lock(self, ids: Sequence[UUID]) -> None:
        sync.lock(KIND, ids)
        sync.lock(FILE, absorbing.files_of(ids))

    def hold(self, ids: Sequence[UUID]) -> dict[UUID, Held]:
        held = read_held(ids, lock=True).values()
        return {
            one.id: Held(
                one.id, one.label, one.number, one.version, {**one.fields, "number": one.number},
                Contact(pk=one.id).get_absolute_url(), is_closed=one.status == Contact.Status.CLOSED,
            )
            for one in held
            if not one.is_group
        }  # fmt: skip

    def blockers(self, actor: Actor, survivor: Held, losers: Sequence[Held]) -> list[Blocker]:
        found = []
        kinds = {one.columns["display_as"] for one in (survivor, *losers)}
        if len(kinds) > 1:
            text = "A company and an individual can't be merged. Correct how one of them is displayed first."
            found.append(Blocker(text))
        losing = [loser.id for loser in losers]
        if absorbing.files_of(losing) and not actor.may("file.edit_clients"):
            found.append(Blocker("You may not change the clients of files, and they have some."))
        return [*found, *merge_blockers(survivor.id, losing)]

    def route(self, survivor: UUID, loser: UUID) -> Route:
        return sync.merge_route(KIND, survivor, loser)

    def ask(self, *_: Any, **__: Any) -> None:
        raise AssertionError("Legal Accounting decides; it never asks")

    withdraw = ask
    ask_apart = ask

    def trouble(self, loser: UUID) -> str:
        del loser
        return ""

    def completed(self, holders: Sequence[Held], after: dict[str, Any]) -> dict[str, Any]:
        return with_left_over(holders, after)

    def linked_along(self, survivor: Held, loser: Held, after: dict[str, Any]) -> dict[str, Any]:
        """The survivor keeps its own number, whatever the link (LA-NUM-7); the other product is told of it."""
        del survivor, loser
        return after

    def followed(self, survivor: Held, loser: Held) -> dict[str, Any]:
        del loser
        return survivor.columns

    def move(self, survivor: Held, loser: Held, *, actor: Actor, at: datetime) -> Moved:
        files, payers, events = absorbing.absorb_payers(survivor=survivor.id, loser=loser.id, actor=actor, at=at)
        groups, members = absorbing.absorb_memberships(survivor=survivor.id, loser=loser.id)
        return Moved({"files": files, "groups": groups}, {"files": payers, "groups": members}, events)

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
        _update(survivor, after, actor, at)
        if not decided:
            sync.absorb(KIND, survivor.id, loser.id, actor=actor, at=at)
        if survivor.id in links or not links:  # a link that moves is told in full
            _tell(survivor, after, actor, at)

    def changed_since(self, merge_records: Mapping[str, Any], actor: Actor) -> list[Blocker]:
        files = absorbing.payers_changed(merge_records.get("files", {}))
        groups = absorbing.memberships_changed(merge_records.get("groups", {}))
        text = "Clients or shares of {} have changed since."
        if actor.may("file.read"):
            found = [Blocker(text.format(f"file {one}"), one.get_absolute_url(), 1) for one in files]
        else:
            noun = "a file" if len(files) == 1 else f"{len(files)} files"
            found = [Blocker(text.format(noun), "", len(files))] if files else []
        return [
            *found,
            *(Blocker(f"Members of the group {one} have changed since.", one.get_absolute_url(), 1) for one in groups),
        ]

    def move_back(self, merge_records: Mapping[str, Any], *, actor: Actor, at: datetime) -> list[NewEvent]:
        absorbing.give_back_memberships(merge_records.get("groups", {}))
        return absorbing.give_back_payers(merge_records.get("files", {}), actor=actor, at=at)

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
        had_link = survivor.id in sync.sync_ids(KIND, [survivor.id])
        _update(survivor, after, actor, at)
        version = Contact.objects.filter(pk=loser).values_list("version", flat=True).get()
        _stamp(loser, version, actor, at, deleted_at=None)
        if not decided:
            sync.separate(KIND, loser, actor=actor, at=at)
        if had_link:
            _tell(survivor, after, actor, at)
        files = merge_records.get("files", {})
        return absorbing.take_up_clients(files, survivor=survivor.id, loser=loser, actor=actor, at=at)

    def preview(self, survivor: Held, losers: Sequence[Held], actor: Actor) -> dict[str, int]:
        del survivor, actor
        ids = [loser.id for loser in losers]
        return {
            "files": len(absorbing.files_of(ids)), "groups": GroupMember.objects.filter(contact_id__in=ids).count(),
        }  # fmt: skip


def _card(one: Contact, files: int) -> Card:
    phone = next((number for name in PHONE_FIELDS if (number := getattr(one, name))), "")
    return Card(
        one.pk, one.name, one.get_display_as_display(), one.number, one.main_address.get("city", ""),
        one.email or phone, one.get_absolute_url(), one.is_closed, f"{files} file{'' if files == 1 else 's'}",
        copied_boxes(vars(one)),
    )  # fmt: skip


def _update(survivor: Held, after: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    fields = {name: after[name] for name in STORED}
    update_contacts([(survivor.id, fields, survivor.number, survivor.version + 1, actor.name)], at=at)


def _tell(survivor: Held, after: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    old, new = (values_from_fields(each, survivor.number) for each in (survivor.columns, after))
    item = (survivor.id, old, new)
    sync.saved(kind=KIND, items=[item], actor=actor, at=at, share_addresses=shares_addresses())


def _stamp(contact_id: UUID, version: int, actor: Actor, at: datetime, **columns: Any) -> None:
    Contact.objects.filter(pk=contact_id).update(version=version + 1, updated_at=at, updated_by=actor.name, **columns)
