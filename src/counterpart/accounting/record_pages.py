"""What pages of contacts and files do alike: saving an edit that may clash, and acts that are asked for first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from counterpart.accounting.edits import Clash
from counterpart.accounting.record_forms import RecordForm
from counterpart.foundation.errors import Blocked, Blocker, Refused
from counterpart.foundation.users.access import actor_of


@dataclass(frozen=True, slots=True)
class Saving:
    """How saving went: saved, or the fields in which somebody else saved something else meanwhile (EDT-1)."""

    is_saved: bool
    clashes: list[dict[str, Any]] = field(default_factory=list)


def save_edit(form: RecordForm, save: Callable[..., None], labels: Mapping[str, str]) -> Saving:
    """Save what a valid form says. A refusal stands in the form afterwards, and so does what a next save has seen."""
    given = form.given
    try:
        save(given=given, version=form.cleaned_data["version"], seen=form.what_was_seen)
    except Clash as clash:
        form.see(clash.theirs)
        return Saving(
            is_saved=False,
            clashes=[
                {"label": labels[name], "theirs": form.word(name, theirs), "mine": form.word(name, given.get(name))}
                for name, theirs in clash.theirs.items()
            ],
        )
    except Refused as refusal:
        form.refuse(refusal)
        return Saving(is_saved=False)
    return Saving(is_saved=True)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is asked for first and that something may stand in the way of."""

    what: Literal["close", "delete"]
    right: str
    carry_out: Callable[[], None]
    blockers: Callable[[], list[Blocker]]
    said: str
    """What the person is told when it is done."""
    url: str
    """Where to go then."""


def asked_first(request: HttpRequest, act: Act, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show what will happen and what stands in the way, each with its link; a post carries it out."""
    actor_of(request).require(act.right)
    refusal = ""
    if request.method == "POST":
        try:
            act.carry_out()
        except Blocked as blocked:
            refusal = blocked.message
        else:
            messages.success(request, act.said)
            return redirect(act.url)
    context |= {"blockers": act.blockers(), "refusal": refusal, "act": act.what}
    return render(request, template, context, status=409 if refusal else 200)
