"""The connection check (ONB-4): the facts behind most sync faults, each with pass or fail and how to fix it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refusal
from counterpart.protocol.colour import CONTACT_LIMIT_MS, Mode
from counterpart.sync.check_finding import Check
from counterpart.sync.checks_running import running_checks
from counterpart.sync.keys import active_keys, private_key
from counterpart.sync.link import effective_mode, get_link
from counterpart.sync.models import Link
from counterpart.sync.registry import policy_block

CLOCK_LIMIT_MS = 30_000
"""Clocks decide between edits made at the same time; half a minute apart, they decide wrongly."""
NAMES_SHOWN_MAX = 10

User = dict[str, Any]


def connection_check() -> list[Check]:
    """Every check, in the order in which faults are best fixed."""
    link = get_link()
    found = [_connected(link), *_keys(link)]
    if link is not None and link.peer_instance:
        found += [
            _contact(link),
            _clocks(link),
            _versions(link),
            _numbering(link),
            *running_checks(link),
            *_people(link),
        ]
    return [*found, _durability()]


def _connected(link: Link | None) -> Check:
    name, peer = "Connection", settings.COUNTERPART_PEER_NAME
    mode = effective_mode(link)
    if link is not None and mode is Mode.OFF:
        where = settings.COUNTERPART_PRODUCT_NAME if link.mode == Mode.OFF else peer
        text = f"The link is switched off in {where}."
        return Check(name, ok=False, text=text, remedy="Switch it on there, on the connection page.")
    if link is None or mode is Mode.UNPAIRED:
        return Check(name, ok=False, text=f"{peer} is not connected.", remedy="Paste its connection card here.")
    if mode is Mode.PAUSED:
        text = link.mode_reason or f"The exchange was paused in {peer}."
        return Check(name, ok=False, text=text, remedy="Resume it on the connection page where it was paused.")
    if mode is Mode.HEALING:
        text = link.mode_reason or f"{peer} has stopped the exchange after a restore from a backup."
        return Check(name, ok=False, text=text, remedy="The connection page says what happened and what can be done.")
    return Check(name, ok=True, text=f"Connected to {peer} at {link.peer_url}.")


def _keys(link: Link | None) -> Iterable[Check]:
    name = "Keys and signatures"
    keys = active_keys(own=True)
    if link is None or not keys:
        yield Check(name, ok=None, text="This site has no key yet.", remedy="Open the connection page once.")
        return
    try:
        for key in keys:
            private_key(key)
    except Refusal as refusal:
        yield Check(name, ok=False, text=str(refusal), remedy="Bring back the data folder's secrets, or add a new key.")
        return
    if link.last_problem:
        remedy = "It tries again by itself. If it stays, check the address and paste the new connection card."
        yield Check(name, ok=False, text=link.last_problem, remedy=remedy)
        return
    yield Check(name, ok=True, text=f"{len(keys)} active {'key' if len(keys) == 1 else 'keys'}; messages are accepted.")


def _contact(link: Link) -> Check:
    name, peer = "Last contact", settings.COUNTERPART_PEER_NAME
    remedy = f"See that {peer} and its worker are running and that {link.peer_url} can be reached from this server."
    if link.last_contact is None:
        return Check(name, ok=False, text=f"{peer} has not answered yet.", remedy=remedy)
    silent = now() - link.last_contact
    seconds = max(int(silent.total_seconds()), 0)
    if silent > timedelta(milliseconds=CONTACT_LIMIT_MS):
        return Check(name, ok=False, text=f"{peer} was last heard {_duration(seconds)} ago.", remedy=remedy)
    return Check(name, ok=True, text=f"{peer} was heard within the last minute.")


def _duration(seconds: int) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"  # never fewer than the contact limit


def _clocks(link: Link) -> Check:
    offset = abs(link.clock_offset_ms)
    text = f"The clocks of the two servers differ by {offset / 1000:.1f} s."
    if offset > CLOCK_LIMIT_MS:
        return Check("Clocks", ok=False, text=text, remedy="Switch on time synchronisation (NTP) on both servers.")
    return Check("Clocks", ok=True, text=text)


def _versions(link: Link) -> Check:
    name = "Versions and rules"
    if link.peer_incompatible:
        remedy = "Update both products to the same version."
        return Check(name, ok=False, text=link.peer_incompatible, remedy=remedy)
    return Check(name, ok=True, text="Both products speak the same version and follow the same rules.")


def _numbering(link: Link) -> Check:
    name, peer = "Separate numbering sequences", settings.COUNTERPART_PEER_NAME
    here = policy_block().get("separate_numbering_sequences")
    there = link.peer_policy.get("separate_numbering_sequences")
    if here is None or there is None:
        return Check(name, ok=None, text=f"{peer} has not said yet whether it uses separate sequences.")
    if here == there:
        return Check(name, ok=True, text=f"{'On' if here else 'Off'} in both products.")
    text = f"{'On' if here else 'Off'} here, {'on' if there else 'off'} in {peer}."
    return Check(name, ok=False, text=text, remedy="Set the switch the same in both products.")


def _people(link: Link) -> list[Check]:
    """Users are matched by e-mail, without regard to case and spaces (USR-1, USR-2, USR-6)."""
    peer = settings.COUNTERPART_PEER_NAME
    here, there = _by_email(policy_block().get("users")), _by_email(link.peer_policy.get("users"))
    if not there:
        return [Check("People in both products", ok=None, text=f"{peer} has not sent its list of users yet.")]
    active_here, active_there = _active(here), _active(there)
    both = [email for email in active_here if email in there]
    disabled = [email for email in both if not there[email].get("active")]
    renamed = [email for email in both if email not in disabled and _name(here[email]) != _name(there[email])]
    only_here = [email for email in active_here if email not in there]
    only_there = [email for email in active_there if email not in here]
    add = "with the same e-mail. Changes are exchanged meanwhile."
    same_name, same_state = "Give each person the same name in both.", "Enable or disable them in both."
    return [
        _listed(f"People of this product in {peer}", only_here, here, "Only here", f"Add them in {peer} {add}"),
        _listed(f"People of {peer} in this product", only_there, there, f"Only in {peer}", f"Add them here {add}"),
        _listed("Same names in both", renamed, here, f"Another name in {peer}", same_name),
        _listed("Enabled in both", disabled, here, f"Disabled in {peer}", same_state),
    ]


def _by_email(users: Any) -> dict[str, User]:
    return {str(user.get("email", "")).strip().lower(): user for user in users or []}


def _active(users: dict[str, User]) -> list[str]:
    return sorted(email for email, user in users.items() if user.get("active"))


def _name(user: User) -> str:
    return " ".join(str(user.get("name", "")).split())


def _listed(name: str, emails: list[str], users: dict[str, User], what: str, remedy: str) -> Check:
    if not emails:
        return Check(name, ok=True, text="Nobody stands out.", is_advice=True)
    shown = ", ".join(f"{_name(users[email])} <{email}>" for email in emails[:NAMES_SHOWN_MAX])
    more = len(emails) - NAMES_SHOWN_MAX
    text = f"{what}: {shown}{f' and {more} more' if more > 0 else ''}."
    return Check(name, ok=False, text=text, remedy=remedy, is_advice=True)


def _durability() -> Check:
    """A receipt promises that a change survives a power cut; these settings make it true (section 19)."""
    name = "Database keeps what it confirmed"
    wrong = _weak_settings()
    if wrong:
        text = "; ".join(f"{setting} is {value}" for setting, value in wrong)
        return Check(
            name, ok=False, text=f"{text}.", remedy="Confirmed work could be lost in a power cut. Set it right."
        )
    return Check(name, ok=True, text="A confirmed change is on the disk.")


def _weak_settings() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            wanted = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply"}}
            query = "SHOW {}"
        else:
            wanted = {"journal_mode": {"wal", "memory"}, "synchronous": {"2", "3"}}
            query = "PRAGMA {}"
        found = []
        for setting, good in wanted.items():
            cursor.execute(query.format(setting))  # the names above, nothing from outside
            value = str(cursor.fetchone()[0])
            if value not in good:
                found.append((setting, value))
    return found
