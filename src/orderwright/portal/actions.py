"""What a shopper may still do with an order, as far as can be told without trying. Pure: the verbs decide."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from orderwright.portal.story import is_late, tally

_FINAL = frozenset({"cancelled", "shipped", "delivered"})
_BEGUN = frozenset({"picking", "picked", "packed"})


class Actions(NamedTuple):
    """What is offered."""

    delay: bool
    address: bool
    cancel: bool
    give_back: bool
    exchange: bool
    claim: bool
    withdraw: bool


class Choice(NamedTuple):
    """Units of a line that may be chosen."""

    line: int
    name: str
    sku: str
    units: int


def actions_of(order: Any, terms: Any, today: date) -> Actions:
    """What is offered for an order, by the terms of its channel."""
    units = tally(order)
    free = units.here + units.waiting
    begun = any(f.state in _BEGUN for f in order.fulfillments)
    sent = units.shipped > units.returned
    withdrawn_by_law = terms.withdrawal.enabled and order.kind == "sale"
    return Actions(
        delay=order.status not in _FINAL and (units.waiting > 0 or is_late(order, units, today)),
        address=order.status not in _FINAL and free > 0 and not begun and order.ship_to is not None,
        cancel=order.status not in _FINAL and free > 0,
        give_back=sent and terms.accepts_returns,
        exchange=sent and terms.accepts_returns,
        claim=sent,
        withdraw=withdrawn_by_law and units.left > units.returned,
    )


def unsent_lines(order: Any) -> list[Choice]:
    """Lines with units that may still be cancelled."""
    return _choices(order, lambda c: c.pending + c.backordered + c.promised + c.allocated)


def sent_lines(order: Any) -> list[Choice]:
    """Lines with units that have left and have not come back."""
    return _choices(order, lambda c: c.shipped - c.returned)


def live_lines(order: Any) -> list[Choice]:
    """Lines with units that are not cancelled and have not come back."""
    return _choices(order, lambda c: c.ordered - c.cancelled - c.external - c.returned)


def _choices(order: Any, count: Any) -> list[Choice]:
    """Whole units of lines: of a kit, as many as every part has."""
    found: list[Choice] = []
    for line in order.lines:
        units = [count(c) // max(1, c.ordered // line.quantity) for c in line.components if c.ordered > c.external]
        if units and min(units) > 0:
            found.append(Choice(line.n, line.name or line.sku, line.sku, min(units)))
    return found


def waiting_lines(order: Any) -> list[Choice]:
    """Lines with the units that wait for supply: of a kit, as many whole ones as wait for any part. These are cancelled
    where what waits is."""
    found: list[Choice] = []
    for line in order.lines:
        units = [-(-c.backordered // max(1, c.ordered // line.quantity)) for c in line.components]
        if units and max(units) > 0:
            found.append(Choice(line.n, line.name or line.sku, line.sku, max(units)))
    return found
