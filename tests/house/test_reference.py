"""The reference pages say what the code says: every setting, every command, every mapped field."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import reference


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_page_is_what_the_code_says(name):
    """`make docs` writes it again."""
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == reference.PAGES[name]()


def test_every_environment_variable_in_the_code_is_documented():
    """A COUNTERPART_… that the code or the scripts read and no page explains is a secret switch."""
    read = set()
    for folder in ("src/counterpart", "scripts", ".ci", "tests"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".py", "", ".sh"):
                text = path.read_text(encoding="utf-8", errors="ignore")
                read |= set(re.findall(r"environ(?:\.get\(|\[|\.pop\()\s*[\"'](COUNTERPART_[A-Z_]+)[\"']", text))
    documented = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    assert read
    assert {name for name in read if f"`{name}`" not in documented} == set()


def test_every_link_between_documents_leads_somewhere():
    """A reader who follows a link must not end at nothing; headings are checked too."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    dead = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", page.read_text(encoding="utf-8")):
            name, anchor = target
            if "://" in name or name.startswith("mailto:"):
                continue
            found = (page.parent / name).resolve() if name else page
            if not found.exists() or (anchor and anchor[1:] not in anchors(found)):
                dead.append(f"{page.relative_to(ROOT)}: {name}{anchor}")

    assert len(pages) > 5
    assert dead == []


def anchors(page: Path) -> set[str]:
    if page.suffix != ".md":
        return set()
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
