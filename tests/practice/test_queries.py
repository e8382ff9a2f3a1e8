"""Finding contacts (SRC-1 to SRC-7, CON-4)."""

import pytest
from tests.practice.conftest import AT, actor, admit, create

from counterpart.foundation.search.finding import ranked
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import NameFormat, display_name
from counterpart.practice.contacts.operations import close_contact
from counterpart.practice.contacts.queries import contacts_visible_to, number_holder

pytestmark = pytest.mark.django_db


def found(viewer, text: str) -> list[str]:
    return [str(contact) for contact in ranked(contacts_visible_to(viewer), text)]


@pytest.fixture
def _people(ada):
    create(first="Éva", last="Johnson", alias="Evi", email="eva@law.example", physical_address={"city": "Sárospatak"})
    create(kind="company", company="Sonnet Ltd", phones=[{"label": "home", "number": "(555) 1234-99"}])
    create(last="Müller", phones=[{"label": "mobile", "number": "021 555 1234"}])


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("son", ["Sonnet Ltd", "Éva Johnson"]),
        ("johnson eva", ["Éva Johnson"]),
        ("ÉVI", ["Éva Johnson"]),
        ("eva@law", ["Éva Johnson"]),
        ("sarospatak", ["Éva Johnson"]),
        ("muller", ["Müller"]),
        ("5551234", ["Sonnet Ltd", "Müller"]),
        ("+64 21 555 1234", ["Müller"]),
        ("nothing", []),
        ("%", []),
    ],
)
def test_any_part_of_what_a_contact_is_known_by_finds_it(ada, text, expected):
    """SRC-2, SRC-3: accents, case and the layout of numbers do not matter; word beginnings first."""
    assert sorted(found(ada, text)) == sorted(expected)
    assert found(ada, text)[:1] == expected[:1] or text == "5551234"


def test_an_exact_number_comes_first_and_closed_ones_last(ada):
    """SRC-2, SRC-4: closed ones are shown, after the active ones."""
    create(last="Apartment 25")
    closed = create(last="25 Club")
    admit({"name": {"display": "individual", "last": "Zed"}, "number": "25"})
    close_contact(actor=actor(ada), contact_id=closed.pk, at=AT)

    assert found(ada, "25") == ["Zed", "Apartment 25", "25 Club"]


def test_nothing_hidden_is_found(nobody):
    """SRC-7, CON-11: viewing is never relaxed."""
    create(last="Ng")

    assert found(nobody, "ng") == []


def test_who_holds_a_number_is_said_to_those_who_may_know(ada, nobody):
    """CON-4, CON-2: compared without case; others hear only that somebody has it."""
    holder = admit({"name": {"display": "individual", "last": "Ng"}, "number": "A9"})

    assert number_holder(ada, "a9").contact == holder
    assert number_holder(nobody, "a9").contact is None
    assert number_holder(ada, "a9", other_than=holder.pk) is None
    assert number_holder(ada, "") is None


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (NameFormat(), "Dr Marama Hine Ngata KC"),
        (NameFormat(last_first=True), "Ngata, Dr Marama Hine KC"),
        (NameFormat(title=False, middle=False, suffix=False), "Marama Ngata"),
    ],
)
def test_the_firm_chooses_how_names_are_written(style, expected):
    """4.7: derived, never stored."""
    contact = {
        "kind": "individual",
        "title": "Dr",
        "first": "Marama",
        "middle": "Hine",
        "last": "Ngata",
        "suffix": "KC",
    }

    assert display_name(contact, style) == expected


def test_the_database_itself_refuses_a_contact_without_a_name():
    """A fact that must always hold is a constraint."""
    from django.db import IntegrityError, transaction

    contact = create(last="Ng")
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(last="")
