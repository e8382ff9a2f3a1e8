"""Admin > General settings > Contacts (4.7, SEQ-2, SEQ-9)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from counterpart.foundation.clock import now
from counterpart.foundation.countries import COUNTRIES
from counterpart.foundation.errors import Refused, Stale
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations import change_settings
from counterpart.practice.contacts.queries import name_format
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.settings.forms import ContactSettingsForm
from counterpart.practice.settings.models import ContactSettings
from counterpart.practice.settings.queries import contact_settings
from counterpart.sync import api as sync

EXAMPLE = {
    "kind": "individual", "title": "Dr", "first": "Marama", "middle": "Hine", "last": "Ngata", "suffix": "KC",
    "company": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class There:
    """What Legal Accounting says of its own switch."""

    name: str
    connected: bool
    separate: bool | None


@signed_in
@require_http_methods(["GET", "POST"])
def contact_settings_page(request: HttpRequest) -> HttpResponse:
    """Show and change the settings, with Legal Accounting's state beside the switch both need."""
    actor = actor_of(request)
    actor.require("settings.edit")
    current = contact_settings()
    if request.method == "GET":
        form = ContactSettingsForm(initial=model_to_dict(current) | {"version": current.version}, countries=COUNTRIES)
        return _page(request, form, current)
    form = ContactSettingsForm(request.POST, countries=COUNTRIES)
    if form.is_valid():
        version = form.cleaned_data.pop("version")
        try:
            change_settings(actor=actor, changes=form.cleaned_data, at=now(), version=version)
        except Refused as refusal:
            for error in refusal.errors:
                form.add_error(error.field if error.field in form.fields else None, error.message)
        except Stale:
            form.add_error(None, "Somebody else changed the settings meanwhile. Reload the page to see them.")
        else:
            messages.success(request, "Settings saved.")
            return redirect("contact-settings")
    return _page(request, form, current)


def _page(request: HttpRequest, form: ContactSettingsForm, current: ContactSettings) -> HttpResponse:
    facts = sync.peer()
    there = There(facts.name, facts.connected, facts.policy.get("separate_numbering_sequences"))
    context: dict[str, Any] = {
        "form": form,
        "there": there,
        "differs": there.separate is not None and there.separate != current.separate_numbering_sequences,
        "current": current,
        "sequences": _sequences(facts.policy.get("sequences")),
        "example": display_name(EXAMPLE, name_format(current)),
    }
    return render(request, "contacts/general_settings.html", context, status=422 if form.errors else 200)


def _sequences(stated: Any) -> list[dict[str, str]]:
    """The next number of each sequence, as Legal Accounting last said."""
    if not isinstance(stated, dict):
        return []
    return [
        {"name": name, "next": f"{one.get('prefix', '')}{one.get('next', '')}"}
        for name, one in stated.items()
        if isinstance(one, dict)
    ]
