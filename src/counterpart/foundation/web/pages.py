"""Small answers every view gives the same way: page or dialog, and where to go when done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

PAGE = "web/base.html"
DIALOG = "web/dialog.html"
FRAGMENT = "web/fragment.html"


def in_dialog(request: HttpRequest) -> bool:
    """Tell whether the answer goes into the dialog that lies over another page."""
    return request.headers.get("HX-Target") == "dialog"


def layout(request: HttpRequest) -> str:
    """Return what a template that serves as page and as dialog extends: ``{% extends layout %}``."""
    return DIALOG if in_dialog(request) else PAGE


def fragment_layout(request: HttpRequest) -> str:
    """Return what a template that serves as page and as a bare fragment extends."""
    return FRAGMENT if request.headers.get("HX-Request") else PAGE


def done(request: HttpRequest, url: str) -> HttpResponse:
    """Go to `url` after a successful change, whether the form was posted by htmx or by the browser."""
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)


def next_url(request: HttpRequest, default: str) -> str:
    """Return the wanted address (``next``) if it is one of ours, else the default: no open redirect."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return default
