"""Finding contacts (SRC-2, SRC-3, LA-NUM-7, CON-11)."""

import pytest
from tests.accounting.conftest import AT, create, person

from counterpart.accounting.contacts.operations import change_number, delete_contact
from counterpart.accounting.contacts.queries import contacts_visible_to, former_numbers
from counterpart.foundation.actor import Actor
from counterpart.foundation.search.finding import ranked

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


@pytest.fixture
def firm():
    return {
        "johnson": create("25", last="Johnson", first="Émile", work_phone="(555) 123-4567", email="ej@example.com"),
        "quay": create(
            "26", company="Harbour Quay Ltd", alias="HQ", main_address={"line1": "1 Pier", "city": "Lyttelton"}
        ),
        "price": create("125", last="Price", first="Iona", mobile_phone="+64 21 555 9876"),
    }


def found(text):
    return [contact.number for contact in ranked(contacts_visible_to(SYSTEM), text)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("son", ["25"]), ("emile johnson", ["25"]), ("JOHNSON Émile", ["25"]), ("hq", ["26"]), ("lyttelton", ["26"]),
        ("ej@example", ["25"]), ("5551234", ["25"]), ("555 1234", ["25"]), ("021 555 9876", ["125"]),
        ("+64 21 555 9876", ["125"]), ("25", ["25", "125"]), ("jonson", ["25"]), ("jphnson", ["25"]),
        ("johnnson", ["25"]), ("prise", ["125"]), ("nobody", []), ("johnson quay", []), ("a.b", []), ("100%", []),
        ("(", []), ("[a", []),
    ],
)  # fmt: skip
def test_search_finds(firm, text, numbers):
    """Any part, any order, accents and case aside, phone digits, one wrong letter forgiven; exact numbers first."""
    assert found(text) == numbers


def test_former_number_finds_its_contact(firm):
    change_number(contact_id=firm["price"].pk, number="700", keep_sequence=True, actor=SYSTEM, at=AT)

    assert found("125") == ["700"]


def test_number_of_a_deleted_contact_says_whose_it_was(firm):
    delete_contact(contact_id=firm["price"].pk, actor=SYSTEM, at=AT)

    assert found("Price") == []
    assert [(number, contact.name) for number, contact in former_numbers("125")] == [("125", "Iona Price")]


def test_nothing_is_visible_without_the_right(firm):
    """CON-11: viewing is never relaxed."""
    nobody = person("Nobody")

    assert list(contacts_visible_to(nobody)) == []
    assert contacts_visible_to(person("Reader", "contact.read")).count() == 3
