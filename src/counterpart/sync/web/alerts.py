"""The alerts: what is wrong now, what was, and who gets them by mail (section 10)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync.models import Alert
from counterpart.sync.watch.alerts import CENTRE, PAGES, WORDS, open_alerts
from counterpart.sync.watch.mailing import MailFailed, send_trial
from counterpart.sync.watch.recipients import choose_recipients, mail_recipients, managers
from counterpart.sync.web.access import MANAGE

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page(MANAGE)
def alerts(request: HttpRequest) -> HttpResponse:
    """The page; posting chooses who gets mail."""
    if request.method == "POST":
        chosen = {int(text) for text in request.POST.getlist("user") if text.isdecimal()}
        choose_recipients(chosen, actor=actor_of(request), at=now())
        messages.success(request, "Saved who gets the alerts by e-mail.")
        return redirect("sync:alerts")
    wanted = {user.pk for user in mail_recipients()}
    past = Alert.objects.filter(cleared_at__isnull=False).order_by("-raised_at")[:SHOWN]
    context = {
        "tab": "alerts",
        "open": [(one, WORDS.get(one.code, one.code), PAGES.get(one.code, CENTRE)) for one in open_alerts()],
        "past": [(one, WORDS.get(one.code, one.code)) for one in past],
        "people": [(user, user.pk in wanted) for user in managers()],
        "sends_mail": settings.COUNTERPART_SENDS_MAIL,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    return render(request, "sync/alerts.html", context)


@require_POST
@page(MANAGE)
def trial(request: HttpRequest) -> HttpResponse:
    """A mail to oneself, to see that it works."""
    try:
        send_trial(actor_of(request).email)
    except MailFailed as failure:
        messages.error(request, f"The mail server did not take it: {failure}")
    else:
        messages.success(request, f"A trial was sent to {actor_of(request).email}.")
    return redirect("sync:alerts")
