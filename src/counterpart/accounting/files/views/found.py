"""Files among what the search finds (SRC-1 to SRC-8, LA-NUM-7)."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from counterpart.accounting.files.models import File
from counterpart.accounting.files.queries import files_visible_to, former_file_numbers, payers_of, staff
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.numbering.queries import file_numbers_had
from counterpart.foundation.actor import Actor
from counterpart.foundation.search.reasons import former_values, reason
from counterpart.foundation.search.sections import Hit, Offer, Section, by_column, by_days, by_person
from counterpart.foundation.search.words import asked
from counterpart.sync import api as sync

CLIENTS_SHOWN: Final = 2


def hits(actor: Actor, files: Sequence[File], text: str) -> list[Hit]:
    """The files as hits, each with why the text found it."""
    del actor
    what, ids = asked(text), [file.pk for file in files]
    states, payers = sync.link_states(KIND, ids), payers_of(ids)
    former = former_values("matter", ids) if what else {}
    numbers = file_numbers_had(ids) if what else {}
    found = []
    for one in files:
        clients = payers[one.pk]
        names = [client.name for client in clients]
        fields = [(label, value) for client in clients for label, value in _facts(client.name, client.number)]
        before = [*(number for number in numbers.get(one.pk, ()) if number != one.number), *former.get(one.pk, ())]
        more = f" and {len(names) - CLIENTS_SHOWN} more" if names[CLIENTS_SHOWN:] else ""
        shown = ", ".join(names[:CLIENTS_SHOWN]) + more
        found.append(
            Hit(
                id=one.pk,
                url=one.get_absolute_url(),
                name=one.description,
                number=one.number,
                detail=shown,
                status="Closed" if one.is_closed else "",
                why=reason(what, f"{one} {shown}", fields, former=before) if what else "",
                state=states.get(one.pk),
                icon="folder",
            )
        )
    return found


def _facts(name: str, number: str) -> list[tuple[str, str]]:
    return [("Client", name), ("Client’s number", number)]


def _offer(actor: Actor, text: str) -> Offer | None:
    if not actor.may("file.create"):
        return None
    return Offer(f"Create file for “{text}”", f"{reverse('files:new')}?{urlencode({'find': text})}", dialog=False)


def _notices(actor: Actor, text: str) -> Iterable[str]:
    del actor
    for number, file in former_file_numbers(text):
        gone = f"deleted on {file.deleted_at:%-d %B %Y}"
        yield f"Number {number} was the number of the file {file.description}, {gone}. It is never given again."


SECTION: Final = Section(
    name="files",
    label="Files",
    noun="file",
    right="file.read",
    visible=files_visible_to,
    hits=hits,
    finds="Any part of a description or number, or a client’s name or number, finds a file.",
    offer=_offer,
    dot="sync/dot.html",
    facets=(
        by_column("status", "Status", "status", lambda: File.Status.choices),
        by_person("responsible", "Responsible", "responsible_id", lambda: [(one.pk, one.name) for one in staff()]),
        by_days("opened", "Opened", "opened_on"),
        by_days("changed", "Changed", "updated_at"),
    ),
    notices=_notices,
)
