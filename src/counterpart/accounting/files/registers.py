"""The file's fields and the registers of the contract (integration 3.3)."""

from collections.abc import Mapping
from typing import Final

from counterpart.contracts.matter import KIND

__all__ = ["FIELDS_OF", "KIND", "REGISTER_LABELS"]

FIELDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("description",),
    "assigned": ("assigned", "responsible", "lead"),
    "opened": ("opened_on", "opened_received"),
    "clients": ("shares", "primary", "order"),
    "requested_number": ("number",),
}
"""Register -> the fields it changes here."""

REGISTER_LABELS: Final = {
    "title": "Description", "clients": "Clients", "assigned": "Assigned", "opened": "Open date",
    "number": "File number", "requested_number": "Number asked for in Practice Management",
    "staff": "Responsible and lead",
    "presence_pm": "State in Practice Management", "presence_la": "State in Legal Accounting",
}  # fmt: skip
