"""Pages of the frame itself: notifications and help."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from counterpart.foundation.web.notices import kept_notices, mark_seen


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """What this person was told since signing in (UI-7), and how many records wait for someone."""
    notices = kept_notices(request)
    response = render(request, "web/notifications.html", {"notices": notices})
    mark_seen(request)
    return response


@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    """The words and keys both products share (3.2.6)."""
    return render(request, "web/help.html")
