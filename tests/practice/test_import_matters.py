"""Matters with their parties from a file: found again, kept whole, nothing lost when a row is wrong (IMP-4 to IMP-9).

All names are invented.
"""

import csv
import html
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests.practice.conftest import WORK, actor, person, signed_in, text_of

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.importing import running, whole
from counterpart.foundation.importing.models import ImportRun
from counterpart.foundation.importing.whole import Order
from counterpart.foundation.search.finding import matching
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.importing.page import MATTERS
from counterpart.practice.matters.models import Matter, MatterType, Party
from counterpart.practice.matters.operations import delete_matter, edit_matter, restrict_matter
from counterpart.practice.matters.queries import matters_visible_to, parties_of

pytestmark = pytest.mark.django_db

HEADER = (
    "court", "docket_number", "matter_name", "matter_type", "date_filed", "assigned_to", "participant_name",
    "participant_role", "represents", "firm", "address", "phone", "fax", "email",
)  # fmt: skip
FERRY = {
    "court": "winn", "docket_number": "1:26-cv-00017", "matter_name": "Pemberton v. Orbast LLC",
    "matter_type": "Litigation", "date_filed": "2026-01-31", "assigned_to": "Hon. Ruth Abara",
}  # fmt: skip
VANE = {
    "participant_name": "Marlow Q. Vane , Jr.", "participant_role": "Attorney", "firm": "Vane & Tarn LLP",
    "address": "5 Elm Street, Suite 2, Albany, NY 12207", "phone": "518-555-0101", "fax": "518-555-0102",
    "email": "mvane@vanetarn.example",
}  # fmt: skip


def party(name: str, role: str, **more: str) -> dict[str, str]:
    return {**FERRY, "participant_name": name, "participant_role": role, **more}


ROWS = [
    party("Odalys Pemberton", "Plaintiff"),
    party("", "", **{**VANE, "represents": "Odalys Pemberton"}),
    party("Tarn Freight Inc", "Plaintiff"),
    party("Orbast LLC", "Defendant"),
    party("", "", **{**VANE, "represents": "Tarn Freight, Inc."}),
]


def file_of(folder: Path, rows: list[dict[str, str]], name: str = "matters.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(path: Path, *, by: Actor, again: bool = False, **options) -> ImportRun:
    return whole.import_file(order(path, by, **options), clock=now, again=again)


def order(path: Path, by: Actor, **options) -> Order:
    return Order(MATTERS, by, path, {"client_role": "Plaintiff", **options})


def reasons(done: ImportRun) -> list[str]:
    return list(done.failures.filter(is_skipped=False).values_list("reason", flat=True))


def on(matter: Matter) -> list[tuple[str, str]]:
    return [(one.role.name, str(one.contact)) for one in parties_of(matter.pk)]


def importer() -> Actor:
    """May import, but not change the settings."""
    rights = ("import.run", "matter.read", "matter.create", "matter.edit", "contact.read", "contact.create")
    return actor(person("Bea", *rights))


@pytest.fixture
def boss(admin):
    return actor(admin)


def test_a_docket_becomes_one_matter_with_its_parties(tmp_path, boss, admin):
    """Rows of one court and docket are one matter; who has the client role is a client and keeps the role, in order."""
    done = run(file_of(tmp_path, ROWS), by=boss)

    assert (done.failed_count, done.counts) == (0, {"matter": 1, "contact": 4, "party": 6})
    matter = Matter.objects.get()
    assert (matter.name, matter.matter_type.name, matter.date.isoformat()) == (
        "Pemberton v. Orbast LLC", "Litigation", "2026-01-31",
    )  # fmt: skip
    assert (matter.assigned_to, matter.external_reference) == (admin, "winn 1:26-cv-00017")
    assert on(matter) == [
        ("Client", "Odalys Pemberton"), ("Client", "Tarn Freight Inc"), ("Plaintiff", "Odalys Pemberton"),
        ("Plaintiff", "Tarn Freight Inc"), ("Defendant", "Orbast LLC"), ("Attorney", "Marlow Q. Vane Jr."),
    ]  # fmt: skip


def test_an_attorney_is_a_contact_with_everything_the_file_tells(tmp_path, boss):
    """Firm, address in parts, phone, fax and e-mail; whom they represent is kept on the matter."""
    run(file_of(tmp_path, ROWS), by=boss)

    vane = Contact.objects.get(last="Vane")
    assert (vane.kind, vane.first, vane.middle, vane.suffix, vane.company, vane.email) == (
        "individual", "Marlow", "Q.", "Jr.", "Vane & Tarn LLP", "mvane@vanetarn.example",
    )  # fmt: skip
    assert vane.phones == [{"label": "business", "number": "518-555-0101"}, {"label": "fax", "number": "518-555-0102"}]
    assert vane.physical_address == {
        "line1": "5 Elm Street", "line2": "Suite 2", "city": "Albany", "state": "NY", "postcode": "12207",
        "country": "US",
    }  # fmt: skip
    represents = Party.objects.get(contact=vane).represents
    names = [str(Contact.objects.get(pk=contact_id)) for contact_id in represents]
    assert names == ["Odalys Pemberton", "Tarn Freight Inc"]


def test_the_same_party_on_several_matters_is_one_contact(tmp_path, boss):
    """By name whatever its spelling; two e-mail addresses are two people; nobody-yet-named is one per docket."""
    other = {"docket_number": "1:26-cv-00018", "matter_name": "Orbast v. Tarn"}
    rows = [
        *ROWS,
        party("ORBAST, L.L.C.", "Plaintiff", **other),
        party("", "", **{**VANE, **other, "address": ""}),
        party("", "", **{**VANE, **other, "email": "other.vane@lindal.example", "firm": "Lindal PC"}),
        party("Does 1-10", "Defendant"),
        party("Does 1-10", "Defendant", **other),
    ]

    done = run(file_of(tmp_path, rows), by=boss)

    assert done.failed_count == 0
    assert Contact.objects.get(sort_name__startswith="orbast").company == "Orbast LLC"
    assert sorted(Contact.objects.filter(last="Vane").values_list("email", flat=True)) == [
        "mvane@vanetarn.example", "other.vane@lindal.example",
    ]  # fmt: skip
    aliases = Contact.objects.filter(company="Does 1-10").values_list("alias", flat=True)
    assert sorted(aliases) == ["winn 1:26-cv-00017", "winn 1:26-cv-00018"]


def test_contacts_that_are_here_are_used(tmp_path, boss):
    """An import makes no double of a contact the firm has, and changes none."""
    from tests.practice.conftest import create

    pemberton = create(first="Odalys", last="Pemberton", email="odalys@pemberton.example")

    run(file_of(tmp_path, ROWS), by=boss)

    assert Contact.objects.filter(last="Pemberton").get().pk == pemberton.pk
    assert Contact.objects.get(pk=pemberton.pk).version == 1


def test_with_the_same_e_mail_a_name_is_known_however_it_was_entered(tmp_path, boss):
    """A list of parties tells neither companies from people nor long last names; nobody is made twice."""
    from tests.practice.conftest import create

    firm = create(kind="company", company="Copperleaf Forensics", email="lab@copperleaf.example")
    bhriain = create(first="Saoirse", last="Ní Bhriain", email="saoirse@nibhriain.example")
    junior = create(first="Declan", last="O’Shaughnessy", suffix="Jr", email="declan@shea.example")
    create(first="Ruth", last="Abara", email="ruth@abara.example")
    rows = [
        party("Saoirse Ni Bhriain", "Plaintiff"),
        party("Copperleaf Forensics", "Expert", email="LAB@copperleaf.example"),
        party("Saoirse Ní Bhriain", "Plaintiff", email="saoirse@nibhriain.example"),
        party("Declan O’Shaughnessy", "Defendant", email="declan@shea.example"),
        party("Ruth Abara", "Defendant", email="another.ruth@abara.example"),
        party("", "", **{**VANE, "represents": "Copperleaf Forensics"}),
    ]

    done = run(file_of(tmp_path, rows), by=boss)

    on_it = set(Party.objects.values_list("contact_id", flat=True))
    assert done.failed_count == 0
    assert {firm.pk, bhriain.pk, junior.pk} < on_it
    assert (Contact.objects.filter(email__in=["lab@copperleaf.example", "saoirse@nibhriain.example"]).count()) == 2
    assert sorted(Contact.objects.filter(last="Abara").values_list("email", flat=True)) == [
        "another.ruth@abara.example", "ruth@abara.example",
    ]  # fmt: skip
    assert Contact.objects.count() == 6


def test_a_second_run_changes_nothing(tmp_path, boss):
    """The matter is found again by court and docket, everybody on it by name."""
    rows = [*ROWS, party("Does 1-10", "Defendant")]
    run(file_of(tmp_path, rows), by=boss)
    before = (Matter.objects.get().version, Contact.objects.count(), Party.objects.count(), Event.objects.count())

    done = run(file_of(tmp_path, rows), by=boss, again=True)

    assert done.counts == {}
    after = (Matter.objects.get().version, Contact.objects.count(), Party.objects.count(), Event.objects.count())
    assert after == before


def test_a_wrong_row_stops_no_other_and_can_be_handed_in_later(tmp_path, boss):
    """IMP-5: the file of refused rows, corrected, adds the parties to the matter that exists."""
    wrong = party("Lindal Brothers Co.", "Defendant", email="not an address")
    done = run(file_of(tmp_path, [*ROWS, wrong, {**FERRY, "docket_number": ""}]), by=boss)

    assert done.failed_count == 2
    assert reasons(done)[0].startswith("Email: ")
    assert reasons(done)[1].startswith("Docket number: A row needs the matter's number")
    assert Matter.objects.get().parties.count() == 6

    later = run(file_of(tmp_path, [{**wrong, "email": "office@lindal.example"}], "later.csv"), by=boss)

    assert (later.failed_count, later.counts) == (0, {"contact": 1, "party": 1})
    assert on(Matter.objects.get())[-2:] == [("Defendant", "Lindal Brothers Co."), ("Attorney", "Marlow Q. Vane Jr.")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"matter_name": ""}, "Matter name: Enter the name of the matter."),
        ({"date_filed": "31.31.2026"}, "Date filed: '31.31.2026' is not a date; write it like 2026-01-31."),
        ({"participant_role": ""}, "Participant role: Say what Odalys Pemberton is on the matter."),
        ({"participant_name": " , "}, "Participant name: Say who it is: the name is missing."),
        ({"participant_role": "x" * 61}, "Participant role: A role can have at most 60 characters."),
        ({"matter_type": "x" * 101}, "Matter type: The name of a matter type can have at most 100 characters."),
        ({"matter_name": "x" * 251}, "Matter name: This can have at most 250 characters; it has 251."),
    ],
)
def test_what_is_wrong_is_said(tmp_path, boss, change, reason):
    """The reason names the column; of a matter that can't be stored not even the contacts are made."""
    done = run(file_of(tmp_path, [{**ROWS[0], **change}]), by=boss)

    assert (reasons(done), Contact.objects.count()) == ([reason], 0)


def test_rows_of_one_docket_are_not_cut_apart(tmp_path, boss, monkeypatch):
    """Chunks end between matters; rows that stand apart in the file find their matter all the same."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    other = {"docket_number": "1:26-cv-00018", "matter_name": "Orbast v. Tarn"}
    rows = [*ROWS, party("Ana de la Cruz", "Plaintiff", **other), party("Lindal Co.", "Defendant")]

    done = run(file_of(tmp_path, rows), by=boss)

    assert (done.failed_count, Matter.objects.count()) == (0, 2)
    assert ("Defendant", "Lindal Co.") in on(Matter.objects.get(external_reference="winn 1:26-cv-00017"))


def test_types_and_roles_that_are_missing_are_added_for_those_who_may(tmp_path, boss):
    """A new type gets a client role and the roles the file uses."""
    rows = [{**row, "matter_type": "Maritime claim"} for row in [*ROWS, party("Ilse Harrow", "Harbor pilot")]]

    done = run(file_of(tmp_path, rows), by=boss)

    assert done.counts["matter type"] == 1
    roles = MatterType.objects.get(name="Maritime claim").roles.values_list("name", "is_primary")
    assert list(roles) == [
        ("Client", True), ("Plaintiff", False), ("Attorney", False), ("Defendant", False), ("Harbor pilot", False),
    ]  # fmt: skip


def test_who_may_not_change_types_is_told_which_are_missing(tmp_path):
    """The rows are refused, not the file; types are the administrators'."""
    bea = importer()
    rows = [*ROWS, party("Ilse Harrow", "Harbor pilot"), {**ROWS[0], "docket_number": "x1", "matter_type": "Maritime"}]

    done = run(file_of(tmp_path, rows), by=bea)

    assert reasons(done) == [
        "Participant role: “Harbor pilot” is no role of Litigation matters. An administrator can add it to the type.",
        "Matter type: There is no matter type “Maritime”. An administrator can add it, or import the file.",
    ]
    assert Matter.objects.count() == 1


def test_matters_are_assigned_to_people_who_work_here(tmp_path, boss, ada, admin):
    """By name or e-mail; judges are nobody here, so the matter goes to whom was chosen, else to who imports."""
    dockets = {"by-name": "Ada", "by-email": "ADA@example.com", "by-nobody": "Hon. Ruth Abara"}
    rows = [{**ROWS[0], "docket_number": number, "assigned_to": name} for number, name in dockets.items()]
    run(file_of(tmp_path, rows), by=boss)
    run(file_of(tmp_path, [{**ROWS[0], "docket_number": "chosen"}], "b.csv"), by=boss, assigned_to="ada@example.com")

    got = {one.external_reference.split()[1]: one.assigned_to for one in Matter.objects.select_related("assigned_to")}
    assert got == {"by-name": ada, "by-email": ada, "by-nobody": admin, "chosen": ada}


@pytest.mark.parametrize("options", [{"assigned_to": "who@example.com"}, {"matter_type": "No such type"}])
def test_options_that_name_nobody_are_refused(tmp_path, boss, options):
    with pytest.raises(Refused):
        run(file_of(tmp_path, ROWS), by=boss, **options)


def test_a_matter_is_found_by_its_docket_number(tmp_path, boss, admin):
    """It is no File Reference, which Legal Accounting gives, but search knows it."""
    run(file_of(tmp_path, ROWS), by=boss)

    matter = matching(matters_visible_to(admin), "26-cv-00017").get()
    assert (matter.file_reference, matter.requested_reference) == ("", "")


def test_the_docket_number_can_become_the_file_reference(tmp_path, boss):
    """Then it is asked for, and the sequence stays where it is (IMP-8)."""
    run(file_of(tmp_path, ROWS), by=boss, docket_as_reference=True)

    matter = Matter.objects.get()
    assert (matter.requested_reference, matter.requested_keep_sequence) == ("1:26-cv-00017", True)


def test_a_matter_behind_a_wall_is_not_touched_and_not_shown(tmp_path, boss, admin):
    """PRM-4: who may not see a matter can't add to it by a file either."""
    run(file_of(tmp_path, ROWS), by=boss)
    matter = Matter.objects.get()
    restrict_matter(actor=boss, matter_id=matter.pk, user_ids=[admin.pk], at=now())
    bea = importer()

    done = run(file_of(tmp_path, [party("Lindal Co.", "Defendant")], "b.csv"), by=bea)

    assert reasons(done) == ["Docket number: Another matter, which you can't view, has this docket number."]
    assert (Party.objects.count(), Contact.objects.filter(company="Lindal Co.").exists()) == (6, False)


def test_a_deleted_matter_is_made_anew(tmp_path, boss):
    run(file_of(tmp_path, ROWS), by=boss)
    delete_matter(actor=boss, matter_id=Matter.objects.get().pk, at=now())

    assert run(file_of(tmp_path, ROWS), by=boss, again=True).counts == {"matter": 1, "party": 6}


def test_a_rehearsal_makes_nothing_and_a_preview_says_what_would_be_made(tmp_path, boss):
    """IMP-4: the same code, taken back; types and contacts included."""
    rows = [{**row, "matter_type": "Maritime claim"} for row in ROWS]
    seen = whole.try_file(order(file_of(tmp_path, rows), boss), clock=now)

    assert seen.failures == []
    assert (seen.found["rows"], seen.found["counts"]) == (
        5, {"matter type": 1, "role": 3, "matter": 1, "contact": 4, "party": 6},
    )  # fmt: skip
    assert seen.found["remarks"] == [
        "The column assigned_to names nobody who works here (“Hon. Ruth Abara”): those matters are assigned to Admin."
    ]
    clients = "Odalys Pemberton; Tarn Freight Inc"
    assert seen.found["examples"] == [
        ["winn 1:26-cv-00017", "Pemberton v. Orbast LLC", "Maritime claim", clients, "2", "Admin"]
    ]
    left = (Matter.objects.count(), Contact.objects.count(), MatterType.objects.count(), ImportRun.objects.count())
    assert left == (0, 0, 2, 0)


def test_a_role_nobody_has_is_pointed_out(tmp_path, boss):
    """A matter without a client stays here (MAT-3)."""
    remarks = whole.try_file(order(file_of(tmp_path, ROWS), boss, client_role="Petitioner"), clock=now).found["remarks"]

    assert "1 matter would have no client, since nobody in the file is “Petitioner” on it." in remarks


def test_the_number_of_statements_does_not_depend_on_the_number_of_matters(tmp_path, boss):
    """Set-based: 60 matters cost what one costs."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(count: int, name: str) -> int:
        rows = [{**row, "docket_number": f"{name}-{n}"} for n in range(count) for row in ROWS]
        path = file_of(tmp_path, rows, f"{name}.csv")
        with CaptureQueriesContext(connection) as asked:
            run(path, by=boss)
        return len(asked)

    cost(1, "warm")
    assert cost(60, "many") <= cost(1, "one") + 2


def test_the_command_tells_what_it_made(tmp_path, admin):
    out = io.StringIO()
    path = file_of(tmp_path, ROWS)

    call_command("import_matters", path, "--client-role", "Plaintiff", "--porcelain", stdout=out)

    last = json.loads(out.getvalue().splitlines()[-1])
    counts = {"matter": 1, "contact": 4, "party": 6}
    told = {name: last[name] for name in ("finished", "created", "counts", "failed", "failed_file")}
    assert told == {"finished": True, "created": 5, "counts": counts, "failed": 0, "failed_file": ""}
    assert Matter.objects.get().assigned_to == admin


def test_the_command_refuses_a_file_of_something_else(tmp_path, admin):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")

    with pytest.raises(CommandError, match="No column is Matter number"):
        call_command("import_matters", path)


def test_the_real_dockets_import_without_a_failure(shared_folder, boss):
    """Main job: 17 dockets, once with plaintiffs as clients and once, in another firm, with defendants."""
    path = shared_folder / "data" / "matters.csv"

    done, again = run(path, by=boss), run(path, by=boss, again=True)

    assert (done.total_rows, done.failed_count, reasons(done)) == (342, 0, [])
    assert again.counts == {}
    assert (Matter.objects.count(), Party.objects.filter(role__is_primary=True).count()) == (17, 20)
    attorneys = Contact.objects.filter(pk__in=Party.objects.filter(role__name="Attorney").values("contact_id"))
    assert not attorneys.filter(kind="company").exists()
    assert attorneys.exclude(email="").exclude(company="").exists()
    assert not Party.objects.filter(role__name="Attorney", represents=[]).exists()


CLIO = (
    "status,location,client_reference,description,open_date,close_date,pending_date,custom_number,note,"
    "client_first_name,client_last_name,client_company_name"
)


def test_clio_s_template_is_known_as_it_is(tmp_path, boss):
    """A row is a matter with its client; without a number the name and the client tell them apart."""
    path = tmp_path / "clio.csv"
    rows = [
        "Open,Town,x,Pell estate,01/31/2026,,,00012-Pell,a note,Ilse,Pell,",
        "Closed,,,Harbour lease,2/3/2024,3/4/2025,,,,,,Tarn Freight Inc",
        "Pending,,,Harbour lease,,,,,,Ilse,Pell,",
    ]
    path.write_text("\n".join([CLIO, *rows]))

    done = whole.import_file(Order(MATTERS, boss, path), clock=now)

    assert (done.mapping_source, reasons(done), done.counts) == (
        "Clio, matters", [], {"matter": 3, "contact": 2, "party": 3},
    )  # fmt: skip
    found = {(one.name, one.status): one for one in Matter.objects.all()}
    assert {key: [str(party.contact) for party in parties_of(one.pk)] for key, one in found.items()} == {
        ("Pell estate", "active"): ["Ilse Pell"], ("Harbour lease", "closed"): ["Tarn Freight Inc"],
        ("Harbour lease", "inactive"): ["Ilse Pell"],
    }  # fmt: skip
    pell = found["Pell estate", "active"]
    assert (pell.external_reference, pell.date.isoformat()) == ("00012-Pell", "2026-01-31")


def test_clients_are_named_by_number_and_have_to_be_here(tmp_path, boss):
    """IMP-9: related rows name contacts by any key; contacts come first, and the reason says so."""
    from tests.practice.conftest import create

    pell = create(first="Ilse", last="Pell", reference="12", external_reference="c-7")
    path = tmp_path / "list.csv"
    path.write_text(
        "Matter number,Description,Client number,Client external id\nA1,One,12,\nA2,Two,,C-7\nA3,Three,99,\n"
    )

    done = whole.import_file(Order(MATTERS, boss, path), clock=now)

    assert set(Party.objects.values_list("contact_id", flat=True)) == {pell.pk}
    assert reasons(done) == ["No contact has the reference 99. Import the contacts first."]


def test_matters_that_are_here_are_changed_if_asked_and_put_back(tmp_path, boss, admin):
    """IMP-2, IMP-7: by their number; parties that are missing are added, and taken off again."""
    run(file_of(tmp_path, ROWS), by=boss)
    matter = Matter.objects.get()
    row = party("Ana Cruz", "Defendant", matter_name="Pemberton v. Orbast and Cruz", date_filed="2026-02-01")
    path = file_of(tmp_path, [row, {**row, "docket_number": "new"}], "b.csv")

    tried = whole.try_file(order(path, boss, mode="update"), clock=now)
    done = run(path, by=boss, mode="update")

    assert (tried.found["updated"], tried.found["failed"], done.updated_count, done.failed_count) == (1, 1, 1, 1)
    again = Matter.objects.get()
    assert (again.name, again.date.isoformat(), len(on(again))) == ("Pemberton v. Orbast and Cruz", "2026-02-01", 7)

    undone = whole.undo_file(order(path, boss, mode="update"), clock=now)

    again = Matter.objects.get()
    assert (undone.kept_count, again.name, again.date.isoformat(), len(on(again))) == (0, matter.name, "2026-01-31", 6)
    assert Contact.objects.get(last="Cruz").deleted_at is not None


def test_a_whole_import_of_matters_is_taken_back(tmp_path, boss):
    """IMP-7: the matters, then the contacts made for them; types stay, since others may use them by now."""
    run(file_of(tmp_path, ROWS), by=boss)

    undone = whole.undo_file(order(file_of(tmp_path, ROWS), boss), clock=now)

    left = Matter.objects.filter(deleted_at=None).count(), Contact.objects.filter(deleted_at=None).count()
    assert (undone.undone_count, undone.kept_count, left) == (5, 0, (0, 0))


def test_what_became_hidden_is_not_said_to_be_undone(tmp_path, admin):
    """PRM-4, IMP-7: it is counted, nothing is said of it, and it stays with whoever is on it."""
    rights = "import.run", "matter.read", "matter.create", "matter.edit", "matter.delete", "contact.delete"
    bea = person("Bea", *WORK, *rights)
    path = file_of(tmp_path, ROWS)
    done = run(path, by=actor(bea))
    matter = Matter.objects.get()
    edit_matter(actor=actor(admin), matter_id=matter.pk, changes={"assigned_to": admin.pk}, at=now())
    restrict_matter(actor=actor(admin), matter_id=matter.pk, user_ids=[admin.pk], at=now())

    whole.undo_file(order(path, actor(bea)), clock=now)

    done.refresh_from_db()
    assert (done.undone_count, done.kept_count) == (0, 5)
    assert not Matter.objects.get().is_deleted
    ImportRun.objects.filter(pk=done.pk).update(user=bea)
    page = text_of(signed_in(bea).get(f"/matters/import/{done.pk}/"))
    assert "1 of them you may not see any more; they were not undone." in page
    assert matter.name not in page
    assert "It is on a matter you can't view." in html.unescape(page)
