"""Canonical JSON and digests: both sites must turn equal values into equal bytes (sync-protocol section 2)."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from counterpart.protocol.registers import Reg, Register

_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(value: Any) -> bytes:
    """Encode with sorted keys and no white space. Values are JSON values already in their normal form."""
    return _encoder.encode(value)


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def state_digest(policy: Mapping[str, Register], state: Mapping[str, Reg]) -> str:
    """Digest of a record: SHA-256 of canonical JSON of (register, value, pm, la), sorted (section 6).

    Registers never stamped are no part of it. Of a *create only* register only the stamps count: later edits of
    an address are local to each site unless the firm shares them (section 2).
    """
    rows = [
        [name, None if policy[name].create_only else reg.value, reg.pm, reg.la]
        for name, reg in sorted(state.items())
        if name in policy and (reg.pm or reg.la)
    ]
    return sha256(canonical_json(rows))
