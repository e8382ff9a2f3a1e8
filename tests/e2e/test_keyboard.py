"""Whole journeys by keyboard alone, the focus visible at every stop (WCAG 2.1.1, 2.4.7, 2.4.11)."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.e2e.conftest import At
from tests.e2e.keys import Keys
from tests.pair.firm import Firm
from tests.pair.matters import open_matter
from tests.pair.waiting import eventually

ROWS = """first,last,e-mail,nickname
Iona,{name},iona@{name}.example,Io
Rua,{name}New,rua@{name}.example,
,,nobody@{name}.example,
"""


def works(page: Page, what: str) -> None:
    """A heading, a message or a state that tells that it was done."""
    expect(page.locator("body")).to_contain_text(what, timeout=30_000)


def test_importing_a_file(at: At, firm: Firm, name: str, tmp_path: Path) -> None:
    """IMP-1, IMP-3, IMP-4: file, columns, options, a look-alike decided, dry run, run; all of it without a mouse."""
    here = firm.pm.create(first="Iona", last=name, email=f"iona@{name.lower()}.example")
    file = tmp_path / f"{name}.csv"
    file.write_text(ROWS.format(name=name.lower()), encoding="utf-8")
    page = at("practice", "/contacts/import/")
    keys = Keys(page)
    keys.into_main()
    keys.reach(page.locator("#id_file"))
    with page.expect_file_chooser() as chooser:
        keys.press("Space")
    chooser.value.set_files(file)
    keys.go(page.get_by_role("button", name="Next: columns"))

    keys.reach(page.get_by_label("nickname"))
    keys.press("Home")
    expect(page.get_by_label("nickname")).to_have_value("")
    keys.type("Alias")
    expect(page.get_by_label("nickname")).to_have_value("alias")
    keys.go(page.get_by_role("button", name="Next: options"))
    keys.reach(page.get_by_role("radio", name="Let me decide, one by one"))
    keys.go(page.get_by_role("button", name="Next: dry run"))
    works(page, "1 not decided: they are left out.")
    keys.into_main()
    keys.go(page.get_by_role("link", name="Look at them one by one"))
    keys.reach(page.get_by_role("radio").first)
    keys.press("Space")
    keys.go(page.get_by_role("button", name="Keep them and try again"))
    works(page, "What would happen")
    works(page, "Rows that would be refused")
    keys.go(page.get_by_role("button", name="Import 2 rows"))

    works(page, "Imported:")
    keys.go(page.get_by_role("link", name="See the contacts"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Contacts")
    assert firm.pm.get(here["id"])["alias"] == "Io"


def test_merging_field_by_field(at: At, firm: Firm, name: str) -> None:
    """DUP-6, DUP-9: found, the survivor and a field chosen, previewed, merged in both products."""
    phones = [{"label": "mobile", "number": "555 0163"}]
    made = [firm.pm.create(first="Iona", last=name, email=f"{which}@example.com", phones=phones) for which in "ab"]
    twins = [firm.pm.wait(one["id"]) for one in made]
    page = at("practice", "/contacts/duplicates/")
    keys = Keys(page)
    _compare_all(page, keys)
    group = page.locator(".alike-group").filter(has_text=name)
    keys.into_main()
    keys.go(group.get_by_role("button", name="Merge…"))

    survivors = page.locator("[name=survivor]")
    keys.reach(survivors.first)
    keys.press("ArrowDown")
    expect(survivors.last).to_be_checked()
    kept = survivors.last.get_attribute("value")
    other = next(one for one in twins if one["id"] != kept)
    keys.go(page.get_by_role("button", name="Preview"))
    works(page, "Its values are proposed now")
    # Both addresses are proposed, the survivor's first; only the other one's is wanted.
    keys.reach(page.locator("[name=choose-email]:checked"))
    wanted = page.locator(f"[name=choose-email][value='{other['id']}']")
    for _ in range(page.locator("[name=choose-email]").count()):
        if not wanted.is_checked():
            keys.press("ArrowDown")
    expect(wanted).to_be_checked()
    keys.go(page.get_by_role("button", name="Preview"))
    works(page, "What will happen")
    keys.go(page.get_by_role("button", name=re.compile("merge", re.IGNORECASE)))

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    # First the other product has one contact less, then it hears what was chosen for it.
    eventually(lambda: [one["email"] for one in firm.la.find(q=name)] == [other["email"]], 40)


def test_saying_that_two_are_not_duplicates(at: At, firm: Firm, name: str) -> None:
    """DUP-6: not asked again, and taken back."""
    for first in ("Iona", "Iona"):
        firm.pm.create(first=first, last=name, email=f"{name.lower()}@example.com")
    page = at("practice", "/contacts/duplicates/")
    keys = Keys(page)
    _compare_all(page, keys)
    group = page.locator(".alike-group").filter(has_text=name)
    keys.into_main()
    keys.go(group.get_by_role("button", name="Not duplicates"))

    expect(page.locator(".alike-group").filter(has_text=name)).to_have_count(0)
    keys.go(page.get_by_role("link", name="Not duplicates", exact=True))
    works(page, name)


def test_a_list_is_filtered_kept_arranged_changed_and_exported(at: At, firm: Firm, name: str) -> None:
    """PAG-1 to PAG-6: filter, view, columns, all results, one act on them, export."""
    firm.pm.create_many([{"kind": "individual", "first": f"N{number:02}", "last": name} for number in range(3)])
    page = at("practice", f"/contacts/?q={name}")
    keys = Keys(page)
    keys.press("f")
    keys.reach(page.get_by_role("checkbox", name="Individual"))
    keys.press("Space", "Enter")
    expect(page.locator(".list-chips .chip").first).to_be_visible()

    keys.reach(page.locator(".list-views > summary"))
    keys.press("Enter", "ArrowUp", "ArrowUp")
    expect(page.get_by_role("link", name="Keep this view…")).to_be_focused()
    keys.press("Enter")
    keys.into_main()
    keys.reach(page.get_by_label("Name", exact=True))
    keys.type(f"View of {name}")
    keys.press("Enter")
    works(page, f"View of {name}")
    keys.into_main()
    keys.reach(page.locator("#list-q"))
    keys.type(name)
    expect(page.locator("#results tbody tr")).to_have_count(3)

    keys.reach(page.locator("#results summary", has_text="Show"))
    keys.press("Enter", "ArrowDown", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Columns")
    keys.into_main()
    keys.reach(page.locator("[name=column]:not(:checked):not(:disabled)").first)
    added = page.evaluate("document.activeElement.closest('label').textContent.trim()")
    keys.press("Space")
    keys.go(page.get_by_role("button", name="Show these columns"))
    expect(page.locator("#results thead")).to_contain_text(added)

    keys.press("j", "x", "j", "x")
    expect(page.locator("[data-ticked]")).to_have_text("2 contacts selected.")
    keys.reach(page.get_by_role("checkbox", name="All on this page"))
    keys.press("Space")
    expect(page.locator("[data-ticked]")).to_have_text("3 contacts selected.")
    keys.reach(page.locator("summary", has_text="With the selected…"))
    keys.press("Enter")
    close = page.locator(".list-acts .dropdown-item", has_text="Close")
    for _ in range(9):
        keys.press("ArrowDown")
        if close.evaluate("e => e === document.activeElement"):
            break
    keys.press("Enter")
    keys.go(page.get_by_role("button", name=re.compile("Close 3 contacts")))
    works(page, "Finished.")
    keys.go(page.get_by_role("link", name="Back to the list"))
    keys.into_main()
    keys.go(page.get_by_role("link", name="Clear all"))
    keys.go(page.get_by_role("link", name="Export", exact=True))
    keys.reach(page.get_by_role("button", name="Download"))
    with page.expect_download() as download:
        keys.press("Enter")
    assert list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))


def test_parties_change_places(at: At, firm: Firm, name: str) -> None:
    """PTY-3: by the buttons of the row and by its menu; the focus stays with the party."""
    clients = [firm.pm.create(last=f"{name}{which}") for which in ("First", "Second", "Third")]
    docket = open_matter(firm.pm, firm.la, [firm.pm.wait(one["id"]) for one in clients], name=f"{name} v Quay")
    page = at("practice", f"/matters/{docket.matter_id}/parties/")
    keys = Keys(page)

    keys.into_main()
    keys.go(page.get_by_role("button", name=f"Move {name}Third up"))
    expect(page.locator("table.parties tbody tr").nth(1)).to_contain_text(f"{name}Third")
    expect(page.get_by_label(f"Actions for {name}Third, Client")).to_be_focused()
    keys.press("Enter", "ArrowDown", "Enter")  # Make primary
    expect(page.get_by_role("dialog")).to_contain_text("primary")
    keys.press("Enter")

    expect(page.locator("#matter-primary")).to_contain_text(f"{name}Third")
    expect(page.get_by_label(f"Actions for {name}Third, Client")).to_be_focused()


def test_the_sync_centre_is_filtered_and_a_record_tried_again(at: At, firm: Firm, name: str) -> None:
    """IND-6, IMP-1: state, kind, one retry, the ticked ones."""
    holder = firm.la.create(last=f"{name}Holder")
    made = firm.pm.create(last=name, reference=holder["number"])
    firm.pm.wait(made["id"], "red")
    page = at("practice", "/sync/")
    keys = Keys(page)
    keys.into_main()
    keys.go(page.locator(".sync-counts a", has_text="Sync error"))
    expect(page.locator(".sync-counts a[aria-current]").first).to_contain_text("Sync error")
    keys.reach(page.get_by_label("Kind"))
    keys.type("Contact")
    keys.go(page.get_by_role("button", name="Filter"))
    expect(page.locator(".sync-table")).to_contain_text(name)

    keys.go(page.get_by_role("button", name=f"Retry {name}", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sync centre")
    firm.pm.wait(made["id"], "red")
    page.reload()
    keys.into_main()
    keys.reach(page.get_by_role("checkbox", name=f"Select {name}", exact=True))
    keys.press("Space")
    keys.go(page.get_by_role("button", name="Retry the selected"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sync centre")
    firm.pm.wait(made["id"], "red")
    firm.pm.edit(made["id"], reference="")
    firm.pm.wait(made["id"])


def test_a_go_live_is_rehearsed_up_to_its_report(at: At, firm: Firm) -> None:
    """GOL-7: begun in Practice Management, the report read, ended."""
    page = at("practice", "/sync/go-live/")
    keys = Keys(page)
    keys.into_main()
    keys.reach(page.get_by_role("radio", name=re.compile("Rehearsal")))
    keys.go(page.get_by_role("button", name="Begin"))
    eventually(lambda: firm.la.call("GET", "/sync/go-live")["phase"] == "approve", 60)
    expect(page.get_by_role("heading", name="Report")).to_be_visible(timeout=30_000)
    keys.into_main()
    keys.go(page.locator("summary", has_text="Finish the rehearsal…"))
    keys.go(page.get_by_role("button", name="Finish", exact=True))

    expect(page.get_by_role("heading", name="Begin")).to_be_visible()
    eventually(lambda: firm.la.call("GET", "/sync/go-live")["phase"] == "ended", 30)


def test_lines_of_a_bill_are_tried(at: At, firm: Firm, name: str) -> None:
    """4.6: from the tab of the file to the totals."""
    client = firm.pm.wait(firm.pm.create(last=name)["id"])
    docket = open_matter(firm.pm, firm.la, [client], name=f"{name} v Quay")
    page = at("accounting", f"/files/{docket.file_id}/")
    keys = Keys(page)
    keys.into_main()
    keys.go(page.locator("main .nav-tabs a", has_text="Split"))
    keys.into_main()
    keys.reach(page.get_by_label("Lines of a bill"))
    keys.type("Drafting 333.35\nFiling fee 123.45")
    keys.go(page.get_by_role("button", name="Preview split"))

    expect(page.locator(".split-lines tfoot")).to_contain_text("456.80")


def test_the_bell_leads_to_what_it_tells(at: At) -> None:
    """STA-12: the bell in the header, its page, the work in the background."""
    page = at("accounting", "/contacts/")
    keys = Keys(page)
    keys.go(page.get_by_role("link", name=re.compile("^Notifications")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Notifications")
    keys.go(page.get_by_role("link", name="Background work"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Background work")


def _compare_all(page: Page, keys: Keys) -> None:
    """The finder, from the button to the groups; a short search may be over before its page is there."""
    keys.into_main()
    keys.go(page.get_by_role("button", name=re.compile("Find duplicates|Search again")))
    expect(page.locator("#finder-progress, .alike-group").first).to_be_visible()
    if page.locator("#finder-progress").count():
        keys.go(page.get_by_role("link", name="Show the groups"))
    expect(page.get_by_role("button", name="Search again")).to_be_visible()
