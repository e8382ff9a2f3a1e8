"""An address as people write it."""

from counterpart.foundation.countries import country_name


def address_lines(address: dict[str, str]) -> list[str]:
    """An address as it is written on an envelope, one line each."""
    region = " ".join(part for part in (address.get("state"), address.get("postcode")) if part)
    place = ", ".join(part for part in (address.get("city"), region) if part)
    lines = [
        address.get("line1"), address.get("line2"), place, address.get("county"),
        country_name(address.get("country", "")),
    ]  # fmt: skip
    return [line for line in lines if line]
