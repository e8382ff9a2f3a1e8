"""Admin > General settings > Matters (IMP-10)."""

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from counterpart.foundation.clock import now
from counterpart.foundation.errors import Stale
from counterpart.foundation.users.access import actor_of, page
from counterpart.practice.settings.forms import MatterSettingsForm
from counterpart.practice.settings.operations import change_matter_settings
from counterpart.practice.settings.queries import matter_settings


@page("settings.edit")
@require_http_methods(["GET", "POST"])
def matter_settings_page(request: HttpRequest) -> HttpResponse:
    """Show and change the firm's settings of matters."""
    form = MatterSettingsForm(request.POST or None, initial=model_to_dict(matter_settings()))
    if request.method == "POST" and form.is_valid():
        changes: dict[str, Any] = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            change_matter_settings(actor=actor_of(request), changes=changes, at=now(), version=version)
        except Stale:
            form.add_error(None, "Somebody else changed the settings meanwhile. Reload the page to see them.")
        else:
            messages.success(request, "Settings saved.")
            return redirect("matter-settings")
    return render(request, "settings/matters.html", {"form": form}, status=422 if form.errors else 200)
