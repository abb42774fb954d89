"""What a list of orders comes to: counts of many lists at once, totals, and the list as a CSV file."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright import search
from orderwright.api.answers import Answer, StreamAnswer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.api.shapes import fields_of
from orderwright.platform.csv_safe import csv_lines
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.money import Money
from orderwright.search import COUNTED_MAX, NEWEST, OrderFilters, export_cells, export_header, export_piece

LISTS_MAX = 50
CSV = b"text/csv; charset=utf-8"

UpTo = Annotated[int, Meta(ge=1, le=COUNTED_MAX)]


class CountLists(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lists to count, each by its filters. `up_to`: how far; what is beyond is said to be at least that."""

    lists: Annotated[list[OrderFilters], Meta(min_length=1, max_length=LISTS_MAX)]
    up_to: UpTo = COUNTED_MAX


class ListCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many orders a list has. `at_least`: there are more, or may be. `problem`: why it could not be counted, and
    `count` is null."""

    count: int | None
    at_least: bool
    problem: str | None = None


class ListCounts(msgspec.Struct, frozen=True):
    """One for each list, in the same order."""

    data: list[ListCount]


class CurrencyTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What orders in one currency come to."""

    orders: int
    units: int
    total: Money


class ListTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What a list comes to, by currency. `at_least`: there are more orders, or may be; these are the newest."""

    orders: int
    units: int
    at_least: bool
    totals: list[CurrencyTotal]


SumOrders: Any = msgspec.defstruct(
    "SumOrders",
    [*fields_of(OrderFilters), ("up_to", UpTo, COUNTED_MAX)],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    namespace={"__doc__": "Filters as for the search, and how many orders are summed up at most."},
)
ExportOrders: Any = msgspec.defstruct(
    "ExportOrders",
    [*fields_of(OrderFilters), ("personal", bool, False)],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    namespace={
        "__doc__": "Filters as for the search. `personal`: with names and addresses, which needs customers.read."
    },
)


@operation(
    "POST",
    "/v1/orders/count",
    tag="Orders",
    scope="orders.read",
    answer=ListCounts,
    body=CountLists,
    example={"lists": [{"status": ["placed", "backordered"]}, {"late": True}, {"attention": True}], "up_to": 1000},
)
async def count_orders(call: Call, body: CountLists) -> Answer:
    """Count lists of orders.

    Exact up to `up_to`. A list that no index has (by amount or country, say) is counted among its newest 10,000
    candidates, and said to be at least that. It changes nothing and needs no Idempotency-Key.
    """
    number_format = await number_format_of(call)

    async def count(tx: Transaction) -> list[ListCount]:
        counts = []
        for filters in body.lists:
            try:
                found = await search.count_orders(tx, filters, body.up_to, number_format=number_format, ctx=call.ctx)
                counts.append(ListCount(count=found.orders, at_least=found.at_least))
            except InvalidRequest as error:
                counts.append(ListCount(count=None, at_least=False, problem=str(error)))
        return counts

    return json_answer(ListCounts(await call.look(count)))


@operation(
    "POST",
    "/v1/orders/totals",
    tag="Orders",
    scope="orders.read",
    answer=ListTotals,
    body=SumOrders,
    example={"status": ["placed", "allocated"]},
)
async def sum_orders(call: Call, body: Any) -> Answer:
    """Sum up a list of orders, by currency.

    Totals, units and orders of the newest `up_to`. It changes nothing and needs no Idempotency-Key.
    """
    given = msgspec.structs.asdict(body)
    up_to, number_format = given.pop("up_to"), await number_format_of(call)
    filters = OrderFilters(**given)
    found = await call.look(lambda tx: search.sum_orders(tx, filters, up_to, number_format=number_format, ctx=call.ctx))
    totals = [
        CurrencyTotal(orders=row.orders, units=row.units, total=Money(row.total_minor, row.currency))
        for row in found.totals
    ]
    answer = ListTotals(
        orders=sum(row.orders for row in totals),
        units=sum(row.units for row in totals),
        at_least=found.at_least,
        totals=totals,
    )
    return json_answer(answer)


@operation(
    "POST",
    "/v1/orders/export",
    tag="Orders",
    scope="orders.read",
    answer=None,
    body=ExportOrders,
    media_type="text/csv",
    example={"status": ["delivered"], "placed_after": "2026-01-01T00:00:00Z"},
)
async def export_orders(call: Call, body: Any) -> Answer:
    """Export a list of orders as CSV, newest first.

    UTF-8 after RFC 4180, with a line of names first. Amounts are decimals in the currency of their order. Cells that a
    spreadsheet would take for a formula begin with an apostrophe. Without personal data, unless `personal` is true,
    which needs the scope `customers.read`. Orders that come meanwhile are not in it.
    """
    given = msgspec.structs.asdict(body)
    personal, number_format = given.pop("personal"), await number_format_of(call)
    if personal:
        call.ctx.require("customers.read")
    filters = OrderFilters(**given)
    # The first piece is read before the answer begins, so that a wrong filter is a problem and no broken file.
    first = await call.look(lambda tx: export_piece(tx, filters, NEWEST, number_format=number_format, ctx=call.ctx))

    async def lines() -> AsyncGenerator[bytes, None]:
        yield csv_lines([export_header(personal=personal)])
        piece = first
        while True:
            if piece.rows:
                yield csv_lines(export_cells(row, number_format, personal=personal) for row in piece.rows)
            below = piece.below
            if below is None:
                return
            piece = await _piece(call, filters, below, number_format)

    headers = ((b"content-disposition", b'attachment; filename="orders.csv"'), (b"x-accel-buffering", b"no"))
    return StreamAnswer(lines(), lambda: None, headers, CSV)


async def _piece(call: Call, filters: OrderFilters, below: Any, number_format: str) -> Any:
    return await call.look(lambda tx: export_piece(tx, filters, below, number_format=number_format, ctx=call.ctx))


ORDER_LISTS: list[Operation] = [count_orders, sum_orders, export_orders]
