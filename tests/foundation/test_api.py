"""The plumbing of both APIs (API-1, API-4 to API-8)."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.foundation.conftest import token_for

from counterpart.foundation import clock
from counterpart.foundation.api.models import IdempotentAnswer
from counterpart.foundation.users.models import ApiToken, Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.foundation.toy_api")]


def call(method: str, path: str, token: str = "", body: Any = None, **headers: str) -> HttpResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    content = json.dumps(body) if body is not None else ""
    kind = sent.pop("Content-Type", "application/json")
    answered: HttpResponse = getattr(Client(), method)(
        f"/api/v1{path}", **({"data": content, "content_type": kind} if body is not None else {}), headers=sent
    )
    return answered


def test_a_token_opens_the_api_with_few_queries_and_no_session(ada: User) -> None:
    token = token_for(ada)
    call("get", "/roles", token)  # notes the last use

    with CaptureQueriesContext(connection) as queries:
        response = call("get", "/roles", token)

    assert response.json() == {"items": [{"id": Role.objects.get().pk, "name": "Lawyer"}], "next": None}
    assert len(queries) == 2, "one for the token, one for the list"
    assert not response.cookies
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("state", ["missing", "unknown", "expired", "revoked", "disabled"])
def test_a_bad_token_opens_nothing(ada: User, state: str) -> None:
    """The same answer for every bad token."""
    token = token_for(ada, days=1)
    at = clock.now()
    if state == "revoked":
        ApiToken.objects.update(revoked_at=at)
    if state == "disabled":
        User.objects.update(is_active=False)
    token = {"missing": "", "unknown": token[:-1] + "~"}.get(state, token)

    with time_machine.travel(at + timedelta(days=2 if state == "expired" else 0)):
        response = call("get", "/roles", token)

    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == ("token.missing" if state == "missing" else "token.invalid")


def test_a_method_nobody_knows_is_a_problem_too(ada: User) -> None:
    response = call("put", "/roles", token_for(ada), {})

    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(response.headers["Allow"].split(", ")) >= {"GET", "POST"}
    assert response.json()["code"] == "method.not_allowed"


def test_a_reading_token_may_not_write(ada: User) -> None:
    reading = call("post", "/roles", token_for(ada, "read"), {"name": "New"})
    writing = call("post", "/roles", token_for(ada, "write"), {"name": "New"})

    assert (reading.status_code, reading.json()["detail"]) == (403, "This token may not write.")
    assert (writing.status_code, writing.headers["ETag"]) == (201, '"1"')
    assert writing.headers["Location"] == f"/api/v1/roles/{writing.json()['id']}"


def test_a_right_is_asked_of_the_person_behind_the_token(ben: User) -> None:
    response = call("post", "/roles", token_for(ben), {"name": "New"})

    assert response.status_code == 403
    assert "Create contacts" in response.json()["detail"]
    assert not Role.objects.exists()


def test_refused_input_names_each_field(ada: User) -> None:
    token = token_for(ada)

    by_domain = call("post", "/roles", token, {"name": ""}).json()
    by_shape = call("post", "/roles", token, {"name": 5}).json()

    assert by_domain == {
        "type": "about:blank", "title": "Not accepted", "status": 422, "detail": "Enter a name.",
        "code": "name.required", "errors": [{"field": "name", "message": "Enter a name.", "code": "name.required"}],
    }  # fmt: skip
    assert (by_shape["status"], by_shape["errors"][0]["field"]) == (422, "name")


def test_an_unknown_parameter_is_refused_not_ignored(ada: User) -> None:
    """API-5."""
    token = token_for(ada)

    response = call("get", "/roles?qq=law", token)

    assert (response.status_code, response.json()["code"]) == (400, "parameter.unknown")
    assert call("get", "/roles?q=law", token).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [('{"name": "x"', "application/json", 400), ("name=x", "application/x-www-form-urlencoded", 415)],
)
def test_a_body_that_is_not_json_is_refused(ada: User, body: str, kind: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {token_for(ada)}"}

    response = Client().post("/api/v1/roles", body, content_type=kind, headers=headers)

    assert (response.status_code, response.json()["status"]) == (status, status)


def test_a_body_that_is_too_large_is_refused(ada: User, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = call("post", "/roles", token_for(ada), {"name": "x" * 200})

    assert (response.status_code, response.json()["code"]) == (413, "request.too_large")


def test_a_nul_in_a_parameter_is_refused(ada: User) -> None:
    """PostgreSQL can not look for one."""
    response = call("get", "/roles?q=%00", token_for(ada))

    assert (response.status_code, response.json()["code"]) == (400, "parameter.invalid")


def test_paging_visits_every_row_once(ada: User) -> None:
    """API-4: also where the sorted field has equals."""
    token = token_for(ada)
    Role.objects.bulk_create(Role(name=f"Role {n:02}") for n in range(7))
    seen, path = [], "/roles?limit=3"

    while path:
        page = call("get", path, token).json()
        seen += [item["name"] for item in page["items"]]
        path = f"/roles?limit=3&cursor={page['next']}" if page["next"] else ""

    assert seen == sorted(Role.objects.values_list("name", flat=True), reverse=True)


@pytest.mark.parametrize("query", ["cursor=nonsense!", "cursor=WzFd", "limit=0", "limit=201"])
def test_a_bad_cursor_or_limit_is_refused(ada: User, query: str) -> None:
    response = call("get", f"/roles?{query}", token_for(ada))

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("if_match", "status"), [("*", 200), ('"7"', 200), ('W/"7"', 200), ('"6"', 412), ("x", 412)])
def test_if_match_is_honoured(ada: User, if_match: str, status: int) -> None:
    """API-6: a mismatch tells the current version."""
    response = call("patch", "/roles/1", token_for(ada), {"name": "x"}, If_Match=if_match)

    assert response.status_code == status
    assert response.json().get("current_version") == (7 if status == 412 else None)


def test_what_blocks_is_named(ada: User) -> None:
    response = call("delete", "/roles/1", token_for(ada))

    assert response.status_code == 409
    assert response.json()["blockers"] == [{"message": "3 people have it", "url": "/users/", "count": 3}]


def test_a_repeated_post_returns_the_first_answer_and_does_nothing_again(ada: User) -> None:
    """API-6."""
    token = token_for(ada)

    first = call("post", "/roles", token, {"name": "Once"}, Idempotency_Key="k1")
    again = call("post", "/roles", token, {"name": "Once"}, Idempotency_Key="k1")
    other = call("post", "/roles", token, {"name": "Other"}, Idempotency_Key="k1")

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (again.headers["ETag"], again.headers["Idempotent-Replay"]) == ('"1"', "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.reused")
    assert Role.objects.filter(name__in=["Once", "Other"]).count() == 1


def test_a_key_is_free_again_after_a_day(ada: User) -> None:
    token = token_for(ada)
    call("post", "/roles", token, {"name": "One"}, Idempotency_Key="k1")

    with time_machine.travel(clock.now() + timedelta(hours=25)):
        later = call("post", "/roles", token, {"name": "Two"}, Idempotency_Key="k1")

    assert later.json()["name"] == "Two"
    assert IdempotentAnswer.objects.count() == 1


def test_a_fault_of_ours_keeps_nothing_and_tells_nothing(ada: User) -> None:
    """API-8: 500 with a request id; the key may be tried again."""
    token = token_for(ada)

    response = call("post", "/roles", token, {"name": "fault"}, Idempotency_Key="k1")

    assert response.status_code == 500
    assert response.json()["request_id"] in response.json()["detail"]
    assert b"secret inside" not in response.content
    assert not Role.objects.filter(name="fault").exists()
    assert not IdempotentAnswer.objects.exists()


def test_the_last_use_of_a_token_is_written_once_a_minute(ada: User) -> None:
    token = token_for(ada)
    start = clock.now()

    with time_machine.travel(start, tick=False):
        call("get", "/roles", token)
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        call("get", "/roles", token)
    first = ApiToken.objects.get().last_used_at
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        call("get", "/roles", token)

    assert first == start
    assert ApiToken.objects.get().last_used_at == start + timedelta(seconds=61)


def test_the_document_is_openapi_3_1_and_names_every_problem(ada: User) -> None:
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    post = document["paths"]["/api/v1/roles"]["post"]
    assert sorted(post["responses"]) == ["201", "400", "401", "403", "409", "413", "415", "422", "500"]
    assert [p["name"] for p in post["parameters"]] == ["Idempotency-Key"]
    items = document["components"]["schemas"]["BatchIn"]["properties"]["items"]["items"]
    assert items == {"$ref": "#/components/schemas/RoleIn"}
    assert document["components"]["schemas"]["Problem"]["required"][:3] == ["type", "title", "status"]


def test_the_docs_page_shows_every_operation_without_scripts_from_elsewhere(ada: User) -> None:
    page = Client().get("/api/v1/docs")

    text = page.content.decode()
    assert page.status_code == 200
    assert all(found in text for found in ("/api/v1/roles/{role_id}", "Idempotency-Key", "RoleOut"))
    assert "http://" not in text.replace("http://127.0.0.1", "")
    assert "https://" not in text


def test_an_unknown_address_of_the_api_is_a_problem(ada: User) -> None:
    response = Client().get("/api/v1/nothing")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
