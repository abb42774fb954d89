"""The stock grid: what locations have of SKUs beside what their pools can promise, and how it went lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from orderwright import catalog
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.limits import seen_locations
from orderwright.api.operations import Operation, operation
from orderwright.api.stock import SKUS_MAX, known_location, refuse_unknown_skus, unknown_code
from orderwright.api.stock_rows import (
    SKUS_BY_TEXT,
    SKUS_IN_ALARM,
    STOCK_BALANCES,
    STOCK_BALANCES_OF_SKUS,
    STOCK_CHANGES_BY_DAY,
    BalanceRow,
)
from orderwright.insights import LOW_UNITS, merchant
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Transaction
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.fields import Code, ShortText
from orderwright.platform.ids import UUID, id_from_time

Alarm = Literal["short", "out", "low", "waited_for"]
CANDIDATES_MAX = 2_000  # SKUs that a text or an alarm finds for one page
DAYS = 30
_decode_key = msgspec.json.Decoder(tuple[str, str]).decode


class BalanceView(msgspec.Struct, frozen=True, kw_only=True):
    """What a location has of a SKU, a field a bucket, and what its pool can promise; in units. `alarms` are those of
    the pool: `short` (it promised more than there is), `out`, `low`, `waited_for`."""

    sku: str
    name: str
    gtin: str | None
    location: str
    location_name: str
    pool: str
    available: int
    withheld: int
    allocated: int
    picked: int
    packed: int
    quarantine: int
    damaged: int
    in_transit: int
    available_to_promise: int
    reserved: int
    promised: int
    backordered: int
    alarms: list[Alarm]


class BalancePage(msgspec.Struct, frozen=True):
    """In the order of SKU and location. `next`, unless null, is the `after` of the page that follows."""

    data: list[BalanceView]
    next: str | None


class ListBalances(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`text`: part of a SKU's code or name, or its GTIN. `sku`, `location`, `pool`: codes. `alarm`: what is wrong.

    `after`: the `next` of the page before.
    """

    text: ShortText | None = None
    sku: Annotated[list[Code], Meta(max_length=SKUS_MAX)] = []
    location: Code | None = None
    pool: Code | None = None
    alarm: Alarm | None = None
    after: Annotated[str, Meta(max_length=600)] | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50


class TrendView(msgspec.Struct, frozen=True):
    """What was available of a SKU at a location at the end of each day, the oldest first, today last; in units."""

    sku: str
    location: str
    available: list[int]


class Trends(msgspec.Struct, frozen=True):
    """In the order of SKU and location, from the day `since` on; `next` is null."""

    since: date
    data: list[TrendView]
    next: None = None


class ReadTrends(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sku`: a code; several by giving it several times. `location`: a code. `days`: how many, today included."""

    sku: Annotated[list[Code], Meta(min_length=1, max_length=SKUS_MAX)]
    location: Code | None = None
    days: Annotated[int, Meta(ge=2, le=90)] = DAYS


@operation("GET", "/v1/stock/balances", tag="Stock", scope="stock.read", answer=BalancePage)
async def list_stock_balances(call: Call, query: ListBalances) -> Answer:
    """List what locations have beside what their pools can promise.

    By text, SKU, location, pool or alarm. A key that is limited to locations sees those; one that is limited to
    channels, those of the pools that they sell from.
    """
    after = decode_cursor(query.after, _decode_key) if query.after else ("", "")
    rows = await call.read(lambda tx: _page(tx, call, query, after))
    shown = rows[: query.limit]
    last = encode_cursor((shown[-1].sku, shown[-1].location)) if len(rows) > query.limit else None
    return json_answer(BalancePage([_view(row) for row in shown], last))


async def _page(tx: Transaction, call: Call, query: ListBalances, after: tuple[str, str]) -> list[BalanceRow]:
    places = await places_of(tx, call, query.location)
    pool_id = await _pool(tx, query.pool) if query.pool is not None else None
    wanted = query.limit + 1
    found = await _candidates(tx, query, after[0])
    if found is None:
        return await STOCK_BALANCES.fetch(tx, *after, places, pool_id, wanted)
    if not found:
        return []
    return await STOCK_BALANCES_OF_SKUS.fetch(tx, found, *after, places, pool_id, query.alarm, LOW_UNITS, wanted)


async def _candidates(tx: Transaction, query: ListBalances, after: str) -> list[UUID] | None:
    """The SKUs that may be on the page; None for all."""
    if query.sku:
        await refuse_unknown_skus(tx, query.sku)
        return [sku.id for sku in (await catalog.skus_by_code(tx, query.sku)).values()]
    if query.text is not None:
        typed = query.text.strip()
        escaped = typed.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        rows = await SKUS_BY_TEXT.fetch(tx, f"%{escaped}%", typed, after, CANDIDATES_MAX)
    elif query.alarm is not None:
        rows = await SKUS_IN_ALARM.fetch(tx, query.alarm, LOW_UNITS, after, CANDIDATES_MAX)
    else:
        return None
    return [row.id for row in rows]


async def places_of(tx: Transaction, call: Call, location: str | None) -> list[UUID] | None:
    """The locations that a call is about: the one that it names, else all that its caller sees; None for all."""
    allowed = await seen_locations(tx, call.ctx)
    if location is None:
        return allowed
    location_id = await known_location(tx, call, location)
    if allowed is not None and location_id not in allowed:
        raise PermissionDenied("The key's channels do not sell from there. Use another key.", location=location)
    return [location_id]


async def _pool(tx: Transaction, code: str) -> UUID:
    found = await catalog.read_pools(tx, codes=[code])
    if not found:
        raise unknown_code("pool", code)
    return found[0].id


def alarms_of(available_to_promise: int, backordered: int) -> list[Alarm]:
    """What is wrong with what a pool can promise, the worst first."""
    found: list[Alarm] = []
    if available_to_promise < 0:
        found.append("short")
    elif available_to_promise == 0:
        found.append("out")
    elif available_to_promise <= LOW_UNITS:
        found.append("low")
    if backordered:
        found.append("waited_for")
    return found


def _view(row: BalanceRow) -> BalanceView:
    facts = row._asdict()
    del facts["sku_id"], facts["location_id"]
    return BalanceView(**facts, alarms=alarms_of(row.available_to_promise, row.backordered))


@operation("GET", "/v1/stock/trends", tag="Stock", scope="stock.read", answer=Trends)
async def read_stock_trends(call: Call, query: ReadTrends) -> Answer:
    """Read what was available at the end of each of the last days.

    Worked out from what is there now and what moved since, by the merchant's clock.
    """
    found = await merchant(call.database, call.ctx.merchant)
    zone = ZoneInfo(found.time_zone if found is not None else "UTC")
    today = utc_now().astimezone(zone).date()
    since = today - timedelta(days=query.days - 1)
    begins = datetime(since.year, since.month, since.day, tzinfo=zone)

    async def read(tx: Transaction) -> list[TrendView]:
        await refuse_unknown_skus(tx, query.sku)
        places = await places_of(tx, call, query.location)
        ids = [sku.id for sku in (await catalog.skus_by_code(tx, query.sku)).values()]
        rows = await STOCK_BALANCES_OF_SKUS.fetch(tx, ids, "", "", places, None, None, LOW_UNITS, SKUS_MAX * 1_000)
        changes = await STOCK_CHANGES_BY_DAY.fetch(tx, ids, places, id_from_time(begins), zone.key)
        by_place: dict[tuple[UUID, UUID], dict[date, int]] = defaultdict(dict)
        for change in changes:
            by_place[change.sku_id, change.location_id][change.day] = change.units
        days = [since + timedelta(days=n) for n in range(query.days)]
        return [
            TrendView(row.sku, row.location, run_back(row.available, by_place[row.sku_id, row.location_id], days))
            for row in rows
        ]

    return json_answer(Trends(since, await call.read(read)))


def run_back(now: int, changes: dict[date, int], days: Sequence[date]) -> list[int]:
    """What was there at the end of each day, from what is there now and by how much each day changed it."""
    levels: list[int] = []
    level = now
    for day in reversed(days):
        levels.append(level)
        level -= changes.get(day, 0)
    levels.reverse()
    return levels


STOCK_GRID: list[Operation] = [list_stock_balances, read_stock_trends]
