"""The link indicator of a record: what each state shows, to whom, and how it keeps itself true."""

import re

import pytest
from web_world import (
    ACTING,
    PEER_URL,
    READER,
    agreed,
    connected,
    contact,
    forgotten,
    person,
    refused,
    signed_in,
    silent,
    stranger,
    sync_id_of,
)

from counterpart.sync.models import Record
from counterpart.sync.probing import use_transport
from counterpart.sync.states import link_state
from counterpart.sync.transports import TransportFailed

pytestmark = pytest.mark.django_db


class _Deaf:
    """A peer that does not answer probes."""

    def send(self, *args, **kwargs):
        raise TransportFailed("no answer")


@pytest.fixture(autouse=True)
def _no_network():
    use_transport(_Deaf())
    yield
    use_transport(None)


def fragment(client, contact_id, **query):
    return client.get(f"/sync/contact/{contact_id}/indicator/", query, headers={"HX-Request": "true"})


def pill(html: str) -> str:
    return html[html.index('class="link-pill-group"') : html.index('class="link-panel"')]


def test_green_is_a_real_link_to_the_counterpart():
    """STA-3, IND-3: green opens the same record in the other product, by its sync identity."""
    connected()
    contact_id = agreed(contact("Ngata", number="1042"))

    html = pill(fragment(signed_in("Ada"), contact_id).content.decode())

    assert re.search(r'<a class="link-pill" href="([^"]+)"', html)[1] == (
        f"{PEER_URL}/open/contact/{sync_id_of(contact_id)}/"
    )
    assert "target=" not in html


@pytest.mark.parametrize(
    ("paint", "colour", "word"),
    [
        (lambda one: one, "lightblue", "Syncing…"),
        (forgotten, "gray", "Not in sync"),
        (refused, "red", "Sync error"),
        (lambda one: (agreed(one), silent())[0], "yellow", "Status unavailable"),
    ],
    ids=["blue", "gray", "red", "yellow"],
)
def test_other_states_say_a_word_and_lead_nowhere(paint, colour, word):
    """STA-2, STA-3, STA-10: colour, icon and word together; pressing opens the details, not the other product."""
    connected()
    contact_id = paint(contact("Rewi"))

    html = fragment(signed_in("Ada"), contact_id).content.decode()

    assert f'data-colour="{colour}"' in html
    assert re.search(r"<svg.*?</svg><span data-link-word>(.*?)</span>", pill(html))[1] == word
    assert "<a " not in pill(html)
    assert 'aria-expanded="false"' in pill(html)


def test_an_unchanged_indicator_is_answered_with_nothing():
    """STA-9: polling costs nothing while nothing changes, and brings the whole when something does."""
    connected()
    contact_id, ada = refused(contact("Quay")), signed_in("Ada")
    revision = re.search(r'"rev": "(\w+)"', fragment(ada, contact_id).content.decode())[1]

    unchanged = fragment(ada, contact_id, rev=revision)
    forgotten(contact_id)
    changed = fragment(ada, contact_id, rev=revision)

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert changed.status_code == 200
    assert 'data-colour="gray"' in changed.content.decode()


def test_blue_is_polled_every_second_and_the_rest_every_five():
    """STA-9: someone is waiting for what is under way."""
    connected()
    ada = signed_in("Ada")

    blue = fragment(ada, contact("Blue")).content.decode()
    green = fragment(ada, agreed(contact("Green"))).content.decode()

    assert ('data-poll="1"' in blue, 'data-poll="5"' in green) == (True, True)


def test_a_silent_peer_is_unknown_after_two_questions():
    """S7: the indicator asks the peer itself; without an answer it does not stay green."""
    connected()
    contact_id, ada = agreed(contact("Ngata")), signed_in("Ada")

    shades = [re.search(r'data-colour="(\w+)"', fragment(ada, contact_id).content.decode())[1] for _ in range(2)]

    assert shades == ["green", "yellow"]


def test_a_taken_number_names_its_holder_to_those_who_may_see_it():
    """STA-4, NUM-10: 'Number 40 is already used by …', with a link, when the viewer may see the holder."""
    connected()
    holder = agreed(contact("Price", first="Iona", number="40"))
    mine = refused(contact("Quay"), number="40", holder=str(sync_id_of(holder)))
    foreign = refused(contact("Harbour"), number="41", holder=str(stranger()))
    ada = signed_in("Ada")

    named = fragment(ada, mine).content.decode()
    unnamed = fragment(ada, foreign).content.decode()

    assert f'Number 40 is already used by <a href="/contacts/{holder}/">Iona Price</a>.' in named
    assert "Number 41 is already used by a record you can’t view." in unnamed


def test_the_products_ways_out_are_buttons_in_the_panel():
    """STA-4, NUM-11: choose another number, or let Legal Accounting give one."""
    connected()
    contact_id = refused(contact("Quay", reference="40"), number="40", holder=str(stranger()))
    ada = signed_in("Ada", (*ACTING, "contact.edit_reference"))

    html = fragment(ada, contact_id).content.decode()

    assert re.findall(r'data-focus="remedy ([^"]+)"', html) == ["Choose another", "Let Legal Accounting number it"]


def test_sync_now_forces_an_exchange_for_those_who_may():
    """IMP-5, IND-6: without an edit; Otto, who only reads, is refused and nothing happens."""
    connected()
    contact_id = refused(contact("Quay"))
    path = f"/sync/contact/{contact_id}/now/"

    refusal = signed_in("Otto", READER).post(path)
    after_refusal = Record.objects.get(local_id=contact_id).error_code
    answer = signed_in("Ada").post(path, headers={"HX-Request": "true"})

    assert (refusal.status_code, after_refusal) == (403, "number_in_use")
    assert answer.status_code == 200
    assert 'data-colour="lightblue"' in answer.content.decode()
    assert Record.objects.get(local_id=contact_id).force > 0


def test_sync_now_without_script_returns_to_the_record():
    """Everything works without script."""
    connected()
    contact_id = refused(contact("Quay"))

    answer = signed_in("Ada").post(f"/sync/contact/{contact_id}/now/")

    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{contact_id}/")


def test_nobody_learns_of_records_he_may_not_see(client):
    """CON-11, USR-10: Ben may not read contacts; a signed-out fragment gets no sign-in page swapped in."""
    connected()
    contact_id = agreed(contact("Ngata"))

    assert fragment(signed_in("Ada"), contact_id).status_code == 200
    assert fragment(signed_in("Ben", ()), contact_id).status_code == 404
    assert (fragment(client, contact_id).status_code, fragment(client, contact_id).content) == (401, b"")
    assert client.get(f"/sync/contact/{contact_id}/indicator/").status_code == 302


def test_the_door_of_the_other_product_leads_to_the_record():
    """GEN-2: by sync identity, whatever number or name the record has now."""
    connected()
    contact_id = agreed(contact("Ngata"))

    answer = signed_in("Ada").get(f"/open/contact/{sync_id_of(contact_id)}/")

    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{contact_id}/")


def test_the_door_says_when_a_record_is_not_here_or_deleted():
    """Section 16: a page that says which, instead of a bare 404."""
    connected()
    contact_id = agreed(contact("Ngata"))
    sync_id, ada = sync_id_of(contact_id), signed_in("Ada")
    ada.post(f"/contacts/{contact_id}/deletion/", {"confirm": "yes"})

    unknown = ada.get(f"/open/contact/{stranger()}/")
    deleted = ada.get(f"/open/contact/{sync_id}/")

    assert (unknown.status_code, "This record is not linked here" in unknown.content.decode()) == (404, True)
    assert (deleted.status_code, "This record was deleted here" in deleted.content.decode()) == (404, True)
    assert ada.get(f"/open/nothing/{sync_id}/").status_code == 404


def test_a_page_that_was_numbered_while_being_made_is_noticed_by_the_first_poll():
    """CON-3: the page read the record before the number came, the indicator after: the parts must reload."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.template import engines
    from django.test import RequestFactory

    connected()
    contact_id = refused(contact("Ngata", number="1042"))
    request = RequestFactory().get("/")
    request.user, request.session = person("Ada", ACTING), SessionStore()
    page = engines["django"].from_string('{% load sync_tags %}{% link_indicator "contact" pk number=number %}')

    torn = page.render({"pk": contact_id, "number": ""}, request)
    whole = page.render({"pk": contact_id, "number": "1042"}, request)
    polled = fragment(signed_in("Bea"), contact_id).content.decode()

    revisions = [re.search(r'"rev": "(\w+)"', html)[1] for html in (torn, whole, polled)]
    assert revisions[1] == revisions[2] != revisions[0]
    assert ['data-number=""' in torn, 'data-number="1042"' in whole] == [True, True]


def test_the_indicator_shows_the_state_the_rest_of_the_page_was_made_from():
    """IND-4: refused while the page was being made: the pill and its card must not say two things."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.template import engines
    from django.test import RequestFactory

    connected()
    contact_id = contact("Ngata")
    before = link_state("contact", contact_id)
    refused(contact_id)
    request = RequestFactory().get("/")
    request.user, request.session = person("Ada", ACTING), SessionStore()
    page = engines["django"].from_string('{% load sync_tags %}{% link_indicator "contact" pk state=link %}')

    shown = [page.render(given, request) for given in ({"pk": contact_id, "link": before}, {"pk": contact_id})]

    assert [f'data-colour="{before.colour}"' in shown[0], 'data-colour="red"' in shown[1]] == [True, True]
    assert before.colour != "red"
