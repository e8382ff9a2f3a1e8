"""allauth's forms in our words: labels above the fields, no placeholders that repeat them (UI-6)."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms


class _Plain:
    """Takes the placeholders away."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Plain, LoginForm):  # type: ignore[misc]  # allauth is untyped here
    """E-mail and password; password managers are welcome (3.3.8)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail"
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}


class NewPasswordForm(_Plain, ChangePasswordForm):  # type: ignore[misc]  # as above
    """The present password, and the new one twice."""


class AgainForm(_Plain, ReauthenticateForm):  # type: ignore[misc]  # as above
    """The password again, before something delicate."""
