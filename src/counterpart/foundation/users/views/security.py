"""Administrator Settings > Users > Security > Contacts and Case Files > (group) > Contacts > Contact Overrides.

NUM-16: the restriction is defined in Legal Accounting and obeyed in both products, so these pages
exist there only; Practice Management answers 404.
"""

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


def _only_in_accounting() -> None:
    if settings.COUNTERPART_PRODUCT != "accounting":
        raise Http404


@page(operations.MANAGE)
def list_groups(request: SignedIn) -> HttpResponse:
    """The security groups, each leading to its overrides."""
    _only_in_accounting()
    return render(request, "users/security.html", {"roles": roles_visible_to(actor_of(request))})


@page(operations.MANAGE)
def contact_overrides(request: SignedIn, role_id: UUID) -> HttpResponse:
    """The switch *Restrict contact number changes (new & existing)* of one group."""
    _only_in_accounting()
    role = get_object_or_404(roles_visible_to(actor_of(request)), uuid=role_id)
    if request.method == "POST":
        restricted = request.POST.get("restrict_contact_number_changes") == "on"
        try:
            operations.set_number_restriction(actor=actor_of(request), role=role, restricted=restricted, at=clock.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"The contact overrides of {role.name} are saved.")
        return redirect("users:contact_overrides", role_id)
    return render(request, "users/contact_overrides.html", {"role": role})
