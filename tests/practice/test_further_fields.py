"""Further e-mail addresses, website, occupation, date of birth and tax number, on every surface (4.1, PAG-3, DUP-1)."""

import csv
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, WORK, actor, again, create, history_of, person, receive, signed_in, text_of
from tests.practice.test_api import Api, problems
from tests.practice.test_duplicates import merge
from tests.practice.test_further_methods import share, told

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import merging, undoing
from counterpart.foundation.alike.asking import alike
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.models import Merge
from counterpart.foundation.errors import Refused
from counterpart.foundation.history import verify
from counterpart.foundation.history.models import Event
from counterpart.foundation.importing import whole
from counterpart.foundation.importing.models import ImportMark, ImportRun
from counterpart.foundation.importing.whole import Order
from counterpart.foundation.masking import MASK
from counterpart.foundation.search.finding import matching
from counterpart.foundation.users.models import User
from counterpart.practice.contacts.forms import base_of
from counterpart.practice.contacts.import_page import CONTACTS
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import change_settings, edit_contact
from counterpart.practice.contacts.personal import EMAILS_MAX, arranged
from counterpart.practice.tokens import new_token

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Import", "import")
TAX = "TX-4417-99"
FULL: dict[str, Any] = {
    "first": "Nadia", "last": "Okonjo", "email": "nadia@okonjo.example", "emails": ["n.okonjo@work.example"],
    "website": "https://okonjo.example", "occupation": "Surveyor", "date_of_birth": "1980-05-21", "tax_number": TAX,
}  # fmt: skip


@pytest.fixture
def nora(db: None) -> User:
    """May everything with contacts, and read tax numbers."""
    return person("Nora", *WORK, "contact.view_sensitive", "contact.export", "contact.merge", "import.run")


@pytest.fixture
def olaf(db: None) -> User:
    """May the same, except to read tax numbers."""
    return person("Olaf", *WORK, "contact.export", "contact.merge", "import.run")


def run(folder: Path, text: str, name: str = "people.csv", by: Actor = SYSTEM, **options: Any) -> ImportRun:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return whole.import_file(Order(CONTACTS, by, path, options), clock=clock.now)


# --- the form and the page -------------------------------------------------------------------------------------------


def test_the_form_takes_and_shows_everything(nora: User) -> None:
    """WIN-3: what is typed in the group *More* and beside the e-mail is kept, shown, and filled in again."""
    client = signed_in(nora)
    typed = {**FULL, "kind": "individual", "token": new_token(), "further_email": [" n.okonjo@work.example ", ""]}
    del typed["emails"]
    typed["website"] = "okonjo.example/about"

    client.post("/contacts/new/", typed)
    contact = Contact.objects.get()
    page = text_of(client.get(f"/contacts/{contact.pk}/"))

    assert contact.emails == ["n.okonjo@work.example"]
    for said in ("Further e-mail n.okonjo@work.example", "Surveyor", "21 May 1980", TAX):
        assert said in page
    form = client.get(f"/contacts/{contact.pk}/edit/").content.decode()
    for value in ("n.okonjo@work.example", "1980-05-21", TAX, "Surveyor"):
        assert f'value="{value}"' in form
    assert 'data-fold="more" open' in form
    blank = client.get("/contacts/new/").content.decode()
    assert 'data-fold="more">' in blank


def test_empty_panels_are_one_line(nora: User) -> None:
    """PAG-3."""
    page = signed_in(nora).get(f"/contacts/{create(last='Ng').pk}/").content.decode()
    assert "Nothing entered" in page
    assert "Tax number" not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"further_email": "nobody"}, "nobody: Enter an e-mail address such as name@example.com."),
        ({"website": "javascript:alert(1)"}, "Enter a web address that begins with http:// or https://"),
        ({"website": "ftp://x.example"}, "Enter a web address that begins with http:// or https://"),
        ({"website": "https://user:secret@x.example"}, "Enter a web address that begins with http:// or https://"),
        ({"date_of_birth": "21 May"}, "Enter a day such as 1980-05-21."),
        ({"date_of_birth": "2980-05-21"}, "A date of birth can’t be in the future."),
        ({"occupation": "x" * 101}, "This can have at most 100 characters."),
        ({"tax_number": "9" * 51}, "This can have at most 50 characters."),
    ],
)
def test_bad_input_is_said_beside_the_field(nora: User, typed: dict[str, str], sentence: str) -> None:
    """4.1, WIN-8: a sentence, the typing kept, the group open, nothing created."""
    response = signed_in(nora).post("/contacts/new/", {"last": "Ng", "token": new_token(), **typed})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'value="{next(iter(typed.values()))}"' in response.content.decode()
    assert "further_email" in typed or 'data-fold="more" open' in response.content.decode()
    assert not Contact.objects.exists()


def marks_of(page: str) -> list[tuple[str, str]]:
    """The wrong inputs in their order: what each is called, or the name it is sent by, and what stands in it."""
    found = []
    for tag in re.findall(r"<(?:input|select)[^>]*aria-invalid[^>]*>", page):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        assert "is-invalid" in said["class"]
        assert f'id="{said["aria-describedby"]}"' in page
        found.append((said.get("aria-label") or said["name"], said.get("value", "")))
    return found


def test_each_wrong_input_of_several_is_marked(nora: User) -> None:
    """WIN-8: the rows that are wrong have the red frame and are described by the sentence, and no others."""
    client = signed_in(nora)
    typed = {
        "last": "Ng", "token": new_token(), "email": "ng@x.example", "further_email": ["", "a@x.example", "nobody"],
        "phone_label": ["business", "mobile", "home"], "phone_number": [" ", "1" * 100, "5"],
        "physical_line1": "1 Quay", "physical_state": "y" * 101,
    }  # fmt: skip

    page = client.post("/contacts/new/", typed).content.decode()

    wrong = [("Further e-mail address 2", "nobody"), ("Number 1", "1" * 100), ("physical_state", "y" * 101)]
    assert marks_of(page) == wrong
    assert 'href="#id_emails_1"' in page
    assert 'href="#id_phones_0"' in page
    label = client.post("/contacts/new/", {"last": "Ng", "phone_label": "none", "phone_number": "5"}).content.decode()
    assert marks_of(label) == [("Label of number 1", "")]
    many = {"further_email": [f"{n}@x.example" for n in range(EMAILS_MAX + 1)]}
    page = client.post("/contacts/new/", {"last": "Ng", "email": "ng@x.example", **many}).content.decode()
    assert marks_of(page) == [(f"Further e-mail address {EMAILS_MAX + 1}", f"{EMAILS_MAX}@x.example")]
    assert marks_of(client.get("/contacts/new/").content.decode()) == []


def test_only_a_person_has_an_occupation_and_a_birthday(nora: User) -> None:
    """4.1: a company has neither; one that becomes a company loses them, as it loses its personal names."""
    contact = create(**FULL, company="Okonjo Ltd")
    client = signed_in(nora)
    base = base_of(contact.__dict__, sees_private=True)
    typed = {**{name: value for name, value in base.items() if isinstance(value, str)}, "kind": "company"}

    client.post(f"/contacts/{contact.pk}/edit/", {**typed, "base": json.dumps(base), "version": "1"})

    after = again(contact)
    assert (after.kind, after.occupation, after.date_of_birth, after.website) == ("company", "", "", FULL["website"])
    with pytest.raises(Refused) as refusal:
        create(kind="company", company="Ng Ltd", occupation="Surveyor")
    assert refusal.value.field == "occupation"


def test_one_address_is_primary_if_there_is_any() -> None:
    """4.1: each address once, however it is written; the next one becomes primary when the first goes."""
    assert arranged("a@x.example", ["A@x.example", "b@x.example", "B@X.example"]) == ("a@x.example", ["b@x.example"])
    assert arranged("", ["b@x.example", "c@x.example"]) == ("b@x.example", ["c@x.example"])
    assert arranged("", []) == ("", [])
    contact = create(last="Ng", email="a@x.example", emails=["b@x.example"])

    edit_contact(actor=SYSTEM, contact_id=contact.pk, changes={"email": ""}, at=AT)

    assert (again(contact).email, again(contact).emails) == ("b@x.example", [])


def test_the_next_address_moves_up_when_the_other_product_removes_the_first() -> None:
    """PHN-2 in spirit: what Legal Accounting removed is gone, the next one is primary and is told back."""
    contact = create(last="Ng", email="a@x.example", emails=["b@x.example"])

    outcome = receive(contact, email=None)

    assert outcome.own == {"email": "b@x.example"}
    assert (again(contact).email, again(contact).emails) == ("b@x.example", [])


def test_further_addresses_go_along_as_methods() -> None:
    """IMP-7: where the firm carries further numbers, it carries further addresses by the same register."""
    contact = create(last="Ng", email="a@x.example", emails=["b@x.example"])
    assert told(contact) is None

    share()

    assert told(contact) == [{"label": "E-mail", "value": "b@x.example"}]


# --- tax numbers are private -----------------------------------------------------------------------------------------


def test_a_tax_number_is_nowhere_for_others(nora: User, olaf: User) -> None:
    """4.1: page, form, history, list, export, API, search and merge show the number to those alone who may see it."""
    contact, twin = create(**FULL), create(first="Nadya", last="Okonjo", tax_number="TX-5")
    edit_contact(actor=actor(nora), contact_id=contact.pk, changes={"tax_number": f"{TAX}-2"}, at=AT)
    sees, not_sees = signed_in(nora), signed_in(olaf)
    api = Api(olaf)
    listed = "/contacts/?columns=name,tax_number"
    merging_page = f"/contacts/merge/?contact={contact.pk}&contact={twin.pk}"

    def exported(client: Any, **choices: str) -> str:
        answer = client.post("/contacts/export/", {"format": "csv", "which": "all", "delimiter": "comma", **choices})
        return b"".join(answer.streaming_content).decode()

    pages = [f"/contacts/{contact.pk}/", f"/contacts/{contact.pk}/edit/", listed, merging_page]
    for path in pages:
        assert f"{TAX}-2" in sees.get(path).content.decode(), path
        assert TAX not in not_sees.get(path).content.decode(), path
    for path in (f"/contacts/{contact.pk}/history/", "/search/?q=Okonjo"):
        assert TAX not in sees.get(path).content.decode(), path
    fields, shown = {"which": "fields"}, {"which": "shown", "query": "columns=name,tax_number"}
    for choices in (fields, shown):
        assert f"{TAX}-2" in exported(sees, **choices)
        assert TAX not in exported(not_sees, **choices)
        assert MASK in exported(not_sees, **choices)
    assert TAX not in exported(sees, format="vcard")
    read = api("GET", f"/contacts/{contact.pk}")
    assert read.json()["tax_number"] == MASK
    assert TAX not in api("GET", "/contacts").content.decode()
    assert Api(nora)("GET", f"/contacts/{contact.pk}").json()["tax_number"] == f"{TAX}-2"
    assert not matching(Contact.objects.all(), "4417").exists()
    assert not matching(Contact.objects.all(), TAX).exists()


def test_history_says_that_it_changed_and_not_how(nora: User) -> None:
    """HIS-1: masked for everybody, in the book as on the page; the chain holds."""
    contact = create(**FULL)
    edit_contact(actor=actor(nora), contact_id=contact.pk, changes={"tax_number": "other"}, at=AT)
    edit_contact(actor=actor(nora), contact_id=contact.pk, changes={"tax_number": ""}, at=AT)

    told_of = [changes["tax_number"] for _, _, changes in history_of(contact.pk)]
    assert sorted(told_of, key=str) == sorted([[None, MASK], [MASK, MASK], [MASK, None]], key=str)
    assert not Event.objects.filter(changes__icontains=TAX).exists()
    assert verify() is None
    page = text_of(signed_in(nora).get(f"/contacts/{contact.pk}/history/"))
    assert "Tax number" in page
    assert "Surveyor" in page


def test_who_may_not_read_it_may_not_write_or_guess_it(olaf: User) -> None:
    """4.1: saving leaves it alone, sending the mask back changes nothing, and trying numbers out tells nothing."""
    contact, api = create(**FULL), Api(olaf)
    read = api("GET", f"/contacts/{contact.pk}")
    sent = {**read.json(), "alias": "Nad"}

    changed = api("PATCH", f"/contacts/{contact.pk}", sent, If_Match=read.headers["ETag"])
    assert changed.status_code == 200, changed.content
    assert (again(contact).tax_number, again(contact).alias) == (TAX, "Nad")
    for number in (TAX, "other", ""):
        refused = api("PATCH", f"/contacts/{contact.pk}", {"tax_number": number}, If_Match=changed.headers["ETag"])
        assert (refused.status_code, problems(refused)) == (422, {"tax_number": "forbidden"})
    assert problems(api("POST", "/contacts", {"last": "Ng", "tax_number": "1"})) == {"tax_number": "forbidden"}
    same = api("POST", "/contacts/check-duplicates", {"last": "Zzz", "tax_number": TAX}).json()
    assert same == {"items": []}
    client = signed_in(olaf)
    pane = client.post("/contacts/alike/", {"last": "Zzz", "kind": "individual", "tax_number": TAX})
    assert "Okonjo" not in pane.content.decode()
    base = base_of(again(contact).__dict__)
    assert "tax_number" not in base
    typed = {name: value for name, value in base.items() if isinstance(value, str)} | {"alias": "Nadine"}
    client.post(f"/contacts/{contact.pk}/edit/", {**typed, "base": json.dumps(base), "version": "2", "tax_number": "9"})
    assert (again(contact).tax_number, again(contact).alias) == (TAX, "Nadine")


def test_an_import_by_who_may_not_read_it_says_so(olaf: User, tmp_path: Path) -> None:
    """4.1, IMP-5: such a row is refused before it is compared with anybody."""
    create(**FULL)

    done = run(tmp_path, f"first,last,tax_number\nNina,Vale,{TAX}\nUma,Reed,\n", by=actor(olaf), duplicates="skip")

    assert Contact.objects.filter(last="Reed").exists()
    (failure,) = done.failures.all()
    assert failure.reason == "Tax number: Your role does not include tax numbers."


# --- programs --------------------------------------------------------------------------------------------------------


def test_the_api_reads_and_writes_every_field(nora: User) -> None:
    """API-3: everything the form can do."""
    api = Api(nora)
    made = api("POST", "/contacts", FULL)

    assert made.status_code == 201
    assert {name: made.json()[name] for name in FULL} == FULL
    changes = {"emails": [], "website": None, "date_of_birth": None}
    changed = api("PATCH", f"/contacts/{made.json()['id']}", changes, If_Match=made.headers["ETag"]).json()
    assert (changed["emails"], changed["website"], changed["date_of_birth"]) == ([], None, None)
    assert changed["occupation"] == "Surveyor"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"emails": ["a@x.example", "b"]}, {"emails.1": "email.invalid"}),
        ({"email": "a@x.example", "emails": ["b"]}, {"emails.0": "email.invalid"}),
        ({"website": "x"}, {"website": "website.invalid"}),
        ({"date_of_birth": "1980-02-30"}, {"date_of_birth": "date.invalid"}),
        ({"date_of_birth": "19800221"}, {"date_of_birth": "date.invalid"}),
        ({"emails": ["a@x.example"] * (EMAILS_MAX + 1)}, {"emails": "too_long"}),
    ],
)
def test_the_api_names_the_field(nora: User, body: dict[str, Any], expected: dict[str, str]) -> None:
    """API-8."""
    assert problems(Api(nora)("POST", "/contacts", {"last": "Ng", **body})) == expected


def test_nobody_is_born_tomorrow(nora: User) -> None:
    """A day that has begun somewhere is not in the future."""
    today = clock.now().date()
    assert create(last="Ng", date_of_birth=today.isoformat()).date_of_birth == today.isoformat()
    with pytest.raises(Refused) as refusal:
        create(last="Ng", date_of_birth=(today + timedelta(days=3)).isoformat())
    assert refusal.value.field == "date_of_birth"


# --- in and out ------------------------------------------------------------------------------------------------------


def test_columns_are_known_by_their_names(tmp_path: Path) -> None:
    """IMP-1: what other programs call these columns; several e-mail columns, days as the firm's country writes them."""
    header = "First Name,Last Name,Job Title,E-mail Address,E-mail 2 Address,Web Page,Birthday,Tax ID"
    text = (
        f"{header}\nNadia,Okonjo,Surveyor,nadia@okonjo.example,n.okonjo@work.example,okonjo.example,5/21/1980,{TAX}\n"
    )

    run(tmp_path, f"{text}Uma,Reed,,,uma@reed.example,,0/0/00,\n")

    nadia, uma = Contact.objects.get(last="Okonjo"), Contact.objects.get(last="Reed")
    assert {name: getattr(nadia, name) for name in FULL} == FULL
    assert (uma.email, uma.emails, uma.date_of_birth) == ("uma@reed.example", [], "")
    change_settings(actor=SYSTEM, changes={"default_country": "NZ"}, at=AT)
    run(tmp_path, "first,last,dob\nIan,Moss,3/4/1980\n", "moss.csv")
    assert Contact.objects.get(last="Moss").date_of_birth == "1980-04-03"


def test_a_row_adds_addresses_and_changes_the_rest(tmp_path: Path) -> None:
    """IMP-2: an update keeps what an empty cell does not speak of, and an undo puts all of it back."""
    contact = create(**FULL, external_reference="c1")
    header = "external_reference,first,last,email,email 2,website,occupation,tax_number"
    row = "c1,Nadia,Okonjo,,nadia@home.example,http://new.example,,TX-1"

    done = run(tmp_path, f"{header}\n{row}\n", mode="update", match_by="external_reference")

    after = again(contact)
    assert (after.email, after.emails) == (FULL["email"], ["n.okonjo@work.example", "nadia@home.example"])
    assert (after.website, after.occupation, after.tax_number) == ("http://new.example", "Surveyor", "TX-1")
    assert ImportMark.objects.filter(run_id=done.pk).get().before["tax_number"] == TAX
    whole.undo_file(Order(CONTACTS, SYSTEM, tmp_path / "people.csv", {}), clock=clock.now)
    assert {name: getattr(again(contact), name) for name in FULL} == FULL


def test_clio_s_template_loses_no_job_title(shared_folder: Path) -> None:
    """The template as Clio gives it: what stands under job_title is the occupation, and nothing is left aside."""
    path = shared_folder / "data" / "contacts-clio-template.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        titles = sorted(row["job_title"].strip() for row in csv.DictReader(file) if row["job_title"].strip())

    whole.import_file(Order(CONTACTS, SYSTEM, path, {}), clock=clock.now)

    held = Contact.objects.exclude(occupation="").values_list("occupation", flat=True)
    assert sorted(held) == titles
    assert ImportRun.objects.get().mapping[1] == "occupation"


def test_cards_bring_and_take_them(nora: User, tmp_path: Path) -> None:
    """IMP-1, EXP-1: several EMAIL, URL, BDAY and TITLE come in and go out; a ROLE is taken without a TITLE, a birthday
    without a year is left aside in words.
    """
    card = (
        "BEGIN:VCARD\nVERSION:4.0\nN:Okonjo;Nadia;;;\nEMAIL:n.okonjo@work.example\nEMAIL;PREF=1:nadia@okonjo.example\n"
        "URL:https://okonjo.example\nBDAY:19800521\nROLE:Surveyor\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nN:Reed;Uma;;;\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-03-08\nEND:VCARD\n"
    )

    run(tmp_path, card, "people.vcf")

    nadia = Contact.objects.get(last="Okonjo")
    assert {name: getattr(nadia, name) for name in FULL} == {**FULL, "tax_number": ""}
    assert Contact.objects.get(last="Reed").date_of_birth == ""
    answer = signed_in(nora).post("/contacts/export/", {"format": "vcard", "which": "all", "delimiter": "comma"})
    lines = b"".join(answer.streaming_content).decode().split("\r\n")
    wanted = ["TITLE:Surveyor", "BDAY:19800521", "EMAIL;PREF=1:nadia@okonjo.example", "EMAIL:n.okonjo@work.example"]
    assert [line for line in lines if line in (*wanted, "URL:https://okonjo.example")] == [
        *wanted, "URL:https://okonjo.example",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_with_every_field_comes_in_again(nora: User, tmp_path: Path, form: str) -> None:
    """EXP-1, EXP-2: what is taken away under the import's names is the same contact when it is read."""
    contact = create(**FULL, external_reference="c1")
    before = {name: getattr(contact, name) for name in FULL}
    answer = signed_in(nora).post("/contacts/export/", {"format": form, "which": "fields", "delimiter": "comma"})
    path = tmp_path / f"contacts.{form}"
    path.write_bytes(b"".join(answer.streaming_content))
    contact.delete()

    whole.import_file(Order(CONTACTS, SYSTEM, path, {}), clock=clock.now)

    made = Contact.objects.get()
    assert {name: getattr(made, name) for name in FULL} == before


def test_rows_without_them_cost_no_statement(tmp_path: Path) -> None:
    """IMP-6: contacts that have none of these fields are stored with as many statements as ever."""

    def statements(text: str, name: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            run(tmp_path, text, name)
        return len(asked)

    bare = "first,last\n" + "".join(f"Pat{place},Marsh{place}\n" for place in range(30))
    filled = "first,last,email,email 2,website,occupation,date_of_birth,tax_number\n" + "".join(
        f"Kim{place},Dale{place},k{place}@x.example,k{place}@y.example,x.example,Clerk,1980-01-02,TX{place}\n"
        for place in range(30)
    )
    statements("first,last\nA,B\n", "warm.csv")
    assert statements(bare, "bare.csv") == statements(filled, "filled.csv")


# --- finding, alike, merging -----------------------------------------------------------------------------------------


def test_a_further_address_finds_the_contact(nora: User) -> None:
    """SRC-2: by any address, and says by which."""
    contact = create(**FULL)

    assert list(matching(Contact.objects.all(), "n.okonjo@work")) == [contact]
    assert "n.okonjo@work.example" in text_of(signed_in(nora).get("/search/?q=n.okonjo"))
    edit_contact(actor=SYSTEM, contact_id=contact.pk, changes={"emails": []}, at=AT)
    assert not matching(Contact.objects.all(), "n.okonjo@work").exists()


def test_tax_number_and_birthday_count() -> None:
    """DUP-1: the same tax number 60, the same birthday 25, another one -40; written otherwise it is the same."""
    contact = create(**FULL)

    def found(**more: Any) -> list[tuple[int, tuple[str, ...]]]:
        return [(one.score, one.reasons) for one in alike(Face("individual", **more), at_least=1)]

    assert found(first="Zoe", last="Wu", tax_number="tx 4417 99") == [(60, ("Same tax number",))]
    assert found(first="Zoe", last="Wu", tax_number=TAX, born="1980-05-21")[0][0] == 85
    assert found(first="Zoe", last="Wu", tax_number=TAX, born="1981-05-21")[0][0] == 20
    assert found(first="Nadia", last="Okonjo", born="1980-05-21") == [(65, ("Same name", "Same date of birth"))]
    assert found(first="Nadia", last="Okonjo", born="1980-05-22") == []
    edit_contact(actor=SYSTEM, contact_id=contact.pk, changes={"tax_number": "TX-2"}, at=AT)
    assert found(first="Zoe", last="Wu", tax_number="TX2") == [(60, ("Same tax number",))]


def test_the_pane_beside_the_form_counts_them(nora: User) -> None:
    """WIN-5, DUP-1: as one types."""
    create(**FULL)
    boxes = {"kind": "individual", "last": "Zu", "first": "Al", "tax_number": TAX, "date_of_birth": "1980-05-21"}

    pane = text_of(signed_in(nora).post("/contacts/alike/", boxes))

    assert "Same tax number" in pane
    assert "same date of birth" in pane


def test_merging_keeps_every_address_and_fills_the_rest(nora: User) -> None:
    """DUP-7, DUP-11: addresses are united, blanks are filled, and an undo gives all of it back."""
    kept = create(first="Nadia", last="Okonjo", email="a@x.example", website="https://a.example")
    lost = create(**{**FULL, "emails": ["A@x.example", "c@x.example"]})
    before = {name: getattr(kept, name) for name in FULL}
    rows = merging.preview(actor=actor(nora), survivor=kept.pk, losers=[lost.pk], choices={}).rows
    shown = {row.name: (row.state, row.result) for row in rows}
    united = ["a@x.example", "nadia@okonjo.example", "c@x.example"]
    assert shown["email"] == ("different", united)
    assert shown["tax_number"] == ("missing", [TAX])
    assert shown["website"] == ("different", ["https://a.example"])
    assert shown["date_of_birth"] == ("missing", ["1980-05-21"])

    merge(kept, lost, who=actor(nora), website=str(lost.pk))

    after = again(kept)
    assert [after.email, *after.emails] == united
    assert (after.website, after.occupation, after.tax_number) == (FULL["website"], "Surveyor", TAX)
    assert not Event.objects.filter(changes__icontains=TAX).exists()
    undoing.undo_merge(actor=actor(nora), merge_id=Merge.objects.get().pk, at=AT)
    assert {name: getattr(again(kept), name) for name in FULL} == before


def test_one_s_addresses_alone_can_be_kept() -> None:
    """DUP-7: field by field."""
    kept, lost = create(last="Ng", email="a@x.example"), create(last="Ng", email="b@x.example", emails=["c@x.example"])

    merge(kept, lost, email=str(lost.pk))

    assert (again(kept).email, again(kept).emails) == ("b@x.example", ["c@x.example"])


def test_who_may_not_read_tax_numbers_merges_them_masked(olaf: User) -> None:
    """DUP-7, 4.1: the preview shows that there is one, and it is kept."""
    kept, lost = create(first="Nadia", last="Okonjo"), create(**FULL)

    rows = merging.preview(actor=actor(olaf), survivor=kept.pk, losers=[lost.pk], choices={}).rows
    merge(kept, lost, who=actor(olaf))

    assert {row.name: row.result for row in rows}["tax_number"] == [MASK]
    assert again(kept).tax_number == TAX
