"""What is chosen about an import of contacts, the same in both products."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from counterpart.foundation.importing.options import OptionsForm
from counterpart.foundation.importing.records import MATCHES

SCHEMES: Final = (("client", "Client"), ("vendor", "Vendor"), ("other", "Other"))


class ContactOptionsForm(OptionsForm):
    """As for any record, and the sequence of rows that name none."""

    scheme = forms.ChoiceField(label="Numbering sequence", choices=SCHEMES, initial="client", required=False,
                               help_text="Of rows that name none.")  # fmt: skip
    field_order = ("mode", "match_by", "duplicates", "blanks", "scheme", "move_sequence", "hold")

    def __init__(
        self, *args: Any, mapped: Sequence[str] = (), peer: str = "", number_label: str = "", **kwargs: Any
    ) -> None:
        matches = {**MATCHES, "reference": number_label or MATCHES["reference"]}
        super().__init__(*args, mapped=mapped, matches=matches, peer=peer, **kwargs)


def what(options: Mapping[str, Any]) -> str:
    """What tells this import of a file from another: all that is not as usual."""
    usual = {"mode": "create", "match_by": "", "blanks": "keep", "duplicates": "create", "scheme": "client"}
    return " ".join(f"{name}={value}" for name, value in sorted(options.items()) if value and usual.get(name) != value)
