"""Matters among what the search finds (SRC-1 to SRC-8)."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.search.reasons import former_values, reason
from counterpart.foundation.search.sections import Hit, Offer, Section, by_column, by_days, by_person
from counterpart.foundation.search.words import asked
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.queries import name_format
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.queries import clients_of, matter_types, matters_visible_to, staff
from counterpart.sync import api as sync

CLIENTS_SHOWN: Final = 2


def hits(actor: Actor, matters: Sequence[Matter], text: str) -> list[Hit]:
    """The matters as hits, each with why the text found it."""
    del actor
    what, ids = asked(text), [matter.pk for matter in matters]
    states, clients, style = sync.link_states("matter", ids), clients_of(ids), name_format()
    former = former_values("matter", ids) if what else {}
    found = []
    for one in matters:
        names = [display_name(client.__dict__, style) for client in clients[one.pk]]
        shown = ", ".join(names[:CLIENTS_SHOWN]) + (f" and {len(names) - CLIENTS_SHOWN} more" if names[2:] else "")
        fields = [
            ("File Reference", one.shown_reference),
            ("External reference", one.external_reference),
            *(("Client", name) for name in names),
            *(("Client’s reference", client.shown_reference) for client in clients[one.pk]),
        ]
        found.append(
            Hit(
                id=one.pk,
                url=one.get_absolute_url(),
                name=one.name,
                number=str(one.matter_number),
                detail=" · ".join(filter(None, (one.shown_reference, shown))),
                status=_status(one),
                why=reason(what, f"{one} {shown}", fields, former=former.get(one.pk, ())) if what else "",
                state=states.get(one.pk),
                icon="lock" if one.restricted else "briefcase",
            )
        )
    return found


def _status(matter: Matter) -> str:
    said = "" if matter.status == Status.ACTIVE else matter.get_status_display()
    return " · ".join(filter(None, ("Restricted" if matter.restricted else "", said)))


def _offer(actor: Actor, text: str) -> Offer | None:
    if not actor.may("matter.create"):
        return None
    return Offer(f"Create matter “{text}”", f"{reverse('matters:create')}?{urlencode({'name': text})}", dialog=True)


def _types() -> Iterable[tuple[Any, str]]:
    return [(one.pk, one.name) for one in matter_types(only_active=False)]


SECTION: Final = Section(
    name="matters",
    label="Matters",
    noun="matter",
    right="matter.read",
    visible=matters_visible_to,
    hits=hits,
    finds="Any part of a name, the Matter ID, a reference, or a client’s name or number finds a matter.",
    offer=_offer,
    dot="sync/dot.html",
    facets=(
        by_column("status", "Status", "status", lambda: Status.choices),
        by_column("type", "Type", "matter_type_id", _types),
        by_person("assigned", "Assigned to", "assigned_to_id", lambda: [(one.pk, one.name) for one in staff()]),
        by_days("opened", "Opened", "date"),
        by_days("changed", "Changed", "updated_at"),
    ),
)
