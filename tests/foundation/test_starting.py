"""The start guide (ONB-3): steps read from the firm's data, ticks of one's own, put away and brought back."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.foundation.conftest import person, signed_in

from counterpart.foundation.users.models import User

pytestmark = pytest.mark.django_db


def _steps(client: Client) -> dict[str, tuple[bool, bool]]:
    """Done and current, by step."""
    answer = client.get(reverse("start"))
    return {one.step.code: (one.done, one.current) for one in answer.context["steps"]}


def test_a_step_is_done_when_the_data_show_it(admin: User) -> None:
    """ONB-3: nobody ticks what the product can see; the first open step is the current one."""
    admin_client = signed_in(admin)
    before = _steps(admin_client)
    person("cleo@example.com", "Cleo Tan")

    after = _steps(admin_client)

    assert before["people"][0] is False
    assert after["people"][0] is True
    assert [code for code, (_, current) in after.items() if current] == [
        next(code for code, (done, _) in after.items() if not done)
    ]


def test_ticks_are_ones_own_and_can_be_taken_back(admin: User) -> None:
    """What no data show a person says; for another person it is still open."""
    admin_client = signed_in(admin)
    admin_client.post(reverse("start-mark"), {"step": "numbering"})
    assert _steps(admin_client)["numbering"][0]

    admin_client.post(reverse("start-mark"), {"step": "numbering", "done": "no"})
    assert not _steps(admin_client)["numbering"][0]


def test_put_away_it_leaves_the_first_page_and_stays_in_help(admin: User) -> None:
    """ONB-3: resumable and dismissible."""
    admin_client = signed_in(admin)
    assert "First steps" in admin_client.get(reverse("home")).content.decode()

    admin_client.post(reverse("start-mark"), {"from": "home"})

    assert "start-title" not in admin_client.get(reverse("home")).content.decode()
    assert reverse("start") in admin_client.get(reverse("web:help")).content.decode()
    admin_client.post(reverse("start-mark"), {"done": "no"})
    assert "start-title" in admin_client.get(reverse("home")).content.decode()


def test_only_steps_one_may_do_are_listed(ben: User) -> None:
    """UI-2: what a role can never do is absent."""
    assert _steps(signed_in(ben)) == {}
