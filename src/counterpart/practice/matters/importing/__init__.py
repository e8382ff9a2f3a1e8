"""Matters with their parties from a file: a row is a matter, or a party of one (IMP-9)."""

from counterpart.practice.matters.importing.columns import FIELDS
from counterpart.practice.matters.importing.importer import MatterImport
from counterpart.practice.matters.importing.options import Options

__all__ = ["FIELDS", "MatterImport", "Options"]
