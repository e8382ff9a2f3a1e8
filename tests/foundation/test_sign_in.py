"""Signing in: nothing is told to strangers, tries are limited, everything is in the log (HIS-3)."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from tests.foundation.conftest import PASSWORD, signed_in

from counterpart.foundation import history
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def attempt(email: str, password: str, client: Client | None = None) -> HttpResponse:
    answered: HttpResponse = (client or Client()).post("/accounts/login/", {"login": email, "password": password})
    return answered


def test_a_person_signs_in_by_e_mail_whatever_its_case(ada: User) -> None:
    client = Client()

    response = attempt("ADA@Example.com", PASSWORD, client)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    cookie = client.cookies[f"counterpart_{settings.COUNTERPART_PRODUCT}_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    event = history.events_for("user", ada.uuid).get()
    assert (event.verb, event.actor_name, event.actor_ip) == ("signed_in", "Ada Moreau", "127.0.0.1")


@pytest.mark.parametrize("kind", ["wrong password", "unknown", "disabled"])
def test_a_failure_says_the_same_whoever_it_was(ada: User, kind: str) -> None:
    """Accounts can not be enumerated, nor told apart by being disabled (without the password)."""
    if kind == "disabled":
        User.objects.update(is_active=False)
    email = "nobody@example.com" if kind == "unknown" else "ada@example.com"

    response = attempt(email, "wrong password")

    text = response.content.decode()
    assert response.status_code == 200
    assert "The email address and/or password you specified are not correct." in text
    event = Event.objects.get()
    assert (event.verb, event.object_label, event.object_id) == (
        "sign_in_failed", email, None if kind == "unknown" else ada.uuid,
    )  # fmt: skip


def test_a_password_typed_into_the_wrong_field_is_not_logged(ada: User) -> None:
    attempt("correct horse battery", "x")

    assert "correct horse" not in str(list(Event.objects.values()))


def test_a_disabled_person_is_turned_away(ada: User) -> None:
    User.objects.update(is_active=False)
    client = Client()

    response = attempt("ada@example.com", PASSWORD, client)

    assert "sessionid" not in client.cookies
    assert client.get("/profile/").status_code == 302
    assert response.status_code in {200, 302}


def test_disabling_ends_a_running_session(ada: User) -> None:
    client = signed_in(ada)
    assert client.get("/profile/").status_code == 200

    User.objects.update(is_active=False)

    assert client.get("/profile/").headers["Location"].startswith("/accounts/login/")


def test_tries_are_limited_on_the_shared_cache(ada: User) -> None:
    """The limit lives in the database, so it holds across processes."""
    assert "DatabaseCache" in settings.CACHES["default"]["BACKEND"]
    answers = [attempt("ada@example.com", "wrong") for _ in range(6)]

    refused = attempt("ada@example.com", PASSWORD)

    assert "Too many failed login attempts" in answers[5].content.decode()
    assert refused.status_code == 200
    assert "Too many failed login attempts" in refused.content.decode()


def test_nobody_signs_up(db: None) -> None:
    response = Client().post(
        "/accounts/signup/", {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert "Nobody signs up here" in response.content.decode()
    assert not User.objects.exists()


def test_signing_in_goes_on_only_to_our_own_pages(ada: User) -> None:
    client = Client()

    response = client.post(
        "/accounts/login/?next=https://evil.example/", {"login": "ada@example.com", "password": PASSWORD}
    )

    assert response.headers["Location"] == "/"


def test_the_second_step_is_asked_for_and_its_secret_is_encrypted(ada: User) -> None:
    from counterpart.foundation.users.adapters import MfaAdapter

    secret = generate_totp_secret()
    Authenticator.objects.create(user=ada, type="totp", data={"secret": MfaAdapter().encrypt(secret)})
    client = Client()
    first = attempt("ada@example.com", PASSWORD, client)
    assert first.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/profile/").status_code == 302

    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    counter = next(iter(yield_hotp_counters_from_time()))
    right = client.post("/accounts/2fa/authenticate/", {"code": format_hotp_value(hotp_value(secret, counter))})

    assert wrong.status_code == 200
    assert right.headers["Location"] == "/"
    assert client.get("/profile/").status_code == 200
    assert secret not in str(Authenticator.objects.values())


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/signup/", "/accounts/inactive/"],
)
def test_entrance_pages_are_ours_and_strict(path: str, db: None) -> None:
    response = Client().get(path)

    text = response.content.decode()
    assert response.status_code == 200
    assert "web/frame.css" in text
    assert " style=" not in text
    assert "<script>" not in text
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/logout/",
        "/accounts/reauthenticate/", "/accounts/2fa/recovery-codes/generate/",
    ],
)  # fmt: skip
def test_account_pages_of_a_signed_in_person_are_ours(ada: User, path: str) -> None:
    client = Client()
    attempt("ada@example.com", PASSWORD, client)

    response = client.get(path, follow=True)

    assert response.status_code == 200
    assert "web/frame.css" in response.content.decode()


def test_switching_on_and_off_the_second_step_is_in_the_log(ada: User, django_capture_on_commit_callbacks: Any) -> None:
    client = Client()
    attempt("ada@example.com", PASSWORD, client)
    asked = client.get("/accounts/2fa/totp/activate/")
    page = client.post(
        "/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"}, follow=True
    )
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, counter))})
    codes = client.get("/accounts/2fa/recovery-codes/")
    client.post("/accounts/2fa/totp/deactivate/")

    assert asked.headers["Location"].startswith("/accounts/reauthenticate/"), "delicate: the password is asked again"
    assert "Recovery codes" in codes.content.decode()
    verbs = list(Event.objects.order_by("id").values_list("verb", "reason"))
    assert ("second_step_added", "totp") in verbs
    assert ("second_step_removed", "totp") in verbs
