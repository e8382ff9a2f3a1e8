"""What files and groups say to closing or deleting a contact (LA-CON-6)."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File, FilePayer, GroupMember
from counterpart.accounting.files.queries import files_of, memberships_of
from counterpart.foundation.errors import Blocker


def closing(contact_id: UUID) -> list[Blocker]:
    """Open files, also as a split payer; being a group, or a member of one."""
    group = Contact.objects.filter(pk=contact_id, is_group=True).first()
    own = [Blocker(f"{group.name} is a group contact.", group.get_absolute_url())] if group else []
    open_files = files_of(contact_id, former=False).filter(status=File.Status.OPEN)
    return [*_files(open_files), *own, *_memberships(contact_id)]


def deletion(contact_ids: Sequence[UUID]) -> dict[UUID, list[Blocker]]:
    """Every file a contact is or was a payer of, or that was opened for this group; being a member of a group.

    Most are on nothing, which three statements tell; the others are looked at one by one.
    """
    used = set(FilePayer.objects.filter(contact_id__in=contact_ids).values_list("contact_id", flat=True))
    used |= set(File.objects.filter(group_id__in=contact_ids).values_list("group_id", flat=True))
    used |= set(GroupMember.objects.filter(contact_id__in=contact_ids).values_list("contact_id", flat=True))
    return {contact_id: [*_files(files_of(contact_id)), *_memberships(contact_id)] for contact_id in used}


def _files(files: QuerySet[File]) -> list[Blocker]:
    return [Blocker(f"File {file}", file.get_absolute_url()) for file in files.order_by("number_key")]


def _memberships(contact_id: UUID) -> list[Blocker]:
    groups = [membership.group for membership in memberships_of(contact_id)]
    return [Blocker(f"Member of the group {group.name}", group.get_absolute_url()) for group in groups]
