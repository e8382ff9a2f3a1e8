"""What every view of a file begins with: may the one who asks see it."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from counterpart.accounting.files.fields import CODES, STAFF
from counterpart.accounting.files.models import File
from counterpart.accounting.files.queries import files_visible_to
from counterpart.foundation.users.access import actor_of


def visible_file(request: HttpRequest, file_id: UUID) -> File:
    """Return the file with its people and codes, or raise 404, the same for one that is missing and one hidden."""
    files = files_visible_to(actor_of(request)).select_related(*CODES, *STAFF, "group")
    return get_object_or_404(files, pk=file_id)
