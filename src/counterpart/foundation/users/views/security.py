"""Administrator Settings > Users > Security > Contacts and Case Files > (group) > its overrides.

NUM-16, MAT-19: the restrictions are defined in Legal Accounting and obeyed in both products, so these pages
exist there only; Practice Management answers 404.
"""

from typing import Any, Final, Literal
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from counterpart.foundation import clock
from counterpart.foundation.errors import Refusal
from counterpart.foundation.users import operations
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.users.queries import roles_visible_to

OVERRIDES: Final[dict[str, dict[str, Any]]] = {
    "contact": {
        "title": "Contact overrides",
        "branch": "Contacts",
        "field": "restrict_contact_number_changes",
        "label": "Restrict contact number changes (new & existing)",
        "hint": "Members can not give or change a contact's number here, nor its Reference in Practice Management.",
    },
    "file": {
        "title": "Case file overrides",
        "branch": "Case Files",
        "field": "restrict_file_number_changes",
        "label": "Restrict file number changes (new & existing)",
        "hint": "Members can not give or change a file's number here, nor its File Reference in Practice Management.",
    },
}


def _only_in_accounting() -> None:
    if settings.COUNTERPART_PRODUCT != "accounting":
        raise Http404


@page(operations.MANAGE)
def list_groups(request: SignedIn) -> HttpResponse:
    """The security groups, each leading to its overrides."""
    _only_in_accounting()
    return render(request, "users/security.html", {"roles": roles_visible_to(actor_of(request))})


@page(operations.MANAGE)
def overrides(request: SignedIn, role_id: UUID, what: Literal["contact", "file"]) -> HttpResponse:
    """The switch of one group: *Restrict contact number changes (new & existing)*, or the one for files."""
    _only_in_accounting()
    role = get_object_or_404(roles_visible_to(actor_of(request)), uuid=role_id)
    shown = OVERRIDES[what]
    if request.method == "POST":
        restricted = request.POST.get(shown["field"]) == "on"
        try:
            operations.set_number_restriction(
                actor=actor_of(request), role=role, restricted=restricted, at=clock.now(), what=what
            )
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"The {shown['title'].lower()} of {role.name} are saved.")
        return redirect(request.path)
    return render(request, "users/overrides.html", shown | {"role": role, "restricted": getattr(role, shown["field"])})
