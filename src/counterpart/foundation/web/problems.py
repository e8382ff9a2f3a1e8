"""Pages for what did not work: every one says what happened and what to do next."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from counterpart.foundation.errors import Blocked, Refusal

HEADINGS = {
    400: "This request could not be read",
    403: "Not allowed",
    404: "Page not found",
    405: "Nothing to see here",
    409: "Not possible right now",
    410: "Not here any more",
    412: "Changed meanwhile",
    422: "Not accepted",
    429: "Too many tries",
    500: "Something went wrong",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What the problem page shows."""

    status: int
    heading: str
    message: str
    blockers: tuple[object, ...] = ()


def problem_page(request: HttpRequest, status: int, message: str, blockers: tuple[object, ...] = ()) -> HttpResponse:
    """Render the problem page with the given status."""
    heading = HEADINGS.get(status, HTTPStatus(status).phrase)
    return render(request, "web/problem.html", {"problem": Problem(status, heading, message, blockers)}, status=status)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Render a refusal as a page of its own, or go where the record is now."""
    if refusal.moved_to and request.method in ("GET", "HEAD"):
        return redirect(refusal.moved_to)
    blockers = tuple(refusal.blockers) if isinstance(refusal, Blocked) else ()
    return problem_page(request, refusal.status, refusal.message, blockers)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    del exception
    return problem_page(request, 400, "Go back and try again. If it happens again, tell your administrator.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    del exception
    return problem_page(request, 403, "Your role does not include this. An administrator can change that.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404. The same whether a record is missing or hidden, so that nothing can be probed."""
    del exception
    return problem_page(request, 404, "The address may be mistyped, or the record is gone or not visible to you.")


def wrong_method(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    """An address that only a button may call was opened as a page, after signing in again, say."""
    message = "Nothing was changed. Go back to the page you came from and press the button again."
    page = problem_page(request, 405, message)
    page["Allow"] = refused["Allow"]
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. Uses no database, which may be what failed."""
    return render(request, "web/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Shown when the form's proof does not match the session, mostly after signing out in another tab."""
    del reason
    message = "This page was open for too long or you signed out in another tab. Reload it and try again."
    return problem_page(request, 403, message)
