"""Two simultaneous creations never get the same number and neither fails (LA-NUM-8), on the engine at hand."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.accounting.conftest import AT

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import Created, Draft, create_contacts
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def in_parallel(jobs):
    def run(job):
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, jobs))


def creator(label, count, number=""):
    drafts = [Draft({"last": f"{label}-{i}"}, number) for i in range(count)]
    return lambda: create_contacts(drafts, actor=Actor.system("Test"), at=AT)


def test_parallel_creators_get_different_numbers():
    """LA-NUM-8: 24 creators, 120 contacts, 120 numbers without a gap, an unbroken history."""
    answers = in_parallel([creator(f"job{i}", 5) for i in range(24)])

    numbers = [one.number for batch in answers for one in batch]
    assert sorted(map(int, numbers)) == list(range(1, 121))
    assert Contact.objects.count() == NumberLedger.objects.count() == 120
    assert history.verify() is None


def test_same_typed_number_is_given_once():
    """Protocol 8: commit order decides; the others are refused, not failed."""
    answers = [batch[0] for batch in in_parallel([creator(f"job{i}", 1, "900") for i in range(8)])]

    assert sum(isinstance(one, Created) for one in answers) == 1
    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.errors[0].code for one in refused] == ["number_in_use"] * 7
