"""How bytes reach the peer. HTTP between real sites; in memory for tests and simulation."""

from typing import Protocol


class TransportFailed(Exception):
    """The peer could not be reached, or did not answer as the peer. Passing: tried again with back-off."""


class Transport(Protocol):
    """Sends one request and returns the answer's body. Raises TransportFailed."""

    def send(self, path: str, body: bytes, *, timeout_s: float) -> bytes:
        """``path``: 'inbox', 'receipt', 'beat', 'probe', 'tree' or 'match'."""
        ...
