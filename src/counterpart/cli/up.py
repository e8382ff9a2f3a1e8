"""`counterpart up`: both sites and their workers on this machine, from an empty folder to 'ready'."""

from __future__ import annotations

import os
import secrets
import time
import urllib.error
import urllib.request

from counterpart.cli import demo, folder, onsite, ports
from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop, line, warn
from counterpart.cli.supervisor import Supervisor

Products = tuple[Product, ...]
ADMINISTRATOR = "admin@example.com"
READY_WITHIN_S = 90.0
PROBE_TIMEOUT_S = 2.0


def run(place: Place, *, with_demo: bool, only: Product | None = None) -> None:
    """Runs until Ctrl-C or SIGTERM. Raises Stop when something stands in the way."""
    products = (only,) if only else tuple(Product)
    folder.create(place.data)
    with folder.held(place.data):
        ports.refuse_unusable(place, products)
        folder.remember_ports(place)
        line(f"Preparing {place.data} ...")
        sign_ins = prepare(place, products, with_demo=with_demo)
        supervisor = Supervisor(place, tell=warn, products=products)
        supervisor.listen()
        try:
            supervisor.start()
            supervisor.watch(until=Readiness(place, supervisor))
            if not supervisor.stopping:
                announce(place, products, sign_ins)
                supervisor.watch()
        finally:
            line("Stopping ...")
            supervisor.stop()
    line("Stopped.")


def prepare(place: Place, products: Products, *, with_demo: bool) -> list[str]:
    """Databases, connection and first people; answers with what to print about signing in.

    A product that runs here alone is connected by hand, with the card of the other machine.
    """
    prepared = onsite.side_by_side(place, {each: [("prepare", {})] for each in products})
    sites = {each: answers[0] for each, answers in prepared.items()}
    people, sign_ins = first_people(place, sites, with_demo=with_demo)
    if len(products) == len(Product):
        for each in products:
            people[each].insert(0, ("connect", {"card": sites[each.peer]["card"], "url": place.url(each.peer)}))
    onsite.side_by_side(place, people)
    return sign_ins


def first_people(
    place: Place, sites: dict[Product, onsite.Facts], *, with_demo: bool
) -> tuple[dict[Product, list[onsite.Asked]], list[str]]:
    """A site without anyone gets the demonstration firm, or its administrator; others are left as they are."""
    empty = [each for each, facts in sites.items() if facts["people"] == 0]
    if empty and with_demo:
        demo.mark(place)
        return {each: [demo.LOAD] for each in sites}, demo.sign_ins()
    if empty:
        errand, sign_in = administrator()
        return {each: [errand] if each in empty else [] for each in sites}, [sign_in]
    return {each: [] for each in sites}, demo.sign_ins() if demo.is_loaded(place) else []


def administrator() -> tuple[onsite.Asked, str]:
    """The errand that adds the administrator, and what to say of the password."""
    given = os.environ.get("COUNTERPART_ADMIN_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    said = "in COUNTERPART_ADMIN_PASSWORD" if given else f"{password} (shown this once; change it)"
    errand = ("administrator", {"email": ADMINISTRATOR, "password": password})
    return errand, f"Sign in as {ADMINISTRATOR} with the password {said}."


class Readiness:
    """True once both sites answer and both workers live; gives up after a while with the log's last words."""

    def __init__(self, place: Place, supervisor: Supervisor) -> None:
        self.place, self.supervisor = place, supervisor
        self.deadline = time.monotonic() + READY_WITHIN_S

    def __call__(self) -> bool:
        if all(answers(self.place.local_url(each)) for each in self.supervisor.products):
            return all(child.alive for child in self.supervisor.children)
        if time.monotonic() > self.deadline:
            raise Stop(f"The sites did not answer within {READY_WITHIN_S:.0f} s.\n{self._last_words()}")
        return False

    def _last_words(self) -> str:
        words = []
        for child in self.supervisor.children:
            written = child.log.read_text(errors="replace").splitlines()[-5:]
            words += [f"{child.name}: {text}" for text in written]
        return "\n".join(words)


def answers(url: str) -> bool:
    """Any answer but a server error counts: the sign-in page, or a refusal of the host name behind a proxy."""
    try:
        with urllib.request.urlopen(url, timeout=PROBE_TIMEOUT_S):  # noqa: S310 - our own http address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500  # noqa: PLR2004 - the first server error
    except OSError:
        return False


def announce(place: Place, products: Products, sign_ins: list[str]) -> None:
    width = max(len(each.label) for each in products)
    line()
    for each in products:
        line(f"  {each.label:<{width}}  {place.url(each)}")
    line()
    for text in sign_ins:
        line(f"  {text}")
    line("ready (Ctrl-C stops)")
