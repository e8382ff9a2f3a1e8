"""The engine's tests. Most hold on either product; those named here need the one or the other."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sync_world import World

collect_ignore_glob = []
if "accounting" in os.environ.get("DJANGO_SETTINGS_MODULE", ""):
    collect_ignore_glob += [
        "test_absorbing.py",
        "test_golive_asking.py",
        "test_web_*.py",
        "test_requests.py",
        "test_commits.py",
        "test_parallel.py",
        "test_matters.py",
    ]
else:
    collect_ignore_glob += ["test_matters_received.py", "test_golive_lead.py"]
if not os.environ.get("COUNTERPART_TEST_POSTGRES"):
    collect_ignore_glob += ["test_parallel.py"]


@pytest.fixture
def world(db: None) -> Iterator["World"]:
    """A connected site and its peer; every fault of the peer's line is off."""
    from sync_world import World

    from counterpart.sync import probing

    yield World().connect()
    probing.use_transport(None)


@pytest.fixture
def durable_world(transactional_db: None) -> Iterator["World"]:
    """The same with real commits, for what must survive or vanish with them."""
    from sync_world import World

    from counterpart.sync import probing

    yield World().connect()
    probing.use_transport(None)
