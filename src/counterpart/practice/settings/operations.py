"""Changing the firm's settings: one verb, logged."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.countries import COUNTRIES
from counterpart.foundation.errors import FieldError, Refused, Stale
from counterpart.practice.settings.models import ContactSettings, MatterSettings, NameOrder

EDITABLE = (
    "separate_numbering_sequences", "sync_addresses", "share_methods", "name_order", "show_title", "show_middle",
    "show_suffix", "default_country",
)  # fmt: skip


MATTER_EDITABLE = ("close_in_step",)
Row = TypeVar("Row", ContactSettings, MatterSettings)


@transaction.atomic
def change_contact_settings(
    *, actor: Actor, changes: Mapping[str, Any], at: datetime, version: int | None = None
) -> ContactSettings:
    """Change the named settings and write the change to the firm's log (4.7).

    ``version``: the version that was read; another one now raises Stale. Raises Forbidden, Refused.
    """
    actor.require("settings.edit")
    current = _locked(ContactSettings, version)
    _check(changes)
    return _write(current, "General settings > Contacts", actor, changes, at)


@transaction.atomic
def change_matter_settings(
    *, actor: Actor, changes: Mapping[str, Any], at: datetime, version: int | None = None
) -> MatterSettings:
    """As for contacts, of matters (IMP-10). Raises Forbidden, Refused, Stale."""
    actor.require("settings.edit")
    current = _locked(MatterSettings, version)
    if problems := _unknown(changes, MATTER_EDITABLE):
        raise Refused(problems)
    return _write(current, "General settings > Matters", actor, changes, at)


def _locked(model: type[Row], version: int | None) -> Row:
    model.objects.get_or_create(pk=1)
    current = model.objects.select_for_update().get(pk=1)
    if version is not None and version != current.version:
        raise Stale("The settings were changed meanwhile.", current_version=current.version)
    return current


def _write(current: Row, label: str, actor: Actor, changes: Mapping[str, Any], at: datetime) -> Row:
    different = {
        name: [getattr(current, name), value] for name, value in changes.items() if getattr(current, name) != value
    }
    if not different:
        return current
    for name, (_, value) in different.items():
        setattr(current, name, value)
    current.version += 1
    current.save()
    event = history.NewEvent(
        object_type="settings", object_id=None, object_label=label, verb="setting_changed",
        actor=actor, at=at, changes=different,
    )  # fmt: skip
    history.record([event])
    return current


def _unknown(changes: Mapping[str, Any], editable: Collection[str]) -> list[FieldError]:
    return [FieldError(name, "There is no such setting.", "unknown") for name in changes if name not in editable]


def _check(changes: Mapping[str, Any]) -> None:
    problems = _unknown(changes, EDITABLE)
    if changes.get("name_order", NameOrder.FIRST_LAST) not in NameOrder.values:
        problems.append(FieldError("name_order", "Choose one of the formats.", "invalid"))
    country = changes.get("default_country", "")
    if country and country not in COUNTRIES:
        problems.append(FieldError("default_country", "Choose a country.", "country.invalid"))
    if problems:
        raise Refused(problems)
