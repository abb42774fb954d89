"""The tables of docs/explanation/money.md: what orders are charged and owe, to the cent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orderwright.orders import ComponentRow, LineMoneyRow, OrderMoneyRow, PlaceOrder, PricedOrder, price_order
from orderwright.orders.contract import Charge, Discount, Line, Tax, UnitPrice
from orderwright.payments.shares import OrderUnits, charged, count_units, earned_minor
from orderwright.platform.ids import new_id
from tests.builders.orders import an_order, usd

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "money.md"
_LINE = re.compile(r"(\d+) × (\d+)(?: − (\d+))?(?: \+ (\d+))?")
_STEP = re.compile(r"(\d+)(?: of line (\d+))? (left|cancelled)")


def table(*columns: str) -> list[list[str]]:
    """The rows of the table with these columns."""
    lines = [[c.strip() for c in line.strip().strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines()]
    [start] = [n for n, cells in enumerate(lines) if cells == list(columns)]
    rows = []
    for cells in lines[start + 2 :]:
        if len(cells) != len(columns):
            break
        rows.append(cells)
    assert rows
    return rows


def an_order_of(row: list[str]) -> PlaceOrder:
    _, prices, lines, shipping, total = row
    made = []
    for match in map(_LINE.fullmatch, lines.split(", ")):
        assert match is not None, lines
        quantity, price, discount, tax = (int(group or 0) for group in match.groups())
        made.append(
            Line(
                sku="X",
                quantity=quantity,
                unit_price=UnitPrice(price, "USD"),
                discounts=[Discount(amount=usd(discount))] if discount else [],
                taxes=[Tax(amount=usd(tax))] if tax else [],
            )
        )
    charges = [Charge(amount=usd(int(shipping)))] if int(shipping) else []
    return an_order(
        "web", made, shipping=charges, total=usd(int(total)), prices_include_tax=prices == "with tax"
    )  # fmt: skip


ORDERS = {row[0]: row for row in table("order", "prices", "lines", "shipping", "total")}
STEPS = table("order", "what happened", "charged by now", "owed for what left")


def priced(order: PlaceOrder) -> PricedOrder:
    found = price_order(order)
    assert isinstance(found, PricedOrder)
    return found


@pytest.mark.parametrize("name", ORDERS)
def test_the_parts_make_the_total(name: str) -> None:
    assert priced(an_order_of(ORDERS[name])).difference_minor == 0


@pytest.mark.parametrize(("name", "happened", "by_now", "owed"), STEPS, ids=[" ".join(step[:2]) for step in STEPS])
def test_what_is_charged_and_owed(name: str, happened: str, by_now: str, owed: str) -> None:
    units = as_it_stands(an_order_of(ORDERS[name]), happened)
    taxed = units.order.prices_include_tax
    assert (charged(units).total(prices_include_tax=taxed), earned_minor(units)) == (int(by_now), int(owed))


def as_it_stands(order: PlaceOrder, happened: str) -> OrderUnits:
    """The order's money and units after what happened."""
    order_id, money = new_id(), priced(order)
    shares = money.shares()
    gone: dict[tuple[int, str], int] = {}
    line_n = 1
    for match in _STEP.finditer(happened):
        line_n = int(match[2] or line_n)
        gone[line_n, match[3]] = gone.get((line_n, match[3]), 0) + int(match[1])
    lines = [
        LineMoneyRow(
            order_id, n, line.quantity, money.subtotals_minor[n - 1], shares["discount"][n - 1], shares["tax"][n - 1],
            money.charge_taxes_minor[n - 1], shares["shipping"][n - 1], shares["fee"][n - 1],
        )
        for n, line in enumerate(order.lines, 1)
    ]  # fmt: skip
    components = []
    for line in lines:
        left, cancelled = gone.get((line.n, "left"), 0), gone.get((line.n, "cancelled"), 0)
        rest = line.quantity - left - cancelled
        components.append(
            ComponentRow(order_id, line.n, 1, None, line.quantity, 0, 0, cancelled, 0, rest, 0, 0, 0, left, 0)
        )
    row = OrderMoneyRow(
        order_id, "USD", order.prices_include_tax, money.shipping_minor, money.fees_minor, money.rounding_minor
    )
    return count_units(row, lines, components)
