"""What the two sites say to each other about a go-live: one question, one answer (``.match.v1``, section 5)."""

from typing import Any

import msgspec


class Ask(msgspec.Struct):
    """A question. ``run``: the go-live it belongs to; '' for a question about a single record."""

    ask: str
    run: str = ""
    facts: dict[str, Any] = {}


class Answer(msgspec.Struct):
    """The answer. ``problem``: why there is none, in a sentence."""

    facts: dict[str, Any] = {}
    problem: str = ""


class Seen(msgspec.Struct):
    """One record of the census: everything it is recognised by, and marks of its values."""

    id: str
    sync_id: str
    label: str
    sort: str
    number: str
    email: str
    name: str
    parts: list[str]
    phones: list[str]
    postcode: str
    owners: list[str] | None
    marks: dict[str, str]


encode = msgspec.json.Encoder().encode
read_ask = msgspec.json.Decoder(Ask).decode
read_answer = msgspec.json.Decoder(Answer).decode
