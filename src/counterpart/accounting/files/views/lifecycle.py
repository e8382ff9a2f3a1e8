"""Holds, closing, reopening and deleting files (LA-FIL-6, LA-FIL-7)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from counterpart.accounting.files.blockers import closing_blockers, deletion_blockers
from counterpart.accounting.files.forms import HoldsForm
from counterpart.accounting.files.operations import close_file, delete_file, edit_file, reopen_file
from counterpart.accounting.files.views.access import visible_file
from counterpart.accounting.files.views.numbers import other_context
from counterpart.accounting.files.views.record import record_context
from counterpart.accounting.record_pages import Act, asked_first
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused, Stale
from counterpart.foundation.users.access import actor_of, page


@page()
@require_POST
def holds(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Place and lift the three holds, with the reason (LA-FIL-6)."""
    file = visible_file(request, file_id)
    actor = actor_of(request)
    actor.require("file.edit")
    form = HoldsForm(request.POST, file=file)
    status = 422
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            edit_file(file_id=file.pk, given=form.given, actor=actor, at=now(), version=version)
        except Refused as refusal:
            form.refuse(refusal)
        except Stale as stale:
            form.outdated(stale)
            status = 409
        else:
            messages.success(request, "The holds are saved.")
            return redirect(reverse("files:other", args=[file.pk]))
    return render(request, "files/other.html", other_context(request, file, holds=form), status=status)


@page()
@require_http_methods(["GET", "POST"])
def closure(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Ask, then close; what stands in the way is listed with links (LA-FIL-7)."""
    file = visible_file(request, file_id)
    act = Act(
        "close",
        "file.close",
        lambda: close_file(file_id=file.pk, closed_on=now().date(), actor=actor_of(request), at=now()),
        lambda: closing_blockers(file.pk),
        f"File {file.number} is closed.",
        file.get_absolute_url(),
    )
    return asked_first(request, act, "files/confirm.html", record_context(request, file, "other"))


@page()
@require_POST
def reopening(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Reopen a closed file."""
    file = visible_file(request, file_id)
    reopen_file(file_id=file.pk, actor=actor_of(request), at=now())
    messages.success(request, f"File {file.number} is open again.")
    return redirect(file.get_absolute_url())


@page()
@require_http_methods(["GET", "POST"])
def deletion(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Ask, then delete here; the matter in the other product stays (sync-protocol 16)."""
    file = visible_file(request, file_id)
    act = Act(
        "delete",
        "file.delete",
        lambda: delete_file(file_id=file.pk, actor=actor_of(request), at=now()),
        lambda: deletion_blockers(file.pk),
        f"File {file.number} is deleted here. The number is never given again.",
        reverse("files:manager"),
    )
    return asked_first(request, act, "files/confirm.html", record_context(request, file, "other"))
