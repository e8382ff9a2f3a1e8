"""The search for programs, the same in both products: ``router`` is mounted by each API."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from counterpart.foundation.actor import Actor
from counterpart.foundation.api.making import answer
from counterpart.foundation.search.sections import Hit
from counterpart.foundation.search.views import Group, groups_of
from counterpart.foundation.search.words import TEXT_MAX

LIMIT_MAX = 50


class SearchParams(Schema):
    """What to look for, and how many of each kind to return."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=TEXT_MAX, description="Words in any order, or a number, or the digits of a phone.")
    limit: int = Field(5, ge=1, le=LIMIT_MAX, description="So many of each kind.")


class SearchHitOut(Schema):
    """A record that was found; ``why`` says where, if neither ``name`` nor ``number`` nor ``detail`` shows it."""

    id: UUID
    url: str
    name: str
    number: str
    detail: str
    status: str
    why: str
    sync: str


class SearchGroupOut(Schema):
    """What was found of one kind, the best first. With ``more`` there are more than ``count``."""

    kind: str
    count: int
    more: bool
    items: list[SearchHitOut]


class SearchOut(Schema):
    """A group for each kind of record the caller may see; without ``q`` what changed last."""

    groups: list[SearchGroupOut]


def search(request: HttpRequest, params: Query[SearchParams]) -> HttpResponse:
    """What the box in the header finds (SRC-2): exact numbers first, then active before closed ones, whole words before
    beginnings before middles; one typing error is forgiven where there is next to nothing else.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the token
    found = groups_of(actor, params.q.strip(), params.limit)
    return answer({"groups": [_group(group) for group in found]})


router = Router(tags=["Search"])
router.get("/search", response=SearchOut, summary="Find records of every kind")(search)


def _group(group: Group) -> dict[str, object]:
    items = [_hit(hit) for hit in group.hits]
    return {"kind": group.section.name, "count": group.count, "more": group.is_cut, "items": items}


def _hit(hit: Hit) -> dict[str, str]:
    return {
        "id": str(hit.id), "url": hit.url, "name": hit.name, "number": hit.number, "detail": hit.detail,
        "status": hit.status, "why": hit.why, "sync": hit.state.status if hit.state else "",
    }  # fmt: skip
