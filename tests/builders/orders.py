"""Builders of orders."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Address, Amount, Line, Person, ReportedPayment, UnitPrice

_numbers = itertools.count(1)


def an_address(**fields: Any) -> Address:
    """A deliverable address in Springfield, Illinois."""
    defaults = {
        "country": "US",
        "name": "Ada Lovelace",
        "line1": "1 Main St",
        "city": "Springfield",
        "region": "IL",
        "postal_code": "62701",
        "latitude": 39.8,
        "longitude": -89.65,
    }
    return Address(**defaults | fields)


def a_line(sku: str, quantity: int = 1, price: int = 1999, **fields: Any) -> Line:
    """A line of a SKU at 19.99 USD."""
    return Line(sku=sku, quantity=quantity, unit_price=UnitPrice(price, "USD"), **fields)


def a_payment(amount: int, method: Any = "card", **fields: Any) -> ReportedPayment:
    """A payment in USD that was captured elsewhere, unless said otherwise."""
    return ReportedPayment(**{"method": method, "state": "captured", "amount": Amount(amount, "USD")} | fields)


def an_order(channel: str, lines: Sequence[Line | tuple[str, int]], **fields: Any) -> PlaceOrder:
    """An order of a new person, whose total is the sum of its lines unless said otherwise."""
    n = next(_numbers)
    made = [line if isinstance(line, Line) else a_line(*line) for line in lines]
    total = sum(int(line.unit_price.amount) * line.quantity for line in made)
    defaults = {
        "channel": channel,
        "external_id": f"EXT-{n}",
        "currency": "USD",
        "placed_at": datetime.now(UTC),
        "lines": made,
        "total": Amount(total, "USD"),
        "customer": Person(name="Ada Lovelace", email=f"ada{n}@example.com"),
        "ship_to": an_address(),
    }
    return PlaceOrder(**defaults | fields)


def usd(amount: int) -> Amount:
    """Cents."""
    return Amount(amount, "USD")
