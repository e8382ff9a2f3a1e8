"""What every view of a contact begins with: may the one who asks see it."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.foundation.users.access import actor_of


def visible_contact(request: HttpRequest, contact_id: UUID) -> Contact:
    """Return the contact, or raise 404, the same for one that is missing and one that is hidden."""
    return get_object_or_404(contacts_visible_to(actor_of(request)), pk=contact_id)
