"""Addresses on one line, taken apart (IMP-9). All addresses are invented."""

import pytest

from counterpart.practice.matters.importing.addresses import read_address

ALBANY = {"city": "Albany", "state": "NY", "postcode": "12207", "country": "US"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("5 Elm Street, Albany, NY 12207", {"line1": "5 Elm Street", **ALBANY}),
        ("5 Elm Street, Suite 2, Albany , NY 12207", {"line1": "5 Elm Street", "line2": "Suite 2", **ALBANY}),
        ("5 Elm Street Albany NY 12207", {**ALBANY, "city": "5 Elm Street Albany"}),
        ("5 Elm Street, Albany NY 12207-1234", {"line1": "5 Elm Street", **ALBANY, "postcode": "12207-1234"}),
        ("5 Elm Street, Albany, New York 12207, United States", {"line1": "5 Elm Street", **ALBANY}),
        ("5 Elm Street, Albany, NY, 12207, USA", {"line1": "5 Elm Street", **ALBANY}),
        ("5 Elm Street, Albany, NY 12207, United Sta", {"line1": "5 Elm Street", **ALBANY}),
        ("9 K Street, N.W., Floor 3, Washington, DC 20001",
         {"line1": "9 K Street, N.W.", "line2": "Floor 3", "city": "Washington", "state": "DC", "postcode": "20001",
          "country": "US"}),
        ("P.O. Box 12, Elm Building, 5 Elm Street, Albany, NY 12207",
         {"line1": "P.O. Box 12", "line2": "Elm Building, 5 Elm Street", **ALBANY}),
        ("1 Bay Street, Toronto, Ontario M5V 2T6",
         {"line1": "1 Bay Street", "city": "Toronto", "state": "ON", "postcode": "M5V 2T6", "country": "CA"}),
        ("4 Quai Neuf, 69001 Lyon, France", {"line1": "4 Quai Neuf", "line2": "69001 Lyon", "country": "FR"}),
        ("Harbor House", {"line1": "Harbor House"}),
        ("", {}),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart(text, parts):
    """What can't be told apart stays in the lines."""
    assert read_address(text) == parts
