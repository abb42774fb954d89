"""What a part of a line is worth, so that all parts together are worth the line, to the cent. Pure (law M2).

A line's amounts are fixed at placement. Split over its units by largest remainder, the first units carry the odd cents:
7 over 3 units is 3 + 2 + 2. Units leave from the front and are cancelled from the back, so what shipped, what was
cancelled and what is still to go always make the whole, in whatever order it happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.orders import ComponentRow, LineMoneyRow, OrderMoneyRow
from orderwright.payments.accounts import Charges

CancelledUnits = Mapping[tuple[int, int], int]  # units to be cancelled besides, by (line, component)


def front(amount_minor: int, quantity: int, units: int) -> int:
    """What the first `units` of `quantity` units carry of an amount."""
    each, odd = divmod(amount_minor, quantity)
    return each * units + min(units, odd)


class LineUnits(NamedTuple):
    """How many units of a line are cancelled, and how many have left: shipped, or never ours to ship.

    A kit counts as cancelled or left when all of its parts are; what is neither is still to come.
    """

    line: LineMoneyRow
    cancelled: int
    left: int


class OrderUnits(NamedTuple):
    """An order's money with the units of its lines. `open_units`: some are still to leave."""

    order: OrderMoneyRow
    lines: Sequence[LineUnits]
    open_units: bool

    @property
    def all_cancelled(self) -> bool:
        """Whether nothing is left of the order."""
        return all(line.cancelled == line.line.quantity for line in self.lines)


def count_units(
    order: OrderMoneyRow,
    lines: Iterable[LineMoneyRow],
    components: Iterable[ComponentRow],
    cancelling: CancelledUnits | None = None,
) -> OrderUnits:
    """Count an order's lines by their components, as if `cancelling` were cancelled too."""
    parts: dict[int, list[ComponentRow]] = {}
    for component in components:
        parts.setdefault(component.line_n, []).append(component)
    counted = [_count(line, parts.get(line.n, ()), cancelling or {}) for line in lines]
    return OrderUnits(order, counted, any(c.cancelled + c.left < c.line.quantity for c in counted))


def _count(line: LineMoneyRow, parts: Sequence[ComponentRow], cancelling: CancelledUnits) -> LineUnits:
    cancelled, left, still_open = line.quantity, line.quantity, False
    for part in parts:
        each = part.ordered // line.quantity
        gone = part.cancelled + cancelling.get((part.line_n, part.n), 0)
        out = part.shipped + part.external
        cancelled = min(cancelled, gone // each)
        left = min(left, out // each)
        still_open = still_open or gone + out < part.ordered
    # Of a kit that was cancelled in part nothing more will come: what was not cancelled whole has left.
    return LineUnits(line, cancelled, min(left, line.quantity - cancelled) if still_open else line.quantity - cancelled)


def charged(units: OrderUnits) -> Charges:
    """What the order is charged by now: lines as far as they are not cancelled, and shipping, fees and rounding as
    long as anything is left of it."""
    if units.all_cancelled:
        return Charges()
    order = units.order
    lines = discounts = tax = 0
    for line, cancelled, _ in units.lines:
        kept = line.quantity - cancelled
        lines += front(line.subtotal_minor, line.quantity, kept)
        discounts += front(line.discount_minor, line.quantity, kept)
        tax += front(line.tax_minor - line.charge_tax_minor, line.quantity, kept) + line.charge_tax_minor
    return Charges(lines, order.shipping_minor, order.fees_minor, discounts, tax, order.rounding_minor)


def earned_minor(units: OrderUnits) -> int:
    """What the customer owes for what has left by now: its share of the lines, and of shipping and fees. All that is
    charged, once nothing is still to leave."""
    taxed = units.order.prices_include_tax
    all_of_it = charged(units).total(prices_include_tax=taxed)
    if not units.open_units:
        return all_of_it
    earned = 0
    for line, _, left in units.lines:
        goods = front(line.subtotal_minor, line.quantity, left) - front(line.discount_minor, line.quantity, left)
        delivery = line.shipping_minor + line.fees_minor
        if not taxed:
            goods += front(line.tax_minor - line.charge_tax_minor, line.quantity, left)
            delivery += line.charge_tax_minor
        earned += goods + front(delivery, line.quantity, left)
    return max(0, min(earned, all_of_it))
