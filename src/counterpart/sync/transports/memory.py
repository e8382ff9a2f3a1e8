"""The transport without a network: a function answers. For tests that need a peer but no second process."""

from collections.abc import Callable
from dataclasses import dataclass, field

from counterpart.sync.transports import TransportFailed

Answer = Callable[[str, bytes], bytes]


@dataclass(slots=True)
class MemoryTransport:
    """Hands requests to ``answer``; ``is_down`` cuts the line, ``sent`` keeps what went over it."""

    answer: Answer
    is_down: bool = False
    lose_answers: int = 0
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def send(self, path: str, body: bytes, *, timeout_s: float) -> bytes:  # noqa: ARG002  # the protocol's signature
        """Deliver, unless the line is cut; the answer of the next ``lose_answers`` requests gets lost."""
        if self.is_down:
            raise TransportFailed("The line is cut.")
        self.sent.append((path, body))
        answered = self.answer(path, body)
        if self.lose_answers:
            self.lose_answers -= 1
            raise TransportFailed("The answer was lost.")
        return answered
