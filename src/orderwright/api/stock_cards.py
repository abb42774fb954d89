"""The stock card of a SKU: what moved, by whom and why, and which orders wait for it."""

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
from orderwright.api.limits import seen_pools
from orderwright.api.operations import Operation, operation
from orderwright.api.stock import unknown_code
from orderwright.api.stock_grid import places_of
from orderwright.api.stock_rows import MOVEMENTS_OF_SKU, WAITS_FOR_SKU, MovementRow, WaitRow
from orderwright.platform.db import Transaction
from orderwright.platform.fields import Code
from orderwright.platform.ids import UUID, encode_id

_decode_key = msgspec.json.Decoder(tuple[uuid.UUID]).decode


class MovementView(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` units went from one bucket to another. No location: a boundary (`supplier`, `customer`, `loss`,
    `opening`). `kind`: what for; `actor` and `reason`: who said so, and why; `order_id`: for which order."""

    id: str
    quantity: int
    from_location: str | None
    from_bucket: str
    to_location: str | None
    to_bucket: str
    kind: str
    order_id: str | None
    order_number: int | None
    actor: str
    reason: str | None
    verb: str
    happened_at: datetime
    recorded_at: datetime


class MovementPage(msgspec.Struct, frozen=True):
    """Newest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[MovementView]
    next: str | None


class ListMovements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sku`, `location`: codes. `after`: the `next` of the page before."""

    sku: Code
    location: Code | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class WaitView(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` units that an order waits for. `due_on`: when the supply that it is promised from is to arrive."""

    order_id: str
    order_number: int
    pool: str
    quantity: int
    priority: int
    placed_at: datetime
    due_on: date | None
    promised_on: date | None


class WaitList(msgspec.Struct, frozen=True):
    """In the order in which they are served, pool by pool; `next` is null."""

    data: list[WaitView]
    next: None = None


class ListWaits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sku`: a code. `limit`: how many at most, the first of them."""

    sku: Code
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/stock/movements", tag="Stock", scope="stock.read", answer=MovementPage)
async def list_stock_movements(call: Call, query: ListMovements) -> Answer:
    """List what moved of a SKU.

    A key that is limited to locations sees what came to them or left them.
    """
    before = UUID(decode_cursor(query.after, _decode_key)[0].bytes) if query.after else None

    async def read(tx: Transaction) -> list[MovementRow]:
        sku_id = await _sku(tx, query.sku)
        places = await places_of(tx, call, query.location)
        return await MOVEMENTS_OF_SKU.fetch(tx, sku_id, places, before, query.limit + 1)

    rows = await call.read(read)
    shown = rows[: query.limit]
    last = encode_cursor((shown[-1].id,)) if len(rows) > query.limit else None
    return json_answer(MovementPage([_movement(row) for row in shown], last))


@operation("GET", "/v1/stock/waits", tag="Stock", scope="stock.read", answer=WaitList)
async def list_stock_waits(call: Call, query: ListWaits) -> Answer:
    """List the orders that wait for a SKU: backorders and preorders.

    A key that is limited to channels sees their orders; one that is limited to locations, what their pools owe.
    """

    async def read(tx: Transaction) -> list[WaitRow]:
        sku_id = await _sku(tx, query.sku)
        channels = None if call.ctx.channels is None else list(call.ctx.channels)
        pools = await seen_pools(tx, call.ctx)
        return await WAITS_FOR_SKU.fetch(tx, sku_id, channels, None if pools is None else sorted(pools), query.limit)

    rows = await call.read(read)
    return json_answer(WaitList([WaitView(**row._asdict() | {"order_id": _order(row.order_id)}) for row in rows]))


async def _sku(tx: Transaction, code: str) -> UUID:
    found = (await catalog.skus_by_code(tx, [code])).get(code)
    if found is None:
        raise unknown_code("sku", code)
    return found.id


def _order(order_id: UUID) -> str:
    return encode_id("ord", order_id)


def _movement(row: MovementRow) -> MovementView:
    ids = {"id": encode_id("mov", row.id), "order_id": _order(row.order_id) if row.order_id else None}
    return MovementView(**row._asdict() | ids)


STOCK_CARDS: list[Operation] = [list_stock_movements, list_stock_waits]
