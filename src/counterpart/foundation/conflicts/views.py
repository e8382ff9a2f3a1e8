"""The page of the conflict check, the same in both products."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from counterpart.foundation.clock import now
from counterpart.foundation.conflicts.forms import CheckForm
from counterpart.foundation.conflicts.running import RIGHT, ConflictCheck
from counterpart.foundation.errors import Refused
from counterpart.foundation.users.access import actor_of, page


def check_page(check: ConflictCheck) -> Callable[..., HttpResponseBase]:
    """Return the view with the form and, once names were sent, what they can mean."""

    @page(RIGHT)
    @require_http_methods(["GET", "POST"])
    def conflict_check(request: HttpRequest) -> HttpResponse:
        form = CheckForm(request.POST if request.method == "POST" else None)
        outcome = None
        if request.method == "POST" and form.is_valid():
            try:
                outcome = check.run(actor=actor_of(request), names=form.lines, exact=form.exact, at=now())
            except Refused as refusal:
                form.refuse(refusal)
            else:
                # The reader goes on at the results, not in the box.
                del form.fields["names"].widget.attrs["autofocus"]
        context = {"form": form, "outcome": outcome}
        return render(request, "conflicts/check.html", context, status=422 if form.errors else 200)

    return conflict_check
