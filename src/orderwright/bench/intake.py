"""`orderwright bench intake --bulk`: the `place_orders` verb against the floor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import TypeVar

from orderwright import insights
from orderwright.bench import floor
from orderwright.bench.capture import capture
from orderwright.bench.harness import Measure, calibrate, emit, progress, ratio, throwaway_database
from orderwright.bench.world import baskets, build_world, chunks
from orderwright.flows.place_orders import place_orders
from orderwright.orders import PlaceOrder
from orderwright.platform.db import Database
from orderwright.platform.memory import settle_memory

Item = TypeVar("Item")
BATCH = 200
CONNECTIONS = 2
ROUNDS = 7
BATCHES_A_ROUND = 20
WARM_UP = 2  # batches a connection
TARGET_OF_FLOOR = 0.5


async def bench_intake_bulk(*, as_json: bool = False) -> bool:
    """Rounds of product, floor and COPY in turn, on merchants of their own; True when the target was met."""
    before = calibrate()
    async with throwaway_database() as database:
        measures = await _measure(database)
    emit("intake-bulk", measures, before, calibrate(), as_json)
    return all(measure.met is not False for measure in measures)


async def _measure(database: Database) -> list[Measure]:
    progress("building four merchants: product, floor, COPY, and one to capture rows from")
    ctx = await build_world(database, "product")
    captured_ctx = await build_world(database, "captured")
    for merchant in ("floor", "copied"):
        await build_world(database, merchant)
        await same_availability(database, merchant)
    total = (ROUNDS * BATCHES_A_ROUND + CONNECTIONS * WARM_UP) * BATCH
    made = chunks(baskets(total), BATCH)
    progress(f"capturing the rows of {total:,} orders")
    batches = await capture(database, "captured", captured_ctx, made)
    steps = [floor.prepare(batch) for batch in batches]
    settle_memory()

    async def product(orders: Sequence[PlaceOrder]) -> int:
        async with database.transaction("product") as tx:
            return sum(o.code == "placed" for o in await place_orders(tx, ctx, orders))

    async def unnest(i: int) -> int:
        async with database.transaction("floor") as tx:
            await floor.write(tx, steps[i])
        return batches[i].orders

    async def by_copy(i: int) -> int:
        async with database.transaction("copied") as tx:
            await floor.copy(tx, batches[i])
        return batches[i].orders

    ours: list[float] = []
    floors: list[float] = []
    copies: list[float] = []
    warm = CONNECTIONS * WARM_UP
    for first, last in [(0, warm)] + [
        (warm + r * BATCHES_A_ROUND, warm + (r + 1) * BATCHES_A_ROUND) for r in range(ROUNDS)
    ]:
        indexes = range(first, last)
        floors.append(await orders_per_s(unnest, indexes))
        ours.append(await orders_per_s(product, made[first:last]))
        copies.append(await orders_per_s(by_copy, indexes))
    async with database.transaction("product") as tx:
        violations = await insights.audit(tx)
    if violations:
        raise AssertionError(f"the books are wrong after the bench: {violations[:3]}")
    del ours[0], floors[0], copies[0]
    lines = sum(len(order.lines) for chunk in made for order in chunk) / total
    return [
        Measure("place_orders of floor", ratio(ours, floors), "ratio", TARGET_OF_FLOOR),
        Measure("place_orders", median(ours), "orders/s"),
        Measure("floor (unnest)", median(floors), "orders/s"),
        Measure("COPY of the same rows", median(copies), "orders/s"),
        Measure("floor of COPY", ratio(floors, copies), "ratio"),
        Measure("lines an order", lines, "lines"),
    ]


async def orders_per_s(write: Callable[[Item], Awaitable[int]], items: Sequence[Item]) -> float:
    """Orders a second of `write` over items, on two connections."""

    async def lane(mine: Sequence[Item]) -> int:
        return sum([await write(item) for item in mine])

    started = time.perf_counter()
    placed = sum(await asyncio.gather(*(lane(items[i::CONNECTIONS]) for i in range(CONNECTIONS))))
    return placed / (time.perf_counter() - started)


async def same_availability(database: Database, merchant: str) -> None:
    """Give a merchant the balance rows of the captured one: the rows written name its SKUs and pools."""
    async with database.transaction(merchant) as tx:
        await tx.execute("DELETE FROM availability")
        await tx.execute("INSERT INTO availability SELECT * FROM m_captured.availability")
