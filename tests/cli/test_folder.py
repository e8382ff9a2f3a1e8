"""The data folder: one `up` at a time, ports remembered, refusals in sentences."""

import os
import socket
import stat
import subprocess
import sys

import pytest

from counterpart.cli import folder, ports
from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop


def test_create_makes_a_private_folder(tmp_path):
    folder.create(tmp_path / "firm")

    assert stat.S_IMODE((tmp_path / "firm").stat().st_mode) == 0o700


def test_create_says_why_it_cannot(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Stop, match="cannot be made"):
        folder.create(tmp_path / "file" / "firm")


def test_second_holder_is_refused_and_the_first_released_on_end(tmp_path):
    with folder.held(tmp_path):
        held_by_first = folder.is_held(tmp_path)
        with pytest.raises(Stop, match="already running"), folder.held(tmp_path):
            pass

    assert held_by_first
    assert not folder.is_held(tmp_path)


def test_lock_is_let_go_when_its_process_is_killed(tmp_path):
    """A crash leaves no lock behind that someone would have to remove by hand."""
    code = (
        "import sys,time; from pathlib import Path; from counterpart.cli import folder\n"
        "with folder.held(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    before = folder.is_held(tmp_path)

    holder.kill()
    holder.wait()

    assert (before, folder.is_held(tmp_path)) == (True, False)


def test_ports_are_asked_for_then_remembered_then_usual(tmp_path):
    usual = folder.place(tmp_path).ports

    folder.remember_ports(folder.place(tmp_path, practice_port=9001))

    assert usual == {Product.PRACTICE: 8701, Product.ACCOUNTING: 8702}
    assert folder.place(tmp_path).ports == {Product.PRACTICE: 9001, Product.ACCOUNTING: 8702}
    assert folder.place(tmp_path, accounting_port=9002).ports == {
        Product.PRACTICE: 9001,
        Product.ACCOUNTING: 9002,
    }


def test_a_port_in_use_is_refused_with_the_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Stop, match=f"Port {port} is in use .* --accounting-port"):
            ports.refuse_unusable(folder.place(tmp_path, practice_port=free_port(), accounting_port=port))


def test_the_same_port_twice_is_refused(tmp_path):
    with pytest.raises(Stop, match="same port"):
        ports.refuse_unusable(folder.place(tmp_path, 9001, 9001))


def test_a_folder_never_begun_is_named_with_the_way_to_begin(tmp_path):
    with pytest.raises(Stop, match="counterpart up --data"):
        folder.existing_place(tmp_path)


def test_children_know_folder_site_and_both_addresses(tmp_path, monkeypatch):
    for variable in ("COUNTERPART_PRACTICE_URL", "COUNTERPART_ACCOUNTING_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    place = Place(tmp_path, {Product.PRACTICE: 1, Product.ACCOUNTING: 2})

    given = place.environment(Product.ACCOUNTING)

    assert given["COUNTERPART_DATA"] == str(tmp_path)
    assert given["DJANGO_SETTINGS_MODULE"] == "counterpart.sites.accounting.settings"
    assert given["COUNTERPART_PRACTICE_URL"] == "http://127.0.0.1:1"
    assert given["COUNTERPART_ACCOUNTING_URL"] == "http://127.0.0.1:2"


def test_a_public_address_in_counterpart_toml_wins_over_the_port(tmp_path, monkeypatch):
    for variable in ("COUNTERPART_PRACTICE_URL", "COUNTERPART_ACCOUNTING_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COUNTERPART_DATA", str(tmp_path))
    (tmp_path / "counterpart.toml").write_text('practice_url = "https://pm.firm.example/"\n')
    place = folder.place(tmp_path)

    assert place.url(Product.PRACTICE) == "https://pm.firm.example"
    assert place.url(Product.ACCOUNTING) == "http://127.0.0.1:8702"


def test_a_broken_counterpart_toml_is_refused_with_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTERPART_DATA", str(tmp_path))
    (tmp_path / "counterpart.toml").write_text("practice_url = pm\n")

    with pytest.raises(Stop, match=r"counterpart\.toml"):
        folder.place(tmp_path).url(Product.PRACTICE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
