"""Property S3 on real databases: every acknowledged edit stands, or was replaced knowingly, or is in the archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.pair.databases import PRODUCTS
from tests.pair.firm import Firm

TOLD = """
import json
from counterpart.foundation.history.models import Event
from counterpart.sync.models import Conflict
edits = Event.objects.filter(object_type="contact").exclude(origin="sync").values_list("changes", flat=True)
print(json.dumps({
    "replaced": [changes["alias"][0] for changes in edits if changes.get("alias")],
    "archived": [value for value in Conflict.objects.filter(register="alias").values_list("losing_value", flat=True)],
}))
"""


def check_nothing_lost(firm: Firm, said: Mapping[str, Sequence[str]]) -> None:
    """`said`: for each number the aliases that were acknowledged, each given once."""
    standing = {number: contact["alias"] for number, contact in firm.pm.everything().items()}
    theirs = {number: contact["alias"] for number, contact in firm.la.everything().items()}
    assert standing == theirs
    told = [firm.shell(product, TOLD) for product in PRODUCTS]
    archives = [set(one["archived"]) for one in told]
    assert archives[0] == archives[1], "the archives of the two products differ"
    known = {value for one in told for value in one["replaced"]} | archives[0]
    lost = [value for number, values in said.items() for value in values if value not in {*known, standing[number]}]
    assert not lost, f"lost without a trace: {lost}"
