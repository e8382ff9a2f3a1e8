"""The engine's door: products, their pages and commands import this module and nothing else of the engine."""

from counterpart.sync.absorbing import (
    absorb,
    aliases,
    ask_merge,
    ask_separate,
    last_named,
    merge_route,
    separate,
    withdraw_merge,
)
from counterpart.sync.conflicts import Conflict, close_conflict, conflict_count, conflicts_for, use_other_value
from counterpart.sync.counting import Summary, not_green, summary, with_status
from counterpart.sync.golive.runs import status as go_live_status
from counterpart.sync.handler import (
    Amendment,
    Author,
    Closure,
    Handler,
    Label,
    Newcomer,
    Outcome,
    Refusal,
    Stored,
    Values,
)
from counterpart.sync.link import PeerFacts, is_on, link_mode, pause, peer, resume, switch_off, switch_on
from counterpart.sync.probing import ask
from counterpart.sync.recording import (
    Lane,
    born,
    force,
    identify,
    lock,
    note_unstamped,
    offer_again,
    saved,
    set_presence,
    set_presences,
)
from counterpart.sync.registry import handler_for, register, register_answer, register_policy_block
from counterpart.sync.remedies import Remedy, register_remedies
from counterpart.sync.states import (
    Difference,
    LinkState,
    find_local,
    link_state,
    link_states,
    local_ids,
    newborn_states,
    peer_home,
    peer_page,
    sync_ids,
)
from counterpart.sync.web.dot import link_dot

__all__ = [
    "Amendment", "Author", "Closure", "Conflict", "Difference", "Handler", "Label", "Lane", "LinkState", "Newcomer",
    "Outcome", "PeerFacts", "Refusal", "Remedy", "Stored", "Summary", "Values", "absorb", "aliases", "ask",
    "ask_merge", "ask_separate", "born", "close_conflict", "conflict_count", "conflicts_for", "find_local", "force",
    "go_live_status", "handler_for", "identify", "is_on", "last_named", "link_dot", "link_mode",
    "link_state", "link_states", "local_ids", "lock", "merge_route", "newborn_states", "not_green", "note_unstamped",
    "offer_again", "pause", "peer", "peer_home", "peer_page", "register", "register_answer",
    "register_policy_block", "register_remedies", "resume", "saved", "separate",
    "set_presence", "set_presences", "summary", "switch_off", "switch_on", "sync_ids", "use_other_value", "with_status",
    "withdraw_merge",
]  # fmt: skip
