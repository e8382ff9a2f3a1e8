"""The repository keeps its own rules: who imports whom, and no trace of one machine or one registry."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Spelt in pieces, so that this file does not contain what it looks for.
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry." + "npmjs",
    "files." + "pypi",
    "cdn." + "jsdelivr",
    "unpkg" + ".com",
]
MACHINE_PATHS = ["/" + "root/", "/" + "home/[a-z]", "/" + "work/(main|shared)", "/" + "opt/(pypi|wheels)"]
VENDORED = ("src/counterpart/foundation/static/", "src/counterpart/foundation/web/static/")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked_files():
        name = path.relative_to(ROOT).as_posix()
        try:
            found[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and fonts
    return found


def test_import_rules_hold():
    """The layers of ARCHITECTURE.md, as import-linter reads them."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_no_file_names_a_registry_or_a_machine():
    """Packages come from wherever the reader's machine is told to get them; paths are the reader's own."""
    pattern = re.compile("|".join([*map(re.escape, HOSTS), *MACHINE_PATHS]))

    named = {
        f"{name}: {match.group()}"
        for name, text in texts().items()
        if not (name.startswith(VENDORED) and "/vendor/" in name)
        if (match := pattern.search(text))
    }

    assert named == set()


def test_lock_has_a_hash_for_every_package_and_no_address():
    """pip --require-hashes and uv read the same lock (libraries are exactly those that were tried)."""
    entries = [
        entry
        for entry in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text())
        if "==" in entry.split("\n")[0]
    ]

    assert len(entries) > 50
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_lock_covers_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~!; ]", each)[0].lower().replace("_", "-") for each in asked}

    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))

    assert names - locked == set()


def test_every_rule_that_is_off_says_why():
    """ruff runs with all rules; an exception without a reason is an oversight."""
    section = (ROOT / "pyproject.toml").read_text().split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    codes = [line for line in section.splitlines() if re.match(r'\s+"[A-Z]+[0-9]*",', line)]

    assert codes
    assert [line for line in codes if "#" not in line] == []


def test_no_secret_or_database_is_tracked():
    names = [path.name for path in tracked_files()]

    assert [name for name in names if name.endswith((".sqlite3", ".pem", ".key")) or name == "uv.lock"] == []
