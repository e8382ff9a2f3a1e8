"""Which records the sync centre lists: those not green, worst first, of all kinds, as this person may see them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.protocol.colour import Colour
from counterpart.sync.counting import coloured, with_status
from counterpart.sync.dependencies import waiting_in_trouble
from counterpart.sync.handler import Handler
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
    "pairing_undecided": "May be there already",
    "already_paired": "Belongs to another record there",
    "client_not_paired": "A client has no counterpart yet",
    "pair_gone": "Its counterpart is gone",
}
STUCK = "stuck"
"""Red by waiting alone: no error is stored, the time makes it one (section 7)."""


AGES: dict[str, tuple[str, timedelta]] = {
    "15m": ("15 minutes", timedelta(minutes=15)), "1h": ("an hour", timedelta(hours=1)),
    "1d": ("a day", timedelta(days=1)), "7d": ("a week", timedelta(days=7)),
}  # fmt: skip
"""What can be asked of how long a record has been as it is."""
KINDS: dict[tuple[str, str], str] = {("practice", "matter"): "Matters", ("accounting", "matter"): "Files"}
PEOPLE_FROM = 2_000
"""The people offered as a filter are those of so many records with something to do."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with how many records it would show."""

    value: str
    word: str
    icon: str
    count: int
    chosen: bool
    url: str = ""


class Listing:
    """The records one filter shows, counted and sliced by the database, never loaded whole."""

    def __init__(
        self, actor: Actor, colour: Colour | None, code: str, *, kind: str = "", age: str = "", person: str = ""
    ) -> None:
        self.actor, self.colour, self.code = actor, colour, code
        self.kind, self.age, self.person = kind, age, person
        self.at = now()  # one moment for everything on the page

    @classmethod
    def of(cls, actor: Actor, asked: Mapping[str, Any]) -> "Listing":
        """Read the filter from a query or a form; what is not a state shows all."""
        colour = next((one for one in ORDER if one.value == asked.get("state")), None)
        kind = next((one.kind for one in handlers() if one.kind == asked.get("kind")), "")
        age = str(asked.get("age", ""))
        return cls(
            actor, colour, str(asked.get("reason", "")) if colour is Colour.RED else "", kind=kind,
            age=age if age in AGES else "", person=str(asked.get("person", "")).strip().lower()[:254],
        )  # fmt: skip

    @property
    def asked(self) -> dict[str, str]:
        """The filters as a query or a form states them."""
        given = {
            "state": self.colour.value if self.colour else "", "reason": self.code, "kind": self.kind, "age": self.age,
            "person": self.person,
        }  # fmt: skip
        return {name: value for name, value in given.items() if value}

    def query(self, **changes: str) -> str:
        """The address of the same list with other filters."""
        given = {**self.asked, **changes}
        return "?" + urlencode({name: value for name, value in given.items() if value})

    @property
    def without(self) -> str:
        """The address of the list with state and reason alone."""
        return self.query(kind="", age="", person="")

    @property
    def is_narrowed(self) -> bool:
        """Whether more than state and reason is asked for."""
        return bool(self.kind or self.age or self.person)

    @cached_property
    def kinds(self) -> list[Choice]:
        """The filter by kind."""
        return [Choice(h.kind, kind_word(h.kind), "", 0, h.kind == self.kind) for h in handlers()]

    @property
    def ages(self) -> list[Choice]:
        """The filter by age."""
        return [Choice(key, f"longer than {words}", "", 0, key == self.age) for key, (words, _) in AGES.items()]

    @cached_property
    def people(self) -> list[Choice]:
        """The filter by person: who last changed something in records with something to do, as far as seen."""
        names: dict[str, str] = {}
        for handler in self._handlers:
            busy = Record.objects.filter(Q(due=True) | ~Q(error_code="") | ~Q(refused_code=""), kind=handler.kind)
            seen = busy.filter(local_id__in=handler.visible(self.actor).values("pk"))
            for authors in seen.values_list("authors", flat=True)[:PEOPLE_FROM]:
                names.update({row[1].lower(): row[0] for row in authors.values() if row[1]})
        if self.person:
            names.setdefault(self.person, self.person)
        ordered = sorted(names.items(), key=lambda one: one[1].casefold())
        return [Choice(email, name or email, "", 0, email == self.person) for email, name in ordered]

    @property
    def _handlers(self) -> list[Handler]:
        return [handler for handler in handlers() if handler.kind == self.kind or not self.kind]

    def _narrow(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the sync rows that the filters by age and person leave."""
        if self.age:
            records = records.annotate(since=Coalesce("error_at", "pending_since"))
            records = records.filter(since__lte=self.at - AGES[self.age][1])
        if self.person:
            records = records.annotate(by=Cast("authors", TextField())).filter(by__icontains=f'"{self.person}"')
        return records

    @cached_property
    def counts(self) -> dict[Colour, int]:
        """How many records the actor may see in each state."""
        return {colour: sum(self._counted[one.kind][colour] for one in self._handlers) for colour in ORDER}

    @property
    def states(self) -> list[Choice]:
        """The filter by state."""
        every = Choice(
            "", "All", "list", sum(self.counts.values()), self.colour is None, self.query(state="", reason="")
        )
        return [
            every,
            *(
                Choice(
                    c.value, WORDS[c], ICONS[c], self.counts[c], c is self.colour, self.query(state=c.value, reason="")
                )
                for c in ORDER
            ),
        ]

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
        return [
            Choice(
                code, reason_word(code), "", found[code], code == self.code,
                self.query(reason="" if code == self.code else code),
            )
            for code in sorted(found)
        ]  # fmt: skip

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
        for handler in self._handlers:
            visible = handler.visible(self.actor)
            seen = self._narrow(coloured(handler.kind, self.at).filter(local_id__in=visible.values("pk")))
            shades = seen.values_list("shade").annotate(n=Count("pk")).order_by()
            counts = Counter({Colour(shade): n for shade, n in shades})
            if not self.age and not self.person:
                counts[Colour.GRAY] += visible.count() - counts.total()
            found[handler.kind] = counts
        return found

    def _of_colour(self, colour: Colour) -> list[tuple[str, QuerySet[Any]]]:
        found = []
        for handler in self._handlers:
            rows = with_status(handler.kind, handler.visible(self.actor), colour.value, at=self.at)
            if self.age or self.person:
                rows = rows.filter(pk__in=self._narrow(Record.objects.filter(kind=handler.kind)).values("local_id"))
            found.append((handler.kind, rows))
        return found

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


def kind_word(kind: str) -> str:
    """The records of a kind in this product's word."""
    return KINDS.get((settings.COUNTERPART_PRODUCT, kind), f"{kind.capitalize()}s")


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
