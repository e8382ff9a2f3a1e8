"""A restricted matter over every page and route of Practice Management, person by person, both sites running."""

from __future__ import annotations

import pytest
from tests.pair.matters import Docket, open_matter
from tests.pair.people import ADA, BEN, CLEO
from tests.pair.site import Refused

PAGES = (
    "/", "/search/?q={word}", "/search/?q={client}", "/matters/", "/matters/?q={client}", "/matters/?restricted=yes",
    "/matters/export/", "/contacts/{client_id}/", "/contacts/{client_id}/matters/", "/contacts/{client_id}/deletion/",
    "/sync/", "/sync/conflicts/", "/notifications/", "/matters/reference-check/?file_reference={number}",
)  # fmt: skip
"""What shows or counts many records; a person without the right to a page gets its refusal."""

TAKEN = {"format": "csv", "which": "all", "delimiter": "comma"}
OWN_PAGES = ("", "history/", "edit/", "parties/", "parties/new/", "closure/", "deletion/", "access/", "reference/")
ROUTES = (
    ("GET", "", None), ("PATCH", "", {"name": "Mine"}), ("DELETE", "", None), ("POST", "/sync", None),
    ("GET", "/parties", None), ("PUT", "/parties", {"items": []}),
)  # fmt: skip


@pytest.fixture(scope="module")
def walled(firm) -> tuple[Docket, dict[str, str]]:
    """A matter in both products that only the administrator sees, and what its pages are asked for."""
    client = firm.pm.wait(firm.pm.create(kind="company", company="Wallender Quay")["id"])
    docket = open_matter(firm.pm, firm.la, [client], name="Umbrage v. Thistledown", restricted=True)
    words = {
        "word": "umbrage", "client": "wallender", "client_id": client["id"], "number": docket.matter["file_reference"],
    }  # fmt: skip
    return docket, words


@pytest.mark.parametrize("email", [ADA, BEN, CLEO])
def test_no_page_names_or_opens_it(firm, walled, email):
    """PRM-4, SRC-7, HIS-2: lawyer, reception, and a lawyer unknown in Legal Accounting; none of them is listed."""
    docket, words = walled
    person = firm.person("practice", email)

    for path in PAGES:
        page = person.get(path.format(**words))
        assert page.status in (200, 403), path
        assert "Thistledown" not in page.text, path
        assert docket.matter_id not in page.text, path
    assert "Thistledown" not in person.post("/matters/export/", **TAKEN).text
    for path in OWN_PAGES:
        assert person.get(f"/matters/{docket.matter_id}/{path}").status in (403, 404), path
    assert person.get(f"/sync/matter/{docket.matter_id}/indicator/").status == 404


@pytest.mark.parametrize("email", [ADA, CLEO])
def test_no_route_of_the_api_tells_of_it(firm, walled, email):
    """PRM-4, PRM-6: found by nothing and missing for every verb, rights or not."""
    docket, words = walled
    site = firm.site("practice", email)

    for query in (
        "q=Thistledown",
        f"contact_id={words['client_id']}",
        f"file_reference={words['number']}",
        "restricted=true",
    ):
        assert site.call("GET", f"/matters?{query}")["items"] == [], query
    for method, path, body in ROUTES:
        with pytest.raises(Refused) as refused:
            site.call(method, f"/matters/{docket.matter_id}{path}", body)
        assert refused.value.status in (403, 404), (method, path)
        assert "Thistledown" not in str(refused.value.problem), (method, path)


def test_the_administrator_sees_it_everywhere(firm, walled, manager):
    """The other half: the wall is what hides it, not the pages."""
    docket, words = walled
    administrator = manager("practice")

    for path in (
        "/search/?q={word}",
        "/matters/",
        "/matters/?q={client}",
        "/contacts/{client_id}/matters/",
    ):
        assert "Thistledown" in administrator.get(path.format(**words)).text, path
    assert "Thistledown" in administrator.post("/matters/export/", **TAKEN).text
    assert administrator.get(f"/matters/{docket.matter_id}/").status == 200
