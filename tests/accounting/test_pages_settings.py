"""Administrator Settings > Firm > Settings > File (SEQ-2, SEQ-9, LA-NUM-5, LA-NUM-6)."""

import html
import re

import pytest
from tests.accounting.conftest import connected, create, sequence_at, signed_in

from counterpart.accounting.numbering.models import FirmNumbering, NumberSequence
from counterpart.foundation.history.models import Event

pytestmark = pytest.mark.django_db
PATH = "/settings/firm/settings/file/"


def text_of(response) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def form_data(**changes) -> dict[str, str]:
    data = {"resets": "on"}
    for row in NumberSequence.objects.all():
        data |= {f"sequences.{row.code}.{name}": str(getattr(row, name)) for name in ("prefix", "next")}
        data[f"sequences.{row.code}.was"] = str(row.next)
    return data | changes


def test_page_shows_the_switch_in_the_published_words(admin):
    """SEQ-2."""
    create(last="Price")

    page = text_of(signed_in(admin).get(PATH))

    assert "Use separate numbering sequences for clients, vendors, and other contact types" in page
    assert "Administrator settings / Firm / Settings / File" in page
    assert "Automatic File Numbering" in page
    assert "It has not told its state yet." in page


@pytest.mark.parametrize(
    ("ours", "theirs", "says"),
    [
        (True, True, "It is on there too."),
        (False, False, "It is off there too."),
        (True, False, "it is off there. As long as it is off there"),
        (False, True, "it is on there. As long as it is off here"),
    ],
)
def test_the_other_products_switch_stands_beside_ours(admin, ours, theirs, says):
    """SEQ-9: a warning when they differ."""
    connected(peer_policy={"separate_numbering_sequences": theirs})
    FirmNumbering.objects.update(separate_numbering_sequences=ours)

    assert says in text_of(signed_in(admin).get(PATH))


def test_administrator_saves_and_it_is_logged(admin):
    """LA-NUM-6."""
    data = form_data(**{"separate": "on", "sequences.vendor.next": "0211", "sequences.other.prefix": "X-"})

    answer = signed_in(admin).post(PATH, data, follow=True)

    vendor, other = NumberSequence.objects.get(code="vendor"), NumberSequence.objects.get(code="other")
    assert FirmNumbering.objects.get().separate_numbering_sequences is True
    assert (vendor.next, vendor.width, other.prefix) == (211, 4, "X-")
    assert "V~0211" in text_of(answer)
    assert Event.objects.get(verb="setting_changed").actor_name == "Admin"


def test_a_page_left_open_does_not_set_back_a_sequence_that_moved(admin):
    """The next number counts only if it was changed on the page."""
    data = form_data()
    sequence_at("client", 500)

    signed_in(admin).post(PATH, data)

    assert NumberSequence.objects.get(code="client").next == 500


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("sequences.vendor.prefix", "V 1", "can't contain spaces"),
        ("sequences.vendor.prefix", "O~", "has this prefix already"),
        ("sequences.client.next", "abc", "Digits only"),
        ("sequences.client.next", "0", "must be 1 or more"),
    ],
)
def test_what_can_not_work_is_refused_beside_the_box(admin, field, value, says):
    answer = signed_in(admin).post(PATH, form_data(**{field: value}))

    assert answer.status_code == 422
    page = text_of(answer)
    assert says in page or (field.endswith("prefix") and "have this prefix already" in page)
    assert NumberSequence.objects.get(code="vendor").prefix == "V~"


def test_page_is_for_those_who_may_change_settings(ada):
    browser = signed_in(ada)

    assert browser.get(PATH).status_code == 403
    assert browser.post(PATH, form_data(separate="on")).status_code == 403
    assert FirmNumbering.objects.get().separate_numbering_sequences is False
    assert "File" not in text_of(browser.get("/settings/")).split("Administrator settings")[-1]
