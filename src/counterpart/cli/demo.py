"""The demonstration firm, as seen from the terminal; the errands in errands/demo.py do the work in each site."""

from __future__ import annotations

from counterpart.cli import folder, onsite
from counterpart.cli.place import Place, Product
from counterpart.cli.say import line

PASSWORD = "counterpart-demo"  # noqa: S105 - public on purpose: it opens an invented firm on this machine
MARK = "demo.json"
LOAD: onsite.Asked = ("demo-load", {})
NOUNS = {Product.PRACTICE: "matters", Product.ACCOUNTING: "files"}


def load_and_tell(place: Place) -> None:
    """Repeatable: what is there already stays as it is."""
    mark(place)
    for product, (counts,) in onsite.side_by_side(place, {each: [LOAD] for each in Product}).items():
        line(
            f"{product.label}: {counts['people']} people, {counts['contacts']} contacts "
            f"and {counts['matters']} matters added."
        )
    for text in sign_ins():
        line(text)


def remove_and_tell(place: Place) -> None:
    for product, (counts,) in onsite.side_by_side(place, {each: [("demo-remove", {})] for each in Product}).items():
        line(
            f"{product.label}: {counts['matters']} {NOUNS[product]} and {counts['contacts']} contacts deleted, "
            f"{counts['people']} people switched off."
        )
        if counts["kept"]:
            line(f"  {counts['kept']} contacts were kept, because something depends on them.")
        for email in counts["stay"]:
            line(f"  {email} stays, being the only administrator: give it a password of your own.")
    (place.data / MARK).unlink(missing_ok=True)


def mark(place: Place) -> None:
    """So that a later `up` prints again how to sign in."""
    folder.write(place.data / MARK, {"loaded": True})


def is_loaded(place: Place) -> bool:
    return (place.data / MARK).is_file()


def sign_ins() -> list[str]:
    return [
        "Sign in as ada@example.com (a lawyer) or admin@example.com (the administrator);",
        f"everyone's password is {PASSWORD}. This is a demonstration firm: do not put real clients in it.",
    ]
