"""What every full page needs: product facts and the header as this person may see it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from counterpart.foundation.actor import Actor
from counterpart.foundation.search.sections import sections_for
from counterpart.foundation.web.frame import Frame, entries, groups, site_frame
from counterpart.foundation.web.lapse import seconds_left
from counterpart.foundation.web.notices import unseen_count


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The header is computed only when a template asks for it (fragments do not)."""
    user = getattr(request, "user", None)
    facts = {
        "product": settings.COUNTERPART_PRODUCT,
        "product_name": settings.COUNTERPART_PRODUCT_NAME,
        "peer_name": settings.COUNTERPART_PEER_NAME,
        "peer_url": settings.COUNTERPART_PEER_URL,
        "firm_name": settings.COUNTERPART_FIRM_NAME,
        "site_modules": site_frame().modules,
        "site_styles": site_frame().styles,
    }
    if user is None or not user.is_authenticated:
        return facts
    facts["actor"] = SimpleLazyObject(lambda: Actor.of(user, "screen", request))
    facts["session_left"] = seconds_left(request)
    facts["frame"] = SimpleLazyObject(lambda: _header(request))
    return facts


def _header(request: HttpRequest) -> dict[str, Any]:
    found = site_frame()
    actor = Actor.of(request.user, "screen", request)  # type: ignore[arg-type]  # checked by the caller
    tasks = list(found.tasks(actor)) if found.tasks is not None else []
    unseen = unseen_count(request)
    return {
        "menu": entries(found.menu, actor, request),
        "create": groups(found.create, actor, request),
        "admin": groups(found.admin, actor, request),
        "search_url": _search_url(found) if sections_for(actor) else "",
        "search_label": found.search_label,
        "unseen": unseen,
        "tasks": tasks,
        "bell_count": unseen + sum(task.count for task in tasks),
        "sync": found.sync_badge(actor) if found.sync_badge is not None else None,
    }


def _search_url(found: Frame) -> str:
    try:
        return reverse(found.search_url_name) if found.search_url_name else ""
    except NoReverseMatch:
        return ""
