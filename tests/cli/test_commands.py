"""The commands beside `up`: tokens, imports, Django's own, and what they say when something is wrong."""

import csv
import json
import urllib.request

import pytest

from conftest import COMMAND, environment


def call(firm, product: str, path: str, token: str):
    request = urllib.request.Request(
        f"http://127.0.0.1:{firm.ports[product]}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def token(firm):
    made = firm.run("token", "create", "--product", "practice", "--user", "admin@example.com")
    assert made.returncode == 0, made.stderr
    return made.stdout.splitlines()[-1]


def test_token_create_prints_a_working_token_alone_on_the_last_line(firm, token):
    assert token == token.strip()
    assert " " not in token
    assert call(firm, "practice", "/contacts", token)["items"] is not None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--user", "nobody@example.com"], "nobody@example.com"),
        (["--user", "admin@example.com", "--scope", "fly"], "no scope 'fly'"),
    ],
)
def test_token_create_refuses_in_a_sentence(firm, options, sentence):
    refused = firm.run("token", "create", "--product", "practice", *options)

    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_import_creates_what_it_can_and_hands_back_the_rest(firm, token, tmp_path):
    """Failed rows go to a file with the reason (IMP-5); the same file a second time creates nothing."""
    file = tmp_path / "people.csv"
    with file.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["type", "first", "last", "company", "email"])
        writer.writerow(["person", "Import", "Able", "", "able@import.example"])
        writer.writerow(["person", "", "", "", "nameless@import.example"])
        writer.writerow(["company", "", "", "Import Works", ""])

    tried = firm.run("import-contacts", str(file), "--product", "practice", "--dry-run")
    first = firm.run("import-contacts", str(file), "--product", "practice")
    second = firm.run("import-contacts", str(file), "--product", "practice")

    refused = list(csv.DictReader((tmp_path / "people.failed.csv").open(encoding="utf-8-sig")))
    assert "2 contacts would be imported, 1 row refused" in tried.stdout, tried.stdout + tried.stderr
    assert "2 contacts imported, 1 row refused" in first.stdout, first.stdout + first.stderr
    assert [row["email"] for row in refused] == ["nameless@import.example"]
    assert refused[0]["Error"]
    assert "was imported before" in second.stdout
    found = call(firm, "practice", "/contacts?q=Import", token)["items"]
    assert len(found) == 2


def test_import_of_matters_takes_whoever_has_the_role_for_a_client(firm, token, tmp_path):
    """Matters begin in Practice Management; a second run of the same file makes nothing (IMP-9)."""
    file = tmp_path / "dockets.csv"
    with file.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["court", "docket_number", "matter_name", "participant_name", "participant_role"])
        writer.writerow(["winn", "17", "Pell v. Orbast", "Ilse Pell", "Plaintiff"])
        writer.writerow(["winn", "17", "", "Orbast LLC", "Defendant"])
        writer.writerow(["winn", "", "", "Nobody", "Defendant"])

    first = firm.run("import-matters", str(file), "--client-role", "Plaintiff", "--matter-type", "Litigation")
    second = firm.run("import-matters", str(file), "--client-role", "Plaintiff", "--matter-type", "Litigation")
    wrong = firm.run("import-matters", str(file), "--assigned-to", "who@example.com")

    assert "2 contacts, 1 matter and 3 parties imported, 1 row refused" in first.stdout, first.stdout + first.stderr
    assert "was imported before" in second.stdout
    assert (first.returncode, wrong.returncode) == (2, 1)
    assert "There is no active user who@example.com." in wrong.stderr
    (found,) = call(firm, "practice", "/matters?q=Pell", token)["items"]
    assert [one["contact_name"] for one in found["parties"] if one["is_primary_client"]] == ["Ilse Pell"]


def test_import_of_a_missing_file_is_refused(firm, tmp_path):
    refused = firm.run("import-contacts", str(tmp_path / "none.csv"), "--product", "accounting")

    assert (refused.returncode, refused.stderr.strip()) == (1, f"There is no file {tmp_path / 'none.csv'}.")


def test_status_check_and_compare_report_on_a_running_firm(firm):
    status, check, compare = (firm.run(name) for name in ("status", "check", "compare"))

    assert (status.returncode, check.returncode, compare.returncode) == (0, 0, 0), check.stdout + compare.stderr
    assert "yes, process" in status.stdout
    assert all(word in compare.stdout for word in ("compared", "different", "repaired", "unrepaired"))


def test_django_commands_run_in_the_site_named(firm):
    shown = firm.run("practice", "--data", str(firm.data), "showmigrations", "--plan", data=False)

    assert shown.returncode == 0, shown.stderr
    assert "practice_contacts.0001" in shown.stdout
    assert "accounting_" not in shown.stdout


def test_commands_name_the_way_to_begin_when_there_is_no_firm(tmp_path):
    import subprocess

    for arguments in (["status"], ["check"], ["compare"], ["demo", "load"], ["demo", "remove"]):
        done = subprocess.run(
            [str(COMMAND), *arguments, "--data", str(tmp_path / "none")],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "counterpart up --data" in done.stderr
        assert "Traceback" not in done.stderr
