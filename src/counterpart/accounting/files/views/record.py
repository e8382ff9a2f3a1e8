"""The file's own page: General, Staff, Billing Settings and History."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpart.accounting.files.fields import CODES, HOLDS, LABELS, STAFF
from counterpart.accounting.files.models import File
from counterpart.accounting.files.permissions import can_set_number
from counterpart.accounting.files.queries import former_payers_of, open_review, payers_of, unshared
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.restricted import clients_restriction
from counterpart.accounting.files.shares import percent
from counterpart.accounting.files.views.access import visible_file
from counterpart.accounting.files.views.picking import offered
from counterpart.foundation import history
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import api as sync

RECENT: Final = 4
EVENTS: Final = 50


@page()
@require_GET
def general(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Show what the file is, whose it is, whether it is in step, and what needs someone."""
    file = visible_file(request, file_id)
    context = record_context(request, file, "general")
    find = request.GET.get("find", "")
    taken = [payer.contact_id for payer in context["payers"]]
    context |= {
        "events": history.events_for(KIND, file.pk)[:RECENT],
        "labels": LABELS,
        "former": former_payers_of(file.pk),
        "find": find,
        "found": offered(request, find, without=taken) if context["may_change_clients"] else [],
    }
    part = {"record-body": "files/general.html#body", "client-picker": "files/clients.html#picker"}
    return render(request, part.get(request.headers.get("HX-Target", ""), "files/general.html"), context)


@page()
@require_GET
def staff_tab(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Show who answers for the file, and how its fees are credited (LA-FIL-2)."""
    file = visible_file(request, file_id)
    rows = [
        {"label": LABELS[role], "person": getattr(file, role), "allocation": _allocation(file, role)} for role in STAFF
    ]
    return render(request, "files/staff.html", record_context(request, file, "staff") | {"rows": rows})


@page()
@require_GET
def billing_tab(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Show the lists the file draws on when time is entered and billed (LA-FIL-3)."""
    file = visible_file(request, file_id)
    rows = [(LABELS[name], getattr(file, name)) for name in CODES]
    return render(request, "files/billing.html", record_context(request, file, "billing") | {"rows": rows})


@page()
@require_GET
def history_tab(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Show who changed what, when, and in which product (HIS-2, LA-AUD-5)."""
    file = visible_file(request, file_id)
    rows = Paginator(history.events_for(KIND, file.pk), EVENTS).get_page(request.GET.get("page"))
    context = record_context(request, file, "history") | {"page": rows, "events": rows.object_list}
    return render(request, "files/history.html", context)


def record_context(request: HttpRequest, file: File, tab: str) -> dict[str, Any]:
    """Return what the heading, the notices and the tabs of every page of the record need."""
    actor = actor_of(request)
    payers = payers_of([file.pk]).get(file.pk, [])
    restricted = clients_restriction(file.pk)
    return {
        "file": file, "tab": tab, "payers": payers, "primary": payers[0] if payers else None,
        "link": sync.link_state(KIND, file.pk), "restricted": restricted, "pm_action": _pm_action(file),
        "unshared": unshared(payers), "review": open_review(file.pk), "holds": _placed(file),
        "may_edit": actor.may("file.edit"), "may_close": actor.may("file.close"),
        "may_delete": actor.may("file.delete"), "may_number": can_set_number(actor),
        "may_split": actor.may("file.edit_split"),
        "has_client_right": actor.may("file.edit_clients"),
        "may_change_clients": actor.may("file.edit_clients") and restricted is None and file.group_id is None,
    }  # fmt: skip


def _pm_action(file: File) -> str:
    """What the link of a restriction does: a file made here has no matter to open."""
    peer = settings.COUNTERPART_PEER_NAME
    return f"Open the matter in {peer}" if file.from_pm else f"Open {peer}"


def _placed(file: File) -> list[str]:
    return [LABELS[name] for name in HOLDS if getattr(file, name)]


def _allocation(file: File, role: str) -> str:
    share = getattr(file, f"{role}_allocation")
    return "" if share is None else percent(share)
