"""Matters as they are taken away (EXP-1); the columns are the list's."""

from typing import Final

from counterpart.foundation.exporting.sheets import Sheet

MATTERS: Final = Sheet(key="matters", right="matter.export")
