"""What the settings of channels' terms have in common: the channel that they are of."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.console.settings_fields import Field

CHANNEL = Field(name="channel", label="Channel", kind="choice", required=True, source="channels", fixed=True)


def percent(value: Any) -> str:
    """A fraction as people write it."""
    return f"{float(value or 0) * 100:g}%"


def terms_of(row: Any) -> dict[str, Any]:
    """Terms as their operation takes them."""
    return {"channel": row.channel, "terms": msgspec.to_builtins(row.terms)}


def no_id(_: Any) -> str | None:
    """They have none of their own: the audit trail knows them by their channel."""
    return None
