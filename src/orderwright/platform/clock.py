"""The clock: aware instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, with the zone UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """An instant as RFC 3339 text in UTC with a `Z`, to the microsecond."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
