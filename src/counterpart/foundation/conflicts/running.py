"""One conflict check over both products: read, asked, put together and recorded (CNF-1, CNF-2, IMP-16)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.conflicts.hits import (
    Answer,
    Findings,
    masked,
    put_together,
    read_answer,
    without_tokens,
)
from counterpart.foundation.conflicts.matching import TERMS_MAX, Term, term_problem
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.history.events import NewEvent
from counterpart.foundation.text import normalise
from counterpart.foundation.users.models import User

RIGHT: Final = "conflict.run"
QUESTION: Final = "conflict_check"
KIND: Final = "conflict_check"
TIMEOUT_S: Final = 3.0

Find = Callable[[Sequence[Term], Actor], Answer]
"""What the running product finds, as far as the person may see it."""


Veiled = Callable[[Actor, Collection[UUID], Collection[UUID]], set[UUID]]
"""Of these contacts and matters, named by their sync identities, those the person may not see in this product."""


class Ask(Protocol):
    """Puts a live question to the other product; None when it can't be asked now."""

    def __call__(self, question: str, *, timeout_s: float, **fields: Any) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found, and whether the other product took part and knows the person."""

    findings: list[Findings]
    exact: bool
    other: str
    other_answered: bool
    other_knows_you: bool


@dataclass(frozen=True, slots=True)
class ConflictCheck:
    """The check as one product offers it: how it searches its own records, and how it asks the other product."""

    find: Find
    veiled: Veiled
    ask: Ask

    def run(self, *, actor: Actor, names: Sequence[str], exact: bool, at: datetime) -> Outcome:
        """Look for the names in both products and record that it was done, by whom and for what.

        Raises Forbidden, and Refused (field ``names``) where a name can't be looked for.
        """
        actor.require(RIGHT)
        texts = _checked(names)
        own = self.find([Term(text, exact) for text in texts], actor)
        given = self.ask(QUESTION, timeout_s=TIMEOUT_S, names=texts, exact=exact, viewer=actor.email)
        other = read_answer(given) if given is not None else None
        found = put_together(texts, self._answers(actor, own, other))
        _record(actor, at, found, exact=exact, both=other is not None)
        knows_you = other is None or other.knows_you
        return Outcome(found, exact, settings.COUNTERPART_PEER_NAME, other is not None, knows_you)

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the other product: what the person with this e-mail address may see here, and no fact of the rest.

        Somebody without an account here holds no right, so everything found is hidden from them. Names that can't be
        looked for here are not answered at all.
        """
        email = str(question.get("viewer") or "")
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        viewer = Actor.of(user, "sync") if user is not None else Actor.unknown(email, "")
        names = [str(name) for name in list(question.get("names") or [])[:TERMS_MAX]]
        if not names or any(term_problem(name) for name in names):
            return {}
        found = self.find([Term(name, bool(question.get("exact"))) for name in names], viewer)
        told: dict[str, Any] = msgspec.to_builtins(without_tokens(Answer(found.hits, user is not None, found.cut)))
        return told

    def _answers(self, actor: Actor, own: Answer, other: Answer | None) -> list[tuple[str, Answer]]:
        """Both products' answers. What is hidden here stays hidden, also where the other product shows it."""
        if other is None:
            return [(settings.COUNTERPART_PRODUCT_NAME, own)]
        contacts = {hit.contact.sync_id for hit in other.hits if hit.contact is not None and hit.contact.sync_id}
        matters = {hit.matter.sync_id for hit in other.hits if hit.matter is not None and hit.matter.sync_id}
        hits = list(masked(other.hits, self.veiled(actor, contacts, matters)))
        here = Answer([*own.hits, *(hit for hidden, hit in hits if hidden)], cut=own.cut)
        there = Answer([hit for hidden, hit in hits if not hidden], other.knows_you, other.cut)
        return [(settings.COUNTERPART_PRODUCT_NAME, here), (settings.COUNTERPART_PEER_NAME, there)]


def _checked(names: Sequence[str]) -> list[str]:
    """The names cleaned, each once. Raises Refused."""
    wanted = list(dict.fromkeys(name for given in names if (name := normalise(given))))
    if not wanted:
        raise Refused([FieldError("names", "Type at least one name.", "required")])
    if len(wanted) > TERMS_MAX:
        raise Refused([FieldError("names", f"Look for at most {TERMS_MAX} names at once; these are {len(wanted)}.")])
    if problems := [FieldError("names", problem) for name in wanted if (problem := term_problem(name))]:
        raise Refused(problems)
    return wanted


@transaction.atomic
def _record(actor: Actor, at: datetime, found: Sequence[Findings], *, exact: bool, both: bool) -> None:
    """Who looked for what, where, and for how many names something was there; never what was found."""
    changes = {
        "names": [None, [findings.term for findings in found]],
        "exact": [None, exact],
        "both_products": [None, both],
        "names_found": [None, sum(not findings.is_clear for findings in found)],
    }
    label = ", ".join(findings.term for findings in found)
    history.record([NewEvent(KIND, None, label, "ran", actor, at, changes)])
