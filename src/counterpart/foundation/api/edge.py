"""What happens to every call before its view: who, may this be asked, was it asked before."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from ninja.operation import Operation

from counterpart.foundation.api import repeats
from counterpart.foundation.api.problems import BadRequest, UnsupportedMediaType
from counterpart.foundation.api.tokens import identify

Run = Callable[..., HttpResponseBase]
WITH_BODY = {"POST", "PATCH", "PUT"}


def guard(run: Run) -> Run:
    """Decorate an operation's run (ninja's "view" mode, before anything is read)."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]  # ninja hands over the bound method
    allowed = query_names(operation)

    @wraps(run)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponseBase:
        try:
            actor = identify(request)
            _refuse_unknown(request, allowed)
            _require_json(request)
            key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
            if key:
                return repeats.once(request, actor, key, lambda: run(request, **path))
        except Exception as error:  # noqa: BLE001 - the API turns each into its problem
            return operation.api.on_exception(request, error)
        return run(request, **path)

    return guarded


def query_names(operation: Operation) -> frozenset[str]:
    """Return the query parameters an operation declares."""
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names.update(getattr(model, "__ninja_flatten_map__", None) or model.model_fields)
    return frozenset(names)


def _refuse_unknown(request: HttpRequest, allowed: frozenset[str]) -> None:
    """API-5: a misspelt filter must not silently return everything."""
    typed = request.META.get("QUERY_STRING")
    if not typed:
        return
    if "%00" in typed:
        raise BadRequest("A parameter holds a NUL character.", code="parameter.invalid")
    unknown = sorted(set(request.GET) - allowed)
    if unknown:
        known = f" Known: {', '.join(sorted(allowed))}." if allowed else ""
        raise BadRequest(
            f"Unknown query parameter: {', '.join(unknown)}.{known}", field=unknown[0], code="parameter.unknown"
        )


def _require_json(request: HttpRequest) -> None:
    if request.method in WITH_BODY and request.META.get("CONTENT_LENGTH") not in (None, "", "0"):
        kind = (request.content_type or "").lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise UnsupportedMediaType("Send the body as application/json.")
