"""The firm's weights and thresholds (DUP-1), and when the check is made (4.7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.models import AlikeOptions
from counterpart.foundation.alike.scoring import WEIGHT_NAMES, Weights, weights_from
from counterpart.foundation.errors import FieldError, Refused, Stale

LABELS: Final = {
    "email": "Same e-mail", "phone": "Same phone number", "tax_number": "Same tax number", "number": "Same number",
    "name": "Same name, or its part for a similar one", "place": "Same post code and house number",
    "born": "Same date of birth", "other_birth": "Taken off for a different date of birth",
    "possible": "Possible match from", "strong": "Strong match from",
}  # fmt: skip
SETTABLE: Final = ("email", "phone", "name", "place", "possible", "strong")
"""Those of what contacts hold today; a number held twice is always a match."""


def options() -> AlikeOptions:
    """The firm's choices; the defaults as long as nobody made any."""
    return AlikeOptions.objects.filter(pk=1).first() or AlikeOptions()


def weights() -> Weights:
    """The firm's weights."""
    return weights_from(options().weights)


@transaction.atomic
def change_options(
    *, actor: Actor, check_when: str, values: Mapping[str, int], at: datetime, version: int | None = None
) -> None:
    """Choose when the check is made and what each thing in common is worth. Raises Forbidden, Refused, Stale."""
    actor.require("settings.edit")
    AlikeOptions.objects.get_or_create(pk=1)
    current = AlikeOptions.objects.select_for_update().get(pk=1)
    if version is not None and version != current.version:
        raise Stale("The settings were changed meanwhile.", current_version=current.version)
    if errors := _errors(check_when, values):
        raise Refused(errors)
    before = weights_from(current.weights).as_dict()
    after = {**before, **values}
    changes: dict[str, Any] = {
        LABELS[name]: [before[name], after[name]] for name in WEIGHT_NAMES if before[name] != after[name]
    }
    if check_when != current.check_when:
        changes["Check"] = [str(current.get_check_when_display()), str(AlikeOptions.Check(check_when).label)]
    if not changes:
        return
    current.check_when, current.weights, current.version = check_when, after, current.version + 1
    current.save()
    label = "Alike contacts"
    history.record([history.NewEvent("settings", None, label, "setting_changed", actor, at, changes)])


def _errors(check_when: str, values: Mapping[str, int]) -> list[FieldError]:
    found = [
        FieldError(name, "Enter a whole number from 0 to 100.", "range")
        for name, value in values.items()
        if name not in SETTABLE or not 0 <= value <= 100  # noqa: PLR2004 - points
    ]
    if check_when not in AlikeOptions.Check.values:
        found.append(FieldError("check_when", "Choose when the check is made.", "unknown"))
    if values.get("strong", 100) < values.get("possible", 0):
        text = "A strong match needs at least as many points as a possible one."
        found.append(FieldError("strong", text, "order"))
    if values.get("possible", 1) == 0:
        found.append(FieldError("possible", "At 0 every contact would match; enter 1 or more.", "range"))
    return found
