"""The Create Matter window (MAT-1 to MAT-3, WIN-2, WIN-8): typed in, asked back, and never lost."""

import re
from typing import Any

import pytest
from django.test import Client
from tests.practice.conftest import connected, create, person, signed_in, text_of
from tests.practice.matters import MATTER_WORK, line_up, matter_type, open_matter, people, role

from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.operations import RoleDraft
from counterpart.practice.tokens import new_token
from counterpart.sync import api as sync

pytestmark = pytest.mark.django_db
GRID = {"HX-Request": "true", "HX-Target": "parties"}


@pytest.fixture
def ada(db):
    matter_type()
    return person("Ada", *MATTER_WORK)


@pytest.fixture
def client(ada) -> Client:
    return signed_in(ada)


def form(user, **changes: Any) -> dict[str, Any]:
    """The form as the page fills it."""
    return {
        "token": new_token(), "matter_type": str(matter_type().pk), "name": "Ng v Acme", "file_reference": "",
        "assigned_to": user.pk, "status": "active", "priority": "normal", "date": "2026-03-04",
        "external_reference": "", **changes,
    }  # fmt: skip


def party(name: str, contact: Contact) -> str:
    return f"{role(name).pk}:{contact.pk}"


def press(client: Client, sent: dict[str, Any], act: str) -> str:
    """A button of the grid: what the grid then shows."""
    response = client.post("/matters/new/", sent | {"act": act}, headers=GRID)
    assert response.status_code == 200
    return response.content.decode()


def test_the_form_begins_with_what_is_usual(client, ada):
    """MAT-1: me, active, normal, today; roles with their marks; the type used last stands first."""
    roles = [RoleDraft("Client", is_primary=True, is_required=True), RoleDraft("Bank", limited_to="company")]
    estate = matter_type("Estate", roles)
    ng = f"{role('Client', 'Estate').pk}:{create().pk}"
    assert client.post("/matters/new/", form(ada, matter_type=str(estate.pk), party=ng)).status_code == 302

    page = client.get("/matters/new/").content.decode()

    assert re.findall(r"<option value=[^>]*>([^<]+)</option>", page)[0] == "Estate"
    assert f'<option value="{ada.pk}" selected>Ada</option>' in page
    assert '<option value="active" selected>' in page
    assert '<option value="normal" selected>' in page
    assert "companies only" in text_of(client.get("/matters/new/"))
    assert re.search(r'class="slot-title required"[^>]*>Client<span class="visually-hidden"> \(required\)', page)


def test_a_matter_is_created_with_its_parties_in_order(client, ada):
    """MAT-1, MAT-6, PTY-3: as typed; the page of the matter follows."""
    rewi, ng, acme = *people("Rewi", "Ng"), create(kind="company", company="Acme")

    placed = [party("Client", rewi), party("Bank", acme), party("Client", ng)]

    response = client.post("/matters/new/", form(ada, file_reference="A-1", priority="high", party=placed))

    matter = Matter.objects.get()
    assert response.status_code == 302
    assert response.url == f"/matters/{matter.pk}/"
    assert (matter.name, matter.requested_reference, matter.priority) == ("Ng v Acme", "A-1", "high")
    assert str(matter.date) == "2026-03-04"
    assert (matter.assigned_to, matter.created_by) == (ada, "Ada")
    assert line_up(matter) == [("Client", "Rewi", 0), ("Client", "Ng", 1), ("Bank", "Acme", 0)]
    assert f"Matter created: {matter}." in text_of(client.get(response.url))


def test_two_presses_create_one_matter(client, ada):
    """WIN-8."""
    sent = form(ada)

    first, second = client.post("/matters/new/", sent), client.post("/matters/new/", sent)

    assert first.url == second.url
    assert Matter.objects.count() == 1


def test_the_dialog_moves_the_whole_page_when_it_is_done(client, ada):
    headers = {"HX-Request": "true", "HX-Target": "dialog"}

    assert client.get("/matters/new/", headers=headers).content.decode().strip().startswith('<div class="dialog-head">')
    response = client.post("/matters/new/", form(ada), headers=headers)

    assert response.headers["HX-Redirect"] == f"/matters/{Matter.objects.get().pk}/"


def test_everything_wrong_is_said_at_once_and_what_was_typed_stays(client, ada):
    """WIN-8, UI-6: beside the fields, and nothing is created."""
    ng = create()
    parties = [party("Opposing party", ng), party("Opposing party", ng), party("Bank", ng)]

    response = client.post("/matters/new/", form(ada, name="", file_reference="A 1", date="yesterday", party=parties))
    read = text_of(response)

    assert response.status_code == 422
    assert "Write the date like this: 2026-11-23." in read
    sent = form(ada, name=" ", file_reference="A 1", external_reference="cv-588", party=parties)
    response = client.post("/matters/new/", sent)
    read = text_of(response)
    assert "Enter the name of the matter." in read
    assert "can't contain spaces" in read.replace("&#x27;", "'")
    assert "Bank can be only companies." in read
    assert not Matter.objects.exists()
    page = response.content.decode()
    assert 'value="A 1"' in page
    assert 'value="cv-588"' in page
    assert page.count(f'name="party" value="{party("Opposing party", ng)}"') == 1
    assert f'name="party" value="{party("Bank", ng)}"' in page


def test_a_required_role_is_asked_for(client, ada):
    """PTY-2."""
    estate = matter_type("Estate", [RoleDraft("Client", is_primary=True, is_required=True)])

    response = client.post("/matters/new/", form(ada, matter_type=str(estate.pk)))

    assert response.status_code == 422
    assert "This type of matter needs: Client." in text_of(response)


@pytest.mark.parametrize("without_script", [True, False])
def test_a_contact_is_found_and_put_into_its_role(client, ada, without_script):
    """PTY-5: by a button without script, as you type with it; nothing typed is lost."""
    ng = create(first="Ada", last="Ng", email="ng@example.com")
    client_role = role("Client") if matter_type() else None
    sent = form(ada, **{f"find_{client_role.pk}": "ng@exa"}, name="Half typed", restricted="on")

    if without_script:
        response = client.post("/matters/new/", sent | {"act": f"find:{client_role.pk}"})
        page = response.content.decode()
        assert 'value="Half typed"' in page
        assert re.search(r'name="restricted"[^>]*checked', page)
    else:
        page = client.get(f"/matters/find-contact/?key={client_role.pk}&find_{client_role.pk}=ng@exa").content.decode()
    pick = re.search(r'value="(pick:[^"]+)"', page)
    grid = press(client, sent, pick[1])

    assert pick[1] == f"pick:{client_role.pk}:{ng.pk}"
    assert f'name="party" value="{client_role.pk}:{ng.pk}"' in grid
    assert "Primary client" in grid
    assert f'name="find_{client_role.pk}" id="find-{client_role.pk}" value=""' in grid


def test_the_picker_says_why_somebody_can_not_be_chosen(client, ada):
    """PTY-2, PAG-9: here already, of the wrong kind; closed contacts are not offered."""
    ng, acme = create(last="Ngaio"), create(kind="company", company="Ngaio Ltd")
    closed = create(last="Ngaio Closed")
    Contact.objects.filter(pk=closed.pk).update(status="closed")
    matter_type()
    bank, client_role = role("Bank"), role("Client")

    def found(key: Any, limit: str, **more: Any) -> str:
        return text_of(
            client.get("/matters/find-contact/", {"key": key, "limit": limit, f"find_{key}": "ngaio", **more})
        )

    assert "only companies here" in found(bank.pk, "company")
    assert "is here already" in found(client_role.pk, "", party=f"{client_role.pk}:{acme.pk}")
    assert "is here already" not in found(client_role.pk, "", party=f"{bank.pk}:{acme.pk}")
    assert "Closed" not in found(client_role.pk, "")
    assert "Create contact “ngaio”" in found(client_role.pk, "")
    assert ng.last in found(client_role.pk, "")


def test_a_contact_is_created_inside_and_the_form_is_intact(client, ada):
    """WIN-2: what was typed becomes the name; a mistake is said beside the field; then the contact is chosen."""
    matter_type()
    client_role = role("Client")
    sent = form(ada, name="Half typed", **{f"find_{client_role.pk}": "Iona Heron"})

    opened = press(client, sent, f"new:{client_role.pk}")
    assert re.search(r'name="new-first" value="Iona"', opened)
    assert re.search(r'name="new-last" value="Heron"', opened)

    new = {"new_role": str(client_role.pk), "new-token": new_token(), "new-kind": "individual"}
    refused = press(client, sent | new | {"new-last": "Heron", "new-email": "no e-mail"}, f"make:{client_role.pk}")
    assert 'value="no e-mail"' in refused
    assert "field-error" in refused
    assert not Contact.objects.filter(last="Heron").exists()

    again = sent | new | {"new-first": "Iona", "new-last": "Heron", "new-phone": "555 0101"}
    made = press(client, again, f"make:{client_role.pk}")
    press(client, again, f"make:{client_role.pk}")  # pressed twice

    contact = Contact.objects.get(last="Heron")
    assert contact.phones == [{"label": "business", "number": "555 0101"}]
    assert f'name="party" value="{client_role.pk}:{contact.pk}"' in made
    assert "new-last" not in made


def test_who_may_not_create_contacts_is_not_offered_it(ada):
    only_matters = person("Matters", "matter.read", "matter.create", "contact.read")
    matter_type()
    key = role("Client").pk

    assert "Create contact" not in text_of(
        signed_in(only_matters).get(f"/matters/find-contact/?key={key}&find_{key}=zzz")
    )


def test_nothing_begun_in_the_grid_is_lost_by_saving(client, ada):
    """A name typed and not chosen, or a new contact not created, stops the save and stays."""
    matter_type()
    key = role("Client").pk

    typed = client.post("/matters/new/", form(ada, **{f"find_{key}": "Ng"}))
    begun = client.post("/matters/new/", form(ada, **{"new_role": str(key), "new-last": "Ng"}))

    assert (typed.status_code, begun.status_code) == (422, 422)
    assert "“Ng” is not chosen yet as Client" in text_of(typed)
    assert "Create the new contact, or put its form away" in text_of(begun)
    assert 'name="new-last" value="Ng"' in begun.content.decode()
    assert not Matter.objects.exists()


def test_parties_are_moved_up_and_taken_off(client, ada):
    """2.5.7: buttons, no dragging."""
    matter_type()
    first, second = people("First", "Second")
    sent = form(ada, party=[party("Client", first), party("Client", second)])

    raised = press(client, sent, f"up:{party('Client', second)}")
    dropped = press(client, sent, f"drop:{party('Client', first)}")

    values = re.findall(r'name="party" value="([^"]+)"', raised)
    assert values == [party("Client", second), party("Client", first)]
    assert re.findall(r'name="party" value="([^"]+)"', dropped) == [party("Client", second)]


def test_another_type_takes_along_who_has_a_role_there(client, ada):
    """Whoever has no role of that name waits in the form, is named, and stops the save."""
    matter_type()
    estate = matter_type("Estate", [RoleDraft("Heir"), RoleDraft("client", is_primary=True)])
    ng, judge = people("Ng", "Strict")
    sent = form(ada, matter_type=str(estate.pk), party=[party("Client", ng), party("Judge", judge)])

    grid = press(client, sent, "type")

    assert f'value="{role("client", "Estate").pk}:{ng.pk}"' in grid
    assert f'value="{party("Judge", judge)}"' in grid
    assert "Estate has no such role for:" in grid
    assert client.post("/matters/new/", sent).status_code == 422


def test_what_the_link_waits_for_is_said_before_and_after(client, ada):
    """MAT-3: no client yet; a client that is not in step yet; nothing is said while the products are not connected."""
    ng = create()
    matter_type()
    assert "won’t reach Legal Accounting" not in text_of(client.get("/matters/new/"))
    connected()

    without = text_of(client.get("/matters/new/"))
    with_client = text_of(client.get(f"/matters/new/?contact={ng.pk}"))
    made = client.post("/matters/new/", form(ada), follow=True)
    waiting = client.post("/matters/new/", form(ada, party=party("Client", ng)), follow=True)

    assert "This matter won’t reach Legal Accounting until it has a client." in without
    assert "Waiting for client Ng to synchronise." in with_client
    assert "won't reach Legal Accounting until it has a client" in text_of(made).replace("&#x27;", "'")
    assert "Waiting for client Ng to synchronise." in text_of(waiting)
    assert sync.link_state("matter", Matter.objects.get(parties__isnull=False).pk).colour != "gray"


def test_a_reference_is_checked_while_it_is_typed(client, ada):
    """MAT-2: our own matters at once, named only to those who see them; the rule for characters."""
    open_matter(ada, create(), name="Holder", reference="A-1")
    open_matter(person("Cleo"), create(), name="Secret", reference="A-2", restricted=True)

    def said(number: str) -> str:
        return text_of(client.get("/matters/reference-check/", {"file_reference": number})).replace("&#x27;", "'")

    assert "a-1 is already used by 1 Holder ." in said("a-1")
    assert "is already used by a matter you can’t view." in said("A-2")
    assert "Secret" not in said("A-2")
    assert "can't contain spaces" in said("A 1")
    assert "can’t be asked right now" in said("B-9")
    taken = client.post("/matters/new/", form(ada, file_reference="A-1"))
    assert taken.status_code == 422
    assert "Matter 1 Holder has this file reference already." in text_of(taken)


def test_a_restricted_matter_is_made_for_the_people_ticked(client, ada, ben):
    """PRM-4: whoever makes it is listed as well."""
    sent = form(ada, restricted="on", access=[str(ben.pk)])

    assert client.post("/matters/new/", sent).status_code == 302

    matter = Matter.objects.get()
    assert matter.restricted
    assert sorted(matter.access.values_list("user__name", flat=True)) == ["Ada", "Ben"]


def test_who_may_not_create_matters_gets_no_form(ben, nobody):
    for user in (ben, nobody):
        assert signed_in(user).get("/matters/new/").status_code == 403
        assert signed_in(user).post("/matters/new/", {"name": "X"}).status_code == 403
    assert not Matter.objects.exists()


def test_who_may_not_restrict_or_number_is_not_asked(ada):
    """MAT-19, PRM-6: the fields are absent, or read-only with the reason."""
    user = person("Locked", "matter.read", "matter.create", "contact.read")
    connected({"file_number_locked_emails": ["locked@example.com"]})

    page = signed_in(user).get("/matters/new/").content.decode()

    assert 'name="restricted"' not in page
    assert re.search(r'name="file_reference"[^>]*disabled', page)
    assert "You may not define or change a file reference" in page
