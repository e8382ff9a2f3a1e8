"""A list as a file, for programs (API-2, EXP-1)."""

from typing import Any, Literal

from django.http import FileResponse, HttpRequest
from ninja import Field, Query, Router, Schema

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal, Refused
from counterpart.foundation.exporting import formats, sheets
from counterpart.foundation.exporting.sheets import taking_of
from counterpart.foundation.exporting.views import file_of

_BINARY = {"schema": {"type": "string", "format": "binary"}}


class ExportParams(Schema):
    """Which file of which records."""

    format: Literal["csv", "xlsx", "vcard"] = Field("csv", description="vcard: of contacts.")
    which: Literal["shown", "all", "fields"] = Field(
        "shown", description="Columns: those the list shows, all of the list, or every field as an import takes them."
    )
    delimiter: Literal["comma", "semicolon", "tab"] = Field("comma", description="Of CSV.")
    bom: bool = Field(default=False, description="Begin CSV with a byte order mark.")
    query: str = Field(
        "", max_length=4_000, description="Filters, order and columns as in the address of the list's page."
    )


def export_router(*keys: str) -> Router:
    """``GET /<key>/export`` for each of these lists."""
    router = Router(tags=["Exports"])
    for key in keys:
        _add(router, key)
    return router


def _add(router: Router, key: str) -> None:
    content = {kind.content_type.partition(";")[0]: _BINARY for kind in formats.FORMATS.values()}

    @router.get(
        f"/{key}/export",
        summary=f"Export {key}",
        operation_id=f"export_{key}",
        openapi_extra={"responses": {200: {"description": "The file.", "content": content}}},
    )
    def export(request: HttpRequest, params: Query[ExportParams]) -> FileResponse:
        """The list as a file, up to 5,000 records; more are written in the background, at the page of the list."""
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the token
        options: dict[str, Any] = params.model_dump()
        taking = taking_of(key, options, actor)
        if taking.listing.problems:
            raise Refused(taking.listing.problems)
        if taking.format != params.format:
            raise Refusal(f"There are no cards of {key}.", field="format")
        if taking.count() > sheets.AT_ONCE_MAX:
            raise Refusal(
                f"These are more than {sheets.AT_ONCE_MAX:,} {key}. Narrow them, or use the page of the list.",
                field="query",
                code="export.too_many",
            )
        return file_of(taking)
