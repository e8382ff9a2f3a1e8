"""Legal Accounting's numbers in the simulation: the ledger, the sequences, and the answer to a request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulation.store import Transaction

from counterpart.protocol import numbers
from counterpart.protocol.exchange import is_severed, request_is_open
from counterpart.protocol.numbers import Sequence, number_key, number_problem
from counterpart.protocol.registers import Merge, Reg
from counterpart.protocol.stamps import Site

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel


@dataclass(frozen=True, slots=True)
class Decision:
    state: dict[str, Reg]
    code: str = ""

    @property
    def refused(self) -> bool:
        return bool(self.code)


class Numbering:
    """Gives numbers on LA, does nothing on PM."""

    def __init__(self, site: "SiteModel") -> None:
        self.site = site
        self.separate = False

    def decide(self, tx: Transaction, sync_id: str, state: dict[str, Reg], merge: Merge) -> Decision:
        """Number a record that has none, or answer a request (section 8)."""
        if self.site.site is not Site.LA or is_severed(state):
            return Decision(state)
        number = state.get("number")
        requested = state.get("requested_number")
        request = requested.value if requested is not None else None
        if self.is_answered(requested, number, merge):
            return Decision(state)
        if not request:
            return Decision(self._stamped(sync_id, state, self.allocate(tx, sync_id, state)))
        if number is not None and number_key(request["number"]) == number_key(number.value):
            return Decision(state)
        code = self.take(tx, sync_id, state, request["number"], keep=request["keep_sequence"])
        return Decision(state, code) if code else Decision(self._stamped(sync_id, state, request["number"]))

    def is_answered(self, requested: Reg | None, number: Reg | None, merge: Merge) -> bool:
        """Whether nothing is to be decided: there is a number, and no request that is new or still open."""
        just_asked = requested is not None and requested.value and "requested_number" in merge.changed
        return number is not None and not request_is_open(requested, number) and not just_asked

    def _stamped(self, sync_id: str, state: dict[str, Reg], number: str) -> dict[str, Reg]:
        """Stamped over everything the decision knew, the request above all."""
        stamp = self.site.stamp(*(reg.newest for reg in state.values()))
        self.site.world.edited(self.site, sync_id, state, {"number": number}, stamp)
        return self.site.stamped(state, stamp, {"number": number})

    def allocate(self, tx: Transaction, sync_id: str, state: dict[str, Reg]) -> str:
        scheme = self.scheme(state)
        number, after = numbers.allocate(self.sequence(tx, scheme), lambda key: self.is_used(tx, key))
        tx.put("sequences", scheme, after)
        self.enter(tx, sync_id, number)
        return number

    def take(self, tx: Transaction, sync_id: str, state: dict[str, Reg], number: str, *, keep: bool) -> str:
        """Give a record the number somebody typed; return the code of the refusal, or ''."""
        if number_problem(number):
            return "number_invalid"
        if self.holder(tx, number) not in (None, sync_id):
            return "number_in_use"
        self.enter(tx, sync_id, number)
        if not keep:
            scheme = self.scheme(state)
            tx.put("sequences", scheme, numbers.after_typed(self.sequence(tx, scheme), number))
        return ""

    def holder(self, tx: Transaction, number: str) -> str | None:
        return tx.get("ledger", number_key(number))

    def is_used(self, tx: Transaction, key: str) -> bool:
        return tx.get("ledger", key) is not None

    def enter(self, tx: Transaction, sync_id: str, number: str) -> None:
        tx.put("ledger", number_key(number), sync_id)

    def sequence(self, tx: Transaction, scheme: str) -> Sequence:
        return tx.get("sequences", scheme) or Sequence({"vendor": "V~", "other": "O~"}.get(scheme, ""))

    def scheme(self, state: dict[str, Reg]) -> str:
        scheme: Any = state["scheme"].value if "scheme" in state else "client"
        return scheme if self.separate else "client"
