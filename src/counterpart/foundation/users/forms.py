"""Reading what was typed; what is acceptable is decided by the operations."""

from typing import Any

from django import forms

from counterpart.foundation.errors import Refusal
from counterpart.foundation.rights import Right
from counterpart.foundation.users.models import SCOPES, Role, User
from counterpart.foundation.users.queries import rights_by_group

TOKEN_LIVES = [(7, "1 week"), (30, "30 days"), (90, "90 days"), (365, "1 year")]


def take_over(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal beside its fields; what belongs to no field of the form stands at the top."""
    for error in refusal.errors:
        form.add_error(error.field if error.field in form.fields else None, error.message)


class NewUserForm(forms.Form):
    """A person to be added."""

    name = forms.CharField(max_length=User.NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        label="First password",
        max_length=200,
        strip=False,
        help_text="At least 12 characters. The person can change it in the profile.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )
    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Several roles add up: the wider grant wins.",
    )


class UserForm(forms.Form):
    """A person's name and e-mail."""

    name = forms.CharField(max_length=User.NAME_LENGTH)
    email = forms.EmailField(label="E-mail", max_length=254)


class RolesForm(forms.Form):
    """The roles of a person."""

    roles = forms.ModelMultipleChoiceField(Role.objects.all(), required=False, widget=forms.CheckboxSelectMultiple)


class PasswordForm(forms.Form):
    """A new password given by an administrator."""

    password = forms.CharField(
        label="New password",
        max_length=200,
        strip=False,
        help_text="At least 12 characters. Ends the person's other sign-ins.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewRoleForm(forms.Form):
    """A role that starts as a copy of another (PRM-2)."""

    name = forms.CharField(max_length=Role.NAME_LENGTH)
    description = forms.CharField(max_length=300, required=False)
    copy_of = forms.ModelChoiceField(
        Role.objects.all(), label="Start as a copy of", empty_label=None, help_text="Change what it grants next."
    )


class RoleForm(forms.Form):
    """What a role is called and grants."""

    name = forms.CharField(max_length=Role.NAME_LENGTH)
    description = forms.CharField(max_length=300, required=False)
    rights = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rights"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(right.code, right.label) for _, rights in rights_by_group() for right in rights]

    def grouped_rights(self) -> list[tuple[str, list[tuple[Right, bool]]]]:
        """Return the check boxes, group by group, with their present state."""
        held = set(self["rights"].value() or [])
        return [(group, [(right, right.code in held) for right in rights]) for group, rights in rights_by_group()]


class TokenForm(forms.Form):
    """An API token to be made."""

    label = forms.CharField(label="What is it for?", max_length=80, help_text="For example: nightly export.")
    scopes = forms.MultipleChoiceField(
        label="May",
        choices=[(scope, scope) for scope in SCOPES],
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
        help_text="Within what your roles allow.",
    )
    days = forms.TypedChoiceField(label="Expires after", choices=TOKEN_LIVES, coerce=int, initial=90)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # Django itself has no type argument here
    """What a person sets for themselves."""

    class Meta:
        model = User
        fields = ("name", "theme", "keyboard_shortcuts")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {
            "keyboard_shortcuts": "Single keys such as / and c c. They never work while you type in a field.",
        }
