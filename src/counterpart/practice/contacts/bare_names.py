"""Names without punctuation, so that the database itself finds 'Orbast, Inc.' for 'ORBAST INC' (DUP-2)."""

from functools import reduce
from typing import Any, Final

from django.db.models import CharField, Func

PUNCTUATION: Final = '.,;:"()'
"""What makes no difference between two names."""


class BareName(Func):
    """``sort_name`` without punctuation. Written with literals, since only then SQLite uses the index on it."""

    arity = 1
    output_field: Any = CharField()
    template = reduce(lambda inner, mark: f"REPLACE({inner}, '{mark}', '')", PUNCTUATION, "%(expressions)s")
