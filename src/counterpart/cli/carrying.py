"""`counterpart export` and `counterpart load`: everything a firm owns, out and in again (docs/how-to/export.md)."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from counterpart.cli import folder
from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop, err, line, warn

Facts = dict[str, Any]

AGREED_WITHIN_S = 15.0
"""Under a lively exchange it takes a few attempts to see both products at one moment."""


def export(place: Place, target: Path, products: Sequence[Product]) -> None:
    """Write everything into a new folder, or a zip file if the name ends so. Raises Stop, and leaves nothing then."""
    from counterpart.foundation import clock
    from counterpart.foundation.exporting import writing

    target = target.expanduser().resolve()
    _ensure_free(target)
    is_zip = target.suffix.lower() == ".zip"
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        parts = _read_at_once(place, made, products)
        manifest = writing.manifest_of(parts, clock.now())
        writing.finish(writing.Folder(made), manifest)
        if is_zip:
            with _bar() as progress:
                writing.pack(made, target, _shown(progress, "packing"))
        else:
            _put(made, target)
    except BaseException:
        if is_zip:
            target.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    for part in parts:
        line(f"{part['name']}: {part['rows']} rows in {len(part['files'])} files.")
    line(f"Written to {target}. It holds what clients told the firm: keep it as safe as the databases.")


def load(place: Place, path: Path, administrator: str) -> None:
    """Bring an export back into this data folder, which must be new. Raises Stop; then nothing was loaded."""
    from counterpart.foundation.errors import Refusal
    from counterpart.foundation.exporting import reading

    path = path.expanduser().resolve()
    folder.create(place.data)
    with folder.held(place.data), _bar() as progress:
        try:
            with reading.source(path) as found:
                manifest = reading.manifest_in(found)
                for part in manifest["products"].values():
                    reading.verify(found, part, _shown(progress, f"checking {part['name']}"))
        except Refusal as refusal:
            raise Stop(refusal.message) from None
        password = os.environ.get("COUNTERPART_ADMIN_PASSWORD", "") or secrets.token_urlsafe(12)
        wanted = {"do": "load", "path": str(path), "administrator": administrator, "password": password}
        parts = {Product(name): part for name, part in manifest["products"].items()}
        results = _load_both(place, {each: {**wanted, "part": part} for each, part in parts.items()}, progress)
        folder.remember_ports(place)
    for product, result in results.items():
        line(f"{product.label}: {result['rows']} rows loaded, the history is whole.")
        _tell_who_signs_in(product, result, administrator, password)
    if len(parts) < len(Product):
        warn(f"{next(iter(set(Product) - set(parts))).label} was not in this export, and is empty here.")


def _read_at_once(place: Place, made: Path, products: Sequence[Product]) -> list[Facts]:
    """Have each product write its tables, all as of one moment of their exchange."""
    with _bar() as progress, ExitStack() as running:
        asked = {"do": "export", "folder": str(made)}
        found = [running.enter_context(_child(place, each, asked, progress)) for each in products]
        if not _agreed(found):
            warn("The two could not be seen at one moment of their exchange; loaded from this, their link will stop.")
        return list(_together(found, lambda child: child.until("result")))


def _agreed(children: list[_Child]) -> bool:
    """Let the children go when what they see fits together; whether it did, in time."""
    from counterpart.protocol.moments import Moment, fit

    deadline = time.monotonic() + AGREED_WITHIN_S
    while True:
        moments = [Moment(**seen) if seen else None for seen in _together(children, lambda one: one.until("moment"))]
        agree = len(moments) == 1 or fit(*moments)
        is_last = agree or time.monotonic() > deadline
        for child in children:
            child.say({"word": "go" if is_last else "again"})
        if is_last:
            return agree


def _load_both(place: Place, wanted: dict[Product, Facts], progress: Progress) -> dict[Product, Facts]:
    """Load every product, once all have said that they can be loaded into."""
    with ExitStack() as running:
        children = [running.enter_context(_child(place, each, facts, progress)) for each, facts in wanted.items()]
        list(_together(children, lambda child: child.until("ready")))
        for child in children:
            child.say({"word": "go"})
        return dict(zip(wanted, _together(children, lambda child: child.until("result")), strict=True))


class _Child:
    """The process of one product."""

    def __init__(self, product: Product, process: subprocess.Popen[str], progress: Progress) -> None:
        self.product, self.process, self.progress = product, process, progress
        self.task: TaskID = progress.add_task(product.label, total=None)

    def say(self, facts: Facts) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(facts) + "\n")
        self.process.stdin.flush()

    def until(self, wanted: str) -> Any:
        """The next answer of this name. Raises Stop when it refuses or ends before."""
        assert self.process.stdout is not None
        for text in self.process.stdout:
            facts = json.loads(text)
            if "refused" in facts:
                raise Stop(f"{self.product.label}: {facts['refused']}")
            if wanted in facts:
                return facts[wanted]
            self.progress.update(self.task, completed=facts["done"], total=facts["total"])
        assert self.process.stderr is not None
        raise Stop(f"{self.product.label} ended without an answer.\n{self.process.stderr.read().strip()}")


@contextmanager
def _child(place: Place, product: Product, asked: Facts, progress: Progress) -> Iterator[_Child]:
    process = subprocess.Popen(
        [sys.executable, "-m", "counterpart.cli.moving"], env=place.environment(product), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    child = _Child(product, process, progress)
    try:
        child.say(asked)
        yield child
    finally:
        process.kill() if process.poll() is None and sys.exc_info()[0] else process.wait()


def _together(children: list[_Child], ask: Callable[[_Child], Any]) -> Iterator[Any]:
    with ThreadPoolExecutor(len(children)) as pool:
        return iter(list(pool.map(ask, children)))


def _ensure_free(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Stop(f"{target} is there already; name a new folder, or a new .zip file.")
    if not target.parent.is_dir():
        raise Stop(f"There is no folder {target.parent}.")


def _put(made: Path, target: Path) -> None:
    if target.exists():
        target.rmdir()
    made.rename(target)


def _tell_who_signs_in(product: Product, result: Facts, administrator: str, password: str) -> None:
    if result["password_set"]:
        line(f"  Sign in as {administrator} with the password {password} (shown this once; change it).")
        return
    if administrator:
        warn(f"  {administrator} is no administrator of {product.label}.")
    for email in result["administrators"][:1]:
        line(f"  Passwords are no part of an export. Set one: counterpart {product.value} changepassword {email}")


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=err, transient=True)


def _shown(progress: Progress, title: str) -> Callable[[int, int], None]:
    task = progress.add_task(title, total=None)
    return lambda done, total: progress.update(task, completed=done, total=total)
