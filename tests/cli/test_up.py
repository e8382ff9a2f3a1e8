"""`counterpart up`: from an empty folder to 'ready', and out again without a trace."""

import json
import os
import signal
import socket
import stat
import urllib.request

import psutil

from conftest import new_firm, wait_for


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2):
            return True
    except OSError as error:
        return getattr(error, "code", 500) < 500


def test_up_says_where_to_go_and_how_to_sign_in(firm):
    said = "".join(firm.said)

    assert f"http://127.0.0.1:{firm.ports['practice']}" in said
    assert f"http://127.0.0.1:{firm.ports['accounting']}" in said
    assert "admin@example.com" in said
    assert all(answers(port) for port in firm.ports.values())


def test_up_keeps_what_it_holds_to_the_owner(firm):
    """Clients' names and keys lie there."""
    assert stat.S_IMODE(firm.data.stat().st_mode) == 0o700
    secrets = [path for path in (firm.data / "secrets").rglob("*") if path.is_file()]
    assert secrets
    assert {stat.S_IMODE(path.stat().st_mode) for path in [*secrets, firm.data / "run.json"]} == {0o600}


def test_a_second_up_on_the_same_folder_is_refused(firm):
    second = firm.run("up")

    assert second.returncode == 1
    assert second.stderr.strip() == (f"Both sites are already running on {firm.data}; stop that one first (Ctrl-C).")


def test_up_refuses_a_port_in_use_before_doing_anything(own_firm):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", own_firm.ports["accounting"]))
        taken.listen()

        refused = own_firm.run("up", f"--accounting-port={own_firm.ports['accounting']}", "--practice-port=1025")

    assert refused.returncode == 1
    assert f"Port {own_firm.ports['accounting']} is in use" in refused.stderr
    assert not (own_firm.data / "practice.sqlite3").exists()


def test_every_child_that_is_killed_is_back_and_the_rest_untouched(own_firm):
    own_firm.up("--no-demo")
    before = own_firm.running()["children"]

    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: all(own_firm.running()["children"].get(name, pid) != pid for name, pid in before.items()))
    wait_for(lambda: all(answers(port) for port in own_firm.ports.values()))

    said = "".join(own_firm.said)
    assert all(f"{name} ended (killed by SIGKILL); starting it again." in said for name in before)


def test_sigterm_stops_everything_cleanly(own_firm):
    own_firm.up("--no-demo")
    family = own_firm.family()

    status = own_firm.stop()

    assert status == 0
    assert len(family) >= 6
    assert [each for each in family if each.is_running()] == []
    assert not (own_firm.data / "run.json").exists()
    assert "killed" not in "".join(own_firm.said)


def test_nobody_outlives_a_killed_up_and_it_can_start_again(own_firm):
    own_firm.up("--no-demo")
    family = own_firm.family()

    own_firm.process.kill()
    own_firm.process.wait()
    wait_for(lambda: not any(alive(each) for each in family), what="the end of all children")
    own_firm.said.clear()
    own_firm.up("--no-demo")

    assert all(answers(port) for port in own_firm.ports.values())
    assert "Sign in as admin" not in "".join(own_firm.said)


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_ports_are_remembered_for_the_next_time(own_firm):
    own_firm.up("--no-demo")
    own_firm.stop()

    assert json.loads((own_firm.data / "ports.json").read_text()) == own_firm.ports


def test_demo_is_loaded_once_removed_and_loaded_again(own_firm):
    """The demonstration's people sign in to what both products made of its contacts and matters."""
    own_firm.up()
    said = "".join(own_firm.said)

    removed = own_firm.run("demo", "remove")
    loaded = own_firm.run("demo", "load")

    assert "counterpart-demo" in said
    assert (removed.returncode, loaded.returncode) == (0, 0), removed.stderr + loaded.stderr
    assert "Practice Management: 27 matters and" in removed.stdout
    assert "and 27 matters added" in loaded.stdout


def test_up_works_again_after_a_folder_was_moved(own_firm, tmp_path):
    own_firm.up("--no-demo")
    own_firm.stop()
    moved = tmp_path / "elsewhere"
    own_firm.data.rename(moved)

    with new_firm(moved) as firm:
        firm.up("--no-demo")

        assert all(answers(port) for port in firm.ports.values())
