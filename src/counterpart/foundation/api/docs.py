"""The documentation page of the API, rendered here from its own OpenAPI document (no scripts from elsewhere)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI

METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as the page shows it."""

    method: str
    address: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    body: str
    responses: list[tuple[str, str, str]]


def docs_view(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of the page for this API."""

    def show_docs(request: HttpRequest) -> HttpResponse:
        document = api.get_openapi_schema()
        schemas = document["components"]["schemas"]
        context = {
            "info": document["info"],
            "operations": described(document),
            "schemas": [(name, _fields(schema)) for name, schema in sorted(schemas.items())],
        }
        return render(request, "api/docs.html", context)

    return show_docs


def described(document: Any) -> list[Described]:
    """Return the operations in the order of the document."""
    return [
        Described(
            method.upper(),
            address,
            operation.get("summary", ""),
            operation.get("description", ""),
            [_parameter(found) for found in operation.get("parameters", [])],
            _content(operation.get("requestBody", {})),
            [(str(s), r.get("description", ""), _content(r)) for s, r in operation["responses"].items()],
        )
        for address, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    ]


def kind(schema: dict[str, Any]) -> str:
    """Say a JSON schema's type in a few words; a named schema by its name."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))


def _parameter(found: dict[str, Any]) -> dict[str, Any]:
    schema = found.get("schema", {})
    meaning = found.get("description") or schema.get("description", "")
    required = found.get("required", False)
    return {"name": found["name"], "in": found["in"], "kind": kind(schema), "meaning": meaning, "required": required}


def _content(part: dict[str, Any]) -> str:
    for content in part.get("content", {}).values():
        return kind(content.get("schema", {}))
    return ""


def _fields(schema: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    required = set(schema.get("required", ()))
    properties = schema.get("properties", {})
    return [(n, kind(field), n in required, field.get("description", "")) for n, field in properties.items()]
