"""/settings/file-numbering and /sync/summary: what holds for the whole firm."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from counterpart.accounting.api.v1.asking import actor_of
from counterpart.accounting.api.v1.firm_schemas import NumberingOut, NumberingPatch, SyncSummaryOut
from counterpart.accounting.numbering.operations import SequenceChange, change_numbering
from counterpart.accounting.numbering.queries import settings_facts
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
    change_numbering(
        actor=actor_of(request),
        at=now(),
        separate=payload.separate_numbering_sequences,
        resets=payload.manual_number_resets_sequence,
        sequences={code: SequenceChange(one.get("prefix"), one.get("next")) for code, one in given.items()},
    )
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


def _shown() -> HttpResponse:
    theirs = sync.peer().policy.get("separate_numbering_sequences")
    return answer({**settings_facts(), "peer_separate_numbering_sequences": theirs})
