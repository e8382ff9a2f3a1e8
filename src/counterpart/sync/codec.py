"""Between stored rows and the pure core: registers as canonical text, records as states."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from counterpart.foundation.actor import Actor
from counterpart.protocol import exchange
from counterpart.protocol.canonical import canonical_json
from counterpart.protocol.registers import Reg, Stamps
from counterpart.protocol.stamps import Site
from counterpart.sync.handler import Author, Handler, Values
from counterpart.sync.models import Record

_stamps_decoder = msgspec.json.Decoder(dict[str, tuple[int, int]])


def stamps_text(stamps: Mapping[str, Stamps]) -> str:
    """Stamps as canonical JSON, so that equal stamps are equal texts."""
    return canonical_json(stamps).decode()


def read_stamps(text: str) -> dict[str, Stamps]:
    """The inverse of ``stamps_text``."""
    return _stamps_decoder.decode(text)


def state_of(handler: Handler, record: Record, values: Values) -> dict[str, Reg]:
    """The whole state of a record: values from the columns (or held by the engine), stamps from the record.

    Registers neither stamped nor filled are left out.
    """
    stamps = read_stamps(record.regs)
    state: dict[str, Reg] = {}
    for name, rule in handler.registers.items():
        value = record.held.get(name) if rule.kept else values.get(name)
        if (pair := stamps.get(name)) is not None:
            state[name] = Reg(value, *pair)
        elif value is not None:
            state[name] = Reg(value)
    return state


def standing_of(record: Record) -> exchange.Standing:
    """How the exchange of a record stands, for the pure core."""
    return exchange.Standing(
        read_stamps(record.shadow), record.stated_digest, record.stated_epoch, record.stated_n, record.known_at_peer,
        record.force, record.error_code, record.error_register, record.attempts,
        to_ms(record.next_attempt) if record.next_attempt else 0,
    )  # fmt: skip


def held_of(handler: Handler, state: Mapping[str, Reg]) -> dict[str, Any]:
    """The values the engine itself keeps, out of a state."""
    return {name: reg.value for name, reg in state.items() if handler.registers[name].kept and reg.value is not None}


def presence_register(site: Site) -> str:
    """The register in which a site says whether its record is active, archived or deleted."""
    return f"presence_{site.code}"


def author_row(actor: Actor, at: datetime) -> list[Any]:
    """An actor as stored beside a register: name, e-mail, milliseconds."""
    return [actor.name, actor.email, to_ms(at)]


def author_from(row: list[Any] | None) -> Author:
    """The inverse, for rows that may be missing."""
    return Author(*row) if row else Author("", "", 0)


def author_of(authors: Mapping[str, list[Any]], register: str) -> list[Any]:
    """Who last wrote a register; '' stands for every register not named."""
    return authors.get(register) or authors.get("") or ["", "", 0]


def unstamped_author(register: str) -> str:
    """Under this name the authors keep who changed a register here that only the peer writes."""
    return f"{register} here"


def with_authors(authors: Mapping[str, list[Any]], registers: Iterable[str], row: list[Any]) -> dict[str, list[Any]]:
    """The authors after an edit of the registers."""
    return {**authors, **dict.fromkeys(registers, row)}


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """The moment, in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)
