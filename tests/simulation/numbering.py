"""Legal Accounting's numbers in the simulation: the ledger, the sequences, and the answer to a request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulation.kinds import CONTACT, MATTER, Kind
from tests.simulation.store import Transaction

from counterpart.protocol import numbers
from counterpart.protocol.exchange import REQUEST, is_severed, request_is_open
from counterpart.protocol.numbers import Sequence, number_key, number_problem
from counterpart.protocol.registers import Merge, Reg
from counterpart.protocol.stamps import Site

if TYPE_CHECKING:
    from tests.simulation.model import SiteModel


@dataclass(frozen=True, slots=True)
class Decision:
    state: dict[str, Reg]
    code: str = ""
    register: str = REQUEST

    @property
    def refused(self) -> bool:
        return bool(self.code)


class Numbering:
    """Gives numbers on LA, does nothing on PM. Contacts and files have each their own space (section 8)."""

    def __init__(self, site: "SiteModel") -> None:
        self.site = site
        self.separate = False
        self.by_contact = False
        """Files are numbered after their primary client, 25-001, or through the whole firm (MAT-10, MAT-11)."""

    def decide(self, tx: Transaction, sync_id: str, kind: Kind, state: dict[str, Reg], merge: Merge) -> Decision:
        """Number a record that has none, or answer a request (section 8)."""
        if self.site.site is not Site.LA or is_severed(state):
            return Decision(state)
        number = state.get("number")
        requested = state.get(REQUEST)
        request = requested.value if requested is not None else None
        if self.is_answered(requested, number, merge):
            return Decision(state)
        if not request:
            return Decision(self._stamped(sync_id, state, self.allocate(tx, sync_id, kind, state)))
        if number is not None and number_key(request["number"]) == number_key(number.value):
            return Decision(state)
        code = self.take(tx, sync_id, kind, state, request["number"], keep=request["keep_sequence"])
        return Decision(state, code) if code else Decision(self._stamped(sync_id, state, request["number"]))

    def is_answered(self, requested: Reg | None, number: Reg | None, merge: Merge) -> bool:
        """Whether nothing is to be decided: there is a number, and no request that is new or still open."""
        just_asked = requested is not None and requested.value and REQUEST in merge.changed
        return number is not None and not request_is_open(requested, number) and not just_asked

    def _stamped(self, sync_id: str, state: dict[str, Reg], number: str) -> dict[str, Reg]:
        """Stamped over everything the decision knew, the request above all."""
        stamp = self.site.stamp(*(reg.newest for reg in state.values()))
        self.site.world.edited(self.site, sync_id, state, {"number": number}, stamp)
        return self.site.stamped(state, stamp, {"number": number})

    def allocate(self, tx: Transaction, sync_id: str, kind: Kind, state: dict[str, Reg]) -> str:
        key, sequence = self.sequence(tx, kind, state)
        number, after = numbers.allocate(
            sequence, lambda number: self.is_used(tx, (kind.name, number)), longest=kind.longest
        )
        tx.put("sequences", key, after)
        self.enter(tx, sync_id, kind, number)
        return number

    def take(self, tx: Transaction, sync_id: str, kind: Kind, state: dict[str, Reg], number: str, *, keep: bool) -> str:
        """Give a record the number somebody typed; return the code of the refusal, or ''."""
        if number_problem(number, longest=kind.longest):
            return "number_invalid"
        key, sequence = self.sequence(tx, kind, state)
        if kind is MATTER and self.by_contact and not number_key(number).startswith(number_key(sequence.prefix)):
            return "number_prefix"
        if self.holder(tx, kind, number) not in (None, sync_id):
            return "number_in_use"
        self.enter(tx, sync_id, kind, number)
        if not keep:
            tx.put("sequences", key, numbers.after_typed(sequence, number, longest=kind.longest))
        return ""

    def holder(self, tx: Transaction, kind: Kind, number: str) -> str | None:
        return tx.get("ledger", (kind.name, number_key(number)))

    def is_used(self, tx: Transaction, key: tuple[str, str]) -> bool:
        return tx.get("ledger", key) is not None

    def enter(self, tx: Transaction, sync_id: str, kind: Kind, number: str) -> None:
        tx.put("ledger", (kind.name, number_key(number)), sync_id)

    def hand_on(self, tx: Transaction, old: str, new: str) -> None:
        """The local record goes on under another identity: its numbers stay its own."""
        for key, holder in self.site.db.tables["ledger"].items():
            if holder == old:
                tx.put("ledger", key, new)

    def sequence(self, tx: Transaction, kind: Kind, state: dict[str, Reg]) -> tuple[Any, Sequence]:
        """The sequence a record draws from, and its key."""
        if kind is MATTER:
            return self._file_sequence(tx, state)
        scheme = state["scheme"].value if self.separate and "scheme" in state else "client"
        return scheme, tx.get("sequences", scheme) or Sequence({"vendor": "V~", "other": "O~"}.get(scheme, ""))

    def _file_sequence(self, tx: Transaction, state: dict[str, Reg]) -> tuple[Any, Sequence]:
        if not self.by_contact:
            return "file", tx.get("sequences", "file") or Sequence(next=12345)
        local_id = tx.get("records", state["clients"].value[0]).local_id
        prefix = f"{tx.get(CONTACT.table, local_id)['number']}-"
        held = tx.get("sequences", local_id) or Sequence(width=3)
        return local_id, Sequence(prefix, held.next, held.width)
