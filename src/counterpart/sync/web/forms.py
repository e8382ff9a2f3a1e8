"""Reading what is typed on the connection page."""

from django import forms
from django.conf import settings

CARD_MAX = 4_000


class ConnectForm(forms.Form):
    """The other product's connection card."""

    card = forms.CharField(
        max_length=CARD_MAX,
        widget=forms.Textarea(
            attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "class": "form-control sync-code"}
        ),
    )
    url = forms.URLField(
        required=False,
        label="Another address",
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "form-control", "autocomplete": "off"}),
        help_text="Only if this server reaches it under another address than the card says.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        self.fields["card"].label = f"Connection card of {settings.COUNTERPART_PEER_NAME}"
