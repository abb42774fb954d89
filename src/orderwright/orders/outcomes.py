"""What a caller is told about each order of a batch."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.platform.ids import UUID


class PlaceOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one order. `code`: `placed`, `replayed` (it was here already, unchanged), or why it was refused.

    Codes in precedence: those of `orders.errors.REFUSALS`, `replayed`, `placed`; what is refused for a reason after
    `order_differs` is compared with an earlier order of its identity first.
    """

    code: str
    order_id: UUID | None = None
    number: int | None = None
    status: str | None = None
    holds: list[str] = msgspec.field(default_factory=list)
    backordered: int = 0  # units that wait for supply
    dropped_lines: list[int] = msgspec.field(default_factory=list)
    message: str | None = None
    details: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether the order is in the system."""
        return self.order_id is not None and self.code in ("placed", "replayed")
