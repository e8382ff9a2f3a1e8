"""Admin > General settings > Contacts, for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from counterpart.foundation.api.making import answer
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.clock import now
from counterpart.practice.api.v1.asking import actor_of
from counterpart.practice.api.v1.matter_schemas import MatterSettingsOut, MatterSettingsPatch
from counterpart.practice.api.v1.schemas import SettingsOut, SettingsPatch
from counterpart.practice.contacts import operations
from counterpart.practice.settings.models import ContactSettings, MatterSettings
from counterpart.practice.settings.operations import EDITABLE, MATTER_EDITABLE, change_matter_settings
from counterpart.practice.settings.queries import contact_settings, matter_settings
from counterpart.sync import api as sync

router = Router(tags=["Settings"])


@router.get("/contacts", response=SettingsOut, summary="Read the contact settings")
def read_settings(request: HttpRequest) -> HttpResponse:
    """With the state of Legal Accounting's switch beside ours."""
    request.actor.require("contact.read")  # type: ignore[attr-defined]  # set by the token
    return _shown(contact_settings())


@router.patch("/contacts", response=SettingsOut, summary="Change the contact settings")
def change_settings(request: HttpRequest, body: SettingsPatch) -> HttpResponse:
    """Only the members that are sent are changed."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True)
    if "default_country" in changes:
        changes["default_country"] = changes["default_country"] or ""
    given = {name: value for name, value in changes.items() if value is not None}
    actor = request.actor  # type: ignore[attr-defined]  # set by the token
    settings = operations.change_settings(actor=actor, changes=given, at=now(), version=expected_version(request))
    return _shown(settings)


@router.get("/matters", response=MatterSettingsOut, summary="Read the matter settings")
def read_matter_settings(request: HttpRequest) -> HttpResponse:
    """With an ETag."""
    actor_of(request, "matter.read")
    return _matters_shown(matter_settings())


@router.patch("/matters", response=MatterSettingsOut, summary="Change the matter settings")
def patch_matter_settings(request: HttpRequest, body: MatterSettingsPatch) -> HttpResponse:
    """Only the members that are sent are changed."""
    given = {name: value for name, value in body.model_dump().items() if value is not None}
    version = expected_version(request)
    settings = change_matter_settings(actor=actor_of(request), changes=given, at=now(), version=version)
    return _matters_shown(settings)


def _matters_shown(settings: MatterSettings) -> HttpResponse:
    shown = {name: getattr(settings, name) for name in MATTER_EDITABLE}
    return answer({**shown, "version": settings.version}, version=settings.version)


def _shown(settings: ContactSettings) -> HttpResponse:
    shown = {name: getattr(settings, name) for name in EDITABLE}
    shown["default_country"] = settings.default_country or None
    shown["version"] = settings.version
    there = sync.peer().policy.get("separate_numbering_sequences")
    shown["peer_separate_numbering_sequences"] = there
    return answer(shown, version=settings.version)
