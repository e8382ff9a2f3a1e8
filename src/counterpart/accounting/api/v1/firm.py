"""/settings/file-numbering and /sync/summary: what holds for the whole firm."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from counterpart.accounting.api.v1.asking import actor_of
from counterpart.accounting.api.v1.firm_schemas import NumberingOut, NumberingPatch, SyncSummaryOut
from counterpart.accounting.numbering import file_numbers
from counterpart.accounting.numbering.operations import SequenceChange, change_numbering
from counterpart.accounting.numbering.queries import settings_facts
from counterpart.foundation import history
from counterpart.foundation.api.going_live import GoLiveOut
from counterpart.foundation.api.making import answer
from counterpart.foundation.clock import now
from counterpart.sync import api as sync

router = Router(tags=["Firm"])


@router.get("/settings/file-numbering", response=NumberingOut, summary="Read Automatic File Numbering")
def read_numbering(request: HttpRequest) -> HttpResponse:
    """`next` is the value a sequence goes on with; numbers ever used are stepped over."""
    actor_of(request).require("contact.read")
    return _shown()


@router.patch("/settings/file-numbering", response=NumberingOut, summary="Change Automatic File Numbering")
def change_file_numbering(request: HttpRequest, payload: NumberingPatch) -> HttpResponse:
    """Every change is logged with who made it."""
    given = payload.sequences.model_dump(exclude_none=True) if payload.sequences else {}
    files = payload.files.model_dump(exclude_none=True) if payload.files else {}
    actor, at = actor_of(request), now()
    sequences = {code: SequenceChange(one.get("prefix"), one.get("next")) for code, one in given.items()}
    with transaction.atomic():
        with history.collected() as events:
            change_numbering(
                actor=actor,
                at=at,
                separate=payload.separate_numbering_sequences,
                resets=payload.manual_number_resets_sequence,
                sequences=sequences,
            )
            file_numbers.change_file_numbering(actor=actor, at=at, **files)
        history.record(events)
    return _shown()


@router.get("/sync/summary", response=SyncSummaryOut, summary="The exchange in figures")
def sync_summary(request: HttpRequest) -> HttpResponse:
    """Counts per colour, the oldest pending record, and when Practice Management was last heard."""
    actor_of(request).require("contact.read")
    found = sync.summary()
    return answer(
        {
            "counts": found.counts,
            "oldest_pending_s": found.oldest_pending_s,
            "since_contact_s": found.since_contact_s,
            "conflicts": found.conflicts,
            "attention": found.attention,
        }
    )


@router.get("/sync/go-live", response=GoLiveOut, summary="How a go-live stands")
def go_live(request: HttpRequest) -> HttpResponse:
    """Two filled products being paired: the phase, the report, and what it waits for."""
    actor_of(request).require("integration.manage")
    return answer(sync.go_live_status())


def _shown() -> HttpResponse:
    theirs = sync.peer().policy.get("separate_numbering_sequences")
    files = {**file_numbers.file_numbering_facts(), "next": file_numbers.file_sequence().next}
    return answer({**settings_facts(), "files": files, "peer_separate_numbering_sequences": theirs})
