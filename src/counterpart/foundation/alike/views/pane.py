"""The pane beside the contact form, while somebody types (WIN-5, WIN-6)."""

import json
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from counterpart.foundation.alike.asking import alike
from counterpart.foundation.alike.cards import HIDDEN, Seen, seen_by
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.models import AlikeOptions
from counterpart.foundation.alike.options import options
from counterpart.foundation.alike.product import product
from counterpart.foundation.ids import parse_id
from counterpart.foundation.users.access import SignedIn, actor_of, page

NAME_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A match as the pane shows it."""

    seen: Seen
    copy: str


@page("contact.read")
@require_POST
def pane(request: SignedIn) -> HttpResponse:
    """The contacts that could be the one being typed. Posted, so that names stand in no address and no log."""
    face = product().face(product().posted(request.POST, actor_of(request)))
    lines: list[Line] = []
    is_asked = _is_enough(face) and options().check_when == AlikeOptions.Check.TYPING
    if is_asked:
        matches = alike(face, except_for=parse_id(request.POST.get("contact", "")))
        seen = seen_by(actor_of(request), matches)
        lines = [Line(one, json.dumps(dict(one.card.copy)) if one.card else "") for one in seen]
    return render(request, "alike/matches.html", {"lines": lines, "is_asked": is_asked, "hidden": HIDDEN})


def _is_enough(face: Face) -> bool:
    """Two characters of a name, an e-mail or a phone number (WIN-5)."""
    return len(f"{face.first}{face.last}{face.company}") >= NAME_MIN or bool(face.emails or face.phones)
