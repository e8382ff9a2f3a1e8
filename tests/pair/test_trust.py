"""Only the connected peer is listened to, each message counts once, keys change without a pause (section 18)."""

from __future__ import annotations

import base64
import json
import re
import urllib.error
import urllib.request

import pytest
from tests.pair.waiting import eventually

CRAFT = """
import base64, json
from datetime import timedelta
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from counterpart.foundation.clock import now
from counterpart.sync.composing import compose
from counterpart.sync.keys import active_keys, private_key
from counterpart.sync.link import get_link, link_id
from counterpart.sync.signing import LINK_HEADER, SignedRequest, sign

link, key, url = get_link(), active_keys(own=True)[0], {url!r}
def signed(body, age_s=0, private=private_key(key), link=link_id(link)):
    request = SignedRequest("POST", url, {{LINK_HEADER: link, "content-type": "application/cloudevents-batch+json"}})
    sign(request, body, key_id=key.key_id, private=private, at=now() - timedelta(seconds=age_s))
    return [dict(request.headers), base64.b64encode(body).decode()]
body = compose(now()).body
forged = json.loads(body)
forged[0]["data"]["registers"]["number"] = {{"value": "666", "pm": str((1 << 61) + 0), "la": "0"}}
print(json.dumps({{
    "good": signed(body), "stale": signed(body, 360), "early": signed(body, -360),
    "stranger": signed(body, private=Ed25519PrivateKey.generate()), "elsewhere": signed(body, link="0" * 32),
    "forged": signed(json.dumps(forged).encode()),
}}))
"""


@pytest.fixture
def messages(firm, linked):
    """A contact, and messages about an edit of it made with Practice Management's own keys while its worker rests."""
    here, there = linked()
    with firm.held_still("practice-worker"):
        firm.pm.edit(here["id"], email="first@clients.example")
        crafted = firm.shell("practice", CRAFT.format(url=f"{firm.la.url}/sync/v1/inbox"))
        made = {name: (headers, base64.b64decode(body)) for name, (headers, body) in crafted.items()}
        yield here, there, made
    firm.pm.wait(here["id"])


@pytest.mark.parametrize("how", ["unsigned", "tampered", "stale", "early", "stranger", "elsewhere"])
def test_a_message_that_is_not_the_peers_is_refused(firm, messages, how):
    """Unsigned, changed on the way, off by more than five minutes, of a stranger, of another link: nothing done."""
    _, there, crafted = messages
    headers, body = crafted.get(how, crafted["good"])
    if how == "unsigned":
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("signature")}
    if how == "tampered":
        body = body.replace(b"first@", b"worst@")

    status, words = _post(firm, headers, body)

    assert status == 401, words
    assert firm.la.get(there["id"])["version"] == there["version"]


def test_a_message_counts_once(firm, messages):
    """S11: the same message again, at once or after newer ones, leaves state and archive unchanged."""
    _, there, crafted = messages
    archived = firm.la.summary()["conflicts"]
    assert _post(firm, *crafted["good"])[0] == 200
    once = firm.la.get(there["id"])
    assert once["email"] == "first@clients.example"

    assert _post(firm, *crafted["good"])[0] == 200

    assert firm.la.get(there["id"])["version"] == once["version"]
    firm.la.edit(there["id"], email="second@clients.example")
    newer = firm.la.get(there["id"])
    _post(firm, *crafted["good"])
    assert firm.la.get(there["id"])["version"] == newer["version"]
    assert firm.la.get(there["id"])["email"] == "second@clients.example"
    assert firm.la.summary()["conflicts"] == archived


def test_a_number_written_by_practice_management_is_refused(firm, messages):
    """S9: only Legal Accounting gives numbers, whoever signs; and the record is red with a reason, not changed."""
    _, there, crafted = messages

    status, words = _post(firm, *crafted["forged"])

    assert status == 200
    [result] = json.loads(words)["results"]
    assert (result["result"], result["code"]) == ("refused", "authority")
    assert firm.la.get(there["id"])["number"] == there["number"]


def test_keys_are_rotated_without_a_pause(firm, linked, manager):
    """Two keys are active while the second travels; then the first is retired, and all goes on with the second."""
    here, there = linked()
    for product in ("practice", "accounting"):
        keys = _keys(manager(product))
        assert len(keys) == 2
        eventually(lambda product=product, keys=keys: _retired(manager(product), keys[0]), 60)
        firm.kill(f"{product}-worker")  # the new one has the second key from its beginning

    firm.pm.edit(here["id"], email="rotated@clients.example")
    eventually(lambda: firm.la.get(there["id"])["email"] == "rotated@clients.example", 30)
    firm.la.edit(there["id"], last="Lindgren")
    eventually(lambda: firm.pm.get(here["id"])["last"] == "Lindgren", 30)


def _post(firm, headers, body):
    request = urllib.request.Request(f"{firm.la.url}/sync/v1/inbox", body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def _keys(person):
    return re.findall(r"/sync/connection/keys/([0-9a-f]+)/retire/", person.get("/sync/connection/").text)


def _retired(person, key):
    person.post(f"/sync/connection/keys/{key}/retire/")
    return key not in _keys(person)
