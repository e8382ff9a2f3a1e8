"""Everything a firm owns: what is taken out, and what is refused on the way back in.

The round trip between databases, over both products, is in tests/pair/test_export.py.
"""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from counterpart.foundation import clock
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.foundation.exporting import loading, reading, writing
from counterpart.foundation.exporting.snapshot import snapshot
from counterpart.foundation.exporting.tables import blanked, left_out, stranded
from counterpart.foundation.history.models import Event
from counterpart.foundation.jobs import running
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.notices.models import Notice
from counterpart.foundation.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(tmp_path: Path, ada: User) -> tuple[Path, dict[str, Any]]:
    """An export of this database, and its manifest."""
    folder = writing.Folder(tmp_path / "export")
    with snapshot() as alias:
        part = writing.write_product(folder, alias)
    writing.finish(folder, writing.manifest_of([part], clock.now()))
    return folder.path, part


def test_no_secret_leaves(exported: tuple[Path, dict[str, Any]], ada: User) -> None:
    """Password hashes, second factors, tokens and keys stay; whose they were is there."""
    folder, part = exported

    people = [json.loads(line) for line in (folder / "practice/foundation_users.user.jsonl").open()]

    assert [person["email"] for person in people] == [ada.email]
    assert not any("password" in person for person in people)
    everything = b"".join(path.read_bytes() for path in folder.rglob("*.jsonl"))
    assert ada.password.encode() not in everything
    kinds = {entry["kind"] for entry in part["files"]}
    assert kinds.isdisjoint({"sync.key", "foundation_users.apitoken", "mfa.authenticator", "sessions.session"})
    assert {"sync.Key", "foundation_users.ApiToken", "mfa.Authenticator"} <= part["left_out"].keys()


def test_every_row_that_is_taken_out_can_be_put_back() -> None:
    """No column of an exported table must refer to a table that stays: its row could not be loaded."""
    assert not stranded(), "blank these columns, or leave their tables out"
    assert all(why for why in (*left_out().values(), *blanked().values()))


def test_an_export_is_not_loaded_over_something(exported: tuple[Path, dict[str, Any]], ada: User) -> None:
    """Where somebody may sign in, or something has happened, nothing is loaded."""
    folder, part = exported

    with reading.source(folder) as found, pytest.raises(Blocked, match="not empty"):
        loading.load_product(found, part)

    assert User.objects.get().pk == ada.pk


@pytest.mark.parametrize("spoil", ["changed", "shortened", "gone"])
def test_a_file_that_is_not_what_was_exported_is_noticed_first(
    exported: tuple[Path, dict[str, Any]], spoil: str
) -> None:
    """Checksums and row counts are compared before the first write."""
    folder, part = exported
    path = folder / "practice/foundation_users.user.jsonl"
    content = path.read_bytes()
    if spoil == "gone":
        path.unlink()
    else:
        path.write_bytes(content.replace(b"Ada", b"Eve") if spoil == "changed" else content[: len(content) // 2])

    with reading.source(folder) as found:
        with pytest.raises(Refusal, match=r"foundation_users\.user\.jsonl"):
            reading.verify(found, part)
        path.write_bytes(content)
        reading.verify(found, part)


def test_a_zip_file_says_the_same_as_the_folder(exported: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """The manifest comes last in it, so a copy that broke off has none."""
    folder, part = exported
    target = tmp_path / "all.zip"
    writing.pack(folder, target)

    with reading.source(target) as found:
        assert reading.manifest_in(found)["products"]["practice"] == part
        reading.verify(found, part)
    target.write_bytes(target.read_bytes()[:-200])
    with pytest.raises(Refusal), reading.source(target) as found:
        reading.manifest_in(found)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "no export of Counterpart"), ({"format_version": 2}, "version"),
        ({"products": {"billing": {}}}, "names no product"), ({"products": {}}, "names no product"),
    ],
    ids=str,
)  # fmt: skip
def test_an_export_of_another_kind_is_refused(
    exported: tuple[Path, dict[str, Any]], change: dict[str, Any], words: str
) -> None:
    """With a sentence that says what it is."""
    path = exported[0] / writing.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))

    with reading.source(exported[0]) as found, pytest.raises(Refusal, match=words):
        reading.manifest_in(found)


def test_an_export_of_other_tables_is_refused(exported: tuple[Path, dict[str, Any]]) -> None:
    """Rows of another version's columns are not guessed at."""
    User.objects.all().delete()
    part = exported[1]
    for other in ({"schema": {**part["schema"], "foundation_users": "0001_initial"}}, {"files": part["files"][1:]}):
        with pytest.raises(Refusal, match="another version"):
            loading.ensure_loadable({**part, **other})
    loading.ensure_loadable(part)


def test_a_name_that_leads_elsewhere_is_refused(exported: tuple[Path, dict[str, Any]]) -> None:
    """A manifest may not point out of its folder."""
    part = json.loads(json.dumps(exported[1]))
    part["files"][0]["name"] = "practice/../../etc/passwd"
    with reading.source(exported[0]) as found, pytest.raises(Refusal, match="none of ours"):
        reading.verify(found, part)


def test_an_administrator_has_everything_made_into_one_file(admin: User, ada: User) -> None:
    """EXP-1, HIS-3: in the background, for the one who asked, for a day, and in the audit log; others may not."""
    assert _signed_in(ada).post("/export/").status_code == 403
    client: Client = _signed_in(admin)
    answer = client.post("/export/")
    job = running.run_for(Job.objects.get(), clock=clock.now, seconds=60)

    file = client.get(f"{answer.url}file/")  # type: ignore[attr-defined]
    content = io.BytesIO(b"".join(file.streaming_content))  # type: ignore[attr-defined]
    with zipfile.ZipFile(content) as archive:
        manifest = reading.manifest_in(archive)
        reading.verify(archive, manifest["products"]["practice"])
    assert manifest["products"]["practice"]["rows"] == job.done > 0
    assert _signed_in(ada).get(f"{answer.url}file/").status_code == 404  # type: ignore[attr-defined]
    event = Event.objects.filter(verb="exported").get()
    assert (event.actor_email, event.object_type, event.changes) == (admin.email, "firm", {"rows": [None, job.done]})
    assert Notice.objects.get(user=admin).url == answer.url  # type: ignore[attr-defined]
    Job.objects.update(file_expires_at=clock.now())
    assert client.get(f"{answer.url}file/").status_code == 404  # type: ignore[attr-defined]


def _signed_in(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client
