"""What every view of a contact begins with: may the one who asks see it."""

from uuid import UUID

from django.http import Http404, HttpRequest

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.foundation.alike.merges import raise_if_merged
from counterpart.foundation.users.access import actor_of


def visible_contact(request: HttpRequest, contact_id: UUID) -> Contact:
    """Return the contact, or raise 404, the same for one that is missing and one that is hidden.

    The page of a contact that was merged leads to the one it went into (DUP-11).
    """
    actor = actor_of(request)
    contact = contacts_visible_to(actor).filter(pk=contact_id).first()
    if contact is None:
        raise_if_merged(contact_id, actor)
        raise Http404
    return contact
