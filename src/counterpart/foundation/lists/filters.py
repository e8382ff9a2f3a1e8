"""Filters by type (LST-3). In an address a filter is ``<key>=<how>:<values>``; without ``how`` the usual one is meant.

``email=smith`` and ``email=contains:smith`` are the same; ``status=active,closed`` is any of, ``none:closed`` none of.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django.db import connections
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.text import digits

VALUES_MAX: Final = 50
VALUE_MAX: Final = 200
DAYS_MAX: Final = 36_500
ME: Final = "me"
LAST: Final = chr(0x10FFFF)
"""Behind every other character."""

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and on which day."""

    actor: Actor
    today: date
    known: dict[str, Any] = field(default_factory=dict, compare=False)
    """What was looked up already for this question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as an address asks for it."""

    how: str
    values: tuple[str, ...]

    def text(self, usual: str) -> str:
        """As it stands in an address."""
        joined = ("..", ",")[self.how not in BETWEEN].join(self.values)
        return joined if self.how == usual and ":" not in joined else f"{self.how}:{joined}"


BETWEEN: Final = ("between",)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What all filters have. ``fields``: the columns that are compared (the first one is shown in words).

    ``quick``: stands beside the search box. ``gate``: whether this person is offered it.
    """

    key: str
    label: str
    field: str = ""
    quick: bool = False
    gate: Callable[[Actor], bool] | None = None

    kind: ClassVar[str] = ""
    hows: ClassVar[dict[str, str]] = {}
    """How it can be compared, in words; the first is the usual one."""
    valueless: ClassVar[tuple[str, ...]] = ("empty", "filled")

    @property
    def usual(self) -> str:
        """How it is compared if nothing is said."""
        return next(iter(self.hows))

    def read(self, text: str, scope: Scope) -> Asked | None:
        """What the text of an address asks for; None for nothing. Raises Refused for what makes no sense."""
        how, colon, rest = text.partition(":")
        if not colon or how not in self.hows:
            how, rest = self.usual, text
        if how in self.valueless:
            return Asked(how, ())
        values = self.split(how, rest)
        return Asked(how, self.checked(how, values, scope)) if values else None

    def split(self, how: str, text: str) -> tuple[str, ...]:
        """The values in a text."""
        del how
        found = text.strip()[:VALUE_MAX]
        return (found,) if found else ()

    def checked(self, how: str, values: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
        """The values, if they are some. Raises Refused."""
        del how, scope
        return values

    def narrow(self, rows: QuerySet[Any], asked: Asked, scope: Scope) -> QuerySet[Any]:
        """Keep the rows that match."""
        return rows.filter(self.condition(asked, scope))

    def condition(self, asked: Asked, scope: Scope) -> Q:
        """The rows that match."""
        raise NotImplementedError

    def words(self, asked: Asked, scope: Scope) -> str:
        """What is asked for, in words, for the chip: "is any of Active, Closed"."""
        said = " and ".join(self.labels(asked, scope)) if asked.how in BETWEEN else ", ".join(self.labels(asked, scope))
        return f"{self.hows[asked.how]} {said}".strip()

    def labels(self, asked: Asked, scope: Scope) -> Iterable[str]:
        """The values in words."""
        del scope
        return asked.values

    def refuse(self, text: str) -> Refused:
        """A refusal beside this filter."""
        return Refused([FieldError(self.key, f"{self.label}: {text}", "filter.invalid")])


class PartOf(Func):
    """A text within JSON. Django's own way reads the JSON three times on SQLite."""

    template = "(%(expressions)s)"
    arg_joiner = " ->> "


@dataclass(frozen=True, kw_only=True)
class Text(Filter):
    """A text. ``fold``: the column holds texts in this form, so they are compared as they are. ``in_words``: the search
    index has the words of the column, so it can say which records are worth comparing. ``part``: of a column of JSON,
    the name of the text that is compared.
    """

    fold: Callable[[str], str] | None = None
    in_words: bool = False
    part: str = ""

    kind: ClassVar[str] = "text"
    hows: ClassVar[dict[str, str]] = {
        "contains": "contains", "is": "is", "starts": "begins with", "empty": "is empty", "filled": "is not empty",
    }  # fmt: skip
    LOOKUPS: ClassVar[dict[str, str]] = {"contains": "icontains", "is": "iexact", "starts": "istartswith"}
    FOLDED: ClassVar[dict[str, str]] = {"contains": "contains", "is": "exact", "starts": "startswith"}

    def narrow(self, rows: QuerySet[Any], asked: Asked, scope: Scope) -> QuerySet[Any]:
        name = self.field or self.key
        if self.part:
            rows = rows.alias(**{f"{name}_part": PartOf(F(name), Value(self.part), output_field=TextField())})
        elif asked.how == "starts" and self.fold and connections[rows.db].vendor == "sqlite":
            # What begins so stands together in an index; PostgreSQL sees that by itself.
            first = self.fold(asked.values[0])
            rows = rows.filter(**{f"{name}__gte": first, f"{name}__lt": f"{first}{LAST}"})
        return super().narrow(rows, asked, scope)

    def condition(self, asked: Asked, scope: Scope) -> Q:
        del scope
        name = f"{self.field or self.key}_part" if self.part else self.field or self.key
        if asked.how in self.valueless:
            empty = Q(**{name: ""}) | Q(**{f"{name}__isnull": True})
            return empty if asked.how == "empty" else ~empty
        value = self.fold(asked.values[0]) if self.fold else asked.values[0]
        return Q(**{f"{name}__{(self.FOLDED if self.fold else self.LOOKUPS)[asked.how]}": value})

    def words(self, asked: Asked, scope: Scope) -> str:
        said = super().words(asked, scope)
        return said if not asked.values else f"{self.hows[asked.how]} “{asked.values[0]}”"


@dataclass(frozen=True, kw_only=True)
class Phone(Text):
    """A phone number, whatever it is written with; the column holds digits."""

    fold: Callable[[str], str] | None = digits


@dataclass(frozen=True, kw_only=True)
class Choice(Filter):
    """One or several of a list. ``choices`` may depend on who asks. ``apply``: where it is no plain column.

    ``every``: the word that stands for no filter at all, where a list begins with one ("all").
    """

    choices: Choices | Callable[[Scope], Choices]
    apply: Callable[[QuerySet[Any], Sequence[str], Scope], QuerySet[Any]] | None = None
    synonyms: dict[str, str] = field(default_factory=dict)
    is_partition: bool = False
    """Every row has exactly one of the values, so none of some is any of the others."""

    kind: ClassVar[str] = "choice"
    hows: ClassVar[dict[str, str]] = {"any": "is", "none": "is not"}

    def offered(self, scope: Scope) -> Choices:
        """The values there are, with their words."""
        if not callable(self.choices):
            return self.choices
        if self.key not in scope.known:
            scope.known[self.key] = self.choices(scope)
        found: Choices = scope.known[self.key]
        return found

    def split(self, how: str, text: str) -> tuple[str, ...]:
        del how
        found = (self.synonyms.get(part.strip(), part.strip()) for part in text.split(","))
        return tuple(dict.fromkeys(part for part in found if part))[:VALUES_MAX]

    def checked(self, how: str, values: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
        del how
        known = {value for value, _ in self.offered(scope)}
        if unknown := [value for value in values if value not in known]:
            raise self.refuse(f"there is no “{unknown[0]}”.")
        return values

    def narrow(self, rows: QuerySet[Any], asked: Asked, scope: Scope) -> QuerySet[Any]:
        if self.apply is None:
            return super().narrow(rows, asked, scope)
        if asked.how == "any":
            return self.apply(rows, asked.values, scope)
        if self.is_partition:
            return self.apply(rows, [value for value, _ in self.offered(scope) if value not in asked.values], scope)
        return rows.exclude(pk__in=self.apply(rows.order_by(), asked.values, scope).values("pk"))

    def condition(self, asked: Asked, scope: Scope) -> Q:
        del scope
        name = self.field or self.key
        chosen = Q(**{name: asked.values[0]}) if len(asked.values) == 1 else Q(**{f"{name}__in": asked.values})
        return chosen if asked.how == "any" else ~chosen

    def labels(self, asked: Asked, scope: Scope) -> Iterable[str]:
        named = dict(self.offered(scope))
        return [named.get(value, value) for value in asked.values]


@dataclass(frozen=True, kw_only=True)
class Person(Choice):
    """Somebody of the firm; ``me`` is whoever looks, so that a view can be shared."""

    def offered(self, scope: Scope) -> Choices:
        return [(ME, "Me"), *super().offered(scope)]

    def condition(self, asked: Asked, scope: Scope) -> Q:
        values = tuple(str(scope.actor.user_id) if value == ME else value for value in asked.values)
        return super().condition(Asked(asked.how, values), scope)


@dataclass(frozen=True, kw_only=True)
class YesNo(Filter):
    """Whether something holds. ``yes``: the rows for which it does, if it is no plain column."""

    yes: Callable[[Scope], Q] | None = None
    said: tuple[str, str] = ("Yes", "No")

    kind: ClassVar[str] = "yesno"
    hows: ClassVar[dict[str, str]] = {"is": ""}

    def checked(self, how: str, values: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
        del how, scope
        if values[0] not in ("yes", "no"):
            raise self.refuse("choose yes or no.")
        return values

    def condition(self, asked: Asked, scope: Scope) -> Q:
        holds = self.yes(scope) if self.yes else Q(**{self.field or self.key: True})
        return holds if asked.values[0] == "yes" else ~holds

    def labels(self, asked: Asked, scope: Scope) -> Iterable[str]:
        del scope
        return [self.said[asked.values[0] == "no"]]


@dataclass(frozen=True, kw_only=True)
class Number(Filter):
    """A whole number."""

    kind: ClassVar[str] = "number"
    hows: ClassVar[dict[str, str]] = {
        "is": "is", "least": "is at least", "most": "is at most", "between": "is between",
    }  # fmt: skip
    SIGNS: ClassVar[dict[str, str]] = {"is": "exact", "least": "gte", "most": "lte"}

    def split(self, how: str, text: str) -> tuple[str, ...]:
        return _pair(text) if how in BETWEEN else super().split(how, text)

    def checked(self, how: str, values: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
        del how, scope
        for value in values:
            if not value.isascii() or not value.isdigit() or len(value) > 15:  # noqa: PLR2004 - what a column holds
                raise self.refuse(f"“{value}” is not a number.")
        return values

    def condition(self, asked: Asked, scope: Scope) -> Q:
        del scope
        name, numbers = self.field or self.key, [int(value) for value in asked.values]
        if asked.how in BETWEEN:
            return Q(**{f"{name}__gte": min(numbers), f"{name}__lte": max(numbers)})
        return Q(**{f"{name}__{self.SIGNS[asked.how]}": numbers[0]})


@dataclass(frozen=True, kw_only=True)
class Date(Filter):
    """A day. ``moments``: the column holds moments, whose day is that of UTC."""

    moments: bool = False

    kind: ClassVar[str] = "date"
    hows: ClassVar[dict[str, str]] = {
        "last": "in the last", "month": "this month", "between": "between", "from": "from", "until": "until",
    }  # fmt: skip
    valueless: ClassVar[tuple[str, ...]] = ("month",)

    def split(self, how: str, text: str) -> tuple[str, ...]:
        return _pair(text) if how in BETWEEN else super().split(how, text)

    def checked(self, how: str, values: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
        del scope
        if how == "last":
            days = values[0]
            if not days.isascii() or not days.isdigit() or not 0 < int(days[:9]) <= DAYS_MAX:
                raise self.refuse("type a number of days.")
            return values
        try:
            return tuple(date.fromisoformat(value).isoformat() for value in values)
        except ValueError:
            raise self.refuse("type a date as 2026-01-31.") from None

    def condition(self, asked: Asked, scope: Scope) -> Q:
        name = self.field or self.key
        first, last = self._span(asked, scope.today)
        condition = Q()
        if first is not None:
            condition &= Q(**{f"{name}__gte": _moment(first) if self.moments else first})
        if last is not None and self.moments:
            condition &= Q(**{f"{name}__lt": _moment(last + timedelta(days=1))})
        elif last is not None:
            condition &= Q(**{f"{name}__lte": last})
        return condition

    def words(self, asked: Asked, scope: Scope) -> str:
        if asked.how == "last":
            return f"in the last {asked.values[0]} day{'s' if asked.values[0] != '1' else ''}"
        return super().words(asked, scope)

    def labels(self, asked: Asked, scope: Scope) -> Iterable[str]:
        del scope
        return [f"{date.fromisoformat(value):%-d %b %Y}" for value in asked.values]

    @staticmethod
    def _span(asked: Asked, today: date) -> tuple[date | None, date | None]:
        if asked.how == "last":
            return today - timedelta(days=int(asked.values[0]) - 1), None
        if asked.how == "month":
            following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
            return today.replace(day=1), following - timedelta(days=1)
        days = sorted(date.fromisoformat(value) for value in asked.values)
        return (None if asked.how == "until" else days[0]), (None if asked.how == "from" else days[-1])


def any_of(keep: Callable[..., QuerySet[Any]]) -> Callable[..., QuerySet[Any]]:
    """The rows for which one of several words holds, out of what keeps the rows for words (the state of a link)."""

    def apply(rows: QuerySet[Any], values: Sequence[str], scope: Scope) -> QuerySet[Any]:
        del scope
        return keep(rows, *values)

    return apply


def _pair(text: str) -> tuple[str, ...]:
    """The two ends of a span; one that is missing is the other."""
    ends = [part.strip() for part in text.split("..")]
    found = [part for part in ends if part][:2]
    return (found[0], found[-1]) if found else ()


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
