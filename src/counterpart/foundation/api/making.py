"""Making a product's API: ``api = make_api(...)``, routers added to it, ``api_urls(api)`` in the site's urls."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from counterpart.foundation.api import problems
from counterpart.foundation.api.docs import docs_view
from counterpart.foundation.api.document import completed
from counterpart.foundation.api.edge import guard
from counterpart.foundation.api.tokens import TokenAuth
from counterpart.foundation.api.versions import etag


class FastParser(Parser):
    """Reads JSON strictly (no NaN, no duplicate silliness) and quickly."""

    def parse_body(self, request: HttpRequest) -> Any:
        return msgspec.json.decode(request.body)


class FastRenderer(BaseRenderer):
    """Writes JSON quickly; moments as ISO 8601 with Z, ids as text."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        del request, response_status
        return msgspec.json.encode(data)


class ProductApi(NinjaAPI):
    """A NinjaAPI whose OpenAPI document also tells what every operation has in common."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        return completed(super().get_openapi_schema(**kwargs))


def make_api(*, title: str, version: str, description: str) -> NinjaAPI:
    """Return an API with tokens, problems, strict parameters, repeats and an OpenAPI 3.1 document.

    Declare only successes in ``response=``; the problems are documented for all operations at once.
    Views read who calls from ``request.actor``.
    """
    api = ProductApi(
        title=title,
        version=version,
        description=description,
        auth=TokenAuth(),
        docs_url=None,
        openapi_url="/openapi.json",
        parser=FastParser(),
        renderer=FastRenderer(),
    )
    problems.install(api)
    api.add_decorator(guard, mode="view")
    return api


def api_urls(api: NinjaAPI) -> list[URLPattern | URLResolver]:
    """Return the addresses of an API, its document and its docs page; include them under ``api/v1/``."""
    return [path("docs", docs_view(api), name="api_docs"), path("", api.urls)]


def answer(data: Any, *, status: int = 200, version: int | None = None, location: str = "") -> HttpResponse:
    """Answer with data already in its final shape, without validating it once more (the quick way)."""
    response = HttpResponse(msgspec.json.encode(data), status=status, content_type="application/json")
    if version is not None:
        response.headers["ETag"] = etag(version)
    if location:
        response.headers["Location"] = location
    return response
