"""Several people at one matter, one reference, one contact, at the same moment (MAT-2, MAT-4, CLS-7)."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from threading import Barrier, Thread
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from tests.practice.conftest import AT, actor, person
from tests.practice.matters import MATTER_WORK, clients, draft, matter_type, open_matter, party_ids, people

from counterpart.foundation.errors import Blocked, Refused
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import delete_contact
from counterpart.practice.matters import operations
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.operations import Created

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def _starting_types_come_back(django_db_setup, django_db_blocker):
    """These tests empty every table; what migrations put there belongs to the tests after them."""
    yield
    with django_db_blocker.unblock():
        import_module("counterpart.practice.matters.migrations.0002_starting_types").add_types(apps, None)


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK, "contact.delete")


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of it in threads that start together; what was raised stands for what was returned."""
    barrier, results = Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = deeds[place]()
        except (Refused, Blocked) as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_reference_is_granted_to_one_of_many(ada):
    """MAT-2: typed by five people at once, stored once; and every Matter ID is given once (MAT-4)."""
    matter_type()
    who = actor(ada)

    def create():
        return operations.create_matters(actor=who, drafts=[draft(ada, reference="A-7"), draft(ada)], at=AT)

    results = [one for pair in at_once(*[create] * 5) for one in pair]

    assert sum(isinstance(one, Created) and bool(one.columns["requested_reference"]) for one in results) == 1
    assert sum(isinstance(one, Refused) for one in results) == 4
    assert len(set(Matter.objects.values_list("matter_number", flat=True))) == 6


def test_a_reference_typed_into_two_matters_is_asked_for_once(ada):
    one, two = open_matter(ada), open_matter(ada)
    who = actor(ada)

    def edit(matter):
        changes = {"file_reference": "A-7"}
        return lambda: operations.edit_matter(actor=who, matter_id=matter.pk, changes=changes, at=AT)

    results = at_once(edit(one), edit(two))

    assert sum(isinstance(found, Refused) for found in results) == 1
    assert Matter.objects.filter(requested_key="a-7").count() == 1


def test_a_contact_is_put_on_a_matter_or_deleted(ada):
    """CLS-7: never both, whoever comes first."""
    who = actor(ada)
    for name in ("Ng", "Acme", "Zed"):
        (contact,) = people(name)
        matter = open_matter(ada)

        at_once(
            partial(operations.add_party, actor=who, matter_id=matter.pk, role="Client", contact_id=contact.pk, at=AT),
            partial(delete_contact, actor=who, contact_id=contact.pk, at=AT),
        )

        assert bool(clients(matter)) != Contact.objects.get(pk=contact.pk).is_deleted


def test_parties_changed_at_once_are_all_there(ada):
    """PTY-3: each change starts from what the other left."""
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter, who = open_matter(ada, ng), actor(ada)
    at_once(
        lambda: operations.add_party(actor=who, matter_id=matter.pk, role="Client", contact_id=acme.pk, at=AT),
        lambda: operations.add_party(actor=who, matter_id=matter.pk, role="Client", contact_id=zed.pk, at=AT),
    )
    ids = party_ids(matter)
    at_once(
        lambda: operations.make_primary(actor=who, matter_id=matter.pk, party_id=ids["Client", "Zed"], at=AT),
        lambda: operations.remove_party(actor=who, matter_id=matter.pk, party_id=ids["Client", "Acme"], at=AT),
    )

    assert clients(matter) == [zed.pk, ng.pk]
    assert Matter.objects.get().version == 5
