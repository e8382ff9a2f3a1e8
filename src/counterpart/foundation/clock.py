"""The one place that asks for the time. Edges call it; domain code is handed the answer."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)
