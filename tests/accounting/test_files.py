"""Files kept in Legal Accounting: opening, editing, staff, holds, closing (LA-FIL-1 to LA-FIL-8, MAT-2, EDT-1)."""

from datetime import date

import pytest
from tests.accounting.conftest import (
    AT,
    actor,
    by_firm,
    create,
    create_group_of,
    open_file,
    person,
    split_of,
)

from counterpart.accounting.contacts.operations import close_contact, delete_contact
from counterpart.accounting.files.models import File, FileCode
from counterpart.accounting.files.operations import (
    Clash,
    Draft,
    add_client,
    add_code,
    change_file_number,
    close_file,
    create_file,
    create_files,
    delete_file,
    edit_code,
    edit_file,
    remove_client,
    reopen_file,
    set_default_code,
    set_split,
)
from counterpart.accounting.files.queries import (
    files_visible_to,
    former_file_numbers,
)
from counterpart.accounting.numbering.models import FirmNumbering
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Forbidden, Refused, Stale
from counterpart.foundation.history.models import Event
from counterpart.foundation.search.finding import matching as search
from counterpart.foundation.users.models import Role

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


def refusal_fields(call) -> list[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return [error.field for error in refusal.value.errors]


def draft(*clients, number="", **given) -> Draft:
    given = {"description": "Rewi v Quay"} | given
    return Draft(given, [one.pk for one in clients], None, number)


def test_new_file_takes_what_was_given_and_the_firms_defaults(ada):
    """LA-FIL-1, LA-SPL-1, HIS-1."""
    one, two = create(last="Rewi"), create(last="Tane")

    made = create_file(draft(one, two, responsible=ada.pk, opened_on="2026-01-31"), actor=actor(ada), at=AT)

    file = File.objects.get(pk=made.id)
    assert (file.number, file.description, file.opened_on) == ("1-001", "Rewi v Quay", date(2026, 1, 31))
    assert (file.responsible, file.assigned, file.from_pm, file.created_by) == (ada, None, False, "Ada")
    assert file.default_task == FileCode.objects.get(listing="default_task", is_default=True)
    assert split_of(file) == [("Rewi", "100.0000"), ("Tane", "0.0000")]
    event = Event.objects.get(object_id=file.pk)
    assert (event.object_type, event.verb, event.actor_name) == ("matter", "created", "Ada")
    assert event.changes["responsible"] == [None, "Ada"]
    assert event.changes["shares"] == [None, ["Rewi: 100.0000 %", "Tane: 0.0000 %"]]


def test_what_a_new_file_needs(ada):
    """LA-FIL-1, LA-FIL-2, LA-FIL-6: each field is named."""
    one = create(last="Rewi")
    gone = create(last="Gone")
    delete_contact(contact_id=gone.pk, actor=SYSTEM, at=AT)
    group = create_group_of(one)

    def fields(*clients, **given):
        given = {"responsible": ada.pk} | given
        return refusal_fields(lambda: create_file(draft(*clients, **given), actor=SYSTEM, at=AT))

    assert fields(one, description="") == ["description"]
    assert fields(one, description="x" * 251) == ["description"]
    assert fields(one, responsible=None) == ["responsible"]
    assert fields(one, responsible=999) == ["responsible"]
    assert fields(one, rate_group=FileCode.objects.get(listing="file_group").pk) == ["rate_group"]
    assert fields(one, opened_on="31/01/2026") == ["opened_on"]
    assert fields() == ["clients"]
    assert fields(one, one) == ["clients"]
    assert fields(gone) == ["clients"]
    assert fields(group) == ["clients"]
    assert fields(one, responsible_allocation="60") == ["responsible_allocation"]
    assert fields(one, lead_allocation="100") == ["lead_allocation"]
    assert fields(one, trust_hold=True) == ["hold_reason"]
    assert not File.objects.exists()


def test_refused_draft_uses_no_number_and_does_not_hinder_the_others(ada):
    """LA-NUM-8."""
    one = create(last="Rewi")
    good = {"responsible": ada.pk}

    answers = create_files(
        [draft(one, **good), draft(one), draft(one, number="9-001", **good), draft(one, **good)], actor=SYSTEM, at=AT
    )

    assert [getattr(answer, "number", None) for answer in answers] == ["1-001", None, None, "1-002"]


def test_staff_with_allocations_that_total_a_whole(ada):
    """LA-FIL-2: four decimals; blank is nobody's in particular."""
    ben = person("Ben")
    file = open_file(create(last="Rewi"))

    staff = {"responsible": ada.pk, "responsible_allocation": "66.6667", "originating": ben.pk}
    edit_file(file_id=file.pk, given={**staff, "originating_allocation": "33.3333"}, actor=actor(ada), at=AT)

    file.refresh_from_db()
    assert (file.responsible_allocation, file.originating_allocation, file.lead_allocation) == (666_667, 333_333, None)
    short = {"originating_allocation": "33.3332"}
    assert refusal_fields(lambda: edit_file(file_id=file.pk, given=short, actor=SYSTEM, at=AT)) == [
        "responsible_allocation"
    ]


def test_who_may_no_longer_sign_in_stays_but_is_not_newly_named(ada):
    """LA-FIL-2."""
    file = open_file(create(last="Rewi"), lead=ada.pk)
    ada.is_active = False
    ada.save()

    edit_file(file_id=file.pk, given={"description": "Else"}, actor=SYSTEM, at=AT)

    named = {"assigned": ada.pk}
    assert refusal_fields(lambda: edit_file(file_id=file.pk, given=named, actor=SYSTEM, at=AT)) == ["assigned"]


def test_edits_of_different_fields_are_merged_and_of_the_same_clash(ada):
    """EDT-1."""
    file = open_file(create(last="Rewi"))
    seen = {"description": "Rewi v Quay", "hold_reason": ""}
    edit_file(file_id=file.pk, given={"description": "Rewi v Pier"}, actor=SYSTEM, at=AT)

    hold = {"billing_hold": True, "hold_reason": "Disputed"}
    edit_file(file_id=file.pk, given=hold, actor=SYSTEM, at=AT, version=1, seen=seen)
    with pytest.raises(Clash) as clash:
        edit_file(file_id=file.pk, given={"description": "Mine"}, actor=SYSTEM, at=AT, version=1, seen=seen)
    with pytest.raises(Stale):
        edit_file(file_id=file.pk, given={"description": "Mine"}, actor=SYSTEM, at=AT, version=1)

    file.refresh_from_db()
    assert (file.description, file.billing_hold, file.version) == ("Rewi v Pier", True, 3)
    assert clash.value.theirs == {"description": "Rewi v Pier"}


def test_change_of_number_keeps_the_old_one_for_ever(ada):
    """LA-NUM-10, LA-NUM-7, MAT-13, MAT-18."""
    one = create(last="Rewi")
    file, other = open_file(one), open_file(one)

    change_file_number(file_id=file.pk, number="1-010", keep_sequence=True, actor=actor(ada), at=AT)
    assert refusal_fields(
        lambda: change_file_number(file_id=other.pk, number="1-001", keep_sequence=False, actor=SYSTEM, at=AT)
    ) == ["number"]
    assert refusal_fields(
        lambda: change_file_number(file_id=other.pk, number="X-1", keep_sequence=False, actor=SYSTEM, at=AT)
    ) == ["number"]
    change_file_number(file_id=other.pk, number="", keep_sequence=False, actor=SYSTEM, at=AT)
    change_file_number(file_id=file.pk, number="1-001", keep_sequence=True, actor=SYSTEM, at=AT)

    file.refresh_from_db()
    other.refresh_from_db()
    assert (file.number, other.number) == ("1-001", "1-003")
    visible = files_visible_to(SYSTEM)
    assert list(search(visible, "1-010")) == [file]
    delete_file(file_id=other.pk, actor=SYSTEM, at=AT)
    assert former_file_numbers("1-003") == [("1-003", other)]


def test_restricted_group_can_type_no_number(ada):
    """MAT-19, LA-NUM-11: on new files and existing ones; numbers given by themselves are not concerned."""
    one = create(last="Rewi")
    file = open_file(one)
    Role.objects.filter(name="Role of Ada").update(restrict_file_number_changes=True)
    bound = actor(ada)

    with pytest.raises(Forbidden):
        change_file_number(file_id=file.pk, number="1-009", keep_sequence=False, actor=bound, at=AT)
    with pytest.raises(Forbidden):
        create_file(draft(one, number="1-009", responsible=ada.pk), actor=bound, at=AT)
    assert create_file(draft(one, responsible=ada.pk), actor=bound, at=AT).number == "1-002"


def test_by_firm_any_number_is_free_to_type():
    """MAT-11, LA-NUM-5."""
    by_firm()
    one = create(last="Rewi")

    numbers = [open_file(one, number=number).number for number in ("12345", "", "SMITH", "")]

    assert numbers == ["12345", "12346", "SMITH", "12347"]


def test_typed_number_leaves_the_counter_where_the_firm_says_so():
    """LA-NUM-5: 'Manual number resets the sequence' off."""
    FirmNumbering.objects.update(manual_number_resets_sequence=False)
    one = create(last="Rewi")

    assert [open_file(one, number=number).number for number in ("1-050", "")] == ["1-050", "1-001"]


def test_closing_names_what_stands_in_the_way_and_reopening_is_logged(ada):
    """LA-FIL-6, LA-FIL-7."""
    file = open_file(create(last="Rewi"))
    edit_file(file_id=file.pk, given={"trust_hold": True, "hold_reason": "Disputed"}, actor=SYSTEM, at=AT)

    with pytest.raises(Blocked) as blocked:
        close_file(file_id=file.pk, closed_on=AT.date(), actor=actor(ada), at=AT)
    assert [blocker.message for blocker in blocked.value.blockers] == ["Trust hold: Disputed"]
    edit_file(file_id=file.pk, given={"trust_hold": False}, actor=SYSTEM, at=AT)
    close_file(file_id=file.pk, closed_on=date(2026, 2, 1), actor=actor(ada), at=AT)
    file.refresh_from_db()
    assert (file.status, file.closed_on, file.closed_by, file.hold_reason) == ("closed", date(2026, 2, 1), "Ada", "")
    with pytest.raises(Blocked):
        close_file(file_id=file.pk, closed_on=AT.date(), actor=actor(ada), at=AT)
    reopen_file(file_id=file.pk, actor=actor(ada), at=AT)

    file.refresh_from_db()
    assert (file.status, file.closed_on) == ("open", None)
    assert list(Event.objects.filter(object_id=file.pk).order_by("-id").values_list("verb", flat=True)[:2]) == [
        "reopened", "closed",
    ]  # fmt: skip


def test_contact_on_a_file_is_neither_closed_nor_deleted():
    """LA-CON-6: also as a co-payer; a former payer can be closed but not deleted."""
    one, two = create(last="Rewi"), create(last="Tane")
    file = open_file(one, two)

    for close in (close_contact, delete_contact):
        with pytest.raises(Blocked) as blocked:
            close(contact_id=two.pk, actor=SYSTEM, at=AT)
        assert [blocker.url for blocker in blocked.value.blockers] == [file.get_absolute_url()]
    remove_client(file_id=file.pk, contact_id=two.pk, actor=SYSTEM, at=AT)
    with pytest.raises(Blocked):
        delete_contact(contact_id=two.pk, actor=SYSTEM, at=AT)
    close_contact(contact_id=two.pk, actor=SYSTEM, at=AT)
    delete_file(file_id=file.pk, actor=SYSTEM, at=AT)
    delete_contact(contact_id=two.pk, actor=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("right", "call"),
    [
        ("file.create", lambda file, one: open_file_as(one)),
        ("file.edit", lambda file, one: edit_file(file_id=file.pk, given={"description": "X"}, actor=limited(), at=AT)),
        ("file.edit_clients", lambda file, one: add_client(file_id=file.pk, contact_id=one.pk, actor=limited(), at=AT)),
        ("file.edit_split", lambda file, one: set_split(file_id=file.pk, shares={}, actor=limited(), at=AT)),
        ("file.close", lambda file, one: close_file(file_id=file.pk, closed_on=AT.date(), actor=limited(), at=AT)),
        ("file.delete", lambda file, one: delete_file(file_id=file.pk, actor=limited(), at=AT)),
    ],
)
def test_each_function_asks_for_its_right(right, call):
    """LA-PRM-1."""
    file = open_file(create(last="Rewi"))

    with pytest.raises(Forbidden) as refusal:
        call(file, create(last="Tane"))

    assert refusal.value.right == right


def limited() -> Actor:
    return actor(person("Lim", "file.read", "contact.read"))


def open_file_as(one):
    return create_file(draft(one), actor=limited(), at=AT)


def test_search_finds_by_number_description_and_client():
    """LA-FIL-4, SRC-2; renaming a client needs no touch of the file."""
    one, two = create(last="Rewi"), create(last="Tane")
    first = open_file(one, description="Purchase of Kauri Street")
    second = open_file(two, one, description="Boundary dispute")
    visible = files_visible_to(SYSTEM)

    assert list(search(visible, "kauri")) == [first]
    assert list(search(visible, "rewi boundary")) == [second]
    assert set(search(visible, "rewi")) == {first, second}
    assert list(search(visible, "2-001")) == [second]
    assert list(search(visible, "kuari")) == [first]  # two letters swapped
    assert list(search(visible, "kaury")) == [first]
    assert list(search(visible, "tanne boundary")) == [second]
    remove_client(file_id=second.pk, contact_id=one.pk, actor=SYSTEM, at=AT)
    assert list(search(visible, "rewi")) == [first]
    assert not files_visible_to(person("Nobody")).exists()


def test_firms_lists_grow_and_have_one_default(admin):
    """LA-FIL-1, LA-FIL-3, MAT-7."""
    who = actor(admin)
    entry = add_code(listing="area_of_practice", code="FAM", name="Family", actor=who, at=AT)
    for bad in ({"code": "fam"}, {"code": ""}, {"name": ""}, {"code": "x" * 21}, {"listing": "none"}):
        given = {"listing": "area_of_practice", "code": "NEW", "name": "New"} | bad
        with pytest.raises(Refused):
            add_code(**given, actor=who, at=AT)
    edit_code(code_id=entry.pk, code="FAM", name="Family law", actor=who, at=AT)
    set_default_code(code_id=entry.pk, actor=who, at=AT)

    file = open_file(create(last="Rewi"))

    assert str(file.area_of_practice) == "FAM Family law"
    assert FileCode.objects.filter(listing="area_of_practice", is_default=True).count() == 1
    with pytest.raises(Forbidden):
        add_code(listing="rate_group", code="A", name="B", actor=limited(), at=AT)
