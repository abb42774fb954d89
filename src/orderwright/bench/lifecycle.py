"""`orderwright bench lifecycle`: from placed to delivered, through every stage, with the workers on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from statistics import median

from orderwright import insights
from orderwright.bench import floor
from orderwright.bench.capture import capture
from orderwright.bench.crew import Crew
from orderwright.bench.harness import Measure, calibrate, emit, progress, ratio, throwaway_database
from orderwright.bench.intake import BATCH, CONNECTIONS, WARM_UP, orders_per_s, same_availability
from orderwright.bench.world import baskets, build_world, chunks
from orderwright.customers import CONTACT_WORDS
from orderwright.flows.place_orders import place_orders
from orderwright.flows.stages import stages
from orderwright.orders import PlaceOrder
from orderwright.payments.providers.builtin import BuiltinProvider
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.ids import new_id
from orderwright.platform.memory import settle_memory
from orderwright.platform.pumps import PumpRunner

ROUNDS = 5
BATCHES_A_ROUND = 10
TARGET_OF_FLOOR = 0.05
LIMIT_S = 300

# Orders on their way, and those of this round that verification held for a person to look at.
_PROGRESS = """
SELECT count(*) FILTER (WHERE status <> 'delivered' AND hold_count = 0),
       count(*) FILTER (WHERE hold_count > 0 AND id > $1)
FROM orders
"""


async def bench_lifecycle(*, as_json: bool = False) -> bool:
    """Rounds of whole lives and of the floor in turn; True when the target was met."""
    before = calibrate()
    async with throwaway_database() as database:
        measures = await _measure(database)
    emit("lifecycle", measures, before, calibrate(), as_json)
    return all(measure.met is not False for measure in measures)


async def _measure(database: Database) -> list[Measure]:
    progress("building three merchants: product, floor, and one to capture rows from")
    ctx = await build_world(database, "product")
    captured_ctx = await build_world(database, "captured")
    await build_world(database, "floor")
    await same_availability(database, "floor")
    warm = CONNECTIONS * WARM_UP
    total = (ROUNDS * BATCHES_A_ROUND + warm) * BATCH
    made = chunks(baskets(total), BATCH)
    batches = await capture(database, "captured", captured_ctx, made)
    steps = [floor.prepare(batch) for batch in batches]
    settle_memory()

    async def write_floor(i: int) -> int:
        async with database.transaction("floor") as tx:
            await floor.write(tx, steps[i])
        return batches[i].orders

    async def merchants() -> Sequence[str]:
        return ["product"]

    runner = PumpRunner(
        database,
        merchants,
        stages(providers={"builtin": BuiltinProvider(database, webhook_secret=b"bench")}),
        [CONTACT_WORDS],
    )
    crew = Crew(database, ctx)
    await runner.start()
    crew.start()
    ours: list[float] = []
    floors: list[float] = []
    try:
        for first, last in [(0, warm)] + [
            (warm + r * BATCHES_A_ROUND, warm + (r + 1) * BATCHES_A_ROUND) for r in range(ROUNDS)
        ]:
            floors.append(await orders_per_s(write_floor, range(first, last)))
            ours.append(await _lives_per_s(database, ctx, made[first:last]))
    finally:
        await crew.stop()
        await runner.stop()
    async with database.transaction("product") as tx:
        violations = await insights.audit(tx)
    if violations:
        raise AssertionError(f"the books are wrong after the bench: {violations[:3]}")
    return [
        Measure("placed to delivered of floor", ratio(ours[1:], floors[1:]), "ratio", TARGET_OF_FLOOR),
        Measure("placed to delivered", median(ours[1:]), "orders/s"),
        Measure("floor (unnest)", median(floors[1:]), "orders/s"),
    ]


async def _lives_per_s(database: Database, ctx: Context, batches: Sequence[Sequence[PlaceOrder]]) -> float:
    """Orders a second from the first placement until the last delivery."""
    first_id = new_id()
    started = time.perf_counter()

    async def place(orders: Sequence[PlaceOrder]) -> int:
        async with database.transaction("product") as tx:
            return sum(o.code == "placed" for o in await place_orders(tx, ctx, orders))

    async def lane(mine: Sequence[Sequence[PlaceOrder]]) -> int:
        return sum([await place(orders) for orders in mine])

    placed = sum(await asyncio.gather(*(lane(batches[i::CONNECTIONS]) for i in range(CONNECTIONS))))
    while time.perf_counter() - started < LIMIT_S:
        async with database.transaction("product") as tx:
            rows = await tx.fetch(_PROGRESS, first_id)
        left, held = (int(value) for value in rows[0])
        if left == 0:
            return (placed - held) / (time.perf_counter() - started)
        await asyncio.sleep(0.02)
    async with database.transaction("product") as tx:
        rows = await tx.fetch("SELECT status, hold_count > 0, count(*) FROM orders GROUP BY 1, 2")
    raise AssertionError(f"not all was delivered within {LIMIT_S} s: {[tuple(row) for row in rows]}")
