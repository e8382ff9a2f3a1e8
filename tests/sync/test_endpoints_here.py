"""The machine door: signatures both ways, time window, sizes, statuses (section 18), and CloudEvents (section 5)."""

from datetime import timedelta

import jsonschema
import msgspec
import pytest
import time_machine
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from sync_world import ADA, PERSON_VALUES, World, create

from counterpart.foundation.clock import now
from counterpart.sync import keys
from counterpart.sync.composing import compose
from counterpart.sync.messages import BATCH_BYTES_MAX, read_beat, read_receipt
from counterpart.sync.models import Record
from counterpart.sync.signing import (
    LINK_HEADER,
    SignatureRefused,
    SignedRequest,
    SignedResponse,
    sign,
    verify,
)

HOST = "http://testserver"


def post(world: World, path: str, body: bytes, **changes):
    """Send as the peer does; ``changes``: what is wrong with it."""
    key: Ed25519PrivateKey = changes.get("key", world.peer.keys[0])
    signed_at = now() - changes.get("late", timedelta())
    headers = {LINK_HEADER: changes.get("link", world.peer.link_id)}
    message = SignedRequest("POST", f"{HOST}/sync/v1/{changes.get('signed_path', path)}", headers)
    sign(message, changes.get("signed_body", body), key_id=world.peer.key_id(key), private=key, at=signed_at)
    message.headers.update(changes.get("headers", {}))
    for name in changes.get("without", ()):
        message.headers = {k: v for k, v in message.headers.items() if k.lower() != name}
    return Client().post(
        f"/sync/v1/{path}", data=body, content_type="application/cloudevents-batch+json", headers=message.headers
    )


def batch(world: World) -> bytes:
    sent = world.peer.compose([world.peer.create(PERSON_VALUES)])
    assert sent is not None
    return sent.body


def test_a_signed_batch_is_merged_and_the_answer_is_signed(world: World):
    """Section 18: both directions carry a signature over content, link and time."""
    answer = post(world, "inbox", batch(world))

    assert answer.status_code == 200
    assert [r.result for r in read_receipt(answer.content).results] == ["applied"]
    own = {key.key_id: key.public for key in keys.active_keys(own=True)}
    verify(SignedResponse(200, dict(answer.headers)), answer.content, public=own, at=now())
    with pytest.raises(SignatureRefused):
        verify(SignedResponse(200, dict(answer.headers)), answer.content + b" ", public=own, at=now())


def test_beats_and_probes_have_doors_too(world: World):
    """Section 5."""
    beat = post(world, "beat", world.peer.beat())
    probe = post(world, "probe", b'{"ids":[]}')

    assert (beat.status_code, probe.status_code) == (200, 200)
    assert read_beat(beat.content).instance == world.link().instance


WRONG = {
    "changed on the way": {"signed_body": b"[]"},
    "signed by a stranger": {"key": Ed25519PrivateKey.generate()},
    "too old": {"late": timedelta(minutes=6)},
    "from the future": {"late": -timedelta(minutes=6)},
    "for another link": {"link": "0" * 32},
    "for another door": {"signed_path": "beat"},
    "without a signature": {"without": ["signature", "signature-input"]},
    "without a digest": {"without": ["content-digest"]},
    "with a mangled signature": {"headers": {"Signature": "nonsense"}},
    "with a mangled list": {"headers": {"Signature-Input": "(((="}},
    "with a mangled digest": {"headers": {"Content-Digest": "sha-512=:!!:"}},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_the_peers_is_refused(world: World, wrong: str):
    """Section 18, S9: 401, and nothing is read from it."""
    answer = post(world, "inbox", batch(world), **WRONG[wrong])

    assert answer.status_code == 401, answer.content
    assert not Record.objects.exists()


def test_a_difference_of_clocks_is_named(world: World):
    """ONB-4: the administrator reads by how much."""
    answer = post(world, "beat", world.peer.beat(), late=timedelta(minutes=9))

    assert "clocks of the two products differ by about 9 minutes" in answer.content.decode()


@pytest.mark.parametrize("body", [b"", b"[", b"{}", b"[1]", b'[{"specversion":"1.0"}]', b"[]", b"\xff"])
def test_what_can_not_be_read_is_refused(world: World, body: bytes):
    """Section 18: a signed message may still be nonsense."""
    assert post(world, "inbox", body).status_code == 400


def test_sizes_methods_and_strangers(world: World, db: None):
    """Section 18: 413, 405; a site that is not connected says so."""
    assert post(world, "inbox", b" " * (BATCH_BYTES_MAX + 1)).status_code == 413
    assert Client().get("/sync/v1/inbox").status_code == 405
    world.link().delete()
    assert Client().post("/sync/v1/inbox", data=b"[]", content_type="application/json").status_code == 403


def test_a_retired_key_opens_nothing_more(world: World):
    """Section 18: keys rotate by way of beats; the old one ends with the word of the new."""
    old = world.peer.keys[0]
    world.peer.keys.append(Ed25519PrivateKey.generate())
    assert post(world, "beat", world.peer.beat()).status_code == 200
    del world.peer.keys[0]
    assert post(world, "beat", world.peer.beat()).status_code == 200

    assert post(world, "beat", world.peer.beat(), key=old).status_code == 401
    assert [key.key_id for key in keys.active_keys(own=False)] == [world.peer.key_id(world.peer.keys[0])]


def test_our_own_keys_rotate_without_locking_us_out(world: World):
    """Section 18: two at most, never none, and none is retired before the peer was told the other."""
    from counterpart.foundation.errors import Blocked

    (old,) = keys.active_keys(own=True)
    with pytest.raises(Blocked):
        keys.retire_key(old.key_id, actor=ADA, at=world.at)
    new = keys.add_key(actor=ADA, at=world.at)
    with pytest.raises(Blocked):
        keys.add_key(actor=ADA, at=world.at)
    with pytest.raises(Blocked, match="has not been told"):
        keys.retire_key(old.key_id, actor=ADA, at=world.at)
    world.pass_time(31)
    world.worker.turn()
    keys.retire_key(old.key_id, actor=ADA, at=world.at)

    assert [key.key_id for key in keys.active_keys(own=True)] == [new.key_id]
    with time_machine.travel(world.at, tick=False):
        answer = post(world, "beat", world.peer.beat())
        public = {new.key_id: new.public}
        verify(SignedResponse(200, dict(answer.headers)), answer.content, public=public, at=now())


# ---------------------------------------------------------------------- CloudEvents

ENVELOPE = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "pattern": "^urn:suite:(pm|la):"},
        "type": {"const": "suite.sync.record.v1"},
        "subject": {"type": "string", "format": "uuid"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "data": {
            "type": "object",
            "required": ["kind", "digest", "registers", "authors", "conflicts"],
            "properties": {
                "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "registers": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "required": ["value", "pm", "la"],
                        "properties": {
                            "value": {},
                            "pm": {"type": "string", "pattern": "^[0-9]{1,19}$"},
                            "la": {"type": "string", "pattern": "^[0-9]{1,19}$"},
                        },
                        "additionalProperties": False,
                    },
                },
            },
        },
    },
    # CloudEvents 1.0, 3.1: names of attributes are lower-case letters and digits, at most 20 of them.
    "propertyNames": {"pattern": "^[a-z0-9]{1,20}$"},
}


def test_a_batch_is_cloudevents(world: World):
    """Section 5: the reference library reads every event of a batch, and the envelope is as written down."""
    for name in ("One", "Two"):
        create(name, email=f"{name.lower()}@example.com", at=world.at)
    made = compose(world.at)
    assert made is not None
    events = msgspec.json.decode(made.body)

    assert len(events) == 2
    for raw in events:
        jsonschema.validate(raw, ENVELOPE, format_checker=jsonschema.FormatChecker())
        event = JSONFormat().read(CloudEvent, msgspec.json.encode(raw))
        assert event.get_subject() == raw["subject"]
        assert event.get_time() == world.at
        data = event.get_data()
        assert isinstance(data, dict)
        assert data["registers"]["email"]["value"].endswith("@example.com")
    assert len({event["id"] for event in events}) == 2
    assert len({(event["headn"], event["headh"]) for event in events}) == 1
