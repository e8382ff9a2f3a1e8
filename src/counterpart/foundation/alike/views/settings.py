"""Admin > Alike contacts: when the check is made, and what counts how much (DUP-1, 4.7)."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from counterpart.foundation import clock
from counterpart.foundation.alike.models import AlikeOptions
from counterpart.foundation.alike.options import LABELS, SETTABLE, change_options, options
from counterpart.foundation.alike.scoring import weights_from
from counterpart.foundation.errors import Refused, Stale
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.web.pages import done


class OptionsForm(forms.Form):
    """The firm's weights as boxes."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    check_when = forms.ChoiceField(
        label="Check for alike contacts",
        choices=AlikeOptions.Check.choices,
        help_text="While typing: matches appear beside the form, and saving a strong one asks first.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in SETTABLE:
            self.fields[name] = forms.IntegerField(label=LABELS[name], min_value=0, max_value=100)

    @property
    def points(self) -> list[forms.BoundField]:
        return [self[name] for name in SETTABLE]


@page("settings.edit")
@require_http_methods(["GET", "POST"])
def options_page(request: SignedIn) -> HttpResponse:
    """Show and change the firm's choices."""
    current = options()
    initial = {**weights_from(current.weights).as_dict(), "check_when": current.check_when, "version": current.version}
    form = OptionsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given, when = form.cleaned_data, form.cleaned_data["check_when"]
        try:
            change_options(
                actor=actor_of(request), check_when=when, values={name: given[name] for name in SETTABLE},
                at=clock.now(), version=given["version"],
            )  # fmt: skip
        except Refused as refusal:
            for error in refusal.errors:
                form.add_error(error.field if error.field in form.fields else None, error.message)
        except Stale as refusal:
            form.add_error(None, f"{refusal.message} Reload the page to see them.")
        else:
            messages.success(request, "Saved. The finder uses it from its next search on.")
            return done(request, request.path)
    return render(request, "alike/options.html", {"form": form, "tab": "options"}, status=422 if form.errors else 200)
