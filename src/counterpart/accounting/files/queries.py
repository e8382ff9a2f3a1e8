"""Reading files. Pages and the API fetch through ``files_visible_to``; there is no other way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File, FileCode, FileOptions, FilePayer, GroupMember, SplitReview
from counterpart.accounting.files.shares import percent
from counterpart.accounting.numbering.models import FileNumberLedger
from counterpart.accounting.numbering.queries import used_sentence
from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User
from counterpart.protocol.numbers import number_key


@dataclass(frozen=True, slots=True)
class Payer:
    """One who pays a share of a file's bills (LA-SPL-1)."""

    contact_id: UUID
    name: str
    number: str
    share: int
    is_primary: bool

    @property
    def percent(self) -> str:
        """The share with its four decimals."""
        return percent(self.share)


def files_visible_to(who: Any) -> QuerySet[File]:
    """Return the files this user (or actor) may see; deleted ones never (LA-PRM-1)."""
    rights = who.rights if isinstance(who, Actor) else who.grants().rights
    return File.objects.filter(deleted_at=None) if "file.read" in rights else File.objects.none()


def payers_of(file_ids: Iterable[UUID]) -> dict[UUID, list[Payer]]:
    """Return the payers of each file in their order, the primary contact first; one statement."""
    found: dict[UUID, list[Payer]] = {file_id: [] for file_id in file_ids}
    rows = (
        FilePayer.objects.filter(file_id__in=list(found), ended_at=None).order_by("position").select_related("contact")
    )
    for row in rows:
        payers = found[row.file_id]
        payers.append(Payer(row.contact_id, row.contact.name, row.contact.number, row.share, is_primary=not payers))
    return found


def former_payers_of(file_id: UUID) -> list[FilePayer]:
    """Return those who were clients of the file once, the last to leave first (LA-SPL-3)."""
    left = FilePayer.objects.filter(file_id=file_id, ended_at__isnull=False).select_related("contact")
    return list(left.order_by("-ended_at", "id"))


def unshared(payers: Sequence[Payer]) -> list[Payer]:
    """Return those who would get no bill: the payers at 0 % (IMP-12)."""
    return [payer for payer in payers if payer.share == 0]


def files_of(contact_id: UUID, *, former: bool = True) -> QuerySet[File]:
    """Return the files the contact is a payer of (``former``: or was), or that were opened for this group."""
    paid = FilePayer.objects.filter(file=OuterRef("pk"), contact_id=contact_id)
    if not former:
        paid = paid.filter(ended_at=None)
    return File.objects.filter(Exists(paid) | Q(group_id=contact_id), deleted_at=None)


def members_of(group_id: UUID) -> list[GroupMember]:
    """Return the members of a visible group contact, in their order (LA-CON-5)."""
    return list(GroupMember.objects.filter(group_id=group_id).select_related("contact").order_by("position"))


def memberships_of(contact_id: UUID) -> list[GroupMember]:
    """Return the visible groups the contact is in (LA-CON-5); hidden groups are never among them (GRP-3)."""
    rows = GroupMember.objects.filter(contact_id=contact_id, group__deleted_at=None).select_related("group")
    return list(rows.order_by("group__sort_name"))


def reviews_for(actor: Actor) -> QuerySet[SplitReview]:
    """Return the open tasks to confirm a split that are this actor's: of files he is responsible for or assigned to;
    all of them for those who manage the firm's settings.
    """
    rows = SplitReview.objects.filter(done_at=None, file__in=files_visible_to(actor)).select_related("file")
    if not actor.may("settings.edit"):
        rows = rows.filter(Q(file__responsible=actor.user_id) | Q(file__assigned=actor.user_id))
    return rows.order_by("made_at", "id")


def review_count(actor: Actor) -> int:
    """Return how many splits wait to be confirmed by this actor."""
    return reviews_for(actor).count()


def open_review(file_id: UUID) -> SplitReview | None:
    """Return the file's open task to confirm its split."""
    return SplitReview.objects.filter(file_id=file_id, done_at=None).first()


def file_codes() -> dict[str, list[FileCode]]:
    """Return the firm's lists, each in the order of its codes."""
    found: dict[str, list[FileCode]] = {listing: [] for listing in FileCode.Listing.values}
    for code in FileCode.objects.order_by("code"):
        found[code.listing].append(code)
    return found


def default_codes() -> dict[str, int]:
    """Return the default entry of each list (MAT-7)."""
    return dict(FileCode.objects.filter(is_default=True).values_list("listing", "pk"))


def file_options() -> FileOptions:
    """Return the firm's choices about files; the defaults until somebody chose."""
    return FileOptions.objects.first() or FileOptions()


def staff() -> QuerySet[User]:
    """Return those who can be named on a file."""
    return User.objects.filter(is_active=True).order_by("name", "pk")


def former_file_numbers(text: str) -> list[tuple[str, File]]:
    """Return (number, file) for an exact number whose file was deleted: it is never given again (LA-NUM-7)."""
    given = FileNumberLedger.objects.filter(key=number_key(text.strip())).values_list("number", "file_id")
    owners = files_by_id(owner for _, owner in given)
    return [(number, owners[owner]) for number, owner in given if owner in owners and owners[owner].is_deleted]


def files_by_id(ids: Iterable[UUID]) -> dict[UUID, File]:
    """Return the files, deleted ones too, to say whose a number is or was."""
    return File.objects.in_bulk(list(ids))


def current_keys(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the number keys of files that are not deleted."""
    return dict(File.objects.filter(pk__in=list(ids), deleted_at=None).values_list("pk", "number_key"))


def taken_sentences(owners: Mapping[str, UUID], *, named: bool) -> dict[str, str]:
    """Return, by number, why it can't be used; the file is named only to those who may see files (MAT-9)."""
    files = files_by_id(owners.values()) if owners else {}
    return {number: taken_sentence(number, files.get(owner), named=named) for number, owner in owners.items()}


def taken_sentence(number: str, owner: File | None, *, named: bool) -> str:
    """Say that a number is used, for what, or that it was and is never given twice (MAT-9, LA-NUM-7)."""
    holds = owner is not None and not owner.is_deleted and owner.number_key == number_key(number)
    return used_sentence(number, owner.description if owner is not None and named else "", holds=holds, joint="for")


def contacts_by_id(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Return the contacts that can be clients: neither deleted nor a group."""
    return Contact.objects.filter(deleted_at=None, is_group=False).in_bulk(list(ids))
