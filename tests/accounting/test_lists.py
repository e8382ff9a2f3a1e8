"""Lists in Legal Accounting: its own columns, blockers and numbers (section 8, LA-FIL-7)."""

import pytest
from tests.accounting.conftest import actor, create, signed_in
from tests.accounting.files_world import opened, people, text_of

from counterpart.accounting.contacts.views.listing import CONTACTS
from counterpart.accounting.files.models import File
from counterpart.accounting.files.views.listing import FILES
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.lists.asking import read
from counterpart.foundation.lists.neighbours import around

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=number", ["9", "40", "100"]),
        ("sort=-number", ["100", "40", "9"]),
        ("contact_type=none:client&sort=number", ["40"]),
        ("city=lyon&country=is:fr", ["100"]),
        ("phone=0199", ["9"]),
        ("sync=gray,red&sort=number", ["9", "40", "100"]),
    ],
)
def test_an_address_asks_for_contacts(ada, query, expected):
    """LST-3: numbers in the order people count in."""
    create("100", last="Abel", main_address={"city": "Lyon", "country": "FR", "line1": "1 Quai"})
    create("40", last="Beta", contact_type="vendor")
    create("9", last="Cole", work_phone="+64 21 555 0199")

    listing = read(CONTACTS, query, actor(ada))

    found = list(listing.queryset())
    assert (listing.problems, [contact.number for contact in found]) == ((), expected)
    for before, here, after in zip([None, *found], found, [*found[1:], None], strict=False):
        assert around(listing, here.pk) == (before and before.pk, after and after.pk, True)


def test_files_are_filtered_by_client_and_hold_and_closed_with_their_blockers(ada):
    """LST-8, LA-FIL-7: what stands in the way of one stops no other, and is said."""
    heron, tern = people("Heron", "Tern")
    held, free = opened(heron, responsible=ada, description="Held"), opened(tern, responsible=ada, description="Free")
    File.objects.filter(pk=held.pk).update(billing_hold=True, hold_reason="A dispute")
    client = signed_in(ada)

    by_client = list(read(FILES, "client=heron", actor(ada)).queryset())
    on_hold = list(read(FILES, "hold=yes&responsible=me", actor(ada)).queryset())
    asked = {"act": "close", "all": "1", "query": ""}
    before = client.post("/files/bulk/", asked)
    after = client.post("/files/bulk/", asked | {"confirmed": "1"}, follow=True)

    job = Job.objects.get()
    assert (by_client, on_hold) == ([held], [held])
    assert "Close 2 files" in text_of(before)
    assert (job.done, job.skipped, job.failed) == (1, 0, 1)
    assert "can't be closed yet. Billing hold: A dispute" in text_of(after).replace("’", "'")
    assert File.objects.get(pk=free.pk).is_closed
    assert not File.objects.get(pk=held.pk).is_closed


def test_the_staff_of_many_files_is_changed_at_once(ada):
    """LST-8: what is left empty stays; nothing chosen is said."""
    files = [opened(*people(name), responsible=ada) for name in ("Heron", "Tern")]
    client = signed_in(ada)
    sent = {"act": "edit", "id": [str(file.pk) for file in files], "confirmed": "1"}

    nothing = client.post("/files/bulk/", sent)
    client.post("/files/bulk/", sent | {"lead": str(ada.pk)})
    client.post("/files/bulk/", sent | {"lead": str(ada.pk)})

    first, again = Job.objects.order_by("created_at")
    assert (nothing.status_code, "Choose at least one thing" in text_of(nothing)) == (422, True)
    assert (first.done, again.done, again.skipped) == (2, 0, 2)
    assert set(File.objects.values_list("lead_id", "responsible_id")) == {(ada.pk, ada.pk)}
