"""Values changed behind both applications' backs, and lost sync rows: found by the sweep and put right (section 12)."""

from __future__ import annotations

from typing import Any

from tests.pair.waiting import eventually

MODELS = {
    "practice": "counterpart.practice.contacts.models",
    "accounting": "counterpart.accounting.contacts.models",
}
OUTSIDE = "Outside the application"


def raw(firm: Any, product: str, changes: dict[str, dict[str, str]], lost: list[str] = []) -> None:  # noqa: B006 - only read
    """Columns written by SQL, and sync rows removed, while both products run."""
    firm.shell(
        product,
        f"from {MODELS[product]} import Contact\nfrom counterpart.sync.models import Record\n"
        f"for pk, columns in {changes!r}.items(): assert Contact.objects.filter(pk=pk).update(**columns) == 1\n"
        f"for pk in {lost!r}: assert Record.objects.filter(local_id=pk).delete()[0]\nprint(1)",
    )


def outside_edits(firm: Any, product: str, contact_id: str) -> int:
    """How often the record's history names the outside."""
    code = (
        "from counterpart.foundation.history.models import Event\n"
        f"print(Event.objects.filter(object_id={contact_id!r}, actor_name={OUTSIDE!r}).count())"
    )
    return int(firm.shell(product, code))


def test_what_was_changed_behind_the_applications_arrives(firm, linked):
    """IMP-1, section 12: changed in one product, in the other, in both; sync rows lost in either. Afterwards both are
    green and equal, nothing exists twice, and the history says that it came from outside.
    """
    pairs = [linked(email=f"typed-{n}@example.com") for n in range(5)]
    (a, a_there), (b, b_there), (c, c_there), (d, _), (_, e_there) = pairs
    count = len(firm.pm.find()), len(firm.la.find())
    raw(firm, "practice", {a["id"]: {"email": "sql-a@example.com"}, c["id"]: {"email": "sql-c@example.com"}}, [d["id"]])
    raw(
        firm,
        "accounting",
        {b_there["id"]: {"email": "sql-b@example.com"}, c_there["id"]: {"alias": "from SQL"}},
        [e_there["id"]],
    )

    found = firm.sweep()

    assert (found["different"], found["unrepaired"]) == (5, 0), found
    for here, there in pairs:
        mine, theirs = firm.pm.wait(here["id"]), firm.la.wait(there["id"])
        assert (mine["email"], mine["alias"], mine["reference"]) == (theirs["email"], theirs["alias"], theirs["number"])
    assert firm.la.get(a_there["id"])["email"] == "sql-a@example.com"
    assert firm.pm.get(b["id"])["email"] == "sql-b@example.com"
    assert (firm.la.get(c_there["id"])["email"], firm.pm.get(c["id"])["alias"]) == ("sql-c@example.com", "from SQL")
    assert (len(firm.pm.find()), len(firm.la.find())) == count
    # Each product names the outside for what was changed there, and for what the other was told of it.
    assert [outside_edits(firm, "practice", one["id"]) for one in (a, b, c, d)] == [1, 1, 2, 0]
    assert [outside_edits(firm, "accounting", one["id"]) for one in (a_there, b_there, c_there)] == [1, 1, 2]
    assert firm.sweep()["different"] == 0
    # The other product keeps the report too.
    kept = "from counterpart.sync.models import Sweep\nprint(Sweep.objects.filter(by_peer=True, different=5).count())"
    eventually(lambda: firm.shell("accounting", kept) == 1)
