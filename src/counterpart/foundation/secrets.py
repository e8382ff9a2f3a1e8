"""The secrets of one site, made on first use and kept in the data folder, readable by the owner alone."""

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet


@dataclass(frozen=True, slots=True)
class SiteSecrets:
    """Django's signing key and the keys that encrypt stored secrets (first one encrypts, all decrypt)."""

    secret_key: str
    fernet_keys: list[str]


def load_or_create(data: Path, product: str) -> SiteSecrets:
    """Read the site's secrets; make them if there are none yet.

    Several processes of a site start at once, so the file is written aside and linked into place:
    the first one wins and the others read what it wrote.
    """
    folder = data / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{product}.json"
    if not path.exists():
        _create(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    return SiteSecrets(content["secret_key"], list(content["fernet_keys"]))


def _create(path: Path) -> None:
    content = {"secret_key": secrets.token_urlsafe(48), "fernet_keys": [Fernet.generate_key().decode()]}
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mkstemp gives 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)
