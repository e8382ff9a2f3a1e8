"""Every refusal as problem+json (RFC 9457), one shape for both products (API-8)."""

import logging
from typing import Any
from uuid import uuid4

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from counterpart.foundation.errors import Blocked, FieldError, Refusal, Stale

logger = logging.getLogger(__name__)

TITLES = {
    400: "The request could not be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible right now",
    410: "Merged into another record",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not accepted",
    500: "Something went wrong",
    503: "Not available",
}
FAULTS_FROM = 500


class FieldProblem(Schema):
    """What is wrong with one field; an empty `field` means the record as a whole."""

    field: str
    message: str
    code: str


class BlockerItem(Schema):
    """One reason why something is not possible now."""

    message: str
    url: str
    count: int


class Problem(Schema):
    """The body of every answer that is not a success. `pm_url`: where the thing refused is done in Practice Management
    (type `restricted-by-integration`); `merged_into`: the contact that stands for one that was merged (410).
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None
    blockers: list[BlockerItem] | None = None
    current_version: int | None = None
    pm_url: str | None = None
    merged_into: str | None = None
    request_id: str | None = None


class BadRequest(Refusal):
    """The request itself is malformed (400)."""

    status = 400
    default_code = "request.malformed"


class Unauthenticated(Refusal):
    """No usable token (401)."""

    status = 401
    default_code = "token.missing"


class UnsupportedMediaType(Refusal):
    """The body is not JSON (415)."""

    status = 415
    default_code = "request.media_type"


def problem_response(status: int, detail: str, code: str, **more: Any) -> HttpResponse:
    """Return a problem+json answer; `more` are the further members of Problem."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Problem"), "status": status, "detail": detail}
    body |= {"code": code} | {name: value for name, value in more.items() if value is not None}
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")


def refusal_response(refusal: Refusal) -> HttpResponse:
    """Return a refusal of the domain as the API says it."""
    more: dict[str, Any] = {"type": refusal.problem_type, **refusal.members}
    if refusal.status == Refusal.status or refusal.field:
        more["errors"] = [error_item(error) for error in refusal.errors]
    if isinstance(refusal, Blocked):
        more["blockers"] = [{"message": b.message, "url": b.url, "count": b.count} for b in refusal.blockers]
    if isinstance(refusal, Stale):
        more["current_version"] = refusal.current_version
    response = problem_response(refusal.status, refusal.message, refusal.code, **more)
    if isinstance(refusal, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def error_item(error: FieldError) -> dict[str, str]:
    """Return a field error as it stands in `errors`."""
    return {"field": error.field, "message": error.message, "code": error.code}


def install(api: NinjaAPI) -> None:
    """Make the API answer every failure with a problem."""
    api.add_exception_handler(Refusal, _refusal)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(AuthenticationError, _unauthenticated)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    api.add_exception_handler(Exception, _fault)


def _refusal(request: HttpRequest, refusal: Any) -> HttpResponse:
    del request
    return refusal_response(refusal)


def _validation(request: HttpRequest, error: Any) -> HttpResponse:
    del request
    found = [_pydantic_item(item) for item in error.errors]
    detail = found[0]["message"] if len(found) == 1 else f"{len(found)} fields are not acceptable."
    return problem_response(422, detail, "validation", errors=found)


def _pydantic_item(item: dict[str, Any]) -> dict[str, str]:
    """Name the field as the caller wrote it: the location less the part of the request and its argument."""
    location = [str(part) for part in item.get("loc", ())]
    skip = 2 if location[:1] == ["body"] else 1
    message = str(item.get("msg", "Not acceptable.")).removeprefix("Value error, ")
    return {"field": ".".join(location[skip:]), "message": message, "code": str(item.get("type", "invalid"))}


def _unauthenticated(request: HttpRequest, error: Any) -> HttpResponse:
    del request, error
    return refusal_response(Unauthenticated("Send a token: Authorization: Bearer …"))


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    del request
    return problem_response(error.status_code, str(error), "request.refused")


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    del request, error
    return problem_response(404, "There is no such record.", "not_found")


def _too_large(request: HttpRequest, error: Any) -> HttpResponse:
    del request, error
    return problem_response(413, "The body is too large; send it in smaller parts.", "request.too_large")


def _fault(request: HttpRequest, error: Any) -> HttpResponse:
    """Ours: logged with an id the caller can quote; nothing of the inside is told."""
    request_id = str(uuid4())
    logger.error("request %s: %s %s failed", request_id, request.method, request.path, exc_info=error)
    detail = f"This is our fault and is logged. Quote {request_id} when you report it."
    return problem_response(FAULTS_FROM, detail, "fault", request_id=request_id)
