"""Reading the form of a conflict check."""

from typing import Any

from django import forms

from counterpart.foundation.errors import Refusal

EXACT, FLEXIBLE = "exact", "flexible"


class CheckForm(forms.Form):
    """The names, one a line, and how to look for them."""

    names = forms.CharField(
        label="Names", max_length=20_000, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
        help_text="People, companies or other words, each on a line of its own. Add other spellings as further lines.",
    )  # fmt: skip
    mode = forms.ChoiceField(
        label="How to look", required=False, initial=FLEXIBLE, widget=forms.RadioSelect,
        choices=[
            (FLEXIBLE, "Flexible: any order, initials, short forms of first names, one typing error, without accents"),
            (EXACT, "Exact: these words, in this order"),
        ],
    )  # fmt: skip

    @property
    def lines(self) -> list[str]:
        """The names as typed."""
        return str(self.cleaned_data["names"]).splitlines()

    @property
    def exact(self) -> bool:
        """Whether to look exactly."""
        return bool(self.cleaned_data["mode"] == EXACT)

    def refuse(self, refusal: Refusal) -> None:
        """Show what was refused beside the box it is about."""
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.message)

    def has_changed(self) -> bool:
        """A check is run whenever it is asked for."""
        return True

    def clean(self) -> dict[str, Any]:
        """Look flexibly where nothing was chosen."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["mode"] = data.get("mode") or FLEXIBLE
        return data
