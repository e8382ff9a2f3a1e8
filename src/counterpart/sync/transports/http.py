"""Signed HTTP between the sites. The address is the connected peer's, redirects are refused (section 18)."""

import ssl
import threading
from datetime import UTC, datetime

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from counterpart.foundation.clock import now
from counterpart.sync.keys import active_keys, private_key
from counterpart.sync.link import get_link, link_id
from counterpart.sync.messages import BATCH_CONTENT_TYPE
from counterpart.sync.models import Link
from counterpart.sync.signing import LINK_HEADER, SignatureRefused, SignedRequest, SignedResponse, sign, verify
from counterpart.sync.transports import TransportFailed

OK = 200
CREDENTIALS_FRESH_S = 5.0
"""Keys and address are read again from the database after this long."""


class HttpTransport:
    """Keeps one connection open; safe to use from several threads."""

    def __init__(self) -> None:
        self._client = httpx2.Client(follow_redirects=False, trust_env=False, verify=_certificates())
        self._lock = threading.Lock()
        self._read_at = datetime.fromtimestamp(0, UTC)
        self._link: Link | None = None
        self._key_id = ""
        self._private: Ed25519PrivateKey | None = None
        self._public: dict[str, str] = {}

    def send(self, path: str, body: bytes, *, timeout_s: float) -> bytes:
        """POST to ``/sync/v1/<path>`` of the peer, signed, and return the answer after checking its signature."""
        link = self._credentials()
        url = f"{link.peer_url.rstrip('/')}/sync/v1/{path}"
        headers = {
            LINK_HEADER: link_id(link),
            "content-type": BATCH_CONTENT_TYPE if path == "inbox" else "application/json",
        }
        request = SignedRequest("POST", url, headers)
        assert self._private is not None
        sign(request, body, key_id=self._key_id, private=self._private, at=now())
        try:
            response = self._client.post(url, content=body, headers=request.headers, timeout=timeout_s)
        except httpx2.HTTPError as failure:
            raise TransportFailed(_in_words(failure)) from failure
        return self._checked(response)

    def _checked(self, response: httpx2.Response) -> bytes:
        if response.status_code != OK:
            text = response.text[:300] if response.headers.get("content-type", "").startswith("text/plain") else ""
            raise TransportFailed(text or f"The other product answered with status {response.status_code}.")
        try:
            verify(SignedResponse(OK, dict(response.headers)), response.content, public=self._public, at=now())
        except SignatureRefused as refusal:
            self._read_at = datetime.fromtimestamp(0, UTC)
            raise TransportFailed(str(refusal)) from refusal
        return response.content

    def _credentials(self) -> Link:
        with self._lock:
            if self._link is None or (now() - self._read_at).total_seconds() > CREDENTIALS_FRESH_S:
                link = get_link()
                if link is None or not link.peer_instance:
                    raise TransportFailed("The two products are not connected yet.")
                key = active_keys(own=True)[0]
                self._private, self._key_id = private_key(key), key.key_id
                self._public = {peer_key.key_id: peer_key.public for peer_key in active_keys(own=False)}
                self._link, self._read_at = link, now()
            return self._link


def _certificates() -> ssl.SSLContext | bool:
    """Certificates trusted for the peer: the pinned file of the settings, or the system's."""
    pinned = getattr(settings, "COUNTERPART_PEER_CA", None)
    return ssl.create_default_context(cafile=str(pinned)) if pinned else True


def _in_words(failure: httpx2.HTTPError) -> str:
    if isinstance(failure, httpx2.ConnectError):
        return "The other product can't be reached."
    if isinstance(failure, httpx2.TimeoutException):
        return "The other product did not answer in time."
    return f"The connection to the other product failed ({type(failure).__name__})."
