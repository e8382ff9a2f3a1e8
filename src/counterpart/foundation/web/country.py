"""The country of an address in a form."""

from typing import Any

from django import forms

from counterpart.foundation.countries import COUNTRIES


class CountrySelect(forms.Select):
    """Offers, beside the countries, a code from elsewhere that is not among them: saving must not lose it."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        known = {code for code, _ in self.choices}
        strangers = [(code, code) for code in value if code and code not in known]
        if strangers:
            return CountrySelect(choices=[*self.choices, *strangers]).optgroups(name, value, attrs)
        return super().optgroups(name, value, attrs)


class CountryField(forms.ChoiceField):
    """A choice of countries that keeps a code it does not list; whether it can be one, the product's rules say."""

    def __init__(self, *, label: str, attrs: dict[str, Any] | None = None) -> None:
        choices = [("", "—"), *COUNTRIES.items()]
        super().__init__(choices=choices, label=label, required=False, widget=CountrySelect(attrs=attrs))

    def valid_value(self, value: str) -> bool:
        """Accept every code."""
        del value
        return True
