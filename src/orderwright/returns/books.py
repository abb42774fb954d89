"""All that has come back of an order, and what it was sold for. Held in memory under the order's lock: what is decided
changes the book, and what was touched in it is written (`write.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from orderwright.orders import LineMoneyRow, OrderMoneyRow
from orderwright.platform.ids import UUID
from orderwright.returns.claims import COMES_BACK, Claim
from orderwright.returns.policy import Article, ReturnTerms
from orderwright.returns.queries import InspectionRow, SoldRow
from orderwright.returns.states import OPEN, TRANSITIONS, ReturnState

Part = tuple[int, int]  # line, component


@dataclass(slots=True, kw_only=True)
class ReturnLine:
    """Units of one line; see the table `return_line`."""

    return_id: UUID
    line_n: int
    order_id: UUID
    quantity: int
    reason: str
    condition: str | None
    restocking_rate: Decimal
    credited: int = 0
    refused: int = 0
    claimed: int = 0
    lines_minor: int = 0
    discounts_minor: int = 0
    tax_minor: int = 0
    shipping_minor: int = 0
    fees_minor: int = 0

    @property
    def decided(self) -> int:
        """Units whose money is decided."""
        return self.credited + self.refused + self.claimed


@dataclass(slots=True, kw_only=True)
class Goods:
    """Units of a component that came to a location; see the table `returned_goods`."""

    return_id: UUID
    line_n: int
    component_n: int
    location_id: UUID
    order_id: UUID
    sku_id: UUID
    received: int
    inspected: int = 0
    sent_back: int = 0


@dataclass(slots=True, kw_only=True)
class Return:
    """One return. `before` is the state that the row has; None for one that is not written yet."""

    id: UUID
    order_id: UUID
    location_id: UUID
    state: ReturnState
    method: str
    tracking_number: str | None
    policy_version: int
    terms: ReturnTerms
    label_fee_minor: int = 0
    scanned_at: datetime | None = None
    refund_to: str = "payment"
    before: ReturnState | None = None
    lines: dict[int, ReturnLine] = field(default_factory=dict)
    goods: dict[tuple[int, int, UUID], Goods] = field(default_factory=dict)
    inspections: list[InspectionRow] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen to it."""
        return self.state in OPEN

    @property
    def is_announced(self) -> bool:
        """Whether nobody has sent it yet."""
        return self.state is ReturnState.REQUESTED

    def move_to(self, state: ReturnState) -> None:
        """Change the state, as the table of transitions allows."""
        if state is not self.state:
            if state not in TRANSITIONS[self.state]:
                raise ValueError(f"a return does not go from {self.state} to {state}")
            self.state = state

    def received(self, part: Part) -> int:
        """Units of a component that came."""
        return sum(g.received for (line, n, _), g in self.goods.items() if (line, n) == part)

    @property
    def uninspected(self) -> int:
        """Units that wait to be looked at."""
        return sum(g.received - g.inspected for g in self.goods.values())


@dataclass(slots=True)
class OrderBook:
    """An order's lines as they were sold and sent, and all its returns and claims, oldest first."""

    order: OrderMoneyRow
    lines: dict[int, LineMoneyRow]
    sold: dict[int, list[SoldRow]]
    returns: dict[UUID, Return]
    claims: dict[UUID, Claim] = field(default_factory=dict)

    def parts(self, line_n: int) -> list[SoldRow]:
        """The components of a line that are goods."""
        return self.sold.get(line_n, [])

    def part(self, key: Part) -> SoldRow:
        """One of them."""
        return next(part for part in self.sold[key[0]] if part.component_n == key[1])

    def all_parts(self) -> Iterator[SoldRow]:
        """Those of all lines, in order."""
        for parts in self.sold.values():
            yield from parts

    def back(self, part: SoldRow) -> int:
        """Units of a component that came back and stayed: what `component.returned` says."""
        key = (part.line_n, part.component_n)
        return sum(
            g.received - g.sent_back for r in self.returns.values() for (n, c, _), g in r.goods.items() if (n, c) == key
        )

    def whole(self, line_n: int, units: Iterable[tuple[SoldRow, int]]) -> int:
        """How many units of the line these units of its components make."""
        return min((count // part.each for part, count in units), default=0)

    def sent(self, line_n: int) -> int:
        """Units of a line that have left whole."""
        return self.whole(line_n, [(part, part.shipped) for part in self.parts(line_n)])

    def came(self, one: Return, line_n: int) -> int:
        """Units of a line that came whole with a return."""
        return self.whole(line_n, [(p, one.received((line_n, p.component_n))) for p in self.parts(line_n)])

    def credited(self, line_n: int) -> int:
        """Units of a line whose money was given back, by all returns and claims."""
        of_returns = sum(r.lines[line_n].credited for r in self.returns.values() if line_n in r.lines)
        return of_returns + sum(c.lines[line_n].credited for c in self.claims.values() if line_n in c.lines)

    def returnable(self, line_n: int) -> int:
        """Units of a line that may still be announced: they have left, are not back nor announced, and their money is
        neither given back nor about to be. A claim that nobody has decided gives way."""
        here = self.whole(line_n, [(part, part.shipped - self.back(part)) for part in self.parts(line_n)])
        unpaid = self.sent(line_n) - self.credited(line_n)
        for one in self.returns.values():
            line = one.lines.get(line_n)
            if line is not None and one.is_open:
                came = self.came(one, line_n)
                here -= max(0, line.quantity - came)
                unpaid -= max(0, max(line.quantity, came) - line.decided)
        for claim in self.claims.values():
            here -= claim.lines[line_n].credited if line_n in claim.lines else 0
        return max(0, min(here + self.turned_up(line_n), unpaid))

    def claimable(self, line_n: int, kind: str, but: UUID | None = None) -> int:
        """Units of a line that may still be claimed: those that may be announced, but for those that are claimed, were
        replaced (by what is not cancelled) or, by a claim of this kind, allowed for. `but`: as if that claim were not
        there."""
        gone = 0
        for claim in self.claims.values():
            named = claim.lines.get(line_n)
            if named is not None:
                allowed = claim.resolution == "allowance" and claim.kind == kind
                gone += named.quantity if allowed or (claim.is_open and claim.id != but) else 0
                gone += 0 if claim.child_cancelled else named.replaced
        return max(0, self.returnable(line_n) - gone)

    def turned_up(self, line_n: int) -> int:
        """Units of a line that came back although a claim had given their money back."""
        return sum(r.lines[line_n].claimed for r in self.returns.values() if line_n in r.lines)

    def turning_up(self, line: ReturnLine, units: int) -> int:
        """Of the next `units` units that come back, those whose money a claim gave back: what was not announced is
        taken for them first."""
        gone = sum(
            claim.lines[line.line_n].credited
            for claim in self.claims.values()
            if claim.kind in COMES_BACK and line.line_n in claim.lines
        )
        beyond = line.decided + units - line.quantity
        worthless = units - (self.sent(line.line_n) - self.credited(line.line_n))
        return max(0, min(gone - self.turned_up(line.line_n), max(beyond, worthless), units))

    def article(self, line_n: int) -> Article:
        """What the policy asks about a line."""
        parts = self.parts(line_n)
        first = parts[0]
        shipped = [p.shipped_at for p in parts if p.shipped_at is not None]
        delivered = [p.delivered_at for p in parts if p.delivered_at is not None]
        return Article(
            first.category,
            first.final_sale,
            max(shipped, default=None),
            max(delivered) if delivered and all(p.delivered >= p.shipped for p in parts) else None,
        )
