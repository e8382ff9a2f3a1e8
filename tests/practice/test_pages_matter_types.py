"""Admin > Matter types: list, order, create, edit with roles, delete (PTY-2)."""

import re
from typing import Any

import pytest
from django.test import Client
from tests.practice.conftest import signed_in, text_of
from tests.practice.matters import matter_type, open_matter, people

from counterpart.practice.matters.models import MatterType, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(admin) -> Client:
    return signed_in(admin)


def form(*rows: dict[str, Any], primary: int = 0, **own: Any) -> dict[str, Any]:
    """The form as a browser sends it: unticked boxes are absent."""
    sent: dict[str, Any] = {
        "rows": len(rows),
        "primary": primary,
        "needs_roles_to_close": "on",
        "is_active": "on",
        **own,
    }
    for place, row in enumerate(rows):
        sent |= {f"role-{place}-{name}": value for name, value in {"many": "many", **row}.items()}
    return sent


def roles_of(found: MatterType) -> list[tuple[str, bool, bool, str, bool]]:
    rows = Role.objects.filter(matter_type=found).order_by("position")
    return list(rows.values_list("name", "is_required", "is_many", "limited_to", "is_primary"))


def test_only_who_changes_settings_gets_there(ada, nobody):
    """PRM-6: by page and by POST."""
    found = matter_type()
    for path in ("", "new/", f"{found.pk}/", f"{found.pk}/deletion/"):
        for user in (ada, nobody):
            assert signed_in(user).get(f"/settings/matter-types/{path}").status_code == 403
    for path in ("new/", f"{found.pk}/", f"{found.pk}/deletion/", f"{found.pk}/place/"):
        assert signed_in(ada).post(f"/settings/matter-types/{path}", {}).status_code == 403
    assert MatterType.objects.filter(pk=found.pk).exists()


def test_the_list_has_types_roles_and_usage_in_order(client, admin):
    open_matter(admin, *people("Ng"))

    page = text_of(client.get("/settings/matter-types/"))

    assert re.search(
        r"General Client \(primary\), Opposing party, .* Litigation .* Dispute Client \(primary\), .* 1 Yes", page
    )


def test_types_are_put_in_order(client):
    general = MatterType.objects.get(name="General")

    client.post(f"/settings/matter-types/{general.pk}/place/", {"where": "down"})

    assert [one.name for one in MatterType.objects.order_by("position")] == ["Litigation", "General"]
    client.post(f"/settings/matter-types/{general.pk}/place/", {"where": "down"})  # the last stays
    client.post(f"/settings/matter-types/{general.pk}/place/", {"where": "up"})
    assert [one.name for one in MatterType.objects.order_by("position")] == ["General", "Litigation"]


def test_a_type_is_created_with_its_roles(client):
    """PTY-2: required, one or many, limited, primary; the guards of closing."""
    sent = form(
        {"name": "Client", "required": "on"}, {"name": "Judge", "many": "one"},
        {"name": "Bank", "limited_to": "company"}, {"name": ""}, name="Estate",
    )  # fmt: skip

    response = client.post("/settings/matter-types/new/", sent)

    found = MatterType.objects.get(name="Estate")
    assert response.status_code == 302
    assert (found.needs_roles_to_close, found.needs_link_to_close) == (True, False)
    assert roles_of(found) == [
        ("Client", True, True, "", True), ("Judge", False, False, "", False), ("Bank", False, True, "company", False),
    ]  # fmt: skip


def test_rows_are_added_moved_and_dropped_and_nothing_typed_is_lost(client):
    """Works without script: every button sends the form."""
    sent = form({"name": "Client"}, {"name": "Judge", "many": "one"}, name="Half typed", primary=1)

    def names(act: str) -> list[str]:
        response = client.post("/settings/matter-types/new/", sent | {"act": act})
        assert response.status_code == 200
        page = response.content.decode()
        assert 'value="Half typed"' in page
        return re.findall(r'name="role-\d+-name" value="([^"]*)"', page)

    assert names("add") == ["Client", "Judge", ""]
    assert names("up:1") == ["Judge", "Client"]
    assert names("down:0") == ["Judge", "Client"]
    assert names("drop:0") == ["Judge"]
    assert names("up:0") == names("down:1") == names("drop:9") == ["Client", "Judge"]
    moved = client.post("/settings/matter-types/new/", sent | {"act": "up:1"}).content.decode()
    assert re.search(r'name="primary" value="0"[^>]*checked', moved)
    assert not MatterType.objects.filter(name="Half typed").exists()


def test_what_is_wrong_is_said_where_it_is(client):
    sent = form({"name": "Client"}, {"name": "client"}, name="general", primary=7)

    response = client.post("/settings/matter-types/new/", sent)

    read = text_of(response)
    assert response.status_code == 422
    assert "There is a matter type of this name already." in read
    assert "There is a role of this name already." in read
    assert "Mark exactly one role as primary" in read


def test_a_type_is_edited_and_what_is_held_stays(client, admin):
    """A role somebody holds can't be removed; a second save of an old page is refused."""
    matter = open_matter(admin, *people("Ng"))
    found = matter.matter_type
    url = f"/settings/matter-types/{found.pk}/"
    page = client.get(url).content.decode()
    ids = re.findall(r'name="role-\d+-id" value="([^"]*)"', page)
    names = re.findall(r'name="role-\d+-name" value="([^"]*)"', page)
    rows = [{"id": one, "name": name} for one, name in zip(ids, names, strict=True)]

    assert 'title="Held by 1 party"' in page
    without_client = client.post(url, form(*rows[1:], name="Dispute", version=found.version))
    assert without_client.status_code == 422
    assert "Client is held on matters and can't be removed." in text_of(without_client).replace("&#x27;", "'")
    saved = client.post(url, form(*rows[:2], {"name": "Expert"}, name="Quarrel", version=found.version))
    assert saved.status_code == 302
    assert [name for name, *_ in roles_of(found)] == ["Client", "Opposing party", "Expert"]
    stale = client.post(url, form(*rows[:1], name="Mine", version=found.version))
    assert stale.status_code == 422
    assert "Somebody else changed this type meanwhile." in text_of(stale)


def test_a_type_is_taken_out_of_use(client):
    found = matter_type()
    rows = [{"id": str(one.pk), "name": one.name} for one in found.roles.all()]
    sent = form(*rows, name="Dispute", version=found.version)
    del sent["is_active"]

    client.post(f"/settings/matter-types/{found.pk}/", sent)

    assert not MatterType.objects.get(pk=found.pk).is_active
    assert "Dispute" not in text_of(client.get("/matters/new/"))


def test_only_a_type_no_matter_ever_had_is_deleted(client, admin):
    used = open_matter(admin).matter_type
    free = MatterType.objects.get(name="Litigation")

    page, refused = (getattr(client, verb)(f"/settings/matter-types/{used.pk}/deletion/") for verb in ("get", "post"))
    client.post(f"/settings/matter-types/{free.pk}/deletion/")

    assert "Take it out of use instead" in text_of(page)
    assert refused.status_code == 409
    assert "1 matter is of this type" in text_of(refused)
    assert list(MatterType.objects.order_by("name").values_list("name", flat=True)) == ["Dispute", "General"]


def test_a_type_that_is_not_there_is_not_there(client):
    missing = "00000000-0000-7000-8000-000000000000"

    assert client.get(f"/settings/matter-types/{missing}/").status_code == 404
