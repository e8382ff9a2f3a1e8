"""Ports are checked before anything is started, so that the refusal is a sentence and not a traceback."""

from __future__ import annotations

import socket

from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop


def refuse_unusable(place: Place, products: tuple[Product, ...] = tuple(Product)) -> None:
    if len({place.ports[each] for each in products}) < len(products):
        raise Stop("Both sites were given the same port; choose two.")
    for product in products:
        port = place.ports[product]
        if in_use(port):
            raise Stop(
                f"Port {port} is in use by another program, so {product.label} cannot start; "
                f"choose another with --{product.value}-port."
            )


def in_use(port: int) -> bool:
    """Whether someone listens there. REUSEADDR lets us pass connections that are merely winding down."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
