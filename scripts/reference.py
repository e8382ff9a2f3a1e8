#!/usr/bin/env python3
"""Write the reference pages that are made from the code: settings, commands, field mapping, export.

`make docs` writes them; a test compares them with the code, so that they cannot fall behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from enum import EnumType
from pathlib import Path
from typing import Any

import typer

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
WRITTEN = "<!-- Made by scripts/reference.py (make docs); change the code, not this page. -->"


def pages() -> dict[str, str]:
    """Each page's name and text."""
    return {name: write() for name, write in PAGES.items()}


def settings_page() -> str:
    from pydantic_core import PydanticUndefined

    from counterpart.foundation.settings import ServerSettings

    rows = []
    for name, field in ServerSettings.model_fields.items():
        default = field.default
        if default is PydanticUndefined:
            default = "`counterpart-data`" if name == "data" else "empty"
        elif default == "":
            default = "empty"
        else:
            default = f"`{default}`"
        rows.append((f"`COUNTERPART_{name.upper()}`", f"`{name}`", default, field.description or ""))
    return "\n".join(
        [
            "# Settings",
            WRITTEN,
            "",
            "What the person who runs the server can set: in the environment, or under the short name in a file",
            "`counterpart.toml` in the data folder. The environment wins. Only the environment (or `--data`) can name",
            "the data folder itself. What a firm decides about its work is set on the Admin pages, not here.",
            "",
            *table(("Environment", "counterpart.toml", "Default", "Meaning"), rows),
            "",
            "Read by the command line and the tests alone:",
            "",
            *table(("Environment", "Meaning"), [(f"`{name}`", meaning) for name, meaning in BESIDE.items()]),
            "",
        ]
    )


BESIDE = {
    "COUNTERPART_ADMIN_PASSWORD": "Password of admin@example.com when `counterpart up --no-demo` begins a firm; "
    "without it one is made up and printed.",
    "COUNTERPART_PYTHON": "The Python with which `make setup` makes `.venv`.",
    "COUNTERPART_REQUIRE_ALL": "`1`: `make test` fails where it would otherwise skip something.",
    "COUNTERPART_TEST_POSTGRES": "Address of a PostgreSQL server on which the tests may make databases.",
    "COUNTERPART_CHROMIUM": "The Chromium the browser tests and `make screenshots` use.",
    "COUNTERPART_SIMULATION_SEEDS": "How many seeds the simulation runs (2,000 where nothing is said).",
    "COUNTERPART_KILL_ROUNDS": "How many rounds the kill -9 test runs.",
    "COUNTERPART_SHARED": "Folder with the real-life lists some tests import (else `../shared`).",
}


def commands_page() -> str:
    from counterpart.cli.app import commands

    root = typer.main.get_command(commands)
    parts = [
        "# Commands",
        WRITTEN,
        "",
        "`make setup` puts the command at `.venv/bin/counterpart`. Every refusal is one sentence on standard error",
        "and a status other than 0.",
        "",
    ]
    for path, command in leaves(root, "counterpart"):
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
        parts += [f"## {path}", "", (command.help or "").strip(), ""]
        rows = [(f"`{str(each.name).upper()}`", getattr(each, "help", "") or "") for each in arguments]
        rows += [(f"`{', '.join(each.opts)}`", option_text(each)) for each in options]
        if rows:
            parts += [*table(("", ""), rows), ""]
    return "\n".join(parts)


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command
        return
    for name, each in inner.items():
        yield from leaves(each, f"{path} {name}")


def option_text(option: Any) -> str:
    text = option.help or ""
    if option.required:
        text += " Required."
    kind = getattr(getattr(option, "type_descriptor", None), "annotation", None)
    if isinstance(kind, EnumType):
        named = ", ".join(f"`{each}`" for each in kind)
        text += f" One of {named}."
    if option.default not in (None, False, ()) and not callable(option.default):
        text += f" Default: `{option.default}`."
    return text.strip()


def mapping_page() -> str:
    from counterpart.contracts import contact, matter

    return "\n".join(
        [
            "# Field mapping",
            WRITTEN,
            "",
            "A register is what is merged as one: a field, or fields that only make sense together. A register that",
            "both products may write is decided by the later save; the other value is kept in the conflict list.",
            "",
            "## Contacts",
            "",
            *mapping(contact.REGISTERS, "contacts", "contacts"),
            "",
            "## Matters and files",
            "",
            *mapping(matter.REGISTERS, "matters", "files"),
            "",
        ]
    )


def mapping(registers: Mapping[str, Any], in_practice: str, in_accounting: str) -> list[str]:
    practice, accounting = labels("practice", in_practice), labels("accounting", in_accounting)
    rows = []
    for name, register in registers.items():
        writers = "both products" if len(register.writers) > 1 else WRITER[next(iter(register.writers)).name]
        how = "copied at creation; afterwards only with *sync addresses* on" if register.create_only else writers
        rows.append((f"`{name}`", practice.get(name, ""), accounting.get(name, ""), how))
    return table(("Register", "Practice Management", "Legal Accounting", "Written by"), rows)


WRITER = {"PM": "Practice Management", "LA": "Legal Accounting"}


def labels(product: str, package: str) -> dict[str, str]:
    """What the product calls each register."""
    return asked(
        product,
        f"from counterpart.{product}.{package}.registers import REGISTER_LABELS; print(json.dumps(REGISTER_LABELS))",
    )


def api_page() -> str:
    parts = [
        "# API",
        WRITTEN,
        "",
        "Both products answer at `/api/v1`. The whole description, with every field and answer, is the OpenAPI 3.1",
        "document at `/api/v1/openapi.json`; `/api/v1/docs` shows it as a page. This is the overview.",
        "",
        *CONVENTIONS,
        "",
    ]
    for product, name in (("practice", "Practice Management"), ("accounting", "Legal Accounting")):
        document = asked(
            product,
            "from django.test import Client; "
            "print(Client().get('/api/v1/openapi.json', headers={'host': '127.0.0.1'}).content.decode())",
        )
        rows = [
            (f"`{method.upper()} {path.removeprefix('/api/v1')}`", operation.get("summary", ""))
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        ]
        parts += [f"## {name}", "", *table(("Request", "Does"), rows), ""]
    return "\n".join(parts)


CONVENTIONS = """\
- **Sign-in**: `Authorization: Bearer TOKEN`; a token comes from the profile page or `counterpart token create`. It
  acts as its person, with that person's rights and no more than its scopes (`read`, `write`).
- **Lists** answer `{"items": [...], "next": ...}`; pass `next` as `cursor` for the next page, `limit` up to 200.
- **Versions**: an answer carries an `ETag`. Changing asks for it back in `If-Match`, or `*`; an older one gets 412.
- **Repeats**: a `POST` with an `Idempotency-Key` can be repeated for 24 hours and happens once.
- **Refusals** are `application/problem+json` (RFC 9457) with a sentence and `errors: [{field, message, code}]`: 422
  for refused input, 409 for what stands in the way, 403 for a missing right. Unknown parameters and fields are
  refused. A function that Practice Management owns while the two are connected (clients of a file, groups, new files)
  answers 409 with problem type `restricted-by-integration` and `pm_url`, the page where it can be done.
- **`sync`** in each contact, matter and file says how its link stands: `{"status", "colour", "detail", "since",
  "counterpart_url"}`.
""".splitlines()


def asked(product: str, code: str) -> Any:
    """The JSON a line of code prints in a process of that product, which alone may load its models."""
    with tempfile.TemporaryDirectory(prefix="counterpart-docs-") as data:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": f"counterpart.sites.{product}.settings",
            "COUNTERPART_DATA": data,
        }
        done = subprocess.run(
            [sys.executable, "-c", f"import django, json; django.setup(); {code}"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    return json.loads(done.stdout)


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in each) + " |" for each in lines]


def export_page() -> str:
    parts = ["# Export format", WRITTEN, "", *EXPORT_FORMAT, ""]
    code = (
        "from counterpart.foundation.exporting.tables import blanked, left_out, tables; print(json.dumps("
        "{'tables': [[table.name, table.what, table.columns] for table in tables()], "
        "'left_out': left_out(), 'blanked': blanked()}))"
    )
    for product, name in (("practice", "Practice Management"), ("accounting", "Legal Accounting")):
        found = asked(product, code)
        kinds = [
            (f"`{kind}`", what, " ".join(f"`{column}`" for column in columns))
            for kind, what, columns in found["tables"]
        ]
        stays = [(f"`{label}`", why) for label, why in sorted({**found["blanked"], **found["left_out"]}.items())]
        parts += [f"## {name}", "", *table(("File `.jsonl`", "A row is", "Columns"), kinds), ""]
        parts += [f"### Not in the export of {name}", "", *table(("Table or column", "Why"), stays), ""]
    return "\n".join(parts)


EXPORT_FORMAT = """\
What `counterpart export` and *Admin > Export everything* write, and `counterpart load` reads; format version 1.
[How to use them](../how-to/export.md).

A folder, or the same as a zip file:

- `manifest.json`: `format` (`counterpart-export`), `format_version`, `product_version`, `made_at` (UTC), and under
  `products` for each product: `rows`, `schema` (the newest migration of each app), `left_out` and `left_out_columns`
  with the reasons, and `files`: for each `name`, `kind`, `what` a row is, `rows`, `bytes`, `sha256` and `columns`. It
  is written last: an export without it is not whole.
- `practice/` and `accounting/`: a file per table, `KIND.jsonl`. UTF-8, one JSON object a line, ended by a line feed;
  the columns in the order of the manifest; the members of values that are JSON themselves in the order of their names;
  the rows in the order of their keys, texts by code point. So the same content gives the same bytes on every database.
- `README.txt`: the same in four lines.

Moments are ISO 8601 in UTC with microseconds, days `YYYY-MM-DD`, identities UUIDs in their usual form, shares whole
numbers of the smallest unit. Whole numbers need 63 bits: stamps of the sync are larger than a JavaScript number holds
exactly. A column `…_id` names a row of another table, or of none where the record is gone. `regs` and `shadow` of
`sync.record` are JSON as text.

The history (`foundation_history.event`) is a chain: `hash` is the SHA-256 over `previous_hash` and the event, and
loading walks it.
Every table of a product is here, except those listed below it.
""".splitlines()


PAGES = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "field-mapping.md": mapping_page,
    "api.md": api_page,
    "export-format.md": export_page,
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
