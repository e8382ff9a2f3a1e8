"""The API against its own OpenAPI document: thousands of generated calls, well-formed and not (API-1)."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.accounting.conftest import AT, connected, create, open_file, token_for

from counterpart.accounting.files.models import File
from counterpart.foundation.actor import Actor
from counterpart.sync import api as sync

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _one_connection():
    """A request must not close the connection that holds the test's transaction; Django's own client sees to that."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def document(db, _one_connection):
    """The document as the site serves it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def bearer(admin):
    """A program that may everything, in a firm with a few contacts and a file for each."""
    for last in ("Ng", "O'Brien", "Müller"):
        open_file(create(last[:2].strip("'"), last=last))
    connected()
    return {"Authorization": f"Bearer {token_for(admin)}"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/contacts"), ("POST", "/contacts"), ("POST", "/contacts/batch"), ("GET", "/contacts/{contact_id}"),
        ("PATCH", "/contacts/{contact_id}"), ("DELETE", "/contacts/{contact_id}"),
        ("POST", "/contacts/{contact_id}/sync"), ("POST", "/contacts/check-duplicates"),
        ("GET", "/settings/file-numbering"),
        ("PATCH", "/settings/file-numbering"),
        ("GET", "/sync/summary"),
        ("GET", "/files/export"),
        ("GET", "/files"), ("POST", "/files"), ("GET", "/files/{file_id}"), ("PATCH", "/files/{file_id}"),
        ("DELETE", "/files/{file_id}"), ("POST", "/files/{file_id}/sync"), ("POST", "/files/{file_id}/clients"),
        ("DELETE", "/files/{file_id}/clients/{contact_id}"), ("PUT", "/files/{file_id}/primary"),
        ("GET", "/files/{file_id}/split"), ("PUT", "/files/{file_id}/split"),
        ("POST", "/files/{file_id}/split/preview"), ("POST", "/contacts/groups"),
        ("GET", "/contacts/{contact_id}/members"), ("POST", "/contacts/{contact_id}/members"),
        ("DELETE", "/contacts/{contact_id}/members/{member_id}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_the_document_promises(document, bearer, method, path, mode):
    """Status, content type, headers and body of each answer are documented; nothing makes the server fail."""
    operation = document[f"/api/v1{path}"][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
        return  # there is nothing to get wrong

    if "/files" in path or "/groups" in path or "/members" in path:
        sync.switch_off(Actor.system("Test"), AT)  # else most of it is refused before anything is looked at
    file, contact = File.objects.values_list("pk", "payers__contact_id").first()

    @settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), of_ours=st.booleans())
    def every_call(case, of_ours):
        for name, known in (("contact_id", contact), ("member_id", contact), ("file_id", file)):
            if of_ours and name in (case.path_parameters or {}):
                case.path_parameters[name] = str(known)
        if mode is GenerationMode.POSITIVE and of_ours and (method, path) == ("POST", "/contacts"):
            case.body |= {"last": "Ng", "number": None, "email": None}
        case.call_and_validate(headers=bearer, checks=CHECKS)

    every_call()
