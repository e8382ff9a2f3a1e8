"""A refusal that no view caught becomes a page that says the sentence and the way back."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from counterpart.foundation.errors import Refusal
from counterpart.foundation.web.problems import bad_request, refusal_page, wrong_method


class RefusalMiddleware:
    """Answers refusals with their own status; everything else passes unchanged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", ""):  # PostgreSQL takes no NUL; nobody types one
            return bad_request(request, ValueError("NUL in the query"))
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            return wrong_method(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this when a view raised."""
        return refusal_page(request, exception) if isinstance(exception, Refusal) else None
