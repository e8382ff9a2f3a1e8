"""The loser's names and numbers find the survivor: as if it had once been called so (LA-NUM-7, CNF-1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from counterpart.foundation.alike.product import KIND, Held
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.conflicts.former import COLUMNS, KEPT
from counterpart.foundation.conflicts.models import FormerName
from counterpart.foundation.text import fold


def take_over(survivor: Held, loser: Held, after: Mapping[str, Any], at: datetime) -> list[int]:
    """Store what the loser is and was called as former names of the survivor; returns the rows.

    Read newest first these rows lead back through time. The survivor's own names of today are stored before them, so
    that reading on from the loser's leads to the survivor's past again and not to a mixture.
    """
    own = _texts(after)
    losers = [_texts(loser.columns) | _number(loser), *_past(loser)]
    rows = [own | _number(survivor), *reversed(losers)]
    last = FormerName.objects.order_by("-id").values_list("id", flat=True).first() or 0
    insert_rows(FormerName, COLUMNS, [(KIND, survivor.id, row, f" {fold(' '.join(row.values()))}", at) for row in rows])
    written = FormerName.objects.filter(object_type=KIND, object_id=survivor.id, id__gt=last).order_by("id")
    return list(written.values_list("id", flat=True))[: len(rows)]


def give_back(rows: list[int], survivor: UUID) -> None:
    """Take the loser's names away from the survivor again."""
    FormerName.objects.filter(object_type=KIND, object_id=survivor, id__in=rows).delete()


def _past(loser: Held) -> list[dict[str, str]]:
    held: Mapping[str, Any] = loser.columns
    past = []
    for values in FormerName.objects.filter(object_type=KIND, object_id=loser.id).order_by("-id"):
        held = {**held, **values.values}
        past.append(_texts(held) | {name: held[name] for name in ("reference", "number") if held.get(name)})
    return past


def _texts(columns: Mapping[str, Any]) -> dict[str, str]:
    """Every name, empty ones too: they end what an older name had."""
    return {
        name: str(columns.get(name) or "") for name in sorted(KEPT[KIND] - {"reference", "number"}) if name in columns
    }


def _number(held: Held) -> dict[str, str]:
    return {name: held.number for name in ("reference", "number") if name in held.columns and held.number}
