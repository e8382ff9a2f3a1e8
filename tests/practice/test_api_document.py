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
from tests.practice.conftest import connected, create, token_for
from tests.practice.matters import open_matter, parties

from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.models import Matter, MatterType, Party

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture
def _one_connection(db):
    """A request must not close the connection that holds the test's transaction; Django's own client sees to that."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def document(_one_connection):
    """The document as the site serves it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def bearer(admin):
    """A program that may everything, in a firm with a few contacts."""
    connected()
    made = [create(last=last, reference=last[:2].strip("'")) for last in ("Ng", "O'Brien", "Müller")]
    open_matter(admin, *made, reference="M-1", parties=parties(Judge=made[0]))
    open_matter(admin, made[0], restricted=True)
    return {"Authorization": f"Bearer {token_for(admin)}"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/contacts"), ("POST", "/contacts"), ("POST", "/contacts/batch"), ("GET", "/contacts/{contact_id}"),
        ("GET", "/contacts/export"),
        ("PATCH", "/contacts/{contact_id}"), ("DELETE", "/contacts/{contact_id}"),
        ("POST", "/contacts/{contact_id}/sync"), ("POST", "/contacts/check-duplicates"),
        ("POST", "/contacts/{contact_id}/merge"), ("GET", "/settings/contacts"), ("PATCH", "/settings/contacts"),
        ("GET", "/sync/summary"), ("GET", "/matters"), ("POST", "/matters"), ("POST", "/matters/reassign"),
        ("GET", "/matters/{matter_id}"), ("PATCH", "/matters/{matter_id}"), ("DELETE", "/matters/{matter_id}"),
        ("POST", "/matters/{matter_id}/sync"), ("GET", "/matters/{matter_id}/parties"),
        ("POST", "/matters/{matter_id}/parties"), ("PUT", "/matters/{matter_id}/parties"),
        ("PATCH", "/matters/{matter_id}/parties/{party_id}"), ("DELETE", "/matters/{matter_id}/parties/{party_id}"),
        ("POST", "/matters/{matter_id}/parties/{party_id}/make-primary"),
        ("POST", "/matters/{matter_id}/parties/{party_id}/move"), ("GET", "/matter-types"), ("POST", "/matter-types"),
        ("GET", "/matter-types/{type_id}"), ("PATCH", "/matter-types/{type_id}"),
        ("DELETE", "/matter-types/{type_id}"), ("GET", "/matter-types/{type_id}/create-form"), ("GET", "/staff"),
        ("GET", "/settings/matters"), ("PATCH", "/settings/matters"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_the_document_promises(document, bearer, method, path, mode):
    """Status, content type, headers and body of each answer are documented; nothing makes the server fail."""
    operation = document[f"/api/v1{path}"][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
        return  # there is nothing to get wrong

    @settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), of_ours=st.booleans())
    def every_call(case, of_ours):
        if of_ours:
            case.path_parameters = (case.path_parameters or {}) | _ours(case.path_parameters or {})
        if mode is GenerationMode.POSITIVE and of_ours and (method, path) == ("POST", "/contacts"):
            case.body |= {"kind": "individual", "last": "Ng", "reference": None, "email": None, "phones": None}
        if mode is GenerationMode.POSITIVE and of_ours and path.endswith("/merge"):
            others = Contact.objects.filter(deleted_at=None).exclude(pk=case.path_parameters["contact_id"])
            left = [str(other) for other in others.values_list("pk", flat=True)[:1]] or case.body["contacts"]
            case.body |= {"contacts": left, "survivor": None, "field_choices": {}}
        if mode is GenerationMode.POSITIVE and of_ours and (method, path) == ("POST", "/matters"):
            contact = str(Contact.objects.filter(deleted_at=None).values_list("pk", flat=True)[0])
            case.body |= {"name": "Ng", "matter_type": None, "assigned_to": None, "restricted": False, "access": None}
            case.body |= {"file_reference": None, "external_reference": None}
            case.body |= {"parties": [{"role": "Client", "contact_id": contact}]}
        case.call_and_validate(headers=bearer, checks=CHECKS)

    every_call()


def _ours(asked):
    """Ids of records there are, for the parameters asked for."""
    party = Party.objects.select_related("matter").order_by("pk").first()
    matter = Matter.objects.filter(deleted_at=None).order_by("pk").first()
    found = {
        "contact_id": Contact.objects.filter(deleted_at=None).first(), "party_id": party,
        "matter_id": party.matter if party and "party_id" in asked else matter,
        "type_id": MatterType.objects.order_by("-position").first(),
    }  # fmt: skip
    return {name: str(found[name].pk) for name in asked if found.get(name) is not None}
