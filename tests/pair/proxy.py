"""A bad network between the sites: requests are lost, delayed, cut off, answered to nobody, repeated, and overtaken."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

FAULTS = ("drop", "cut", "half", "repeat", "late", "delay")
DELAY_S = 0.4


@dataclass(slots=True)
class BadLine:
    """Passes HTTP requests on to one site, each meeting a fault with the given likelihood."""

    target: int
    seed: int
    likelihood: float = 0.0
    port: int = 0
    met: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FAULTS, 0))
    _chance: random.Random = field(init=False)
    _faults: Iterator[str] = field(init=False)
    _earlier: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._faults = itertools.cycle(self._chance.sample(FAULTS, len(FAULTS)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._pass_on(await request_from(reader), writer)
        writer.close()

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        fault = next(self._faults) if self._chance.random() < self.likelihood else ""
        if fault:
            self.met[fault] += 1
        if fault == "drop":
            raise ConnectionResetError
        if fault == "delay":
            await asyncio.sleep(DELAY_S)
        if fault == "late" and self._earlier:
            await self._ask(self._chance.choice(self._earlier))  # an old message arrives again, before this one
        answer = await self._ask(request)
        if fault == "repeat":
            answer = await self._ask(request)
        self._earlier = [*self._earlier[-20:], request]
        if fault == "cut":
            raise ConnectionResetError
        writer.write(answer[: len(answer) // 2] if fault == "half" else answer)
        await writer.drain()

    async def _ask(self, request: bytes) -> bytes:
        """The whole answer, as it came over a connection that ends with it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read(-1)
        finally:
            writer.close()


async def request_from(reader: asyncio.StreamReader) -> bytes:
    """One request, which asks for the connection to be closed after its answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    kept, length = [], 0
    for line in head.removesuffix(b"\r\n\r\n").split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if name.lower() != b"connection":
            kept.append(line)
    return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n" + await reader.readexactly(length)


@contextmanager
def lines(*bad: BadLine) -> Iterator[None]:
    """All lines open, each on a port of its own."""
    loop = asyncio.new_event_loop()
    opened = threading.Event()

    async def stand() -> None:
        for line in bad:
            server = await asyncio.start_server(line.serve, "127.0.0.1", 0, limit=16_000_000)
            line.port = server.sockets[0].getsockname()[1]
        opened.set()

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(stand())  # noqa: RUF006 - the loop outlives it
        loop.run_forever()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert opened.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        with contextlib.suppress(RuntimeError):
            loop.close()
