"""Dated supply: what is on its way, which preorders are promised from until it arrives."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright import catalog
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.limits import seen_locations
from orderwright.api.operations import operation
from orderwright.api.reads import SUPPLIES_PAGE, SUPPLY_BY_ID, SupplyLine
from orderwright.api.stock import SKUS_MAX, refuse_unknown_skus, unknown_code
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.change_supplies import change_supplies
from orderwright.flows.expect_supply import expect_supply
from orderwright.inventory import ChangeSupply, ExpectSupply
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.fields import Code
from orderwright.platform.ids import encode_id

_FIRST = (date.min, uuid.UUID(int=0))
_decode_key = msgspec.json.Decoder(tuple[date, uuid.UUID]).decode


class SupplyView(msgspec.Struct, frozen=True, kw_only=True):
    """Dated supply. `quantity` units are still to come; `preordered` of them are promised to orders already.

    `due_on` is a date where the goods are to arrive.
    """

    id: str
    sku: str
    pool: str
    due_on: date
    quantity: int
    preordered: int
    reference: str | None
    version: int
    created_at: datetime


class SupplyPage(msgspec.Struct, frozen=True):
    """Earliest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[SupplyView]
    next: str | None


class ListSupplies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sku`, `pool`: codes; a SKU may be given several times. `after`: the `next` of the page before."""

    sku: Annotated[list[Code], Meta(max_length=SKUS_MAX)] = []
    pool: Code | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/stock/supplies", tag="Stock", scope="stock.read", answer=SupplyPage)
async def list_supplies(call: Call, query: ListSupplies) -> Answer:
    """List dated supply that is still to come.

    Earliest first; of some SKUs or all, of one pool or all. A key that is limited to locations sees what comes to
    their pools; one that is limited to channels, what comes to the pools that they sell from.
    """
    after = decode_cursor(query.after, _decode_key) if query.after else _FIRST

    async def read(tx: Transaction) -> list[SupplyLine]:
        await refuse_unknown_skus(tx, query.sku)
        if query.pool is not None and not await catalog.read_pools(tx, codes=[query.pool]):
            raise unknown_code("pool", query.pool)
        allowed = await seen_locations(tx, call.ctx)
        return await SUPPLIES_PAGE.fetch(tx, query.sku or None, query.pool, allowed, *after, query.limit + 1)

    rows = await call.read(read)
    shown = rows[: query.limit]
    more = encode_cursor((shown[-1].due_on, shown[-1].id)) if len(rows) > query.limit else None
    return json_answer(SupplyPage([_view(row) for row in shown], more))


@operation("GET", "/v1/stock/supplies/{supply_id}", tag="Stock", scope="stock.read", answer=SupplyView, refusals=(404,))
async def read_supply(call: Call) -> Answer:
    """Read one dated supply.

    One of which nothing is to come any more has quantity 0.
    """
    supply_id = call.id("supply_id")

    async def read(tx: Transaction) -> SupplyLine | None:
        return await SUPPLY_BY_ID.first(tx, supply_id, await seen_locations(tx, call.ctx))

    row = await call.read(read)
    if row is None:
        raise NotFound("There is no supply of this id. Check it, and what the key is limited to.")
    return json_answer(_view(row))


def _view(row: SupplyLine) -> SupplyView:
    return SupplyView(
        id=encode_id("sup", row.id),
        sku=row.sku,
        pool=row.pool,
        due_on=row.due_on,
        quantity=row.quantity,
        preordered=row.preordered,
        reference=row.reference,
        version=row.version,
        created_at=row.created_at,
    )


SUPPLIES = [
    list_supplies,
    read_supply,
    *operations_of(
        VerbRoute(
            id="expect_supply",
            verb=expect_supply,
            command=ExpectSupply,
            one="/v1/stock/supplies",
            many="/v1/stock/supplies/bulk",
            tag="Stock",
            scope="stock.write",
            prefix="sup",
            does="Expect supply",
            does_many="Expect supply, up to 1,000 dates and quantities",
            more="Units are on their way to a pool. Channels whose policy is `preorder` promise them, first come first"
            " served. When they arrive, name the id in the receipt.",
            example={
                "sku": "MUG-BLUE", "pool": "EAST", "quantity": 200, "due_on": "2026-04-15", "reference": "PO-1207",
            },
        )
    ),
    *operations_of(
        VerbRoute(
            id="change_supply",
            verb=change_supplies,
            command=ChangeSupply,
            one="/v1/stock/supplies/{supply_id}/change",
            many="/v1/stock/supplies/change",
            tag="Stock",
            scope="stock.write",
            prefix="sup",
            does="Change dated supply, or call it off",
            does_many="Change up to 1,000 dated supplies",
            more="`quantity` counts units that are still to come; 0: none will. A later date becomes the promised date"
            " of orders that wait for it. `details.delayed` orders are told by `order.delayed`.",
            subject="supply_id",
            example={"due_on": "2026-04-22"},
        )
    ),
]  # fmt: skip
