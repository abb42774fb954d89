"""`orderwright bench hot-sku`: every order wants the same SKU, and there is enough for half of them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from orderwright import catalog, insights
from orderwright.bench.harness import Measure, calibrate, emit, progress, ratio, throwaway_database
from orderwright.bench.intake_http import CONNECTIONS, api_key, placements
from orderwright.bench.load import LoadResult, load
from orderwright.bench.server import served
from orderwright.bench.world import chunks
from orderwright.catalog import UpsertChannel, UpsertLocation, UpsertPool, UpsertSku
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.inventory import ReceiveStock
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Address, Amount, Line, Person, UnitPrice
from orderwright.platform.clock import utc_now
from orderwright.platform.context import system_context
from orderwright.platform.db import Database
from orderwright.platform.migrate import create_merchant

WIDE_SKUS = 10_000
ORDERS_A_ROUND = 2_000
ROUNDS = 5
TARGET_OF_WIDE = 0.8
_HOME = Address(
    country="US", name="Ada Lovelace", line1="1 Main St", city="Springfield", region="IL", postal_code="62701"
)


async def bench_hot_sku(*, as_json: bool = False) -> bool:
    """Rounds of one SKU and of 10,000 in turn, half of the orders refused in both; True when the target was met."""
    before = calibrate()
    async with throwaway_database() as database:
        measures = await _measure(database)
    emit("hot-sku", measures, before, calibrate(), as_json)
    return all(measure.met is not False for measure in measures)


async def _measure(database: Database) -> list[Measure]:
    progress("building two merchants: one SKU, and 10,000")
    await _build(database, "hot", 1)
    await _build(database, "wide", WIDE_SKUS)
    keys = {merchant: await api_key(database, merchant) for merchant in ("hot", "wide")}
    hot: list[float] = []
    wide: list[float] = []
    sold = 0
    async with served(database, RUN_WORKERS="false") as server:
        for round_n in range(ROUNDS + 1):  # the first warms up
            half = ORDERS_A_ROUND // 2
            await _receive(database, "hot", {"HOT-0": half})
            result = await load(server.port, placements(_orders(round_n, [0]), keys["hot"]), CONNECTIONS)
            hot.append(_answered_per_s(result, half))
            sold += half
            # Every second SKU has what is asked of it, the others nothing: the same share is refused.
            first = round_n * ORDERS_A_ROUND % WIDE_SKUS
            wanted = [(first + i) % WIDE_SKUS for i in range(ORDERS_A_ROUND)]
            await _receive(database, "wide", {f"WIDE-{i}": 1 for i in wanted if i % 2 == 0})
            result = await load(server.port, placements(_orders(round_n, wanted, "wide"), keys["wide"]), CONNECTIONS)
            wide.append(_answered_per_s(result, half))
    await _check(database, sold)
    return [
        Measure("one SKU of 10,000 SKUs", ratio(hot[1:], wide[1:]), "ratio", TARGET_OF_WIDE),
        Measure("units sold beyond the stock, or left", 0, "units", 0, "lower"),
        Measure("one SKU", median(hot[1:]), "answers/s"),
        Measure("10,000 SKUs", median(wide[1:]), "answers/s"),
    ]


async def _check(database: Database, sold: int) -> None:
    """Exactly the stock was sold, and the books are right."""
    async with database.transaction("hot") as tx:
        rows = await tx.fetch("SELECT available_to_promise, promised FROM availability")
        placed = await tx.fetchval("SELECT count(*) FROM orders")
    if [tuple(row) for row in rows] != [(0, sold)] or placed != sold:
        raise AssertionError(f"{placed} orders, {[tuple(row) for row in rows]}, of {sold} units in stock")
    for merchant in ("hot", "wide"):
        async with database.transaction(merchant) as tx:
            violations = await insights.audit(tx)
        if violations:
            raise AssertionError(f"the books are wrong after the bench: {violations[:3]}")


def _answered_per_s(result: LoadResult, half: int) -> float:
    if result.statuses.get(201) != half or result.codes != {"out_of_stock": half}:
        raise AssertionError(f"half was to be placed, half refused: {result.statuses} {result.codes}")
    return result.answered / result.seconds


def _orders(round_n: int, skus: Sequence[int], merchant: str = "hot") -> list[PlaceOrder]:
    """One unit an order; SKUs in turn."""
    now = utc_now()
    code = merchant.upper()
    return [
        PlaceOrder(
            channel="web",
            external_id=f"{merchant}-{round_n}-{i}",
            currency="USD",
            placed_at=now,
            customer=Person(name="Ada Lovelace", email=f"ada{round_n}.{i}@example.com"),
            ship_to=_HOME,
            lines=[Line(sku=f"{code}-{skus[i % len(skus)]}", quantity=1, unit_price=UnitPrice(1_000, "USD"))],
            total=Amount(1_000, "USD"),
        )
        for i in range(ORDERS_A_ROUND)
    ]


async def _build(database: Database, merchant: str, skus: int) -> None:
    """One pool, one warehouse, one channel that refuses what is short, and so many SKUs."""
    await create_merchant(database, merchant, name=merchant.title())
    ctx = system_context(merchant, "bench:setup")
    code = merchant.upper()
    async with database.transaction(merchant) as tx:
        await catalog.upsert_pools(tx, ctx, [UpsertPool(code="main", name="Main")])
        place = UpsertLocation(
            code="dc", name="Warehouse", kind="warehouse", pool="main", country="US", time_zone="America/Chicago"
        )
        await catalog.upsert_locations(tx, ctx, [place])
        channel = UpsertChannel(
            code="web", name="Web", kind="storefront", currency="USD", pools=["main"], short_line_policy="reject"
        )
        await upsert_channels(tx, ctx, [channel])
    for part in chunks([UpsertSku(code=f"{code}-{i}", name=f"{code} {i}") for i in range(skus)], 1_000):
        async with database.transaction(merchant) as tx:
            await catalog.upsert_skus(tx, ctx, part)


async def _receive(database: Database, merchant: str, units: dict[str, int]) -> None:
    ctx = system_context(merchant, "bench:setup")
    async with database.transaction(merchant) as tx:
        await receive_stock(
            tx, ctx, [ReceiveStock(sku=sku, location="dc", quantity=quantity) for sku, quantity in units.items()]
        )
