"""What the person who runs the server can set, and the secrets that make themselves."""

import stat
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from counterpart.foundation import secrets
from counterpart.foundation.settings import ServerSettings
from counterpart.sites.common import SiteFacts, configure


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PRACTICE_DATABASE_URL", "ACCOUNTING_DATABASE_URL", "PRACTICE_URL", "ACCOUNTING_URL"):
        monkeypatch.delenv(f"COUNTERPART_{name}", raising=False)
    monkeypatch.setenv("COUNTERPART_DATA", str(tmp_path))
    return tmp_path


def test_the_environment_wins_over_the_file(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "counterpart.toml").write_text('firm_name = "Rewi & Co"\npractice_url = "https://pm.example/"\n')
    monkeypatch.setenv("COUNTERPART_FIRM_NAME", "Moreau Law")

    found = ServerSettings()

    assert (found.firm_name, found.practice_url, found.data) == ("Moreau Law", "https://pm.example", data)


def test_an_address_that_is_none_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_PRACTICE_URL", "pm.example")

    with pytest.raises(ValidationError, match="must begin with http"):
        ServerSettings()


def test_secrets_are_made_once_for_the_owner_alone(data: Path) -> None:
    """Several processes start at once: all end with the same keys; each product has its own."""
    found: list[secrets.SiteSecrets] = []
    threads = [
        threading.Thread(target=lambda: found.append(secrets.load_or_create(data, "practice"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len({made.secret_key for made in found}) == 1
    assert secrets.load_or_create(data, "accounting").secret_key != found[0].secret_key
    assert stat.S_IMODE((data / "secrets").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (data / "secrets").iterdir()}
    assert (modes, len(list((data / "secrets").iterdir()))) == ({0o600}, 2)


def test_https_makes_cookies_secure_and_products_never_share_them(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_PRACTICE_URL", "https://pm.example")

    practice = configure(SiteFacts("practice", apps=[], rights=[]))
    accounting = configure(SiteFacts("accounting", apps=[], rights=[]))

    assert (practice["SESSION_COOKIE_SECURE"], accounting["SESSION_COOKIE_SECURE"]) == (True, False)
    assert (practice["CSRF_COOKIE_SECURE"], practice["SECURE_HSTS_SECONDS"] > 0) == (True, True)
    assert practice["SESSION_COOKIE_NAME"] != accounting["SESSION_COOKIE_NAME"]
    assert practice["CSRF_COOKIE_NAME"] != accounting["CSRF_COOKIE_NAME"]
    assert practice["SECRET_KEY"] != accounting["SECRET_KEY"]
    assert "pm.example" in practice["ALLOWED_HOSTS"]
    assert practice["COUNTERPART_PEER_URL"] == accounting["COUNTERPART_BASE_URL"]


def test_a_database_that_is_neither_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_PRACTICE_DATABASE_URL", "mysql://root@localhost/x")

    with pytest.raises(ValueError, match="Practice Management must be a postgres"):
        configure(SiteFacts("practice", apps=[], rights=[]))


def test_postgresql_uses_a_pool(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_PRACTICE_DATABASE_URL", "postgres://root@127.0.0.1/pm")

    database = configure(SiteFacts("practice", apps=[], rights=[]))["DATABASES"]["default"]

    assert (database["NAME"], database["CONN_MAX_AGE"], database["OPTIONS"]["pool"]["max_size"]) == ("pm", 0, 8)
