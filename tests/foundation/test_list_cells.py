"""The cells of a list's lines (LST-1)."""

from typing import Any

from django.utils.html import format_html

from counterpart.foundation.lists.cells import cells_of, mail_link
from counterpart.foundation.lists.spec import Column


def cells(line: Any, *columns: Column) -> list[str]:
    return cells_of(columns)(line).split("\n")


def test_a_value_is_escaped_and_labelled() -> None:
    column = Column("note", 'The "note"', lambda line: line["note"], css="clip")
    shown = cells({"note": "<b>Ada & Ben</b>"}, column)
    assert shown == ['<td data-label="The &quot;note&quot;" class="clip">&lt;b&gt;Ada &amp; Ben&lt;/b&gt;</td>']


def test_the_first_column_needs_no_label_and_nothing_is_an_empty_cell() -> None:
    name = Column("name", "Name", lambda line: line["name"], fixed=True)
    count = Column("count", "Count", lambda line: line["count"])
    assert cells({"name": "Ada", "count": None}, name, count) == ["<td>Ada</td>", '<td data-label="Count"></td>']
    assert cells({"name": "Ada", "count": 1200}, count) == ['<td data-label="Count">1200</td>']


def test_a_column_may_show_more_than_its_value() -> None:
    html = Column("name", "Name", lambda line: line, shows=lambda line: format_html("<i>{}</i>", line), fixed=True)
    text = Column("name", "Name", lambda line: line, shows=lambda line: f"<{line}>", fixed=True)
    assert cells("A & B", html, text) == ["<td><i>A &amp; B</i></td>", "<td>&lt;A &amp; B&gt;</td>"]


def test_an_address_to_write_to() -> None:
    assert mail_link("") == ""
    assert mail_link("a&b@example.com") == '<a href="mailto:a&amp;b@example.com">a&amp;b@example.com</a>'
