"""The search index of contacts and matters: what finds what, in which order, and never stale (SRC-1 to SRC-7)."""

import pytest
from django.db import connection
from tests.practice.conftest import AT, actor, admit, create, person
from tests.practice.matters import SYSTEM, open_matter, role

from counterpart.foundation.search import finding
from counterpart.foundation.search.finding import best, ranked
from counterpart.foundation.search.keeping import after_migrate, catch_up, differences, lateness, rebuild
from counterpart.foundation.search.models import ContactEntry
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import close_contact, delete_contact, edit_contact
from counterpart.practice.contacts.queries import contacts_visible_to
from counterpart.practice.matters.models import Party
from counterpart.practice.matters.queries import matters_visible_to

pytestmark = pytest.mark.django_db


def people(text: str, viewer=SYSTEM) -> list[str]:
    return [str(contact) for contact in ranked(contacts_visible_to(viewer), text)]


def work(text: str, viewer=SYSTEM) -> list[str]:
    return [matter.name for matter in ranked(matters_visible_to(viewer), text)]


@pytest.fixture
def _people():
    create(first="Mary", last="Johnson", phones=[{"label": "home", "number": "+64 21 555 1234"}])
    create(first="Li", last="Ng")
    create(first="小龍", last="李")
    create(first="Иван", last="Петров")
    create(first="Seán", last="O’Brien-Ng")
    create(kind="company", company="Nguyen, Lim & Co. (NZ)", alias="The Quay", email="a.lim@quay.example")
    create(kind="company", company="I.B.M. Zealand")
    catch_up(connection)


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # words in any order, beginnings and middles, accents and case, signs inside and between words
        ("john mar", ["Mary Johnson"]), ("ohns", ["Mary Johnson"]), ("OBRIEN sean", ["Seán O’Brien-Ng"]),
        ("o'brien", ["Seán O’Brien-Ng"]), ("lim nguyen", ["Nguyen, Lim & Co. (NZ)"]), ("ibm", ["I.B.M. Zealand"]),
        ("nz", ["Nguyen, Lim & Co. (NZ)"]),
        ("quay.example", ["Nguyen, Lim & Co. (NZ)"]), ("m johnson", ["Mary Johnson"]),
        # short names and other scripts; a whole word before a beginning before a middle
        ("ng", ["Li Ng", "Seán O’Brien-Ng", "Nguyen, Lim & Co. (NZ)"]), ("李", ["小龍 李"]), ("龍", ["小龍 李"]),
        ("小龍", ["小龍 李"]), ("ван", ["Иван Петров"]), ("иван ПЕТ", ["Иван Петров"]),
        # one typing error, only if there is next to nothing else; of a word being typed as well
        ("jonson", ["Mary Johnson"]), ("johnsno mary", ["Mary Johnson"]), ("kohnson", ["Mary Johnson"]),
        ("jhon", ["Mary Johnson"]), ("mery", ["Mary Johnson"]), ("joxxson", []), ("mry", []),
        # phones however they are written, and while they are typed
        ("5551234", ["Mary Johnson"]), ("021 555 1234", ["Mary Johnson"]), ("+64 (21) 555-1234", ["Mary Johnson"]),
        ("0064 21 555 1234", ["Mary Johnson"]), ("021 55", ["Mary Johnson"]),
        ("%", []), ('"', []), ("_", []), ("'", []), ("  ", None),
    ],
)  # fmt: skip
def test_what_finds_whom(text, expected):
    """SRC-2, SRC-3. What says nothing leaves a list as it is."""
    assert people(text) == (expected if expected is not None else people(""))
    if expected is not None:
        found = best(contacts_visible_to(SYSTEM), text, 5)
        assert [str(Contact.objects.get(pk=one)) for one in found.records] == expected
        assert found.count == len(expected)


def test_other_spellings_do_not_flood(ada):
    """SRC-2: where the word is there as it is typed, it alone is found."""
    for first in ("Ann", "Bob", "Cyd"):
        create(first=first, last="Jonson")
    create(first="Mary", last="Johnson")

    assert people("jonson") == ["Ann Jonson", "Bob Jonson", "Cyd Jonson"]


def test_a_renamed_contact_is_found_by_its_present_and_its_former_name(ada):
    """SRC-2, CNF-1: in the transaction of the change."""
    contact = create(first="Mary", last="Johnson")

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Bligh"}, at=AT)

    assert people("bligh") == people("johnson") == people("johnson bligh") == ["Mary Bligh"]


def test_a_matter_is_found_by_what_its_clients_are_called_now(ada):
    """SRC-2, SRC-3: any client's name or number, nothing else of a client; a rename and other clients count at once."""
    client, other = create(last="Zimmer", email="z@zimmer.example"), create(last="Quill")
    matter = open_matter(ada, client, name="Sale of land")
    party = Party.objects.get(matter=matter)

    assert (work("zimmer land"), work("quill"), work("zimmer.example")) == (["Sale of land"], [], [])
    edit_contact(actor=SYSTEM, contact_id=client.pk, changes={"last": "Yarrow"}, at=AT)
    assert (work("zimmer"), work("yarrow")) == ([], ["Sale of land"])
    Party.objects.filter(pk=party.pk).update(contact=other)
    assert (work("yarrow"), work("quill")) == ([], ["Sale of land"])
    Party.objects.filter(pk=party.pk).update(role=role("Opposing party"))
    assert work("quill") == []
    Party.objects.filter(pk=party.pk).delete()
    assert work(str(matter.matter_number)) == ["Sale of land"]
    assert differences(connection) == {"contact": 0, "matter": 0}


def test_numbers_come_first_and_closed_ones_last(ada):
    """SRC-2, SRC-4: an exact number above all, even that of a closed contact."""
    closed = admit({"name": {"display": "individual", "last": "Abel"}, "number": "25"})
    gone = create(last="Box25")
    create(last="25")
    for contact in (closed, gone):
        close_contact(actor=SYSTEM, contact_id=contact.pk, at=AT)
    create(last="Cabin25")
    create(last="25th")

    assert people("25") == ["Abel", "25", "25th", "Cabin25", "Box25"]


def test_nothing_hidden_is_found_or_counted(ada, nobody):
    """SRC-7, PRM-4: deleted contacts, restricted matters, and everything for those without the right."""
    client, reader = create(last="Ng"), person("Reader", "matter.read", "contact.read")
    open_matter(ada, client, name="Open")
    open_matter(ada, client, name="Shut", restricted=True, access=[ada.pk])
    deleted = create(last="Ng", first="Old")
    delete_contact(actor=SYSTEM, contact_id=deleted.pk, at=AT)

    assert people("ng", reader) == ["Ng"]
    assert (work("ng"), work("ng", reader), work("ng", nobody)) == (["Open", "Shut"], ["Open"], [])
    assert [best(matters_visible_to(one), "ng", 5).count for one in (SYSTEM, actor(reader), nobody)] == [2, 1, 0]


def test_of_too_many_the_best_are_still_the_best(monkeypatch):
    """SRC-1: with more hits than are counted, whole words and beginnings are looked for by themselves."""
    monkeypatch.setattr(finding, "COUNTED_MAX", 3)
    for last in ("Mango", "Langer", "Tango", "Ranger", "Ngata", "Ng"):
        create(last=last)

    found = best(contacts_visible_to(SYSTEM), "ng", 2)

    assert [str(Contact.objects.get(pk=one)) for one in found.records] == ["Ng", "Ngata"]
    assert (found.count, found.is_cut) == (3, True)


def test_the_index_can_be_checked_and_built_anew():
    """What somebody wrote with the triggers away is told, and mended."""
    contact = create(last="Ng")
    ContactEntry.objects.filter(record=contact.pk).update(text=" gone ")
    assert differences(connection) == {"contact": 1, "matter": 0}
    Contact.objects.filter(pk=contact.pk).update(search_text=" of another time")

    rebuild(connection)

    assert differences(connection) == {"contact": 0, "matter": 0}
    assert people("ng") == ["Ng"]


def test_a_trigger_of_another_version_is_made_anew():
    """After an update of the product, as after a table was changed: the index is built again."""
    with connection.cursor() as cursor:
        where = " ON practice_contacts_contact" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER search_contact_0_insert{where}")
    create(last="Ng")
    assert people("ng") == []

    after_migrate(using="default")

    assert people("ng") == ["Ng"]


def test_a_trigger_that_this_version_has_no_more_goes():
    """It would go on writing what an earlier version meant."""
    postgres = connection.vendor == "postgresql"
    act = "UPDATE search_contact SET text = 'of another version'"
    with connection.cursor() as cursor:
        if postgres:
            body = f"$$BEGIN {act}; RETURN NULL; END$$"
            cursor.execute(f"CREATE FUNCTION search_contact_9_insert() RETURNS trigger LANGUAGE plpgsql AS {body}")
        cursor.execute(
            "CREATE TRIGGER search_contact_9_insert AFTER INSERT ON practice_contacts_contact "
            + ("FOR EACH STATEMENT EXECUTE FUNCTION search_contact_9_insert()" if postgres else f"BEGIN {act}; END")
        )

    after_migrate(using="default")

    for last in ("Ng", "Zimmer"):
        create(last=last)
    assert people("ng") == ["Ng"]
    assert differences(connection) == {"contact": 0, "matter": 0}


def test_what_the_full_text_does_not_know_yet_is_found_all_the_same(ada):
    """SRC-1: found the moment it is saved, and no longer than it is so; the full text is told afterwards, on SQLite."""
    late = 2 if connection.vendor == "sqlite" else 0
    client = create(last="Zimmer")
    open_matter(ada, client, name="Sale of land")
    assert lateness(connection) == late
    assert (people("zimmer"), work("zimmer")) == (["Zimmer"], ["Sale of land"])
    assert (catch_up(connection), lateness(connection)) == (late, 0)
    assert (people("zimmer"), work("zimmer")) == (["Zimmer"], ["Sale of land"])

    for word in ("yarrow", "xanthos"):
        Contact.objects.filter(pk=client.pk).update(search_text=f" {word}", sort_name=word)
    for _ in range(2):
        assert (people("zimmer"), people("yarrow"), people("xanthos")) == ([], [], ["Zimmer"])
        assert (work("zimmer"), work("yarrow"), work("xanthos")) == ([], [], ["Sale of land"])
        catch_up(connection)
    ContactEntry.objects.all().delete()
    catch_up(connection)
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_contact_text(search_contact_text, rank) VALUES ('integrity-check', 1)")
        cursor.execute("INSERT INTO search_matter_text(search_matter_text, rank) VALUES ('integrity-check', 1)")
