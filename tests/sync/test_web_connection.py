"""The link itself: connecting, keys, pausing, and the connection check."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from web_world import ACTING, MANAGING, PEER_URL, connected, person, signed_in

from counterpart.foundation.clock import now
from counterpart.foundation.ids import new_id
from counterpart.foundation.users.models import ApiToken, Role
from counterpart.protocol.colour import Mode
from counterpart.sync import checks, probing
from counterpart.sync.checks import connection_check
from counterpart.sync.keys import active_keys
from counterpart.sync.messages import ProbeAnswer, encode
from counterpart.sync.models import Link, Sample, Sweep
from counterpart.sync.registry import policy_block
from counterpart.sync.transports import TransportFailed
from counterpart.sync.transports.memory import MemoryTransport

pytestmark = pytest.mark.django_db


def card(**changes) -> str:
    """The card of a Legal Accounting that exists nowhere."""
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    facts = {
        "site": "la",
        "instance": "urn:suite:la:1",
        "url": PEER_URL,
        "epoch": "e1",
        "keys": [["k1", public]],
        "version": 1,
    }
    return json.dumps(facts | changes)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_pasting_the_other_products_card_connects():
    """ADM-2: addresses and public keys change hands; no password does."""
    mia = signed_in("Mia", MANAGING)
    before = text(mia.get("/sync/connection/"))

    answer = mia.post("/sync/connection/", {"card": card()})

    assert "Not connected" in before
    assert answer.status_code == 302
    assert (Link.objects.get().mode, Link.objects.get().peer_url) == (Mode.LIVE, PEER_URL)
    assert [key.key_id for key in active_keys(own=False)] == ["k1"]


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("hello", "This is not a connection card."),
        (card(site="pm"), "This is not a card of Legal Accounting."),
        (card(keys=[]), "A card carries one or two keys."),
        ("", "This field is required."),
    ],
)
def test_a_wrong_card_is_refused_in_words(pasted, sentence):
    """UI-6: the sentence stands at the field, and nothing is connected."""
    answer = signed_in("Mia", MANAGING).post("/sync/connection/", {"card": pasted})

    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert Link.objects.get().peer_instance == ""


def test_another_installation_can_not_take_the_place_of_the_peer():
    """Pairing with a second peer would mix two firms."""
    mia = signed_in("Mia", MANAGING)
    mia.post("/sync/connection/", {"card": card()})

    answer = mia.post("/sync/connection/", {"card": card(instance="urn:suite:la:2")})

    assert answer.status_code == 422
    assert Link.objects.get().peer_instance == "urn:suite:la:1"


def test_pausing_and_resuming():
    """Section 15: everything is kept, the page says who paused."""
    connected()
    mia = signed_in("Mia", MANAGING)

    mia.post("/sync/connection/pause/")
    paused = text(mia.get("/sync/connection/"))
    mia.post("/sync/connection/resume/")

    assert "Paused by Mia." in paused
    assert Link.objects.get().mode == Mode.LIVE


def test_rotating_the_key():
    """Section 18: two active during rotation, never none."""
    connected()
    mia = signed_in("Mia", MANAGING)
    (old,) = active_keys(own=True)

    alone = mia.post(f"/sync/connection/keys/{old.key_id}/retire/")
    mia.post("/sync/connection/keys/")
    third = mia.post("/sync/connection/keys/")
    untold = mia.post(f"/sync/connection/keys/{old.key_id}/retire/")
    Link.objects.update(last_contact=now() + timedelta(minutes=1))
    mia.post(f"/sync/connection/keys/{old.key_id}/retire/")

    assert (alone.status_code, third.status_code, untold.status_code) == (409, 409, 409)
    (new,) = active_keys(own=True)
    assert new.key_id != old.key_id
    assert mia.post("/sync/connection/keys/unknown/retire/").status_code == 404


def test_a_restore_is_explained_and_can_not_be_resumed_away():
    """S15: the page says what happened, that nothing is merged, and what to do."""
    connected(mode=Mode.HEALING, mode_reason="Legal Accounting has forgotten exchanges that it had confirmed.")
    mia = signed_in("Mia", MANAGING)

    html = text(mia.get("/sync/connection/"))
    answer = mia.post("/sync/connection/resume/")

    assert "Legal Accounting has forgotten exchanges that it had confirmed." in html
    assert "Nothing is merged while this is so" in html
    assert "Resume" not in html
    assert (answer.status_code, Link.objects.get().mode) == (409, Mode.HEALING)


@pytest.mark.parametrize("path", ["", "pause/", "resume/", "keys/", "keys/k/retire/"])
def test_only_managers_touch_the_link(path):
    """PRM-1: integration.manage; Ada, who may retry, may not."""
    connected()

    answer = signed_in("Ada", ACTING).post(f"/sync/connection/{path}", {"card": card()})

    assert answer.status_code == 403
    assert (Link.objects.get().mode, Link.objects.get().peer_instance) == (Mode.LIVE, "urn:suite:la:test")
    assert len(active_keys(own=True)) == 1


# --- the check -------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def the_line():
    """What the peer answers when it is asked whether the two reach each other."""
    said = {"answer": {"reached": True}}

    def answer(path: str, body: bytes) -> bytes:
        assert path == "probe"
        if isinstance(said["answer"], str):
            raise TransportFailed(said["answer"])
        return encode(ProbeAnswer("urn:suite:la:test", "epoch-la", 1, "live", answer=said["answer"]))

    probing.use_transport(MemoryTransport(answer))
    yield said
    probing.use_transport(None)


def in_order(**changes) -> None:
    """A peer that says the same of itself as we do, a worker at work, compared last night, mail set up."""
    person("Ada", ())
    policy = json.loads(json.dumps(policy_block(), default=str)) | {"required_contact_fields": ["email"]}
    connected(**{"peer_policy": policy} | changes)
    Sample.objects.create(at=now())
    Sweep.objects.create(key=new_id(), asked_at=now(), touched_at=now(), finished_at=now(), phase="done", compared=3)


@pytest.fixture
def with_mail(settings):
    """A mail server, and somebody who gets the alerts."""
    settings.COUNTERPART_SENDS_MAIL = True
    person("Mona", ()).roles.add(Role.objects.create(name="Root", is_administrator=True))


def found(name: str) -> checks.Check:
    return next(one for one in connection_check() if one.name == name)


@pytest.mark.usefixtures("with_mail")
def test_everything_in_order_passes():
    """ONB-4: every fact with a pass."""
    in_order()
    there = Link.objects.get()
    there.peer_policy["users"] = json.loads(json.dumps(policy_block()["users"]))
    there.save()

    assert [one.name for one in connection_check() if one.ok is not True] == []


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("Connection", {"mode": Mode.PAUSED, "mode_reason": "Paused by Mia."}, "Paused by Mia."),
        ("Last contact", {"last_contact": now() - timedelta(days=5)}, "last heard 5 days ago"),
        ("Clocks", {"clock_offset_ms": -90_000}, "differ by 90.0 s"),
        ("Versions and rules", {"peer_incompatible": "Version 2 there, 1 here."}, "Version 2 there"),
        ("Keys and signatures", {"last_problem": "The signature was refused."}, "signature was refused"),
    ],
)
def test_each_fault_fails_with_its_cure(name, change, words):
    """ONB-4: pass or fail, and how to fix it."""
    in_order(**change)

    fault = found(name)

    assert (fault.ok, fault.has_failed) == (False, True)
    assert words in fault.text
    assert fault.remedy


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        ("The other product can't be reached.", "Legal Accounting can be reached", "can't be reached"),
        (
            {"reached": False, "problem": "It did not answer in time."},
            "Practice Management can be reached from there",
            "did not answer",
        ),
    ],
)
def test_each_way_is_tried_now(the_line, answer, name, words):
    """ONB-4: the way there and the way back, each with its cure; what was heard a minute ago proves neither."""
    in_order()
    the_line["answer"] = answer

    fault = found(name)

    assert fault.has_failed
    assert words in fault.text
    assert fault.remedy


def test_what_stops_nothing_is_advice():
    """IMP-18, section 18: tokens that end, no encryption, no mail server, differences left by the last comparison."""
    in_order(peer_url="http://accounting.example")
    user = person("Tom", ())
    ApiToken.objects.create(
        user=user, label="Scanner", prefix="cp", digest="x", created_at=now(), expires_at=now() + timedelta(days=3)
    )
    Sweep.objects.update(unrepaired=2)
    Sample.objects.update(at=now() - timedelta(hours=1))

    assert "“Scanner” of Tom" in found("API tokens").text
    assert "2 of 3 records differing" in found("Compared every night").text
    assert found("Alerts by e-mail").ok is False
    assert not any(found(name).has_failed for name in ("API tokens", "Compared every night", "Alerts by e-mail"))
    assert found("Encrypted on its way").has_failed
    assert found("The worker of this product").has_failed


def test_different_numbering_switches_fail():
    """SEQ-2, IMP-6: on in one product only."""
    in_order()
    link = Link.objects.get()
    here = link.peer_policy["separate_numbering_sequences"]
    link.peer_policy["separate_numbering_sequences"] = not here
    link.save()

    assert found("Separate numbering sequences").has_failed


def test_people_in_one_product_only_are_listed_but_stop_nothing():
    """IMP-9, acceptance 7: unmatched, renamed and disabled people, matched without regard to case (USR-6)."""
    for name in ("Ada", "Ben", "Cleo"):
        person(name, ())
    there = [
        {"email": " ADA@example.com", "name": "Ada Moreau", "active": True},
        {"email": "ben@example.com", "name": "Ben", "active": False},
        {"email": "zoe@example.com", "name": "Zoe", "active": True},
    ]
    connected(peer_policy={"users": there})

    lines = {
        one.name: (one.ok, one.text.split(">")[0]) for one in connection_check() if one.is_advice and "@" in one.text
    }

    assert lines == {
        "People of this product in Legal Accounting": (False, "Only here: Cleo <cleo@example.com"),
        "People of Legal Accounting in this product": (False, "Only in Legal Accounting: Zoe <zoe@example.com"),
        "Same names in both": (False, "Another name in Legal Accounting: Ada <ada@example.com"),
        "Enabled in both": (False, "Disabled in Legal Accounting: Ben <ben@example.com"),
    }
    assert not any(one.has_failed for one in connection_check() if one.is_advice)


def test_the_page_and_the_command_say_the_same(capsys):
    """ONB-4: on screen and on the command line; the command fails when a check has failed."""
    in_order(clock_offset_ms=90_000)

    page = text(signed_in("Mia", MANAGING).get("/sync/check/"))
    with pytest.raises(CommandError, match="1 of"):
        call_command("sync_check")

    assert "The clocks of the two servers differ by 90.0 s." in page
    assert "FAIL  Clocks: The clocks of the two servers differ by 90.0 s." in capsys.readouterr().out
    assert signed_in("Rita", ACTING).get("/sync/check/").status_code == 403
