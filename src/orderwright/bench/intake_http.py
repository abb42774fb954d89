"""`orderwright bench intake --http`: one order a request, against the floor and against the same server uncoalesced."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import msgspec

from orderwright import insights
from orderwright.access import create_api_key
from orderwright.bench import floor
from orderwright.bench.capture import capture
from orderwright.bench.harness import Measure, calibrate, emit, percentile, progress, ratio, throwaway_database
from orderwright.bench.intake import BATCH, orders_per_s, same_availability
from orderwright.bench.load import LoadResult, load, request
from orderwright.bench.server import served
from orderwright.bench.world import baskets, build_world, chunks
from orderwright.orders import PlaceOrder
from orderwright.platform.db import Database
from orderwright.platform.memory import settle_memory

CONNECTIONS = 128
ROUNDS = 5
ORDERS_A_ROUND = 4_000
WARM_UP = 600
TARGET_OF_FLOOR = 0.12
TARGET_OF_UNCOALESCED = 3.0
MEMORY_MB_MAX = 300.0


async def bench_intake_http(*, as_json: bool = False) -> bool:
    """Rounds of the server, the floor, and the server with coalescing off, in turn; True when all targets were met."""
    before = calibrate()
    async with throwaway_database() as database:
        measures = await _measure(database)
    emit("intake-http", measures, before, calibrate(), as_json)
    return all(measure.met is not False for measure in measures)


async def api_key(database: Database, merchant: str) -> str:
    """A key that may do everything for a merchant."""
    async with database.operator_transaction() as tx:
        return str((await create_api_key(tx, merchant, "bench", ["*"])).text)


def placements(orders: Sequence[PlaceOrder], key: str) -> list[bytes]:
    """A request for each order."""
    encode = msgspec.json.encode
    return [request("POST", "/v1/orders", key=key, body=encode(order)) for order in orders]


def placed_per_s(result: LoadResult) -> float:
    """Placed orders a second. Raises unless every answer was a 201."""
    if set(result.statuses) != {201}:
        raise AssertionError(f"not all were placed: {result.statuses} {result.codes}")
    return result.answered / result.seconds


async def _measure(database: Database) -> list[Measure]:
    progress("building four merchants: coalesced, uncoalesced, floor, and one to capture rows from")
    for merchant in ("coalesced", "uncoalesced"):
        await build_world(database, merchant)
    captured_ctx = await build_world(database, "captured")
    await build_world(database, "floor")
    await same_availability(database, "floor")
    total = ROUNDS * ORDERS_A_ROUND + WARM_UP
    made = baskets(total)
    batches = await capture(database, "captured", captured_ctx, chunks(made, BATCH))
    steps = [floor.prepare(batch) for batch in batches]
    keys = {merchant: await api_key(database, merchant) for merchant in ("coalesced", "uncoalesced")}
    settle_memory()

    async def write_floor(i: int) -> int:
        async with database.transaction("floor") as tx:
            await floor.write(tx, steps[i])
        return batches[i].orders

    ours: list[float] = []
    alone: list[float] = []
    floors: list[float] = []
    latencies: list[float] = []
    memory: list[float] = []
    async with (
        served(database, RUN_WORKERS="false") as server,
        served(database, RUN_WORKERS="false", COALESCE="false", POOL_SIZE="20") as plain,
    ):
        for first, last in [(0, WARM_UP)] + [
            (WARM_UP + r * ORDERS_A_ROUND, WARM_UP + (r + 1) * ORDERS_A_ROUND) for r in range(ROUNDS)
        ]:
            orders = made[first:last]
            result = await load(server.port, placements(orders, keys["coalesced"]), CONNECTIONS)
            ours.append(placed_per_s(result))
            latencies.extend(result.latencies_s)
            memory.append(server.rss_mb())
            floors.append(await orders_per_s(write_floor, range(first // BATCH, last // BATCH)))
            # A quarter is enough: it takes as long as all of the others.
            fewer = orders[: max(len(orders) // 4, 100)]
            alone.append(placed_per_s(await load(plain.port, placements(fewer, keys["uncoalesced"]), CONNECTIONS)))
    for merchant in ("coalesced", "uncoalesced"):
        async with database.transaction(merchant) as tx:
            violations = await insights.audit(tx)
        if violations:
            raise AssertionError(f"the books are wrong after the bench: {violations[:3]}")
    return [
        Measure("HTTP of floor", ratio(ours[1:], floors[1:]), "ratio", TARGET_OF_FLOOR),
        Measure("HTTP of HTTP uncoalesced", ratio(ours[1:], alone[1:]), "ratio", TARGET_OF_UNCOALESCED),
        Measure("memory of the server", max(memory), "MB", MEMORY_MB_MAX, "lower"),
        Measure("HTTP", median(ours[1:]), "orders/s"),
        Measure("HTTP uncoalesced", median(alone[1:]), "orders/s"),
        Measure("floor (unnest)", median(floors[1:]), "orders/s"),
        Measure("latency, median", 1_000 * percentile(latencies, 0.5), "ms", None, "lower"),
        Measure("latency, p99", 1_000 * percentile(latencies, 0.99), "ms", None, "lower"),
    ]
