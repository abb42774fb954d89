"""What a caller is told about each item of a batch."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.platform.ids import UUID


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item. `code` is stable; `message` says what to do when it is a "no".

    `id` is the thing that was made or changed, where there is one. `details` holds fields, codes and figures.
    """

    code: str
    ok: bool = True
    id: UUID | None = None
    message: str | None = None
    details: dict[str, Any] = msgspec.field(default_factory=dict)


def no(code: str, message: str, **details: Any) -> Outcome:
    """A business "no" to one item."""
    return Outcome(code=code, ok=False, message=message, details=details)
