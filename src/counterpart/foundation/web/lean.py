"""A short way for machines: API and sync requests skip what only pages need.

A page request passes a dozen middlewares (session, messages, CSRF, sign-in …). A machine carries
its own proof in a header, so for it they would be pure cost. The views on these paths must not
rely on cookies, which is also why no CSRF check is needed there.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, resolve

GetResponse = Callable[[HttpRequest], HttpResponseBase]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

NOT_FOUND = (
    b'{"type":"about:blank","title":"Not found","status":404,'
    b'"detail":"There is nothing at this address.","code":"not_found"}'
)
WRONG_METHOD = (
    b'{"type":"about:blank","title":"Method not allowed","status":405,'
    b'"detail":"This address does not know that method; the Allow header names those it knows.",'
    b'"code":"method.not_allowed"}'
)


class LeanLane:
    """First middleware: answers machine paths itself, hands everything else on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.paths = tuple(settings.COUNTERPART_LEAN_PATHS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not path.startswith(self.paths) or path.rstrip("/").endswith("/docs"):
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponse("Unknown host.", status=400, content_type="text/plain")
        try:
            match = resolve(path)
        except Resolver404:
            return HttpResponse(NOT_FOUND, status=404, content_type="application/problem+json")
        request.resolver_match = match
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            response.content = WRONG_METHOD
            response.headers["Content-Type"] = "application/problem+json"
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
