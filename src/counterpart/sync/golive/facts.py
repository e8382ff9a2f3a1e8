"""What every beat says of a go-live: when it changes, the peer tries again what was refused for it (section 10)."""

from typing import Any

from counterpart.sync.golive.runs import HELD
from counterpart.sync.golive.tables import Verdict
from counterpart.sync.link import get_link


def golive_facts() -> dict[str, Any]:
    """Whether one has a say here, and how much was decided."""
    link = get_link()
    if link is None or link.golive not in HELD:
        return {"golive": ""}
    return {"golive": f"{link.golive} {Verdict.objects.count()}"}
