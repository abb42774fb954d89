"""The tables of docs/explanation/returns.md: what units bring, and who pays for what is given for them, to the cent."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

import pytest

from orderwright.flows.request_exchanges import request_exchanges
from orderwright.orders import LineMoneyRow, OrderMoneyRow
from orderwright.orders.contract import UnitPrice
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, new_id
from orderwright.returns import NewLine, RequestedLine, RequestExchange, ReturnTerms, worth_of
from tests.docs.pages import ROOT
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk

PAGE = (ROOT / "docs" / "explanation" / "returns.md").read_text(encoding="utf-8")


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


def rows(head: str) -> list[list[str]]:
    """The rows of the table whose head begins so."""
    table = PAGE.partition(f"\n| {head}")[2].partition("\n\n")[0]
    found = [[cell.strip() for cell in row.strip("| ").split("|")] for row in table.splitlines()[2:]]
    assert found
    return found


class Worth(NamedTuple):
    """A row of the first table: units from `start` on."""

    start: int
    units: int
    amounts: list[int]


_UNITS = {"the first two units that come back": (0, 2), "the third": (2, 1), "all": (0, 3)}
WORTHS = [Worth(*_UNITS[row[0]], [cents(cell) for cell in row[1:]]) for row in rows("three at 33.34")]


@pytest.mark.parametrize("worth", WORTHS, ids=lambda worth: f"{worth.units} from {worth.start}")
def test_units_bring_what_the_page_says(worth: Worth) -> None:
    [price, off, tax] = re.search(r"three at ([\d.]+), ([\d.]+) off, ([\d.]+) of tax", PAGE).groups()  # type: ignore[union-attr]
    order_id = new_id()
    line = LineMoneyRow(order_id, 1, 3, 3 * cents(price), cents(off), cents(tax), 0, 0, 0)
    order = OrderMoneyRow(order_id, "USD", False, 0, 0, 0)
    found = worth_of(order, line, worth.start, worth.units, ReturnTerms())
    assert [found.lines, found.discounts, found.tax, found.total(prices_include_tax=False)] == worth.amounts


@pytest.mark.parametrize("row", rows("two of three units"), ids=lambda row: row[0])
async def test_an_exchange_is_paid_as_the_page_says(database: Database, row: list[str]) -> None:
    desk = Desk(database)
    back = ReturnsDesk(desk)
    shop, order_id = await back.sale(skus=2)
    [old, new] = shop.skus
    await desk.receive(new, shop.locations[0], 10)
    units, price = re.fullmatch(r"(\d) (?:in their place|at ([\d.]+))", row[0]).groups()  # type: ignore[union-attr]
    costs, brought, by_card, refunded = map(cents, row[1:])
    given = NewLine(
        sku=new.code,
        quantity=int(units),
        in_place_of=1 if price is None else None,
        unit_price=None if price is None else UnitPrice(cents(price), "USD"),
    )
    command = RequestExchange(
        order_id=order_id,
        lines=[RequestedLine(line=1, quantity=2)],
        new_lines=[given],
        payments=[await back.bank.authorized(by_card)] if by_card else [],
    )
    [made] = await desk.run(request_exchanges, [command])
    new_order = decode_id("ord", made.details["new_order_id"])
    return_id = decode_id("ret", made.details["return_id"])
    await back.receive(return_id, (old, 2))
    await back.inspect(return_id, old, 2)
    await back.bank.work()
    for work in await desk.fulfillments(new_order):
        await desk.pick(work.id)
        await desk.pack(work.id)
        await back.bank.work()
        await desk.ship(work.id)
    await back.bank.work()

    assert [captured for _, _, captured, _ in await back.bank.sums(new_order)] == [
        *([by_card] if by_card else []), brought,
    ]  # fmt: skip
    assert (await back.bank.balances(new_order))["lines"] == -costs
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, refunded)]
    assert (await back.bank.due(order_id), await back.bank.due(new_order)) == (0, 0)
