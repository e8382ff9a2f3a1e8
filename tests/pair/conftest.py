"""One firm for most tests, since starting it is the slow part; tests share nothing but the firm.

Each test marks its contacts with words of its own and numbers them in a block of its own.
"""

from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.pair import people
from tests.pair.databases import PRODUCTS
from tests.pair.firm import Firm, new_firm
from tests.pair.pages import Person
from tests.pair.site import Contact, Site
from tests.pair.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
BLOCK = 1000
_blocks = itertools.count(BLOCK, BLOCK)


@pytest.fixture(scope="session")
def firm() -> Iterator[Firm]:
    """Running, with its people; for every test that leaves it working."""
    with new_firm() as made:
        people.engage(made)
        for product in PRODUCTS:  # the first half of a rotation: the second key must have travelled before the other
            made.person(product).post("/sync/connection/keys/")
        yield made


@pytest.fixture(scope="session")
def rough_firm() -> Iterator[Firm]:
    """For tests that kill, cut and set clocks wrong, and put everything right again."""
    with new_firm(own_clocks=True) as made:
        yield made


@pytest.fixture
def own_firm() -> Iterator[Firm]:
    """A firm that the test may spoil."""
    with new_firm() as made:
        yield made


@pytest.fixture
def pm(firm: Firm) -> Site:
    return firm.pm


@pytest.fixture
def la(firm: Firm) -> Site:
    return firm.la


@pytest.fixture(scope="session")
def manager(firm: Firm) -> Callable[[str], Person]:
    """The administrator at the pages of a product; signed in once."""
    signed_in: dict[str, Person] = {}

    def at(product: str) -> Person:
        if product not in signed_in:
            signed_in[product] = firm.person(product)
        return signed_in[product]

    return at


@pytest.fixture
def mark() -> Callable[[], str]:
    """A word that occurs nowhere else: as alias it finds a contact on the other side."""
    return lambda: f"mark-{secrets.token_hex(5)}"


@pytest.fixture
def block(la: Site) -> int:
    """The first of a thousand numbers that no other test uses; the client sequence goes on with it."""
    first = next(_blocks)
    la.call("PATCH", "/settings/file-numbering", {"sequences": {"client": {"next": first}}})
    return first


@pytest.fixture
def numbering(pm: Site, la: Site) -> Callable[..., AbstractContextManager[None]]:
    """Separate numbering sequences on or off in each product, for the body."""

    @contextmanager
    def switched(*, in_pm: bool, in_la: bool) -> Iterator[None]:
        _separate(pm, la, in_pm, in_la)
        try:
            yield
        finally:
            _separate(pm, la, False, False)

    return switched


@pytest.fixture
def linked(pm: Site, la: Site, mark: Callable[[], str]) -> Callable[..., tuple[Contact, Contact]]:
    """A contact that is green in both products: as Practice Management and as Legal Accounting show it."""

    def make(**fields: Any) -> tuple[Contact, Contact]:
        alias = fields.pop("alias", mark())
        made = pm.create(**{"kind": "individual", "first": "Mara", "last": "Lindqvist", "alias": alias, **fields})
        there = eventually(lambda: la.by_alias(alias))
        return pm.wait(made["id"]), la.wait(there["id"])

    return make


@pytest.fixture
def apart(firm: Firm, manager: Callable[[str], Person]) -> Callable[[], AbstractContextManager[None]]:
    """The link is paused for the body: edits made in it on both sides are simultaneous."""

    @contextmanager
    def paused() -> Iterator[None]:
        for product in ("practice", "accounting"):
            assert manager(product).post("/sync/connection/pause/").status == 200
        try:
            yield
        finally:
            for product in ("accounting", "practice"):
                assert manager(product).post("/sync/connection/resume/").status == 200

    return paused


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real input files; without them the tests that need them are skipped, with a word."""
    folder = Path(os.environ.get("COUNTERPART_SHARED") or ROOT.parent / "shared") / "data"
    if not (folder / "people.csv").is_file():
        pytest.skip(f"The real input files are not at {folder}; set COUNTERPART_SHARED to the folder above them.")
    return folder


def _separate(pm: Site, la: Site, in_pm: bool, in_la: bool) -> None:
    pm.call("PATCH", "/settings/contacts", {"separate_numbering_sequences": in_pm})
    la.call("PATCH", "/settings/file-numbering", {"separate_numbering_sequences": in_la})
