"""`counterpart token create`."""

from __future__ import annotations

from counterpart.cli import onsite
from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop, line


def create(place: Place, product: Product, user: str, scopes: list[str], days: int) -> None:
    unknown = sorted(set(scopes) - {"read", "write"})
    if unknown:
        raise Stop(f"There is no scope '{unknown[0]}'; a token may read, write, or both.")
    facts = {"email": user, "scopes": scopes, "days": days}
    made = onsite.run(place, product, "token", facts)
    line(f"{product.label}: a token for {made['email']} ({', '.join(made['scopes'])}), until {made['expires']}.")
    print(made["token"])
