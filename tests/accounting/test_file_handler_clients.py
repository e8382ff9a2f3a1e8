"""Lists of clients that arrive from Practice Management (GRP-2 to GRP-11, LA-SPL-3, IMP-12, scenarios 21 and 23)."""

import pytest
from tests.accounting.conftest import AT, connected, split_of
from tests.accounting.matter_world import HANDLER, SYSTEM, amend_clients, arrived, client, identity

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.files.models import FilePayer, SplitReview
from counterpart.accounting.files.operations import (
    add_client,
    set_split,
)
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.foundation.history.models import Event
from counterpart.sync import api as sync
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _link(db):
    connected()


def test_first_client_pays_all_and_the_others_nothing():
    """GRP-2, GRP-4, LA-SPL-1, scenario 21."""
    ada, bo, cy = client("Ada"), client("Bo"), client("Cy")

    file = arrived(ada, bo, cy)

    assert split_of(file) == [("Ada", "100.0000"), ("Bo", "0.0000"), ("Cy", "0.0000")]
    assert not SplitReview.objects.exists()


def test_hidden_group_takes_no_contact_and_no_number():
    """GRP-3: there is nothing that a list, a picker, a number sequence or a count could show."""
    clients = [client(name) for name in ("Ada", "Bo", "Cy")]
    contacts, numbers, records = Contact.objects.count(), NumberLedger.objects.count(), Record.objects.count()

    arrived(*clients)

    assert Contact.objects.count() == contacts
    assert NumberLedger.objects.count() == numbers
    assert Record.objects.count() == records
    assert set(contacts_visible_to(SYSTEM)) == set(clients)


def test_changes_of_clients_move_shares_and_ask_for_a_review():
    """GRP-7 to GRP-11, LA-SPL-3, IMP-12, scenario 23."""
    ada, bo, cy = client("Ada"), client("Bo"), client("Cy")
    file = arrived(ada, bo)
    set_split(file_id=file.pk, shares={bo.pk: 300_000}, actor=SYSTEM, at=AT)

    amend_clients(file, ada, bo, cy)
    assert split_of(file) == [("Ada", "70.0000"), ("Bo", "30.0000"), ("Cy", "0.0000")]
    amend_clients(file, cy, ada, bo)
    assert split_of(file) == [("Cy", "0.0000"), ("Ada", "70.0000"), ("Bo", "30.0000")]
    amend_clients(file, ada, bo)
    assert split_of(file) == [("Ada", "70.0000"), ("Bo", "30.0000")]
    amend_clients(file, bo)

    assert split_of(file) == [("Bo", "100.0000")]
    review = SplitReview.objects.get()
    assert review.reason.splitlines() == [
        "Cy is a client now.",
        "Cy is the primary contact now.",
        "Cy is no client any more. Ada is the primary contact now.",
        "Ada is no client any more; 70.0000 % went to Bo. Bo is the primary contact now.",
    ]
    former = FilePayer.objects.filter(ended_at__isnull=False).order_by("contact__last")
    assert [(one.contact.last, one.share) for one in former] == [("Ada", 0), ("Cy", 0)]


def test_client_who_comes_back_is_no_former_payer():
    """LA-SPL-3, GRP-7."""
    ada, bo = client("Ada"), client("Bo")
    file = arrived(ada, bo)
    amend_clients(file, ada)

    amend_clients(file, ada, bo)

    assert split_of(file) == [("Ada", "100.0000"), ("Bo", "0.0000")]
    assert not FilePayer.objects.filter(ended_at__isnull=False).exists()


def test_client_added_while_off_shows_as_a_difference_even_without_an_identity():
    """Protocol 15, GRP-17: otherwise the list of Practice Management would never be put back."""
    ada = client("Ada", "25")
    file = arrived(ada)
    stranger = client("Stranger")
    Record.objects.filter(local_id=stranger.pk).delete()  # as if from before the two were connected
    sync.switch_off(SYSTEM, AT)

    add_client(file_id=file.pk, contact_id=stranger.pk, actor=SYSTEM, at=AT)

    assert HANDLER.read([file.pk])[file.pk]["clients"] == [identity(ada), str(stranger.pk)]


def test_history_names_no_more_payers_than_a_person_reads():
    """HIS-1, LA-SPL-1: of hundreds the first twenty; of a change those it concerns."""
    clients = [client(f"C{n}") for n in range(30)]
    file = arrived(*clients[:25])

    amend_clients(file, *clients[:23], clients[24], clients[23])
    amend_clients(file, *clients)

    created, ordered, _, added, _ = Event.objects.filter(object_id=file.pk).order_by("id")
    assert created.changes["shares"][1][19:] == ["C19: 0.0000 %", "and 5 more"]
    assert ordered.changes["order"][0][-1] == "and 4 more"
    assert [one.split(":")[0] for one in added.changes["shares"][1]] == ["C25", "C26", "C27", "C28", "C29"]
