"""Signed messages: Ed25519 over method, path, content digest and link, both ways (RFC 9421, RFC 9530; section 18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

WINDOW = timedelta(minutes=5)
"""A message older than this, or from further in the future, is refused."""
LINK_HEADER = "counterpart-link"
REQUEST_COMPONENTS = ("@method", "@path", "content-digest", LINK_HEADER)
RESPONSE_COMPONENTS = ("@status", "content-digest", LINK_HEADER)


class SignatureRefused(Exception):
    """The message is not from the peer, was changed on the way, or is outside the time window."""


@dataclass(slots=True)
class SignedRequest:
    """The parts of a request that a signature covers."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass(slots=True)
class SignedResponse:
    """The parts of a response that a signature covers."""

    status_code: int
    headers: dict[str, str]


Message = SignedRequest | SignedResponse


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, private: Ed25519PrivateKey | None, public: Mapping[str, str]) -> None:
        self.private = private
        self.public = public

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        assert self.private is not None, key_id
        return self.private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        if key_id not in self.public:
            raise HTTPMessageSignaturesException(f"unknown key {key_id}")
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public[key_id]))


class _Verifier(HTTPMessageVerifier):
    # The time is ours to judge, in both directions: the library would refuse a clock five seconds ahead.
    max_clock_skew = timedelta(days=36_525)


def sign(message: Message, body: bytes, *, key_id: str, private: Ed25519PrivateKey, at: datetime) -> None:
    """Add digest and signature headers to the message. ``at``: the time the signature states."""
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(private, {}))
    signer.sign(message, key_id=key_id, created=at, covered_component_ids=_components(message), body=body)


def verify(message: Message, body: bytes, *, public: Mapping[str, str], at: datetime) -> None:
    """Check a received message against the peer's active keys (key id -> public key as hexadecimal digits).

    Raises SignatureRefused with a sentence; the window of five minutes is checked in both directions against ``at``.
    """
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(None, public))
    try:
        results = verifier.verify(message, max_age=None, require_components=_components(message), body=body)
    except HTTPMessageSignaturesException as refusal:
        raise SignatureRefused(f"The signature does not hold ({refusal}).") from refusal
    created = results[0].parameters.get("created")
    if created is None:
        raise SignatureRefused("The signature states no time.")
    moment = datetime.fromtimestamp(int(created), UTC)
    if abs(at - moment) > WINDOW:
        minutes = round((at - moment).total_seconds() / 60)
        raise SignatureRefused(f"The clocks of the two products differ by about {abs(minutes)} minutes.")


def _components(message: Message) -> tuple[str, ...]:
    return REQUEST_COMPONENTS if isinstance(message, SignedRequest) else RESPONSE_COMPONENTS
