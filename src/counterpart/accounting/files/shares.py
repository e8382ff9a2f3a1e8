"""How a file's bills are divided between its payers: pure arithmetic on shares (LA-SPL-1 to LA-SPL-3, GRP-4 to GRP-11).

A share counts ten-thousandths of a percent; those of a file always add up to ``WHOLE``. Payers stand in order, the
first is the primary contact.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeVar

from counterpart.accounting.split import WHOLE
from counterpart.foundation.errors import FieldError, Refused

ONE_PERCENT: Final = WHOLE // 100

_PERCENT: Final = re.compile(r"[0-9]{1,3}(?:[.][0-9]{1,4})?")

Payer = TypeVar("Payer")
Shares = list[tuple[Payer, int]]


def after_clients(before: Sequence[tuple[Payer, int]], clients: Sequence[Payer]) -> Shares[Payer]:
    """The payers after the clients became these (GRP-4, GRP-7 to GRP-11).

    Of a file that was divided, what a removed one paid goes to the (new) primary, who keeps his own; the others keep
    theirs, whatever their order now is; a new one pays nothing. Of one that was not, the primary pays all, whoever that
    is now (LA-FIL-8, sync-protocol 9).
    """
    assert clients, "a file has at least one payer"
    kept = dict(before) if is_divided(before) else {}
    freed = WHOLE - sum(kept.get(client, 0) for client in clients)
    primary, *others = clients
    return [(primary, kept.get(primary, 0) + freed), *((client, kept.get(client, 0)) for client in others)]


def is_divided(payers: Sequence[tuple[Payer, int]]) -> bool:
    """Whether anybody but the primary contact pays something."""
    return any(share for _, share in payers[1:])


def with_shares(before: Sequence[tuple[Payer, int]], shares: Mapping[Payer, int]) -> Shares[Payer]:
    """The payers after their shares were edited; those not named keep theirs and the primary has the rest (LA-SPL-2).

    Raises Refused, a sentence per payer under ``shares.<position>``: not a payer, the primary, below 0, and when the
    primary would go below 0.
    """
    (primary, _), *others = before
    positions = {payer: position for position, (payer, _) in enumerate(before)}
    errors = []
    for payer, share in shares.items():
        if payer not in positions:
            errors.append(FieldError("shares", "One of these contacts is not a client of the file.", "payer.unknown"))
        elif payer == primary:
            text = "The primary contact has what the others leave; its share is not typed."
            errors.append(FieldError(f"shares.{positions[payer]}", text, "share.primary"))
        elif not 0 <= share <= WHOLE:
            text = "A share is between 0 and 100 %."
            errors.append(FieldError(f"shares.{positions[payer]}", text, "share.range"))
    if errors:
        raise Refused(errors)
    after = [(payer, shares.get(payer, share)) for payer, share in others]
    rest = WHOLE - sum(share for _, share in after)
    if rest < 0:
        text = f"{percent(-rest)} % more than a whole. Lower the shares by as much: the primary has the rest."
        raise Refused([FieldError("shares", text, "share.too_much")])
    return [(primary, rest), *after]


def percent(share: int) -> str:
    """Return a share as a percentage with its four decimals: 333_333 is 33.3333."""
    return f"{share // ONE_PERCENT}.{share % ONE_PERCENT:04d}"


def share_of(text: str | Decimal) -> int:
    """Return the share a percentage means: 33.3333 is 333_333. Raises ValueError with a sentence."""
    typed = str(text).strip().removesuffix("%").strip().replace(",", ".")
    if not _PERCENT.fullmatch(typed):
        raise ValueError("Enter a percentage with at most four decimals, such as 33.3333.")
    share = int(Decimal(typed) * ONE_PERCENT)
    if share > WHOLE:
        raise ValueError("A share is at most 100 %.")
    return share
