"""A statement of withdrawal, and the order that it is about, as they are held under the order's lock. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from orderwright.orders import ComponentRow
from orderwright.platform.ids import UUID
from orderwright.returns.books import OrderBook
from orderwright.returns.policy import PolicyOf
from orderwright.returns.withdrawals.queries import EarlierRow, WithdrawableRow


@dataclass(slots=True, kw_only=True)
class WithdrawnUnits:
    """What was said of a line, and what becomes of it: units that had not left and are cancelled, units that come back.
    `refused`: why nothing does. The amounts are delivery that goes back with the cancelled ones."""

    line_n: int
    code: str
    name: str | None
    quantity: int
    cancelled: int = 0
    returned: int = 0
    refused: str | None = None
    exemption: str | None = None
    shipping_minor: int = 0
    tax_minor: int = 0


@dataclass(slots=True, kw_only=True)
class Withdrawal:
    """A statement as it is kept. `code` is `withdrawn`, or why it was refused; the days are local to `zone`;
    `label_fee_minor` is what the way back may cost the consumer."""

    id: UUID
    order_id: UUID
    received_at: datetime
    zone: str
    whole: bool
    reference: str | None
    content_hash: bytes
    policy_version: int
    closes_on: date | None
    code: str = "withdrawn"
    send_back_by: date | None = None
    refund_by: date | None = None
    return_id: UUID | None = None
    label_fee_minor: int = 0
    lines: list[WithdrawnUnits] = field(default_factory=list)

    @property
    def cancelled(self) -> int:
        """Units that had not left."""
        return sum(line.cancelled for line in self.lines)

    @property
    def returned(self) -> int:
        """Units that come back."""
        return sum(line.returned for line in self.lines)


@dataclass(slots=True, kw_only=True)
class WithdrawFacts:
    """An order as a withdrawal sees it, under its lock."""

    book: OrderBook
    components: Mapping[int, Sequence[ComponentRow]]  # by line
    texts: Mapping[int, WithdrawableRow]  # by line
    policy: PolicyOf
    earlier: Sequence[EarlierRow]

    @property
    def zone(self) -> str:
        """Whose days count."""
        return self.policy.terms.withdrawal.time_zone

    @property
    def delivered_at(self) -> datetime | None:
        """When the last goods of the order were delivered; None while some are still to be."""
        parts = [c for rows in self.components.values() for c in rows]
        if any(c.delivered < c.ordered - c.cancelled - c.external for c in parts):
            return None
        return max((p.delivered_at for p in self.book.all_parts() if p.delivered_at is not None), default=None)

    def here(self, line_n: int) -> int:
        """Units of a line that have not left, whole."""
        goods = [c for c in self.components[line_n] if not c.external]
        live = [c.pending + c.backordered + c.promised + c.allocated + c.picked + c.packed for c in goods]
        return min((n // self._each(c) for c, n in zip(goods, live, strict=True)), default=0)

    def away(self, line_n: int) -> int:
        """Units of a line that have left and may come back."""
        return self.book.returnable(line_n) if self.book.parts(line_n) else 0

    def apart(self, line_n: int) -> int:
        """Units of a kit that are neither here nor sent whole: some of their parts have left, or are cancelled."""
        goods = [c for c in self.components[line_n] if not c.external]
        if not goods:
            return 0
        cancelled = min(c.cancelled // self._each(c) for c in goods)
        return self.book.lines[line_n].quantity - cancelled - self.here(line_n) - self.book.sent(line_n)

    def external(self, line_n: int) -> int:
        """Units of a line of which nothing is sent, that are not cancelled."""
        return min(c.external // self._each(c) for c in self.components[line_n])

    def cancelled(self, line_n: int, more: Mapping[tuple[int, int], int] | None = None) -> int:
        """Units of a line that are cancelled whole, with `more` by (line, component)."""
        gone = more or {}
        return min((c.cancelled + gone.get((line_n, c.n), 0)) // self._each(c) for c in self.components[line_n])

    def _each(self, part: ComponentRow) -> int:
        return part.ordered // self.book.lines[part.line_n].quantity
