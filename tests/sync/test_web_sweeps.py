"""The tabs about the whole: comparisons and their reports, trends, alerts."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from web_world import ACTING, MANAGING, READER, connected, contact, person, refused, signed_in, sync_id_of

from counterpart.foundation.clock import now
from counterpart.foundation.ids import new_id
from counterpart.foundation.notices.models import Notice
from counterpart.foundation.users.models import Role
from counterpart.sync.models import Alert, Finding, Link, Message, Record, Sample, Sweep
from counterpart.sync.watch.alerts import conditions, update_alerts
from counterpart.sync.watch.mailing import MailFailed, send_mails
from counterpart.sync.watch.recipients import mail_recipients
from counterpart.sync.watch.samples import points, take_sample
from counterpart.sync.watch.watching import Watch

pytestmark = pytest.mark.django_db


def report(**facts) -> Sweep:
    made = {
        "key": new_id(),
        "why": "nightly",
        "asked_at": now(),
        "touched_at": now(),
        "phase": "done",
        "finished_at": now(),
    }
    return Sweep.objects.create(**(made | facts))


def test_a_report_names_what_the_viewer_may_see_and_no_more():
    """Section 12: the list of what was found, by the product's own rules of visibility."""
    connected()
    mine = contact("Found")
    sweep = report(compared=7, different=2, repaired=1, unrepaired=1)
    Finding.objects.create(
        sweep=sweep, sync_id=sync_id_of(mine), what="different", registers=["email"], outcome="unrepaired"
    )
    Finding.objects.create(sweep=sweep, sync_id=new_id(), what="only there", outcome="repaired")
    ada = signed_in("Ada")

    listed = ada.get("/sync/sweeps/").content.decode()
    shown = ada.get(f"/sync/sweeps/{sweep.key}/").content.decode()

    assert "1 still differs" in listed
    assert "Found</a>" in shown
    assert "Different without a reason" in shown
    assert "E-mail" in shown
    assert shown.count("A record you can’t view") == 1


def test_a_sweep_is_begun_by_those_who_manage_the_link():
    """Section 12: on demand, by right; while one is under way there is its progress instead of the button."""
    connected()
    ada, mia = signed_in("Ada", ACTING), signed_in("Mia", MANAGING)

    assert ada.post("/sync/sweeps/start/").status_code == 403
    assert "Compare now" not in ada.get("/sync/sweeps/").content.decode()
    assert "Compare now" in mia.get("/sync/sweeps/").content.decode()
    said = mia.post("/sync/sweeps/start/", follow=True).content.decode()

    assert Sweep.objects.get().asked_by == "Mia"
    assert "Waiting to begin" in said
    assert "Compare now" not in said
    assert signed_in("Ben", READER).get("/sync/sweeps/").status_code == 403


def test_trends_show_what_went_over_the_line_and_what_waited():
    """IMP-1: throughput and oldest pending age over day and week; the table has the figures of the charts."""
    connected()
    contact("Waiting")
    Record.objects.update(pending_since=now() - timedelta(minutes=10))
    Message.objects.create(
        sent=True, at=now(), epoch="e", n=1, digest="d", record_count=4, body_bytes=1, receipt={"applied": 4}
    )
    take_sample(now())
    take_sample(now())

    page = signed_in("Ada").get("/sync/trends/")

    day, week = page.context["day"], page.context["week"]
    assert (day.exchanged, week.exchanged) == (4, 4)
    assert 595 <= day.oldest_s <= 660
    assert (len(day.points), len(week.points)) == (48, 56)
    assert page.content.decode().count('data-sent="4"') == 2
    assert Sample.objects.count() in (1, 2), "one for each five minutes"
    assert points(now(), span=timedelta(hours=1), step=timedelta(minutes=5))[0].oldest_s is None, (
        "nothing noted is not zero"
    )


def test_each_alert_is_raised_on_its_condition():
    """Section 10: red for an hour, pending for 15 minutes, no contact for five; not a minute earlier."""
    connected(contact_since=now() - timedelta(days=1), mode_since=now() - timedelta(days=1))
    red, waiting = refused(contact("Red")), contact("Waiting")
    at = now()
    row = Record.objects.filter
    for age, expected in ((59, set()), (61, {"red"})):
        row(local_id=red).update(error_at=at - timedelta(minutes=age))
        assert set(conditions(at)) == expected
    for age, expected in ((14, {"red"}), (16, {"red", "pending"})):
        row(local_id=waiting).update(pending_since=at - timedelta(minutes=age))
        assert set(conditions(at)) == expected
    row(local_id=waiting).update(lane=2)
    Message.objects.create(sent=True, at=at, epoch="e", n=1, digest="d", record_count=4, body_bytes=1)
    assert "pending" not in conditions(at), "a load that moves is no fault"
    Link.objects.update(last_contact=at - timedelta(minutes=6), last_problem="Wrong signature.")
    assert "Wrong signature." in conditions(at)["contact"]
    Link.objects.update(last_contact=at, clock_offset_ms=-301_000, peer_incompatible="Update both.")
    assert {"clocks", "versions"} <= set(conditions(at))


def administrator(name: str = "Root"):
    user = person(name, ())
    user.roles.add(Role.objects.get_or_create(name="Administrators", is_administrator=True)[0])
    return user


def test_an_alert_is_told_once_and_its_end_once(settings):
    """Section 10: under the bell and by mail, to those who manage the link; not repeated while it lasts."""
    settings.COUNTERPART_SENDS_MAIL = True
    root = administrator()
    person("Ben", READER)
    connected(last_contact=now() - timedelta(minutes=6), mode_since=now() - timedelta(days=1))
    watch_at = [now()]
    watch = Watch(lambda: watch_at[0])

    for _ in range(3):
        watch.turn()
        watch_at[0] += timedelta(minutes=2)
    Link.objects.update(last_contact=watch_at[0])
    for _ in range(2):
        watch.turn()
        watch_at[0] += timedelta(minutes=2)
        Link.objects.update(last_contact=watch_at[0])

    assert [(one.subject.split("] ")[1], one.to) for one in mail.outbox] == [
        ("No contact", [root.email]), ("No contact: over again", [root.email]),
    ]  # fmt: skip
    assert [notice.text.split(":")[0] for notice in Notice.objects.filter(user=root).order_by("id")] == [
        "No contact", "Over again",
    ]  # fmt: skip
    assert Notice.objects.exclude(user=root).count() == 0


def test_a_mail_server_that_does_not_answer_is_asked_again_later(settings, monkeypatch):
    """Section 10: nothing is lost, nothing is told twice, and the exchange goes on meanwhile."""
    settings.COUNTERPART_SENDS_MAIL = True
    administrator()
    connected(last_contact=now() - timedelta(minutes=6), mode_since=now() - timedelta(days=1))
    update_alerts(now())
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", lambda *_: (_ for _ in ()).throw(OSError("refused")))
        with pytest.raises(MailFailed):
            send_mails(now())
    assert (send_mails(now()), send_mails(now())) == (1, 0)

    Alert.objects.all().delete()
    update_alerts(now())
    Alert.objects.update(cleared_at=timezone.now())
    assert send_mails(now()) == 0, "over before it could be told: nothing to say"


def test_who_gets_mail_is_chosen_on_the_page():
    """Section 10: administrators unless they say otherwise; others who manage the link when they are chosen."""
    connected()
    root = administrator()
    mia = person("Mia", MANAGING)
    assert mail_recipients() == [root]
    from django.test import Client

    browser = Client()
    browser.force_login(mia)
    assert "No mail server is set" in browser.get("/sync/alerts/").content.decode()

    browser.post("/sync/alerts/", {"user": [mia.pk]})

    assert mail_recipients() == [mia]
    assert signed_in("Ada", ACTING).get("/sync/alerts/").status_code == 403
