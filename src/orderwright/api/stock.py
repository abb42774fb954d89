"""Stock and availability: what there is, where, what can be promised; arrivals and corrections."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright import catalog
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.errors import InvalidParameter
from orderwright.api.known_skus import KnownSkus
from orderwright.api.limits import seen_locations, seen_pools
from orderwright.api.operations import operation
from orderwright.api.reads import STOCK_AT_LOCATION, STOCK_OF_SKUS, StockLine
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import AdjustStock, ReceiveStock
from orderwright.platform.db import Transaction
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.fields import Code
from orderwright.platform.ids import UUID

SKUS_MAX = 100
_FIRST = uuid.UUID(int=0)
_decode_key = msgspec.json.Decoder(tuple[uuid.UUID, uuid.UUID]).decode


class PoolAvailability(msgspec.Struct, frozen=True, order=True, gc=False):
    """What a pool can promise of a SKU, in units. Negative `available_to_promise`: goods were lost after promising."""

    pool: str
    available_to_promise: int
    reserved: int
    promised: int
    backordered: int


class SkuAvailability(msgspec.Struct, frozen=True):
    """What pools can promise of a SKU. No pools: none ever had any of it."""

    sku: str
    name: str
    pools: list[PoolAvailability]


class Availability(msgspec.Struct, frozen=True):
    """In the order of the codes. `unknown` are codes that no SKU has."""

    data: list[SkuAvailability]
    unknown: list[str]


class ReadAvailability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sku`: a code; several by giving it several times."""

    # Not `Code`: its pattern takes longer for each of a hundred than all else here. What is no code, no SKU has.
    sku: Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(min_length=1, max_length=SKUS_MAX)]


class StockView(msgspec.Struct, frozen=True):
    """What a location has of a SKU, in units, a field a bucket. `withheld` is what no order may have."""

    sku: str
    location: str
    available: int
    withheld: int
    allocated: int
    picked: int
    packed: int
    quarantine: int
    damaged: int
    in_transit: int


class StockPage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows."""

    data: list[StockView]
    next: str | None


class ListStock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sku`, `location`: codes; a SKU may be given several times. `after`: the `next` of the page before."""

    sku: Annotated[list[Code], Meta(max_length=SKUS_MAX)] = []
    location: Code | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/availability", tag="Stock", scope="stock.read", answer=Availability)
async def read_availability(call: Call, query: ReadAvailability) -> Answer:
    """Read what can be promised of some SKUs.

    Up to 100 codes, by pool. A channel promises no more than this less its buffer. A key that is limited to channels
    sees the pools that they sell from; one that is limited to locations, those that they are in.
    """
    codes = sorted(set(query.sku))
    known_skus: KnownSkus = call.state.known_skus
    allowed = await call.look(lambda tx: seen_pools(tx, call.ctx)) if call.ctx.limited else None
    skus, records = await call.look(lambda tx: known_skus.availability(tx, codes))
    pools: list[list[PoolAvailability]] = [[] for _ in skus]
    for place, pool, available, reserved, promised, backordered in records:
        if pool is not None and (allowed is None or pool in allowed):
            pools[place - 1].append(PoolAvailability(pool, available, reserved, promised, backordered))
    for several in pools:
        if len(several) > 1:
            several.sort()
    unknown: list[str] = []
    if len(skus) < len(codes):
        found = {sku.code for sku in skus}
        unknown = [code for code in dict.fromkeys(query.sku) if code not in found]
    data = [SkuAvailability(sku.code, sku.name, mine) for sku, mine in zip(skus, pools, strict=True)]
    return json_answer(Availability(data, unknown))


@operation("GET", "/v1/stock", tag="Stock", scope="stock.read", answer=StockPage)
async def list_stock(call: Call, query: ListStock) -> Answer:
    """List what locations have.

    Of one location or all, of some SKUs or all. A key that is limited to locations sees those; one that is limited to
    channels, those of the pools that they sell from.
    """
    after = decode_cursor(query.after, _decode_key) if query.after else (_FIRST, _FIRST)
    rows = await call.read(lambda tx: _stock(tx, call, query, after))
    shown = rows[: query.limit]
    last = encode_cursor((shown[-1].sku_id, shown[-1].location_id)) if len(rows) > query.limit else None
    return json_answer(StockPage([StockView(*row[2:]) for row in shown], last))


async def _stock(tx: Transaction, call: Call, query: ListStock, after: tuple[uuid.UUID, uuid.UUID]) -> list[StockLine]:
    skus = query.sku or None
    await refuse_unknown_skus(tx, query.sku)
    allowed = await seen_locations(tx, call.ctx)
    if query.location is None:
        return await STOCK_OF_SKUS.fetch(tx, skus, allowed, *after, query.limit + 1)
    location_id = await known_location(tx, call, query.location)
    if allowed is not None and location_id not in allowed:
        raise PermissionDenied("The key's channels do not sell from there. Use another key.", location=query.location)
    return await STOCK_AT_LOCATION.fetch(tx, location_id, skus, after[0], query.limit + 1)


async def known_location(tx: Transaction, call: Call, code: str) -> UUID:
    """The location that a parameter names. Raises InvalidParameter, or PermissionDenied for one that is not allowed."""
    location = (await catalog.locations_by_code(tx, [code])).get(code)
    if location is None:
        raise unknown_code("location", code)
    if not call.ctx.may_location(location.id):
        raise PermissionDenied("The key is limited to other locations. Use a key for this one.", location=code)
    return location.id


async def refuse_unknown_skus(tx: Transaction, codes: Sequence[str]) -> None:
    """Raise InvalidParameter for the first code that no SKU has. One statement, or none."""
    known = await catalog.skus_by_code(tx, codes) if codes else {}
    for code in codes:
        if code not in known:
            raise unknown_code("sku", code)


def unknown_code(parameter: str, code: str) -> InvalidParameter:
    """A filter names what does not exist: an empty list would be taken for an answer."""
    what = "SKU" if parameter == "sku" else parameter
    return InvalidParameter(
        f"There is no {what} of the code {code}. Correct `{parameter}`.", parameter=parameter, code=code
    )


STOCK = [
    read_availability,
    list_stock,
    *operations_of(
        VerbRoute(
            id="receive_stock",
            verb=receive_stock,
            command=ReceiveStock,
            one="/v1/stock/receipts",
            many="/v1/stock/receipts/bulk",
            tag="Stock",
            scope="stock.write",
            prefix="rcp",
            does="Receive stock",
            does_many="Receive stock, up to 1,000 receipts",
            more="Goods arrived: what can be promised rises by as much, and those who wait are served.",
            example={"sku": "MUG-BLUE", "location": "DC-COLUMBUS", "quantity": 120, "reference": "PO-1201"},
        )
    ),
    *operations_of(
        VerbRoute(
            id="adjust_stock",
            verb=adjust_stock,
            command=AdjustStock,
            one="/v1/stock/adjustments",
            many="/v1/stock/adjustments/bulk",
            tag="Stock",
            scope="stock.write",
            prefix="adj",
            does="Adjust stock",
            does_many="Adjust stock, up to 1,000 adjustments",
            more="What was found, lost or miscounted. A loss beyond what is available breaks allocations, and their"
            " orders are sourced again.",
            example={"sku": "MUG-BLUE", "location": "DC-COLUMBUS", "delta": -2, "reason": "damage"},
        )
    ),
]
