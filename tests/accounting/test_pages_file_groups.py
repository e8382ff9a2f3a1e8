"""Group contacts by screen: New Group Contact, Group Members, Member Of (LA-SPL-4, LA-CON-5)."""

import pytest
from tests.accounting.conftest import person, signed_in
from tests.accounting.files_world import group_of, keeper, opened, people, shares, text_of

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File, GroupMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return keeper()


def members(group: Contact) -> list[str]:
    return list(GroupMember.objects.filter(group=group).order_by("position").values_list("contact__last", flat=True))


def test_members_are_looked_up_one_after_another_and_saved(ada):
    """Works as a plain form: what was ticked stays ticked while the next one is looked for."""
    heron, tern = people("Heron", "Tern")
    browser = signed_in(ada)

    first = browser.post("/contacts/groups/new/", {"name": "Quay", "look": "1", "find": "heron"})
    second = browser.post(
        "/contacts/groups/new/", {"name": "Quay", "look": "1", "find": "tern", "members": str(heron.pk)}
    )
    saved = browser.post(
        "/contacts/groups/new/", {"name": "Quay", "members": [str(heron.pk), str(tern.pk)]}, follow=True
    )

    assert f'value="{heron.pk}"><span' in first.content.decode()
    assert f'value="{heron.pk}" checked' in second.content.decode()
    assert f'value="{tern.pk}"><span' in second.content.decode()
    assert 'value="Quay"' in second.content.decode()
    group = Contact.objects.get(is_group=True)
    assert f"Quay is saved with number {group.number}." in text_of(saved)
    assert members(group) == ["Heron", "Tern"]


def test_the_search_for_members_answers_htmx_with_the_picker_alone(ada):
    people("Heron")

    answer = signed_in(ada).post(
        "/contacts/groups/new/", {"find": "heron", "name": ""},
        headers={"HX-Request": "true", "HX-Target": "member-picker"},
    )  # fmt: skip

    assert answer.status_code == 200
    assert answer.content.decode().startswith('<fieldset class="group" id="member-picker"')


def test_a_group_without_name_or_members_is_refused(ada):
    (heron,) = people("Heron")
    browser = signed_in(ada)

    nameless = browser.post("/contacts/groups/new/", {"name": "", "members": str(heron.pk)})
    empty = browser.post("/contacts/groups/new/", {"name": "Quay"})

    assert (nameless.status_code, empty.status_code) == (422, 422)
    assert f'value="{heron.pk}" checked' in nameless.content.decode()
    assert "Choose at least one contact." in text_of(empty)
    assert not Contact.objects.filter(is_group=True).exists()


def test_group_members_tab_adds_and_removes(ada):
    """A new member is a client of the group's files with 0 %; the primary stays (LA-SPL-4)."""
    heron, tern, wren = people("Heron", "Tern", "Wren")
    group = group_of(heron, tern)
    browser = signed_in(ada)
    url = f"/contacts/{group.pk}/members/"
    made = browser.get(f"/files/new/?contact={group.pk}")
    data = {f.html_name: f.value() for f in made.context["form"].code_boxes}
    data |= {"description": "Quay", "responsible": str(ada.pk), "opened_on": "2026-03-04"}
    browser.post(f"/files/new/?contact={group.pk}", data)
    file = File.objects.get()

    found = browser.get(f"{url}?find=wren")
    added = browser.post(url, {"contact": str(wren.pk)}, follow=True)
    browser.post(f"{url}{tern.pk}/removal/")

    assert f'value="{wren.pk}">Add' in found.content.decode()
    assert "The member is added." in text_of(added)
    assert members(group) == ["Heron", "Wren"]
    assert shares(file) == {"Heron": 1_000_000, "Wren": 0}
    assert "members of The Quay owners" in text_of(browser.get(f"/files/{file.pk}/"))
    assert "The clients of this file are the members of The Quay owners" in text_of(browser.get(f"/files/{file.pk}/"))


def test_member_of_lists_visible_groups_only(ada):
    """GRP-3: the hidden group of a file with several clients shows nowhere."""
    heron, tern = people("Heron", "Tern")
    opened(heron, tern)
    browser = signed_in(ada)

    before = text_of(browser.get(f"/contacts/{tern.pk}/member-of/"))
    group_of(heron, tern)
    after = text_of(browser.get(f"/contacts/{tern.pk}/member-of/"))

    assert "In no group" in before
    assert "The Quay owners" in after
    assert "2 contacts" in text_of(browser.get("/contacts/?q=heron")) or "1 contact" in text_of(
        browser.get("/contacts/?q=heron")
    )


def test_a_group_is_not_marked_as_shared(ada):
    """Groups stay in Legal Accounting, so nothing of theirs is shared."""
    heron, tern = people("Heron", "Tern")
    group = group_of(heron, tern)
    browser = signed_in(ada)

    assert 'id="record-body" class="not-shared"' in browser.get(f"/contacts/{group.pk}/").content.decode()
    assert "not-shared" not in browser.get(f"/contacts/{heron.pk}/").content.decode()


def test_only_a_group_has_members(ada):
    (heron,) = people("Heron")
    browser = signed_in(ada)

    assert browser.get(f"/contacts/{heron.pk}/members/").status_code == 404
    assert "Group Members" not in text_of(browser.get(f"/contacts/{heron.pk}/"))


def test_groups_need_the_right():
    heron, tern = people("Heron", "Tern")
    person("Somebody", administrator=True)
    group = group_of(heron, tern)
    browser = signed_in(keeper(without=("group.edit",)))

    assert browser.get("/contacts/groups/new/").status_code == 403
    assert browser.post(f"/contacts/{group.pk}/members/", {"contact": str(heron.pk)}).status_code == 403
    assert browser.post(f"/contacts/{group.pk}/members/{heron.pk}/removal/").status_code == 403
    assert "Add member" not in text_of(browser.get(f"/contacts/{group.pk}/members/"))
    assert "New Group Contact" not in text_of(browser.get("/contacts/"))
    assert members(group) == ["Heron", "Tern"]
