"""Completes the OpenAPI document with what every operation shares: problems, If-Match, Idempotency-Key."""

from typing import Any

from counterpart.foundation.api.problems import TITLES, Problem

ALWAYS = (400, 401, 403, 422, 500)
WITH_ID = (404, 410)
CHANGING = {"patch": (409, 412, 413, 415), "delete": (409, 412), "post": (409, 413, 415), "put": (409, 412, 413, 415)}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
    "description": "Kept for 24 hours: a repeat with the same key returns the first answer and does nothing again.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
    "description": "The ETag you have seen, or *. Another version answers 412 with the current one.",
}


def completed(document: Any) -> Any:
    """Return the document with the shared parts added to each operation."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            _add_problems(operation, method, has_id="{" in address)
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            elif method in {"patch", "put", "delete"}:
                operation.setdefault("parameters", []).append(IF_MATCH)
    _resolve_named(document)
    return document


def _resolve_named(part: Any) -> None:
    """Turn ``{"x-schema": "ContactIn"}`` into a reference.

    A model that reads its items one by one (a batch with a result per item) names their shape so;
    pydantic itself refuses references it did not make.
    """
    found = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in list(found):
        _resolve_named(value)
    if isinstance(part, dict) and isinstance(name := part.get("x-schema"), str):
        del part["x-schema"]
        part["$ref"] = f"#/components/schemas/{name}"


def _add_problems(operation: dict[str, Any], method: str, *, has_id: bool) -> None:
    statuses = [*ALWAYS, *CHANGING.get(method, ()), *(WITH_ID if has_id else ())]
    responses = operation.setdefault("responses", {})
    known = {str(status) for status in responses}
    for status in sorted(statuses):
        if str(status) not in known:
            schema = {"$ref": "#/components/schemas/Problem"}
            responses[status] = {
                "description": TITLES[status],
                "content": {"application/problem+json": {"schema": schema}},
            }
