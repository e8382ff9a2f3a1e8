"""The sync centre: every record not green, worst first, with its reason and the ways out."""

import re
from datetime import timedelta

import pytest
from web_world import ACTING, MANAGING, READER, agreed, connected, contact, forgotten, refused, signed_in, silent

from counterpart.foundation.clock import now
from counterpart.foundation.web.frame import SyncBadge
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db


def names(answer) -> list[str]:
    html = answer.content.decode()
    body = html[html.index("<tbody>") : html.index("</tbody>")] if "<tbody>" in html else ""
    return re.findall(r'<tr>\s*(?:<td class="tick">.*?</td>\s*)?<td><span><a href="/contacts/[^"]+">([^<]+)</a>', body)


def a_bit_of_everything():
    connected()
    agreed(contact("Green"))
    contact("Blue")
    forgotten(contact("Gray"))
    refused(contact("Taken"))
    refused(contact("Dead"), code="dead_letter")


def test_lists_what_is_not_green_worst_first():
    """IMP-1: errors before what is waiting, waiting before what was never offered; green is not here."""
    a_bit_of_everything()

    answer = signed_in("Ada").get("/sync/")

    assert sorted(names(answer)[:2]) == ["Dead", "Taken"]
    assert names(answer)[2:] == ["Blue", "Gray"]


def test_filters_by_state_and_by_reason():
    """IMP-1, IND-7: filters with counts."""
    a_bit_of_everything()
    ada = signed_in("Ada")

    red = ada.get("/sync/?state=red")

    assert sorted(names(red)) == ["Dead", "Taken"]
    assert names(ada.get("/sync/?state=red&reason=dead_letter")) == ["Dead"]
    assert names(ada.get("/sync/?state=gray")) == ["Gray"]
    assert [(one.word, one.count) for one in red.context["listing"].states] == [
        ("All", 4), ("Sync error", 2), ("Status unavailable", 0), ("Syncing…", 1), ("Not in sync", 1),
    ]  # fmt: skip
    assert [(one.value, one.count) for one in red.context["listing"].reasons] == [
        ("dead_letter", 1), ("number_in_use", 1),
    ]  # fmt: skip


def test_an_unreachable_peer_turns_everything_but_errors_yellow():
    """STA-8: red stays red, the rest is unknown, and the page says why once, at the top."""
    a_bit_of_everything()
    silent()

    answer = signed_in("Ada").get("/sync/")

    counts = {one.word: one.count for one in answer.context["listing"].states}
    assert counts == {"All": 5, "Sync error": 2, "Status unavailable": 2, "Syncing…": 0, "Not in sync": 1}
    assert "Legal Accounting does not answer." in answer.content.decode()


def test_retry_all_like_this_touches_only_those():
    """IMP-1: same state and reason; the other error stays."""
    a_bit_of_everything()

    answer = signed_in("Ada").post(
        "/sync/retry/", {"state": "red", "reason": "dead_letter", "next": "/sync/?state=red"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/sync/?state=red")
    assert list(Record.objects.exclude(error_code="").values_list("error_code", flat=True)) == ["number_in_use"]
    assert Record.objects.filter(force__gt=0).count() == 1


def test_offering_all_gray_records_gives_them_a_link():
    """GOL-8: records that exist on one side only are included in bulk."""
    a_bit_of_everything()
    before = Record.objects.count()

    signed_in("Ada").post("/sync/retry/", {"state": "gray"})

    assert Record.objects.count() == before + 1
    assert names(signed_in("Bea").get("/sync/?state=gray")) == []


def test_retry_needs_the_right_and_leads_only_to_this_site():
    """PRM-6: Otto reads the list without buttons and is refused when he posts; no open redirect."""
    a_bit_of_everything()
    otto = signed_in("Otto", READER)

    page = otto.get("/sync/?state=red")
    refusal = otto.post("/sync/retry/", {"state": "red"})
    outside = signed_in("Ada").post("/sync/retry/", {"state": "gray", "next": "https://elsewhere.example/"})

    assert sorted(names(page)) == ["Dead", "Taken"]
    assert "Retry" not in page.content.decode()
    assert refusal.status_code == 403
    assert outside["Location"] == "/sync/"


def test_records_of_others_are_only_counted_and_only_for_managers():
    """CON-11, DUP-5: a manager who may not read contacts sees a number; others not even that."""
    a_bit_of_everything()

    manager = signed_in("Mia", ("integration.manage",)).get("/sync/")
    ben = signed_in("Ben", ()).get("/sync/")

    assert (names(manager), names(ben)) == ([], [])
    assert "3 records you can’t view" in manager.content.decode()
    assert "you can’t view" not in ben.content.decode()
    assert "Taken" not in manager.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_list(django_assert_max_num_queries):
    """Thirty lines cost what five cost."""
    connected()
    ada = signed_in("Ada", MANAGING)
    asked = []
    for first, last in ((0, 5), (5, 30)):
        for number in range(first, last):
            contact(f"Blue{number:02d}")
        ada.get("/sync/")
        with django_assert_max_num_queries(50) as captured:
            answer = ada.get("/sync/")
        assert len(names(answer)) == last
        asked.append(len(captured))

    assert asked[0] == asked[1]


def test_pages_of_fifty():
    """IMP-1: paging over several states."""
    connected()
    for number in range(49):
        contact(f"Blue{number:02d}")
    for number in range(3):
        forgotten(contact(f"Gray{number}"))
    ada = signed_in("Ada")

    first, second = ada.get("/sync/"), ada.get("/sync/?page=2")

    assert (len(names(first)), len(names(second))) == (50, 2)
    assert set(names(first)) & set(names(second)) == set()


def test_the_badge_counts_what_needs_a_person():
    """IMP-1: errors and open conflicts, for those who may act."""
    from counterpart.foundation.actor import Actor
    from counterpart.sync.web.badge import sync_badge

    a_bit_of_everything()
    actor = Actor.system("Test")

    assert sync_badge(actor) == SyncBadge(2, "/sync/", "Sync centre: 2 things to look at", "/sync/badge/")
    assert "2" in signed_in("Ada", ACTING).get("/sync/badge/").content.decode()
    assert signed_in("Otto", READER).get("/sync/badge/").status_code == 403


def test_filters_by_kind_age_and_person_narrow_list_counts_and_export():
    """IMP-1: who last changed it, how long it is so; the export has exactly what is shown, and runs nothing."""
    connected(contact_since=now() - timedelta(days=1), mode_since=now() - timedelta(days=1))
    old, new = refused(contact("=Old()")), refused(contact("New"), code="dead_letter")
    Record.objects.filter(local_id=old).update(error_at=now() - timedelta(hours=2))
    Record.objects.filter(local_id=new).update(authors={"": ["Ben Weiss", "ben@example.com", 1]})
    forgotten(contact("Gray"))
    ada = signed_in("Ada")

    assert names(ada.get("/sync/?age=1h")) == ["=Old()"]
    assert names(ada.get("/sync/?person=ben@example.com")) == ["New"]
    assert names(ada.get("/sync/?kind=matter")) == []
    shown = ada.get("/sync/?state=red&age=1h")
    assert [one.count for one in shown.context["listing"].states] == [1, 1, 0, 0, 0]
    assert [(one.value, one.word) for one in shown.context["listing"].people] == [("ben@example.com", "Ben Weiss")]
    exported = b"".join(ada.get("/sync/export/?state=red&age=1h").streaming_content).decode()
    assert [line.split(",")[:5] for line in exported.splitlines()[1:]] == [
        ["Contacts", "'=Old()", "", "Sync error", "Number already used"]
    ]


def test_the_ticked_ones_alone_are_tried_again_and_only_those_one_may_see():
    """IND-7: bulk retry with a selection; an identity of somebody else's record is passed over."""
    connected()
    first, second = refused(contact("First")), refused(contact("Second"))
    ada = signed_in("Ada")

    said = ada.post(
        "/sync/retry/", {"selected": "1", "record": [f"contact:{second}", "contact:x", "boat:1"]}, follow=True
    )

    assert "Trying 1 record again" in said.content.decode()
    assert list(Record.objects.exclude(error_code="").values_list("local_id", flat=True)) == [first]
    none = ada.post("/sync/retry/", {"selected": "1", "state": "red"}, follow=True)
    assert "Tick the records first" in none.content.decode()
    assert Record.objects.exclude(error_code="").count() == 1
