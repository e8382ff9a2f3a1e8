"""Files as they are taken away (EXP-1); the columns are the list's."""

from typing import Final

from counterpart.foundation.exporting.sheets import Sheet

FILES: Final = Sheet(key="files", right="file.export")
