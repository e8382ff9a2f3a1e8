"""Which records the sync centre lists: those not green, worst first, of all kinds, as this person may see them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.protocol.colour import Colour
from counterpart.sync.counting import coloured, with_status
from counterpart.sync.dependencies import waiting_in_trouble
from counterpart.sync.models import Record
from counterpart.sync.registry import handlers
from counterpart.sync.states import ICONS, WORDS

Reference = tuple[str, UUID]
"""Kind and local id."""

ORDER = (Colour.RED, Colour.YELLOW, Colour.BLUE, Colour.GRAY)
"""What needs a person comes first."""
REASONS = {
    "number_in_use": "Number already used",
    "dead_letter": "Failed again and again",
    "stuck": "Waiting too long",
    "not_representable": "Can’t be stored there",
    "authority": "Not allowed to change this there",
    "drift": "Differs without a reason",
    "dependency_in_error": "Waits for a record that is red",
    "unknown_staff": "Person not known there",
    "refused_here": "A change was not accepted here",
}
STUCK = "stuck"
"""Red by waiting alone: no error is stored, the time makes it one (section 7)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with how many records it would show."""

    value: str
    word: str
    icon: str
    count: int
    chosen: bool


class Listing:
    """The records one filter shows, counted and sliced by the database, never loaded whole."""

    def __init__(self, actor: Actor, colour: Colour | None, code: str) -> None:
        self.actor, self.colour, self.code = actor, colour, code
        self.at = now()  # one moment for everything on the page

    @classmethod
    def of(cls, actor: Actor, asked: Mapping[str, Any]) -> "Listing":
        """Read the filter from a query or a form; what is not a state shows all."""
        colour = next((one for one in ORDER if one.value == asked.get("state")), None)
        return cls(actor, colour, str(asked.get("reason", "")) if colour is Colour.RED else "")

    @cached_property
    def counts(self) -> dict[Colour, int]:
        """How many records the actor may see in each state."""
        return {colour: sum(self._counted[handler.kind][colour] for handler in handlers()) for colour in ORDER}

    @property
    def states(self) -> list[Choice]:
        """The filter by state."""
        every = Choice("", "All", "list", sum(self.counts.values()), self.colour is None)
        return [every, *(Choice(c.value, WORDS[c], ICONS[c], self.counts[c], c is self.colour) for c in ORDER)]

    @cached_property
    def reasons(self) -> list[Choice]:
        """The filter by reason, for what is red."""
        if self.colour is not Colour.RED:
            return []
        found: dict[str, int] = {}
        for kind, rows in self._of_colour(Colour.RED):
            records = _with_reason(kind).filter(local_id__in=rows.values("pk"))
            for code, count in records.values_list("reason").annotate(Count("pk")).order_by():
                found[code] = found.get(code, 0) + count
        return [Choice(code, reason_word(code), "", found[code], code == self.code) for code in sorted(found)]

    @cached_property
    def segments(self) -> list[tuple[str, QuerySet[Any], int]]:
        """The lists one after another that make up what is shown: kind, rows, count."""
        colours = [self.colour] if self.colour else ORDER
        parts = [
            (kind, self._alike(kind, rows), colour) for colour in colours for kind, rows in self._of_colour(colour)
        ]
        return [(k, rows, rows.count() if self.code else self._counted[k][colour]) for k, rows, colour in parts]

    @property
    def total(self) -> int:
        """How many records are shown over all pages."""
        return sum(count for _, _, count in self.segments)

    def references(self, limit: int, start: int = 0) -> list[Reference]:
        """A slice of what is shown."""
        found: list[Reference] = []
        for kind, rows, count in self.segments:
            if start < count and len(found) < limit:
                ids = rows.order_by("pk").values_list("pk", flat=True)[start : start + limit - len(found)]
                found += [(kind, local_id) for local_id in ids]
            start = max(start - count, 0)
        return found

    def page(self, number: str | None, size: int) -> Page[Reference]:
        """One page of it."""
        return Paginator(_Sliced(self), size).get_page(number)

    @cached_property
    def _counted(self) -> dict[str, Counter[Colour]]:
        """By kind; two queries each. Records without a sync row are gray as well."""
        found = {}
        for handler in handlers():
            visible = handler.visible(self.actor)
            shades = coloured(handler.kind, self.at).filter(local_id__in=visible.values("pk")).values_list("shade")
            counts = Counter({Colour(shade): n for shade, n in shades.annotate(n=Count("pk")).order_by()})
            counts[Colour.GRAY] += visible.count() - counts.total()
            found[handler.kind] = counts
        return found

    def _of_colour(self, colour: Colour) -> list[tuple[str, QuerySet[Any]]]:
        return [(h.kind, with_status(h.kind, h.visible(self.actor), colour.value, at=self.at)) for h in handlers()]

    def _alike(self, kind: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not self.code:
            return rows
        return rows.filter(pk__in=_with_reason(kind).filter(reason=self.code).values("local_id"))


def _with_reason(kind: str) -> QuerySet[Any]:
    """Records of a kind with the reason for their red, should they be red."""
    reason = Case(
        When(~Q(error_code=""), then=F("error_code")),
        When(~Q(refused_code=""), then=Value("refused_here")),
        When(Q(waiting_in_trouble(), due=True), then=Value("dependency_in_error")),
        default=Value(STUCK),
        output_field=CharField(),
    )
    return Record.objects.filter(kind=kind).annotate(reason=reason)


class _Sliced(Sequence[Reference]):
    """What Django's paginator needs to know of a listing."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    def __len__(self) -> int:
        return self.listing.total

    def __getitem__(self, index: Any) -> Any:
        start = index.start or 0
        return self.listing.references((index.stop or len(self)) - start, start)


def reason_word(code: str) -> str:
    """A reason in a few words."""
    return REASONS.get(code, code.replace("_", " ").capitalize())


def hidden_count(actor: Actor) -> int:
    """How many records with something to do this person may not see: a number, and nothing else."""
    busy = Record.objects.filter(Q(due=True) | ~Q(error_code=""), severed=False)
    return sum(
        h.everything()
        .filter(pk__in=busy.filter(kind=h.kind).values("local_id"))
        .exclude(pk__in=h.visible(actor).values("pk"))
        .count()
        for h in handlers()
    )
