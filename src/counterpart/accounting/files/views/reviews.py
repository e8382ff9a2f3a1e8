"""Splits to confirm: the tasks that a change of clients makes (GRP-8, IMP-12)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from counterpart.accounting.files.operations import confirm_split
from counterpart.accounting.files.queries import payers_of, reviews_for
from counterpart.accounting.files.views.access import visible_file
from counterpart.accounting.files.views.listing import ROWS
from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.pages import next_url


@page("file.read")
@require_GET
def open_reviews(request: HttpRequest) -> HttpResponse:
    """List the splits this person should confirm, the oldest first, each with its percentages."""
    actor = actor_of(request)
    rows = Paginator(reviews_for(actor), ROWS).get_page(request.GET.get("page"))
    reviews = list(rows.object_list)
    payers = payers_of([review.file_id for review in reviews])
    shown = [{"review": review, "file": review.file, "payers": payers[review.file_id]} for review in reviews]
    context = {"page": rows, "reviews": shown, "may_split": actor.may("file.edit_split")}
    return render(request, "files/splits.html", context)


@page()
@require_POST
def confirmation(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Confirm that the percentages are right as they are."""
    file = visible_file(request, file_id)
    confirm_split(file_id=file.pk, actor=actor_of(request), at=now())
    messages.success(request, f"The split of {file.number} is confirmed.")
    return redirect(next_url(request, file.get_absolute_url()))
