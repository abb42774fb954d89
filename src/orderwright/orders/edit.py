"""What an edit takes off an order and adds to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from orderwright.orders.cancel import CancelLine, CancelOrder, CancelPlan, decide_cancel
from orderwright.orders.contract import Address, Amount, Charge, Discount, Line, PlaceOrder, UnitPrice
from orderwright.orders.edit_contract import (
    AddDiscount,
    AddLine,
    Change,
    EditOrder,
    RemoveLine,
    SetQuantity,
    SetShipping,
    SetShipTo,
    SwapSku,
)
from orderwright.orders.errors import Refusal
from orderwright.orders.pricing import price_order
from orderwright.orders.queries import ComponentRow, LockedOrder
from orderwright.orders.states import OrderStatus
from orderwright.orders.storable import find_nul
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no

_OVER = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED})


class EditableRow(NamedTuple):
    """What an edit needs to know of an order."""

    order_id: UUID
    channel: str
    external_id: str
    kind: str
    revision: int
    currency: str
    prices_include_tax: bool
    placed_at: datetime
    rounding_minor: int
    customer_id: UUID | None
    ship_to_contact_id: UUID | None
    tax_contact_id: UUID | None  # to whom it goes, as far as taxes care: without an address, who pays or buys


class EditLineRow(NamedTuple):
    """A line as it is. `cancelled` and `gone` (left, or never ours to send) are whole units of the line."""

    order_id: UUID
    n: int
    sku_code: str
    quantity: int
    unit_price_minor: Decimal
    delivery: str
    location: str | None
    tax_class: str | None
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    charge_tax_minor: int
    shipping_minor: int
    fees_minor: int
    cancelled: int
    gone: int

    @property
    def ordered(self) -> int:
        """Units that are ordered by now."""
        return self.quantity - self.cancelled


class EditPlan(NamedTuple):
    """What an edit comes to. `cancels`: units to take off; `added`: lines to add, as if placed; `shipping`: charges
    instead of those there were, None to leave them; `discounts`: with the line that each is of, or None."""

    command: EditOrder
    cancels: CancelPlan
    added: list[Line]
    shipping: list[Charge] | None
    discounts: list[tuple[Discount, int | None]]
    ship_to: Address | None


class Editable(NamedTuple):
    """An order under its lock, with all that an edit looks at."""

    locked: LockedOrder
    order: EditableRow
    lines: Sequence[EditLineRow]
    components: Sequence[ComponentRow]
    free: Mapping[tuple[int, int], int]


def decide_edit(found: Editable | None, command: EditOrder) -> EditPlan | Outcome:
    """Plan an edit, or say why not. Nothing is done of an edit of which a part cannot be.

    Precedence of codes: `order_not_found`, `already_final`, `revision_differs`, `unstorable_value`, then in the order
    of the changes `unknown_line`, `line_changed_twice`, `line_shipped`, `currency_mismatch`, then `nothing_changes`,
    `address_not_needed`, those of pricing (`amount_out_of_range`, `discount_exceeds_lines`), `being_picked`.
    """
    if found is None:
        return no("order_not_found", "There is no such order. Check the id.")
    if found.locked.status in _OVER:
        return no(
            "already_final",
            "All of it has left, or is cancelled: it cannot be edited. Make a return, an exchange or a claim.",
            status=found.locked.status,
        )
    if command.revision != found.order.revision:
        return no(
            "revision_differs",
            "The order was edited or cancelled since it was read. Read it again and decide anew.",
            revision=found.order.revision,
        )
    parts = _Parts(found)
    field = find_nul(_all_texts(found.order, command.changes))
    if field is not None:
        return no("unstorable_value", "The field named holds a NUL character. Correct it.", field=field)
    for at, change in enumerate(command.changes):
        wrong = parts.take(change)
        if wrong is not None:
            return Outcome(code=wrong.code, ok=False, message=wrong.message, details={"change": at, **wrong.details})
    return parts.plan(command)


class _Parts:
    """The changes of one edit, gathered."""

    def __init__(self, found: Editable) -> None:
        self._found = found
        self._lines = {line.n: line for line in found.lines}
        self._off: dict[int, int] = {}  # units that go, by line
        self._added: list[Line] = []
        self._shipping: list[Charge] | None = None
        self._discounts: list[tuple[Discount, int | None]] = []
        self._ship_to: Address | None = None

    def take(self, change: Change) -> Outcome | None:
        """Add one change; why not, where it cannot be."""
        if isinstance(change, SetQuantity | RemoveLine | SwapSku):
            return self._of_line(change)
        if isinstance(change, AddLine):
            self._added.append(change.line)
            line = change.line
            amounts: list[Amount | UnitPrice] = [line.unit_price]
            amounts += [d.amount for d in line.discounts] + [t.amount for t in line.taxes]
        elif isinstance(change, SetShipping):
            self._shipping = list(change.shipping)
            amounts = [c.amount for c in change.shipping]
            amounts += [t.amount for c in change.shipping for t in c.taxes]
        elif isinstance(change, AddDiscount):
            self._discounts.append((change.discount, change.line))
            if change.line is not None and change.line not in self._lines:
                return _unknown(change.line)
            amounts = [change.discount.amount]
        else:
            self._ship_to, amounts = change.ship_to, []
        return self._currency(amounts)

    def _of_line(self, change: SetQuantity | RemoveLine | SwapSku) -> Outcome | None:
        """Fewer, more or other units of a line."""
        line = self._lines.get(change.line)
        if line is None:
            return _unknown(change.line)
        if line.n in self._off:
            return no("line_changed_twice", "The edit changes a line twice. Say once what it is to be.", line=line.n)
        if line.ordered <= line.gone:
            return no("line_shipped", "Nothing of it is left to change: it has left, or is cancelled.", line=line.n)
        if isinstance(change, SetQuantity):
            return self._set(line, change.quantity)
        self._off[line.n] = line.ordered - line.gone
        if isinstance(change, RemoveLine):
            return None
        price = change.unit_price or self._price_of(line)
        self._added.append(self._more(line, line.ordered - line.gone, sku=change.sku, price=price))
        return self._currency([price])

    def _set(self, line: EditLineRow, quantity: int) -> Outcome | None:
        if quantity < line.gone:
            return no("line_shipped", "More units than that have left already.", line=line.n, shipped=line.gone)
        if quantity < line.ordered:
            self._off[line.n] = line.ordered - quantity
        elif quantity > line.ordered:
            self._off[line.n] = 0
            self._added.append(self._more(line, quantity - line.ordered, sku=line.sku_code, price=self._price_of(line)))
        return None

    def _price_of(self, line: EditLineRow) -> UnitPrice:
        price = line.unit_price_minor
        return UnitPrice(int(price) if price == int(price) else price, self._found.order.currency)

    def _more(self, line: EditLineRow, quantity: int, *, sku: str, price: UnitPrice) -> Line:
        delivery = "ship" if line.delivery == "digital" else line.delivery
        return Line(sku=sku, quantity=quantity, unit_price=price, delivery=delivery, location=line.location)  # type: ignore[arg-type]

    def _currency(self, amounts: Sequence[Amount | UnitPrice]) -> Outcome | None:
        currency = self._found.order.currency
        if all(amount.currency == currency for amount in amounts):
            return None
        return no("currency_mismatch", "An amount is in another currency than the order.", currency=currency)

    def plan(self, command: EditOrder) -> EditPlan | Outcome:
        """The plan of all changes together."""
        found = self._found
        if not any((self._off, self._added, self._shipping is not None, self._discounts, self._ship_to)):
            return no("nothing_changes", "The order is like that already.")
        ships = any(line.delivery == "ship" for line in self._added)
        if self._ship_to is not None and (wrong := _refuse_address(found, ships=ships)) is not None:
            return wrong
        priced = price_added(found.order, self._added)
        if isinstance(priced, Refusal):
            return no(priced.code, priced.message, **priced.details)
        off = [CancelLine(line=n, quantity=units) for n, units in self._off.items() if units]
        cancels: CancelPlan | Outcome = CancelPlan([], 0)
        if off:
            quantities = {line.n: line.quantity for line in found.lines}
            wanted = CancelOrder(order_id=command.order_id, lines=off)
            cancels = decide_cancel(found.locked, wanted, found.components, quantities, found.free)
        if isinstance(cancels, Outcome):
            return _being_picked(**cancels.details)
        return EditPlan(command, cancels, self._added, self._shipping, self._discounts, self._ship_to)


def _all_texts(order: EditableRow, changes: Sequence[Change]) -> PlaceOrder:
    """All that an edit would write down, as an order."""
    lines = [change.line for change in changes if isinstance(change, AddLine)]
    none = Line(sku="-", quantity=1, unit_price=UnitPrice(0, order.currency))  # an order has one line at least
    made = as_placed(order, lines or [none])
    return msgspec.structs.replace(
        made,
        shipping=[charge for change in changes if isinstance(change, SetShipping) for charge in change.shipping],
        discounts=[change.discount for change in changes if isinstance(change, AddDiscount)],
        ship_to=next((change.ship_to for change in changes if isinstance(change, SetShipTo)), None),
    )


def units_off(line: EditLineRow, components: Sequence[ComponentRow], cancels: CancelPlan) -> int:
    """Whole units of a line that a plan takes off it."""
    gone: dict[int, int] = {}
    for unit in cancels.units:
        if unit.component.line_n == line.n:
            gone[unit.component.n] = gone.get(unit.component.n, 0) + unit.quantity
    parts = [c for c in components if c.line_n == line.n]
    return min((c.cancelled + gone.get(c.n, 0)) // (c.ordered // line.quantity) for c in parts) - line.cancelled


def price_added(order: EditableRow, added: Sequence[Line]) -> Refusal | None:
    """Why lines to be added cannot be priced, or None."""
    if not added:
        return None
    priced = price_order(as_placed(order, added))
    return priced if isinstance(priced, Refusal) else None


def as_placed(order: EditableRow, added: Sequence[Line]) -> PlaceOrder:
    """Added lines as an order of their own, to be priced and promised like any other."""
    return PlaceOrder(
        channel=order.channel,
        external_id=order.external_id,
        currency=order.currency,
        placed_at=order.placed_at,
        lines=list(added),
        total=Amount(0, order.currency),
        prices_include_tax=order.prices_include_tax,
    )


def _refuse_address(found: Editable, *, ships: bool) -> Outcome | None:
    """Why the address cannot change: nothing is sent to it (`ships`: something will be), or somebody has begun to."""
    if found.order.ship_to_contact_id is None and not ships:
        return no("address_not_needed", "Nothing of this order is shipped: it has no address.")
    begun = [c for c in found.components if c.picked or c.packed or c.allocated > found.free.get((c.line_n, c.n), 0)]
    return _being_picked(line=begun[0].line_n) if begun else None


def _being_picked(**details: object) -> Outcome:
    return no(
        "being_picked",
        "A location has begun on it. Ask it to stop (reject what is not picked, put back what is), then edit.",
        **details,
    )


def _unknown(n: int) -> Outcome:
    return no("unknown_line", "The order has no such line. Read it again.", line=n)
