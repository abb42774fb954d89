"""What a list of orders comes to: counts of many lists at once, totals, and the list as a CSV file."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright import search
from orderwright.api.answers import Answer, StreamAnswer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.api.shapes import OrderIdText, fields_of
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.csv_safe import csv_lines
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.money import Money
from orderwright.search import (
    COUNTED_MAX,
    NEWEST,
    OrderFilters,
    Piece,
    export_cells,
    export_header,
    export_named,
    export_piece,
)

LISTS_MAX = 50
NAMED_MAX = 1_000
IDS_KEPT_MAX = 100  # of an export, in the audit trail
PERSONAL = ("q", "email", "phone", "name")  # what was searched for is not kept
CSV = b"text/csv; charset=utf-8"

OrderIds = Annotated[list[OrderIdText], Meta(min_length=1, max_length=NAMED_MAX)] | None
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
    [*fields_of(OrderFilters), ("order_ids", OrderIds, None), ("personal", bool, False)],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    namespace={
        "__doc__": "Filters as for the search, or instead `order_ids`. `personal`: with names and addresses, which"
        " needs customers.read."
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
    which needs the scope `customers.read` and leaves an entry in the audit trail: who, by which filters, how many rows.
    Orders that come meanwhile are not in it.
    """
    given = msgspec.structs.asdict(body)
    personal, order_ids, number_format = given.pop("personal"), given.pop("order_ids"), await number_format_of(call)
    if personal:
        call.ctx.require("customers.read")
    if order_ids and any(value is not None and value != [] for value in given.values()):
        raise InvalidRequest("Say which orders by filters or by `order_ids`, not by both.", field="order_ids")
    filters = OrderFilters(**given)
    # The first piece is read before the answer begins, so that a wrong filter is a problem and no broken file.
    first = await (_named(call, order_ids) if order_ids else _piece(call, filters, NEWEST, number_format))
    act_id = await _begin(call, said_of_export(given, order_ids)) if personal else None

    async def lines() -> AsyncGenerator[bytes, None]:
        rows, complete = 0, False
        try:
            yield csv_lines([export_header(personal=personal)])
            piece = first
            while True:
                if piece.rows:
                    rows += len(piece.rows)
                    yield csv_lines(export_cells(row, number_format, personal=personal) for row in piece.rows)
                if piece.below is None:
                    break
                piece = await _piece(call, filters, piece.below, number_format)
            complete = True
        finally:
            if act_id is not None:
                await _end(call, act_id, rows, complete=complete)

    headers = ((b"content-disposition", b'attachment; filename="orders.csv"'), (b"x-accel-buffering", b"no"))
    return StreamAnswer(lines(), lambda: None, headers, CSV)


def said_of_export(given: Mapping[str, Any], order_ids: Sequence[str] | None) -> dict[str, Any]:
    """What the audit trail keeps of an export with personal data: filters, without what was searched for; ids. Pure."""
    if order_ids:
        return {"orders": len(order_ids), "order_ids": list(order_ids[:IDS_KEPT_MAX])}
    kept = {name: value for name, value in given.items() if value is not None and value != []}
    named = [name for name, value in kept.items() if name not in PERSONAL and "@" in str(value)]  # an e-mail address?
    searched = [name for name in (*PERSONAL, *named) if kept.pop(name, None) is not None]
    return {"filters": kept, **({"searched_by": searched} if searched else {})}


async def _begin(call: Call, said: dict[str, Any]) -> UUID:
    """Keep that an export begins, before anything of it is sent."""

    async def write(tx: Transaction) -> UUID:
        act_id = await record_act(tx, call.ctx, "export_orders")
        await record_changes(tx, act_id, [changed("order_list", act_id, None, said)])
        return act_id

    return await call.write(write)


async def _end(call: Call, act_id: UUID, rows: int, *, complete: bool) -> None:
    """Keep how many orders an export held, also where its reader left."""
    said = [changed("order_list", act_id, None, {"rows": rows, "complete": complete})]
    await call.write(lambda tx: record_changes(tx, act_id, said, first=1))


async def _named(call: Call, order_ids: Sequence[str]) -> Piece:
    ids = [decode_id("ord", text) for text in order_ids]
    return Piece(await call.look(lambda tx: export_named(tx, ids, ctx=call.ctx)), None)


async def _piece(call: Call, filters: OrderFilters, below: UUID, number_format: str) -> Piece:
    return await call.look(lambda tx: export_piece(tx, filters, below, number_format=number_format, ctx=call.ctx))


ORDER_LISTS: list[Operation] = [count_orders, sum_orders, export_orders]
