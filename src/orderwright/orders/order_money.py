"""What the money ledger asks of orders: their amounts, and those of their lines, as they are fixed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class OrderMoneyRow(NamedTuple):
    """The amounts of an order in minor units, beyond those of its lines."""

    order_id: UUID
    currency: str
    prices_include_tax: bool
    shipping_minor: int
    fees_minor: int
    rounding_minor: int


class LineMoneyRow(NamedTuple):
    """A line's own amounts and its shares of the order's, in minor units. `charge_tax_minor` is the part of
    `tax_minor` that is on shipping and fees."""

    order_id: UUID
    n: int
    quantity: int
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    charge_tax_minor: int
    shipping_minor: int
    fees_minor: int


ORDER_MONEY = query(__package__, "order_money", OrderMoneyRow)
LINE_MONEY = query(__package__, "line_money", LineMoneyRow)


async def read_order_money(
    tx: Transaction, order_ids: Iterable[UUID]
) -> tuple[dict[UUID, OrderMoneyRow], dict[UUID, list[LineMoneyRow]]]:
    """The amounts of orders, and of their lines in order. Two statements."""
    ids = list(order_ids)
    found = {row.order_id: row for row in await ORDER_MONEY.fetch(tx, ids)}
    lines: dict[UUID, list[LineMoneyRow]] = {}
    for row in await LINE_MONEY.fetch(tx, ids):
        lines.setdefault(row.order_id, []).append(row)
    return found, lines
