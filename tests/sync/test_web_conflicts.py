"""Values that lost against a simultaneous edit: both are shown, one person decides."""

import pytest
from web_world import ACTING, READER, agreed, connected, contact, signed_in, sync_id_of

from counterpart.foundation.clock import now
from counterpart.practice.contacts.models import Contact
from counterpart.sync.codec import to_ms
from counterpart.sync.models import Conflict, Record
from counterpart.sync.states import link_state

pytestmark = pytest.mark.django_db


def conflict(contact_id, register="email", losing="old@example.com", winning="new@example.com", one="c1") -> str:
    """As both sites would have found it: Ada's value here lost against Cleo's in Legal Accounting."""
    ms = to_ms(now())
    Conflict.objects.create(
        id=one, sync_id=sync_id_of(contact_id), kind="contact", register=register, at=now(),
        losing_value=losing, losing_stamp=ms << 16, losing_author=["Ada Moreau", "ada@example.com", ms - 60_000],
        winning_value=winning, winning_stamp=((ms + 1) << 16) + 1,
        winning_author=["Cleo Tan", "cleo@example.com", ms - 30_000],
    )  # fmt: skip
    return one


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_both_values_are_shown_with_who_where_and_when():
    """Section 4: which value stands, who set each, on which side."""
    connected()
    conflict(agreed(contact("Clash", first="Connie", email="new@example.com")))

    html = text(signed_in("Ada").get("/sync/conflicts/"))

    assert "new@example.com" in html
    assert "Cleo Tan in Legal Accounting," in html
    assert "old@example.com" in html
    assert "Ada Moreau in Practice Management," in html
    assert ">Connie Clash</a>" in html


def test_a_name_is_shown_as_people_write_it():
    """One unit, in reading order, without the parts no one reads."""
    connected()
    contact_id = agreed(contact("Clash"))
    losing = {"display": "individual", "last": "Clash", "first": "Constance", "title": "Dr"}
    conflict(contact_id, "name", losing, {"display": "individual", "last": "Clash"})

    html = text(signed_in("Ada").get("/sync/conflicts/"))

    assert '<div class="sync-value-text">Dr Constance Clash</div>' in html
    assert "individual</div>" not in html


def test_using_the_other_value_is_an_ordinary_edit():
    """Section 4: it is written by the person who pressed, sent to the peer, and the conflict is closed."""
    connected()
    contact_id = agreed(contact("Clash", email="new@example.com"))
    conflict(contact_id)

    answer = signed_in("Ada").post("/sync/conflicts/c1/use/", {"next": f"/contacts/{contact_id}/"})

    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{contact_id}/")
    assert Contact.objects.get(pk=contact_id).email == "old@example.com"
    assert Conflict.objects.get().resolution == "used"
    assert Record.objects.get(local_id=contact_id).regs != Record.objects.get(local_id=contact_id).shadow


def test_keeping_closes_the_conflict_and_changes_nothing_else():
    """Section 4: *Keep*."""
    connected()
    contact_id = agreed(contact("Clash", email="new@example.com"))
    conflict(contact_id)
    ada = signed_in("Ada")

    first, again = ada.post("/sync/conflicts/c1/keep/"), ada.post("/sync/conflicts/c1/keep/")

    assert (first.status_code, again.status_code) == (302, 404)
    assert Contact.objects.get(pk=contact_id).email == "new@example.com"
    assert Conflict.objects.get().resolution == "kept"
    assert not link_state("contact", contact_id).has_conflicts


@pytest.mark.parametrize("verb", ["use", "keep"])
def test_only_those_who_may_decide(verb):
    """PRM-6: Otto sees both values without buttons; Ben, who sees no contacts, does not even learn of it."""
    connected()
    conflict(agreed(contact("Clash", email="new@example.com")))
    otto, ben = signed_in("Otto", READER), signed_in("Ben", ("integration.retry",))

    page = text(otto.get("/sync/conflicts/"))

    assert "old@example.com" in page
    assert "Use the other value" not in page
    assert otto.post(f"/sync/conflicts/c1/{verb}/").status_code == 403
    assert "old@example.com" not in text(ben.get("/sync/conflicts/"))
    assert ben.post(f"/sync/conflicts/c1/{verb}/").status_code == 404
    assert Conflict.objects.get().resolution == ""


def test_the_record_page_shows_its_conflicts():
    """Section 4: a badge on the record, with the same two buttons."""
    connected()
    contact_id = agreed(contact("Clash", email="new@example.com"))
    conflict(contact_id)

    html = text(signed_in("Ada").get(f"/contacts/{contact_id}/"))

    assert "Changed in both products at once" in html
    assert 'action="/sync/conflicts/c1/use/"' in html


def deleted_there(contact_id):
    ms = to_ms(now())
    Record.objects.filter(local_id=contact_id).update(
        severed=True, held={"presence_la": "deleted"}, authors={"presence_la": ["Cleo Tan", "cleo@example.com", ms]}
    )
    return contact_id


def test_a_deletion_there_is_said_and_offers_two_ways():
    """Section 16: who deleted it, *offer again*, *delete here too*; reading alone gets no buttons."""
    connected()
    contact_id = deleted_there(agreed(contact("Severed")))

    acting = text(signed_in("Ada").get(f"/contacts/{contact_id}/"))
    reading = text(signed_in("Otto", READER).get(f"/contacts/{contact_id}/"))

    assert "Deleted in Legal Accounting by Cleo Tan" in acting
    assert f'action="/sync/contact/{contact_id}/offer/"' in acting
    assert f'action="/sync/contact/{contact_id}/deletion/"' in acting
    assert "Deleted in Legal Accounting by Cleo Tan" in reading
    assert "Offer again" not in reading


def test_offering_again_gives_a_new_link():
    """Section 16: under a new sync identity; the old one stays as a tombstone."""
    connected()
    contact_id = deleted_there(agreed(contact("Severed")))
    old = sync_id_of(contact_id)

    signed_in("Ada").post(f"/sync/contact/{contact_id}/offer/")

    assert sync_id_of(contact_id) != old
    assert link_state("contact", contact_id).colour == "lightblue"
    assert Record.objects.get(sync_id=old).severed


def test_deleting_here_too_follows_the_rules_here():
    """Section 16: the product's own deletion with its own rights."""
    connected()
    contact_id = deleted_there(agreed(contact("Severed")))
    path = f"/sync/contact/{contact_id}/deletion/"

    refusal = signed_in("Rita", ("contact.read", "integration.retry")).post(path)
    kept = Contact.objects.get(pk=contact_id).deleted_at
    answer = signed_in("Ada", ACTING).post(path)

    assert (refusal.status_code, kept) == (403, None)
    assert (answer.status_code, answer["Location"]) == (302, "/sync/")
    assert Contact.objects.get(pk=contact_id).deleted_at is not None


def test_a_differing_address_is_said_with_the_way_to_copy_it():
    """IND-5: nothing differs silently; the colour stays green."""
    connected()
    address = {"line1": "2 Side Street", "city": "Wellington", "country": "NZ"}
    contact_id = agreed(contact("Ngata", physical_address=address))
    Record.objects.filter(local_id=contact_id).update(
        peer_addresses={"address.main": {"line1": "14 Hill Road", "city": "Wellington", "country": "NZ"}}
    )

    html = text(signed_in("Ada").get(f"/contacts/{contact_id}/"))

    assert 'data-colour="green"' in html
    assert "Different in Legal Accounting" in html
    assert "14 Hill Road Wellington NZ" in html
    assert "Copy to Legal Accounting" in html
