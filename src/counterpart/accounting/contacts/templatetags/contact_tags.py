"""How contacts look on pages."""

from collections.abc import Mapping
from typing import Any

from django import template

from counterpart.accounting.contacts.fields import USAGES
from counterpart.foundation.countries import country_name
from counterpart.foundation.web.templatetags.frame import words

register = template.Library()


@register.filter
def address_lines(address: Mapping[str, str] | None) -> list[str]:
    """Return an address as the lines of an envelope."""
    if not address:
        return []
    town = ", ".join(filter(None, (address.get("city"), address.get("state"))))
    town = " ".join(filter(None, (town, address.get("postcode"))))
    country = address.get("country", "")
    lines = (address.get("line1"), address.get("line2"), town, country_name(country) if country else "")
    return [line for line in lines if line]


@register.filter
def usage_label(address: Mapping[str, str]) -> str:
    """Return what an additional address is for."""
    return USAGES.get(address.get("usage", ""), "Other")


@register.filter
def initials(contact: Any) -> str:
    """Return two letters for the round badge of a page heading."""
    names = [contact.first, contact.last] if contact.display_as == "individual" else contact.company.split()[:2]
    return "".join(name[0] for name in names if name).upper()


@register.filter
def labelled(name: str, labels: Mapping[str, str]) -> str:
    """Return a stored field's name as people read it."""
    return labels.get(name) or words(name)
