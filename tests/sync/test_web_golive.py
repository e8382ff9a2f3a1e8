"""The go-live pages of Practice Management: who may, what they begin, and *Pair with…* (section 11, GOL-7, IMP-19)."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sync_world import ADA
from web_world import ACTING, MANAGING, connected, contact, forgotten, signed_in

from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations.relocating import relocate_references
from counterpart.practice.matters.models import Matter, MatterType
from counterpart.practice.matters.operations.relocating import relocate_file_references
from counterpart.sync import probing
from counterpart.sync.golive import runs
from counterpart.sync.golive.messages import Answer, encode, read_ask
from counterpart.sync.models import Record
from counterpart.sync.transports.memory import MemoryTransport

AT = datetime(2030, 1, 1, tzinfo=UTC)
PAGE = "/sync/go-live/"


def test_only_who_manages_the_integration_begins_a_go_live(db: None):
    """Nobody else sees the page or begins; who may begins, stops, goes on and gives up."""
    connected()
    ben, ada = signed_in("Ben", ACTING), signed_in("Ada", MANAGING)

    refused = (ben.get(PAGE).status_code, ben.post(f"{PAGE}start/", {"what": "live", "stands": "la"}).status_code)
    before = runs.current()
    ada.post(f"{PAGE}start/", {"what": "live", "stands": "la"})
    run = runs.current()
    assert run is not None
    ada.post(f"{PAGE}stop/")
    stopped = runs.status()["stopped"]
    shown = ada.get(PAGE).content.decode()
    ada.post(f"{PAGE}resume/")
    ada.post(f"{PAGE}end/")

    assert (refused, before) == ((403, 403), None)
    assert (run.stands, run.rehearsal) == ("la", False)
    assert stopped
    assert "goes on from this place" in shown
    assert runs.status()["phase"] == "ended"


@pytest.mark.parametrize("answer", [Answer(problem="Practice is not known."), None])
def test_pairing_says_why_the_other_product_can_not_be_asked(db: None, answer: Answer | None):
    """A page, a sentence, and what was typed stays."""
    connected()
    line = MemoryTransport(lambda *_: encode(answer))
    line.is_down = answer is None
    probing.use_transport(line)
    made = forgotten(contact("Stone"))

    page = signed_in("Ada", MANAGING).get(f"/sync/contact/{made}/pair/?q=Stone")

    probing.use_transport(None)
    assert page.status_code == 422
    said = "Practice is not known." if answer else "could not be asked just now"
    assert said in page.content.decode()
    assert 'value="Stone"' in page.content.decode()


def test_pair_with_asks_for_this_record_and_hands_over_the_choice(db: None):
    """The same matcher for one record: its keys go, the choice comes back with who chose."""
    connected()
    asked = []
    choice = {"id": str(UUID(int=7)), "sync_id": "", "label": "Ana Stone", "number": "40", "reason": "Same number"}

    def answer(_path: str, body: bytes) -> bytes:
        asked.append(read_ask(body))
        return encode(Answer({"choices": [choice]}))

    probing.use_transport(MemoryTransport(answer))
    made, ada = forgotten(contact("Stone", first="Ana")), signed_in("Ada", MANAGING)

    page = ada.get(f"/sync/contact/{made}/pair/").content.decode()
    ada.post(f"/sync/contact/{made}/pair/", {"choice": f"{choice['id']} "})

    probing.use_transport(None)
    assert "Same number" in page
    assert asked[0].facts["seen"]["name"] == "i:stone|ana|"
    assert asked[-1].ask == "pair"
    assert (asked[-1].facts["mine"], asked[-1].facts["theirs"]) == (choice["id"], str(made))
    assert asked[-1].facts["viewer"] == "ada@example.com"
    assert not Record.objects.filter(local_id=made).exists()  # its half arrives with the other's state


def test_references_that_are_no_numbers_move_and_nothing_is_offered(db: None):
    """IMP-19, GOL-3, MAT-20: to the external reference, unless there is one; gray records stay gray."""
    connected()
    moved, kept = (forgotten(contact(last, reference=f"DMS-{last}")) for last in ("One", "Two"))
    Contact.objects.filter(pk=kept).update(external_reference="there", external_key="there")
    person = signed_in("Ada", MANAGING)
    del person
    matter = Matter.objects.create(
        matter_number=1, name="Sale", requested_reference="NET-1", requested_key="net-1", sort_name="sale",
        matter_type=MatterType.objects.first(), assigned_to_id=_anybody(), date=date(2030, 1, 1), search_text="",
        created_at=AT, updated_at=AT,
    )  # fmt: skip

    counts = (
        relocate_references([moved, kept], actor=ADA, at=AT),
        relocate_file_references([matter.pk], actor=ADA, at=AT),
    )

    assert counts == (1, 1)
    assert list(Contact.objects.order_by("last").values_list("external_reference", "requested_reference")) == [
        ("DMS-One", ""),
        ("there", "DMS-Two"),
    ]
    matter.refresh_from_db()
    assert (matter.external_reference, matter.requested_reference) == ("NET-1", "")
    assert not Record.objects.exists()


def _anybody() -> int:
    from counterpart.foundation.users.models import User

    found = User.objects.order_by("pk").values_list("pk", flat=True).first()
    assert found is not None
    return found
