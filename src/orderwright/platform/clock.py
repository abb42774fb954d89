"""The clock: aware instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, with the zone UTC."""
    return datetime.now(UTC)
