"""The pages of the foundation: who sees them, what they say, what they cost (UI-1, UI-7, PRM-6)."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.foundation.conftest import AT, person, signed_in

from counterpart.foundation import clock
from counterpart.foundation.users.models import ApiToken, Role, User
from counterpart.foundation.web.assets import version_of
from counterpart.foundation.web.templatetags.frame import icon, when

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def manage_paths(user: User, role: Role) -> list[str]:
    paths = ["/users/", "/users/new/", f"/users/{user.uuid}/", "/users/roles/", "/users/roles/new/"]
    return [*paths, f"/users/roles/{role.uuid}/"]


def test_every_page_sends_strangers_to_the_sign_in(ada: User, lawyer_role: Role) -> None:
    for path in [*manage_paths(ada, lawyer_role), "/profile/", "/profile/tokens/", "/notifications/", "/help/"]:
        response = Client().get(path)

        assert (path, response.status_code) == (path, 302)
        assert response.headers["Location"] == f"/accounts/login/?next={path}"


def test_managing_people_is_for_those_who_may(admin: User, ada: User, lawyer_role: Role) -> None:
    for path in manage_paths(ada, lawyer_role):
        allowed, refused = signed_in(admin).get(path), signed_in(ada).get(path)

        assert (path, allowed.status_code, refused.status_code) == (path, 200, 403)
        assert "Manage users, roles and permissions" in refused.content.decode()


def test_the_header_shows_only_what_one_may_use(admin: User, ada: User) -> None:
    for user, present in ((admin, True), (ada, False)):
        text = signed_in(user).get("/profile/").content.decode()

        assert ('href="/users/"' in text) is present
        assert settings.COUNTERPART_PEER_NAME in text
        assert "Skip to the content" in text


def test_pages_hold_nothing_inline(admin: User, ada: User, lawyer_role: Role) -> None:
    """The content security policy allows nothing inline, so there is nothing."""
    client = signed_in(admin)
    for path in [*manage_paths(ada, lawyer_role), "/profile/", "/profile/tokens/", "/notifications/", "/help/"]:
        response = client.get(path)

        text = response.content.decode()
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*\ssrc=)", text), path
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), f"{path} repeats an id"


def test_the_people_list_costs_the_same_however_many(admin: User, lawyer_role: Role) -> None:
    client = signed_in(admin)
    client.get("/users/")
    with CaptureQueriesContext(connection) as few:
        client.get("/users/")
    for n in range(20):
        person(f"p{n}@example.com", f"Person {n}", lawyer_role)

    with CaptureQueriesContext(connection) as many:
        page = client.get("/users/?find=person")

    assert len(many) == len(few)
    assert page.content.decode().count("Person ") >= 20


def test_adding_a_person_works_as_page_and_as_dialog(admin: User, lawyer_role: Role) -> None:
    client = signed_in(admin)
    typed = {
        "name": "Cleo Tan",
        "email": "cleo@example.com",
        "password": "a long enough one",
        "roles": [lawyer_role.pk],
    }

    dialog = client.get("/users/new/", headers=HTMX | {"HX-Target": "dialog"})
    refused = client.post("/users/new/", typed | {"email": "admin@example.com"}, headers=HTMX | {"HX-Target": "dialog"})
    done = client.post("/users/new/", typed, headers=HTMX | {"HX-Target": "dialog"})
    by_page = client.post("/users/new/", typed | {"email": "other@example.com"})

    assert "<html" not in dialog.content.decode()
    assert 'hx-target="#dialog"' in dialog.content.decode()
    assert refused.status_code == 422
    assert "already belongs to someone" in refused.content.decode()
    assert "Cleo Tan" in refused.content.decode(), "what was typed is kept"
    assert "a long enough one" not in refused.content.decode(), "but never a password"
    assert done.headers["HX-Redirect"] == "/users/"
    assert by_page.headers["Location"] == "/users/"
    assert User.objects.filter(name="Cleo Tan").count() == 2


def test_a_refused_field_is_tied_to_its_error(admin: User) -> None:
    """3.3.1, 4.1.2: summary with a link, aria-invalid, aria-describedby."""
    text = signed_in(admin).post("/users/new/", {"name": "", "email": "x"}).content.decode()

    assert '<a href="#id_name">Name</a>' in text
    assert re.search(r'<input[^>]*name="email"[^>]*aria-invalid="true"[^>]*aria-describedby="id_email_error"', text)
    assert 'id="id_email_error"' in text


def test_roles_password_and_suspension_of_a_person(admin: User, ada: User, administrator_role: Role) -> None:
    client, path = signed_in(admin), f"/users/{ada.uuid}/"

    client.post(f"{path}roles/", {"roles": [administrator_role.pk]})
    client.post(f"{path}password/", {"password": "another long one"})
    weak = client.post(f"{path}password/", {"password": "short"})
    client.post(f"{path}suspension/")

    stored = User.objects.get(pk=ada.pk)
    assert [role.name for role in stored.roles.all()] == ["Administrator"]
    assert stored.check_password("another long one")
    assert weak.status_code == 422
    assert not stored.is_active
    refused = client.post(f"/users/{admin.uuid}/suspension/", follow=True)
    assert "last active administrator" in refused.content.decode()
    client.post(f"{path}suspension/", {"lift": "1"})
    assert User.objects.get(pk=ada.pk).is_active


def test_a_role_is_edited_with_check_boxes(admin: User, lawyer_role: Role) -> None:
    client, path = signed_in(admin), f"/users/roles/{lawyer_role.uuid}/"

    client.post(path, {"name": "Lawyer", "rights": ["contact.read", "contact.delete"]})
    empty = client.post(path, {"name": "Lawyer"})

    assert Role.objects.get(pk=lawyer_role.pk).rights == ["contact.delete", "contact.read"]
    assert empty.status_code == 422
    assert "at least one right" in empty.content.decode()


@pytest.mark.parametrize(
    ("page", "field", "other"),
    [
        ("contact-overrides", "restrict_contact_number_changes", "restrict_file_number_changes"),
        ("case-file-overrides", "restrict_file_number_changes", "restrict_contact_number_changes"),
    ],
)
def test_overrides_exist_in_legal_accounting_only(
    admin: User, lawyer_role: Role, page: str, field: str, other: str
) -> None:
    """NUM-16, NUM-17, MAT-19: each switch by itself."""
    client, path = signed_in(admin), f"/users/security/{lawyer_role.uuid}/{page}/"

    shown = client.get(path)
    client.post(path, {field: "on"})

    here = settings.COUNTERPART_PRODUCT == "accounting"
    assert shown.status_code == (200 if here else 404)
    role = Role.objects.get(pk=lawyer_role.pk)
    assert (getattr(role, field), getattr(role, other)) == (here, False)


def test_a_token_is_shown_on_the_answer_and_nowhere_else(ada: User, ben: User) -> None:
    client = signed_in(ada)

    made = client.post("/profile/tokens/", {"label": "export", "scopes": ["read"], "days": "30"})
    refused = client.post("/profile/tokens/", {"label": "", "days": "31"})
    secret = re.search(r"cpt_[\w-]{43}", made.content.decode())
    later = client.get("/profile/tokens/")

    assert made.status_code == 201
    assert "no-store" in made.headers["Cache-Control"]
    assert secret is not None
    assert secret.group() not in later.content.decode()
    assert refused.status_code == 422
    token = ApiToken.objects.get()
    assert signed_in(ben).post(f"/profile/tokens/{token.pk}/revocation/").status_code == 404
    client.post(f"/profile/tokens/{token.pk}/revocation/")
    assert ApiToken.objects.get().revoked_at is not None


def test_the_theme_is_remembered_and_leads_nowhere_else(ada: User) -> None:
    client = signed_in(ada)

    back = client.post("/profile/theme/", {"theme": "dark", "next": "/help/"})
    away = client.post("/profile/theme/", {"theme": "neon", "next": "https://evil.example/"})

    assert back.headers["Location"] == "/help/"
    assert away.headers["Location"] == "/"
    assert User.objects.get(pk=ada.pk).theme == "dark"
    assert 'data-bs-theme="dark"' in client.get("/help/").content.decode()


def test_messages_are_found_again_under_the_bell(ada: User) -> None:
    """UI-7."""
    client = signed_in(ada)
    saved = {"name": "Ada Moreau", "theme": "light"}

    shown = client.post("/profile/", saved, follow=True).content.decode()
    bell = client.get("/help/").content.decode()
    page = client.get("/notifications/").content.decode()
    after = client.get("/help/").content.decode()

    assert 'data-toast="success"' in shown
    assert "Notifications, 1 new" in bell
    assert "Profile saved." in page
    assert "1 new" not in after
    assert 'data-shortcuts="off"' in after, "the unticked box switches them off"


def test_a_fragment_carries_its_messages_in_a_header(admin: User, ada: User) -> None:
    client = signed_in(admin)
    client.post("/users/new/", {})
    client.post(f"/users/{ada.uuid}/suspension/")

    response = client.get("/users/new/", headers=HTMX | {"HX-Target": "dialog"})

    toasts = json.loads(response.headers["HX-Trigger"])["toasts"]
    assert toasts == [{"level": "success", "text": "Ada Moreau may no longer sign in."}]


@pytest.mark.parametrize(("path", "status"), [("/nothing/", 404), ("/users/not-a-uuid/", 404), ("/help/?q=%00", 400)])
def test_what_is_missing_says_so_in_our_frame(ada: User, path: str, status: int) -> None:
    response = signed_in(ada).get(path)

    assert response.status_code == status
    assert "Go to the start page" in response.content.decode()


def test_an_address_for_buttons_opened_as_a_page_says_the_way_back(admin: User) -> None:
    """After signing in again a browser asks for the address of the button that was pressed."""
    answer = signed_in(admin).get("/audit/chain/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "press the button again" in answer.content.decode()


def test_a_form_without_its_proof_is_refused(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    response = client.post("/profile/theme/", {"theme": "dark"})

    assert response.status_code == 403
    assert "Reload it and try again" in response.content.decode()


def test_assets_are_cached_for_a_year_under_an_address_of_their_content(db: None) -> None:
    text = Client().get("/accounts/login/").content.decode()
    address = re.search(r'href="(/static/web/frame.css\?v=\w+)"', text)

    assert address is not None
    assert address.group(1).endswith(version_of("web/frame.css"))
    response = Client().get(address.group(1))
    assert "max-age=31536000" in response.headers["Cache-Control"]


def test_an_icon_is_decoration_unless_it_says_what_it_means() -> None:
    assert 'aria-hidden="true"' in icon("check")
    assert 'role="img" aria-label="&lt;Yes&gt;"' in icon("check", label="<Yes>")


def test_a_sign_in_lapses_without_use_and_polling_is_no_use(ada: User) -> None:
    """11.2: every page tells how long is left; a fragment that polls does not move the end on."""
    start = clock.now()
    with time_machine.travel(start, tick=False):
        client = signed_in(ada)

    def left(seconds: int, **headers: str) -> int:
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            text = client.get("/help/", headers=headers).content.decode()
        found = re.search(r'data-session-left="(\d+)"', text)
        assert found is not None
        return int(found.group(1))

    whole = settings.SESSION_COOKIE_AGE
    assert left(0) == whole
    assert left(200) == whole - 200, "written only every few minutes"
    assert left(1000, **HTMX) == whole - 1000
    assert left(1001) == whole
    with time_machine.travel(start + timedelta(seconds=1100), tick=False):
        assert client.post("/profile/stay/").headers["X-Session-Left"] == str(whole)
    with time_machine.travel(start + timedelta(seconds=1101 + whole), tick=False):
        assert client.get("/help/").status_code == 302


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1\u00a0minute ago"),
        (7200, "2\u00a0hours ago"),
        (8 * 86_400, "4 Mar 2026, 05:06"),
    ],
)
def test_a_moment_is_said_as_people_do_and_exactly(seconds: int, said: str) -> None:
    with time_machine.travel(AT + timedelta(seconds=seconds), tick=False):
        shown = when(AT)

    assert f">{said}</time>" in shown
    assert 'title="4 Mar 2026, 05:06:07 UTC"' in shown
    assert when(None) == "never"
