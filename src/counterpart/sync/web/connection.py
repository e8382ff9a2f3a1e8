"""The link itself, for administrators: its state, connecting, keys, pausing, and the connection check (ONB-4)."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refusal
from counterpart.foundation.users.access import actor_of, page
from counterpart.protocol.colour import Mode
from counterpart.sync.checks import connection_check
from counterpart.sync.keys import ACTIVE_KEYS_MAX, active_keys, add_key, own_keys, retire_key
from counterpart.sync.link import effective_mode, get_link, link_id, pause, resume, switch_off, switch_on
from counterpart.sync.models import Key
from counterpart.sync.pairing import card, connect
from counterpart.sync.web.access import MANAGE
from counterpart.sync.web.forms import ConnectForm
from counterpart.sync.web.link_words import link_words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page(MANAGE)
def connection(request: HttpRequest) -> HttpResponse:
    """The page of the link; posting the other product's card connects."""
    form = ConnectForm(request.POST or None)
    if form.is_valid():
        try:
            text, url = form.cleaned_data["card"].strip(), form.cleaned_data["url"].rstrip("/")
            connect(text, actor=actor_of(request), at=now(), url=url)
        except Refusal as refusal:
            form.add_error("card", refusal.message)
        else:
            messages.success(request, "Connected. The first exchange begins now.")
            return redirect("sync:connection")
    return render(request, "sync/connection.html", _facts(form), status=422 if form.errors else 200)


def _facts(form: ConnectForm) -> dict[str, object]:
    own_card = card(now())  # gives this site its identity on the first visit
    link = get_link()
    assert link is not None
    active = active_keys(own=True)
    mode = effective_mode(link)
    return {
        "form": form,
        "link": link,
        "link_id": link_id(link) if link.peer_instance else "",
        "words": link_words(link),
        "clocks_apart_ms": abs(link.clock_offset_ms),
        "card": own_card,
        "keys": own_keys(),
        "active_count": len(active),
        "may_add_key": len(active) < ACTIVE_KEYS_MAX,
        "peer_keys": active_keys(own=False),
        "may_pause": link.mode == Mode.LIVE and bool(link.peer_instance),
        "may_resume": link.mode == Mode.PAUSED,
        "may_switch_off": link.mode in (Mode.LIVE, Mode.PAUSED) and bool(link.peer_instance),
        "may_switch_on": link.mode == Mode.OFF,
        "healing": mode is Mode.HEALING,
    }


def _changed(request: HttpRequest, change: Callable[[Actor, datetime], None], said: str) -> HttpResponse:
    change(actor_of(request), now())
    messages.success(request, said)
    return redirect("sync:connection")


@require_POST
@page(MANAGE)
def pause_link(request: HttpRequest) -> HttpResponse:
    """Stop the exchange until someone resumes it; nothing is lost meanwhile."""
    return _changed(request, pause, "The exchange is paused.")


@require_POST
@page(MANAGE)
def resume_link(request: HttpRequest) -> HttpResponse:
    """Go on after a pause."""
    return _changed(request, resume, "The exchange goes on.")


@require_POST
@page(MANAGE)
def switch_link_off(request: HttpRequest) -> HttpResponse:
    """End the integration on this side (section 15)."""
    return _changed(request, switch_off, "The link is switched off.")


@require_POST
@page(MANAGE)
def switch_link_on(request: HttpRequest) -> HttpResponse:
    """Begin again; everything is exchanged in full once."""
    return _changed(request, switch_on, "The link is switched on. Everything is exchanged once in full.")


@require_POST
@page(MANAGE)
def new_key(request: HttpRequest) -> HttpResponse:
    """Begin a rotation: a second key beside the first."""
    add_key(actor=actor_of(request), at=now())
    messages.success(request, "A new key was added. Retire the old one when the other product has it.")
    return redirect("sync:connection")


@require_POST
@page(MANAGE)
def retire(request: HttpRequest, key_id: str) -> HttpResponse:
    """End a rotation: the old key is no longer used."""
    try:
        retire_key(key_id, actor=actor_of(request), at=now())
    except Key.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "The key was retired.")
    return redirect("sync:connection")


@require_safe
@never_cache
@page(MANAGE)
def check(request: HttpRequest) -> HttpResponse:
    """The connection check: each fact with pass or fail and how to fix it."""
    found = connection_check()
    facts = {
        "checks": found,
        "failed": sum(one.has_failed for one in found),
        "advice": sum(one.ok is False and one.is_advice for one in found),
        "at": now(),
    }
    return render(request, "sync/check.html", facts)
