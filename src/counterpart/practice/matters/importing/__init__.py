"""Matters with their parties from a CSV file: a row is a party, rows of one court and docket are one matter (IMP-9)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from counterpart.foundation.actor import Actor
from counterpart.foundation.importing import running
from counterpart.foundation.importing.models import ImportRun
from counterpart.foundation.importing.running import Import, Tell
from counterpart.practice.matters.importing.dockets import docket_key
from counterpart.practice.matters.importing.making import HEADINGS, Job, make
from counterpart.practice.matters.importing.options import Options, assignee, usual_type

__all__ = ["COLUMNS", "Options", "import_file", "matter_import"]

COLUMNS: Final = (
    ("court", "The court, or whatever else tells two equal docket numbers apart", "nyed"),
    ("docket_number", "Which matter the row belongs to; required", "1:26-cv-00017"),
    ("matter_name", "The name of the matter; required on its first row", "Okonjo v. Harbor Ferries Inc"),
    ("matter_type", "A matter type; a new one is added for those who may change the settings", "Litigation"),
    ("date_filed", "When it was opened; today if empty", "2026-01-31"),
    ("assigned_to", "Name or e-mail of somebody who works here", "ada@example.com"),
    ("participant_name", "A person or a company", "Nadia Okonjo"),
    ("participant_role", "What they are on the matter", "Plaintiff"),
    ("represents", "For an attorney: whom they represent", ""),
    ("firm", "For a person: whom they work for", ""),
    ("address", "On one line", "18 Harbour Row, Portland, ME 04101"),
    ("phone", "Business phone", "207-555-0114"),
    ("fax", "Fax", ""),
    ("email", "E-mail; tells people of the same name apart", "nadia@okonjo.example"),
)
"""The columns of the file, what each holds, and an example (IMP-10)."""


def import_file(
    *,
    actor: Actor,
    path: Path,
    clock: Callable[[], datetime],
    options: Options,
    tell: Tell = lambda _: None,
    again: bool = False,
    is_demo: bool = False,
) -> ImportRun:
    """Import matters and return the finished run; see ``foundation.importing.running.import_file``."""
    return running.import_file(
        matter_import(actor, path, options, is_demo=is_demo), clock=clock, tell=tell, again=again
    )


def matter_import(actor: Actor, path: Path, options: Options, *, is_demo: bool = False, file_name: str = "") -> Import:
    """The import of matters from this file. Raises Refused for options that name nobody or no matter type."""
    job = Job(actor, options, assignee(options, actor), usual_type(options).name, is_demo)
    return Import(
        actor,
        path,
        partial(make, job=job),
        ("docket_number",),
        what=options.what,
        together=docket_key,
        headings=HEADINGS,
        file_name=file_name,
    )
