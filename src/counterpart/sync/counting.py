"""Colours of many records at once, in SQL: filters, lists and counts.

``colour_case`` says in SQL what ``protocol.colour`` says of one record; a test holds the two together over every
combination of facts.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.protocol.colour import STATUS, STUCK_MS, Colour, Mode, is_unknown
from counterpart.sync.codec import to_ms
from counterpart.sync.conflicts import conflict_count
from counterpart.sync.dependencies import refers, waiting_in_trouble
from counterpart.sync.link import get_link
from counterpart.sync.models import Link, Record
from counterpart.sync.registry import handler_for, handlers
from counterpart.sync.states import facts_of


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts per colour, and how fresh they are. Seconds; None where nothing is pending or was ever heard."""

    counts: dict[str, int]
    oldest_pending_s: float | None
    since_contact_s: float | None
    conflicts: int
    attention: int


def colour_case(link: Link | None, at: datetime, *, requires_number: bool, refers: bool = False) -> Case:
    """The colour of a Record row as an SQL expression: the same rules as ``protocol.colour``, in the same order."""
    shades = {shade: Value(shade.value) for shade in Colour}
    facts = facts_of(link, None, requires_number=requires_number)
    if link is None or facts.mode in (Mode.OFF, Mode.UNPAIRED):
        return Case(default=shades[Colour.GRAY], output_field=CharField())
    unknown = replace(facts, peer_incompatible=bool(link.peer_incompatible))
    pending = (
        Q(due=True)
        | ~Q(stated_epoch=link.peer_epoch)
        | ~Q(stated_digest=F("digest"))
        | (Q(numbered=False) if requires_number else Q(pk__in=[]))
    )  # what is held back is due
    rules = [
        When(severed=True, then=shades[Colour.GRAY]),
        When(~Q(error_code="") | ~Q(refused_code=""), then=shades[Colour.RED]),
    ]
    if refers:
        rules.append(When(Q(waiting_in_trouble(), due=True), then=shades[Colour.RED]))
    if is_unknown(unknown, to_ms(at)):
        return Case(*rules, default=shades[Colour.YELLOW], output_field=CharField())
    rules.append(When(pending & _is_stuck(link, at), then=shades[Colour.RED]))
    rules.append(When(pending, then=shades[Colour.BLUE]))
    return Case(*rules, default=shades[Colour.GREEN], output_field=CharField())


def _is_stuck(link: Link | None, at: datetime) -> Q:
    """``is_stuck`` of the protocol for rows known to be pending."""
    stuck_before = at - timedelta(milliseconds=STUCK_MS)
    starts = [start for start in (link.contact_since, link.mode_since) if start is not None] if link else []
    if any(start >= stuck_before for start in starts):
        return Q(pk__in=[])
    return Q(pending_since__lt=stuck_before)


def coloured(kind: str, at: datetime) -> QuerySet[Any]:
    """Records of a kind that exist here, annotated with their colour as ``shade``."""
    link = get_link()
    handler = handler_for(kind)
    case = colour_case(link, at, requires_number=handler.requires_number, refers=refers(handler))
    return Record.objects.filter(kind=kind, local_id__isnull=False).annotate(shade=case)


def with_status(kind: str, queryset: QuerySet[Any], *statuses: str, at: datetime | None = None) -> QuerySet[Any]:
    """Keep the rows (pk = local id) whose link has one of these statuses or colours. Raises KeyError for others.

    Nearly all records of a firm are settled and of one colour. Whether a row is one of them is looked up where the row
    is met, so a page of a list costs its rows; the case is worked out for the others alone, of which there is an index.
    """
    shades, link, moment = {_shade_of(word) for word in statuses}, get_link(), at or now()
    most = _settled_shade(link, moment)
    if link is None or most is Colour.GRAY:
        return queryset if Colour.GRAY in shades else queryset.none()
    others = _unsettled(kind, coloured(kind, moment), link).annotate(of_these=_is_one_of(shades))
    wanted, unwanted = (others.filter(of_these=is_one).values("local_id") for is_one in (True, False))
    settled = Exists(_settled(kind, link).filter(local_id=OuterRef("pk")))
    match most in shades, Colour.GRAY in shades:
        case True, True:
            return queryset.exclude(pk__in=unwanted)
        case True, False:
            return queryset.filter(Q(pk__in=wanted) | Q(settled) if wanted.exists() else settled)
        case False, True:
            return queryset.filter(Q(pk__in=wanted) | Q(pk__in=_without_record(kind, queryset)))
    return queryset.filter(pk__in=wanted)


def _is_one_of(shades: Collection[Colour]) -> Case:
    return Case(
        When(shade__in=[shade.value for shade in shades], then=Value(True)),  # noqa: FBT003
        default=Value(False),  # noqa: FBT003
        output_field=BooleanField(),
    )


def _without_record(kind: str, queryset: QuerySet[Any]) -> Any:
    """The rows that have no record at all. SQLite compares two sorted indexes faster than it looks rows up, and does so
    where the order counts, as it does with a limit.
    """
    known = Record.objects.filter(kind=kind, local_id__isnull=False)
    every = queryset.model._base_manager  # noqa: SLF001 - no filters of its own
    if connections[queryset.db].vendor == "sqlite":
        lacking = every.values("pk").difference(known.values("local_id")).order_by("pk")
        sql, params = lacking.query.get_compiler(queryset.db).as_sql()
        return RawSQL(f"{sql} LIMIT -1", params)  # noqa: S611 - compiled by Django
    return every.filter(~Exists(known.filter(local_id=OuterRef("pk")))).values("pk")


def _settled(kind: str, link: Link | None) -> QuerySet[Record]:
    """The records that have the link's ordinary colour (``_settled_shade``)."""
    epoch = link.peer_epoch if link is not None else ""
    return Record.objects.filter(kind=kind, settled=True, stated_epoch=epoch, local_id__isnull=False)


def _unsettled(kind: str, rows: QuerySet[Any], link: Link | None) -> QuerySet[Any]:
    """All others: what waits, what failed, and what the peer stated in another epoch.

    Whether anything was is asked first, of both ends of the index: engines expect too much of such a condition, and
    read all records instead of the few that are not settled.
    """
    epoch = link.peer_epoch if link is not None else ""
    stated = Record.objects.filter(kind=kind, settled=True)
    before, after = (Exists(stated.filter(**{f"stated_epoch__{way}": epoch})) for way in ("lt", "gt"))
    if not Link.objects.filter(before | after).exists():
        return rows.filter(settled=False)
    return rows.filter(
        Q(settled=False) | Q(settled=True, stated_epoch__lt=epoch) | Q(settled=True, stated_epoch__gt=epoch)
    )


def _settled_shade(link: Link | None, at: datetime) -> Colour:
    """Green while the peer is heard, yellow while it is not, gray without a link: the end of ``colour_case``."""
    facts = facts_of(link, None, requires_number=True)
    if link is None or facts.mode in (Mode.OFF, Mode.UNPAIRED):
        return Colour.GRAY
    unknown = replace(facts, peer_incompatible=bool(link.peer_incompatible))
    return Colour.YELLOW if is_unknown(unknown, to_ms(at)) else Colour.GREEN


def _shade_of(word: str) -> Colour:
    for shade in Colour:
        if word in (shade.value, STATUS[shade]):
            return shade
    raise KeyError(word)


def not_green(kind: str, *, at: datetime | None = None) -> QuerySet[Any]:
    """Records with a sync row that are not green, annotated as in ``coloured``; oldest trouble first."""
    moment, link = at or now(), get_link()
    rows = coloured(kind, moment)
    if _settled_shade(link, moment) is Colour.GREEN:
        rows = _unsettled(kind, rows, link)
    rows = rows.exclude(shade=Colour.GREEN.value)
    return rows.order_by("error_at", "pending_since", "sync_id")


def summary(*, at: datetime | None = None, viewer: Actor | None = None) -> Summary:
    """Counts per colour over all kinds, for the API, the header and ``counterpart status``. With a ``viewer`` only what
    that person may see is counted (PRM-4).
    """
    moment = at or now()
    link = get_link()
    counts = {shade.value: 0 for shade in Colour}
    for handler in handlers():
        # A deleted record keeps its row, but is no record to count.
        seen = handler.everything() if viewer is None else handler.visible(viewer)
        present = seen.values("pk")
        rows = _unsettled(handler.kind, coloured(handler.kind, moment), link).filter(local_id__in=present).order_by()
        rows = rows.values("shade").annotate(count=Count("sync_id"))
        known = {row["shade"]: row["count"] for row in rows}
        settled = _settled(handler.kind, link).filter(local_id__in=present).count()
        counts[_settled_shade(link, moment).value] += settled
        for shade, count in known.items():
            counts[shade] += count
        counts[Colour.GRAY.value] += max(0, seen.count() - settled - sum(known.values()))
    oldest = Record.objects.filter(due=True, error_code="").aggregate(oldest=Min("pending_since"))["oldest"]
    contact = link.last_contact if link is not None else None
    return Summary(
        counts, (moment - oldest).total_seconds() if oldest else None,
        max(0.0, (moment - contact).total_seconds()) if contact else None, conflict_count(), attention_count(moment),
    )  # fmt: skip


def attention_count(at: datetime) -> int:
    """Records and conflicts a person should look at: errors, stuck records, open conflicts. Cheap: indexed."""
    errors = Record.objects.filter(~Q(error_code=""), severed=False).count()
    stuck = Record.objects.filter(_is_stuck(get_link(), at), due=True, error_code="", severed=False).count()
    return errors + stuck + conflict_count()
