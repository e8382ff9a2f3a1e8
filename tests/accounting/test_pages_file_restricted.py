"""What is Practice Management's while the integration is on, by screen and by post; all of it works when off (4.2)."""

import pytest
from django.urls import reverse
from tests.accounting.conftest import connected, signed_in
from tests.accounting.files_world import box, group_of, keeper, opened, people, shares, text_of

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File, GroupMember
from counterpart.protocol.colour import Mode

pytestmark = pytest.mark.django_db
PM = "http://127.0.0.1:8701"


@pytest.fixture
def world():
    """A file for two clients and a group, made before the integration was switched on (GRP-16)."""
    ada = keeper()
    heron, tern, wren = people("Heron", "Tern", "Wren")
    return {
        "browser": signed_in(ada), "file": opened(heron, tern), "group": group_of(heron, tern), "heron": heron,
        "tern": tern, "wren": wren,
    }  # fmt: skip


def posts(world) -> dict[str, tuple[str, dict[str, str]]]:
    """The address and the data of every restricted function."""
    file, group, wren, tern = world["file"], world["group"], world["wren"], world["tern"]
    return {
        "New File": (f"{reverse('files:new')}?contact={wren.pk}", {"description": "New"}),
        "Create New Group Contact": (reverse("files:new-group"), {"name": "New group", "members": str(wren.pk)}),
        "Add clients": (reverse("files:add-client", args=[file.pk]), {"contact": str(wren.pk)}),
        "Remove clients": (reverse("files:remove-client", args=[file.pk, tern.pk]), {}),
        "Change Primary Contact": (reverse("files:primary", args=[file.pk]), {"contact": str(wren.pk)}),
        "Add members": (reverse("files:members", args=[group.pk]), {"contact": str(wren.pk)}),
        "Remove members": (reverse("files:remove-member", args=[group.pk, tern.pk]), {}),
    }


def state(file: File) -> tuple:
    """Everything the restricted functions could change."""
    return (
        File.objects.count(), Contact.objects.count(), shares(file),
        list(GroupMember.objects.order_by("pk").values_list("contact__last", flat=True)),
    )  # fmt: skip


def new_file_data(browser, url: str) -> dict[str, str]:
    """What New File fills in by itself, and who is responsible."""
    codes = {field.html_name: field.value() for field in browser.get(url).context["form"].code_boxes}
    return codes | {"responsible": str(File.objects.get().responsible_id), "opened_on": "2026-03-04"}


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.PAUSED, Mode.HEALING])
def test_with_the_integration_on_every_post_is_refused_with_reason_and_way_out(world, mode):
    """GRP-15: 409, and a page with the sentence and the address in Practice Management. A pause changes nothing."""
    connected(mode=mode)
    before = state(world["file"])

    for what, (url, data) in posts(world).items():
        answer = world["browser"].post(url, data)
        assert (what, answer.status_code) == (what, 409)
        assert "Practice Management" in text_of(answer)
        assert f'href="{PM}' in answer.content.decode().split("<main")[1], what

    assert state(world["file"]) == before


@pytest.mark.parametrize("changes", [{"mode": Mode.OFF}, {"peer_mode": Mode.OFF}])
def test_with_the_integration_off_all_of_them_work(world, changes):
    """GRP-17: off on either side is off."""
    connected(**changes)
    browser = world["browser"]

    for what, (url, data) in posts(world).items():
        more = new_file_data(browser, url) if what == "New File" else {}
        answer = browser.post(url, data | more)
        assert (what, answer.status_code) == (what, 302)

    assert File.objects.count() == 2
    assert Contact.objects.filter(is_group=True).count() == 2
    assert shares(world["file"]) == {"Wren": 1_000_000, "Heron": 0}, "a file that was never divided follows its primary"


def test_disabled_controls_say_why_and_where(world):
    """GRP-15, IMP-13: disabled, described by the reason, with the page in Practice Management."""
    connected()
    file, group, browser = world["file"], world["group"], world["browser"]
    pages = {
        f"/files/{file.pk}/": ("Add client", "clients-restricted"),
        f"/files/{file.pk}/other/": ("Change Primary Contact", "primary-restricted"),
        f"/contacts/{group.pk}/members/": ("Add member", "members-restricted"),
        "/files/": ("New File", "no-new-file"),
        "/contacts/": ("New Group Contact", "no-new-group"),
        f"/contacts/{world['heron'].pk}/files/": ("New File", "no-new-file"),
    }

    for path, (control, reason) in pages.items():
        page = browser.get(path).content.decode()
        assert f'aria-describedby="{reason}"' in page, path
        assert f'id="{reason}"' in page, path
        assert control in page, path
        assert f'<a href="{PM}' in page.split(f'id="{reason}"')[1], path
        assert "disabled" in page.split(f'aria-describedby="{reason}"')[0].rsplit("<", 1)[1], path
    assert f'action="/files/{file.pk}/clients/' not in browser.get(f"/files/{file.pk}/").content.decode()
    assert "/members/" not in browser.get(f"/contacts/{group.pk}/members/").content.decode().split("Remove")[1]


def test_disabled_pages_open_and_say_so(world):
    """Typed into the address bar they explain themselves."""
    connected()
    browser = world["browser"]

    new_file = browser.get("/files/new/")
    new_group = browser.get("/contacts/groups/new/")
    primary = browser.get(f"/files/{world['file'].pk}/primary/")

    assert [page.status_code for page in (new_file, new_group, primary)] == [200, 200, 200]
    assert "Files begin in Practice Management" in text_of(new_file)
    assert f"{PM}/matters/new/" in new_file.content.decode()
    assert '<button class="btn btn-primary" type="submit" disabled' in new_group.content.decode()
    assert "disabled" in primary.content.decode()


def test_percentages_numbers_and_holds_stay_available(world):
    """The last rows of the table: what Legal Accounting owns works with the integration on."""
    connected()
    file, browser = world["file"], world["browser"]

    split = browser.post(f"/files/{file.pk}/split/", {box(world["tern"]): "40"})
    number = browser.post(f"/files/{file.pk}/other/", {"number": f"{file.number.split('-')[0]}-700"})
    version = File.objects.get().version
    hold = browser.post(f"/files/{file.pk}/holds/", {"trust_hold": "on", "hold_reason": "x", "version": version})

    assert [answer.status_code for answer in (split, number, hold)] == [302, 302, 302]
    assert shares(file) == {"Heron": 600_000, "Tern": 400_000}
    assert browser.get(f"/contacts/{world['heron'].pk}/member-of/").status_code == 200
