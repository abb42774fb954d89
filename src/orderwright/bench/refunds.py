"""`orderwright bench refunds`: prepaid orders that are cancelled, and goods that come back, bring their money back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from statistics import median

from orderwright import insights
from orderwright.bench.crew import Crew
from orderwright.bench.harness import Measure, calibrate, emit, progress, throwaway_database
from orderwright.bench.world import build_world, chunks
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_returns import request_returns
from orderwright.flows.stages import stages
from orderwright.orders import CancelOrder, PlaceOrder
from orderwright.orders.contract import Address, Amount, Line, ReportedPayment, UnitPrice
from orderwright.payments import Ask, AskKind
from orderwright.payments.providers.builtin import BuiltinProvider
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.memory import settle_memory
from orderwright.platform.pumps import drain
from orderwright.platform.pumps.stages import Stage, pump
from orderwright.returns import (
    CountedItem,
    InspectedItem,
    InspectReturn,
    ReceiveReturn,
    RequestedLine,
    RequestReturn,
)

ORDERS = 10_000
BATCH = 500
ROUNDS = 5
PRICE_MINOR = 1_999
TARGET_PER_S = 1_000
_HOME = Address(
    country="US", name="A Shopper", line1="1 Main St", city="Springfield", region="IL", postal_code="62701"
)  # fmt: skip
_REFUNDED = "SELECT count(*) FROM payment WHERE refunded_minor = captured_minor AND captured_minor > 0"


async def bench_refunds(*, as_json: bool = False) -> bool:
    """Rounds of refunds against the built-in provider; True when the target was met.

    Measured: the settle stage (what is owed to whom) and the pay stage (ask, and write the answers), by one worker,
    with the provider's own writes. The cancellations that lead to it are not; of returns, all is measured from the
    moment in which somebody says what was found (inspected, restocked, credited, settled, refunded).
    """
    before = calibrate()
    async with throwaway_database() as database:
        measures = await _measure(database)
    emit("refunds", measures, before, calibrate(), as_json)
    return all(measure.met is not False for measure in measures)


async def _measure(database: Database) -> list[Measure]:
    progress("building a merchant")
    ctx = await build_world(database, "acme")
    provider = BuiltinProvider(database, webhook_secret=secrets.token_bytes(32))
    working = {s.name: s for s in stages(providers={"builtin": provider}, batch=BATCH)}
    rates: list[float] = []
    returned: list[float] = []
    for n in range(ROUNDS):
        progress(f"round {n + 1} of {ROUNDS}: placing and cancelling {ORDERS // ROUNDS:,} prepaid orders")
        for size in _sizes(ORDERS // ROUNDS):
            await _cancelled(database, ctx, provider, size)
        settle_memory()
        paying = [working["settle"], working["pay"]]
        rates.append(await _refunds_per_s(database, ctx, paying, ORDERS // ROUNDS))
        progress(f"round {n + 1} of {ROUNDS}: shipping {ORDERS // ROUNDS:,} orders, and taking them back")
        here: list[InspectReturn] = []
        for size in _sizes(ORDERS // ROUNDS):
            here += await _returned(database, ctx, provider, list(working.values()), size)
        settle_memory()
        returned.append(await _refunds_per_s(database, ctx, paying, ORDERS // ROUNDS, chunks(here, BATCH)))
    async with database.transaction("acme") as tx:
        violations = await insights.audit(tx)
    if violations:
        raise AssertionError(f"the books are wrong after the bench: {violations[:3]}")
    return [
        Measure("refunds of cancelled orders", median(rates), "refunds/s", TARGET_PER_S),
        Measure("slowest round", min(rates), "refunds/s"),
        Measure("refunds of returns", median(returned), "refunds/s", TARGET_PER_S),
        Measure("slowest round of returns", min(returned), "refunds/s"),
        Measure("orders refunded, of each", float(ORDERS), "orders"),
    ]


def _sizes(count: int) -> list[int]:
    return [len(part) for part in chunks(range(count), BATCH)]


async def _cancelled(database: Database, ctx: Context, provider: BuiltinProvider, count: int) -> None:
    """Orders whose cards were charged at checkout, and that are cancelled."""
    order_ids = await _placed(database, ctx, provider, count)
    async with database.transaction(ctx.merchant) as tx:
        await cancel_orders(tx, ctx, [CancelOrder(order_id=order_id) for order_id in order_ids])


async def _returned(
    database: Database, ctx: Context, provider: BuiltinProvider, working: Sequence[Stage], count: int
) -> list[InspectReturn]:
    """Orders that were shipped and came back; somebody is to look at them."""
    crew = Crew(database, ctx)
    order_ids = await _placed(database, ctx, provider, count)
    await drain(database, ctx.merchant, working)
    while await crew.pick_and_pack():
        pass
    await drain(database, ctx.merchant, working)
    while await crew.ship():
        pass
    await drain(database, ctx.merchant, working)
    line = [RequestedLine(line=1, quantity=1)]
    async with database.transaction(ctx.merchant) as tx:
        commands = [RequestReturn(order_id=i, lines=line, method="drop_off") for i in order_ids]
        made = [o.id for o in await request_returns(tx, ctx, commands) if o.id is not None and o.ok]
        sold = dict(await tx.fetch("SELECT order_id, sku_code FROM order_line WHERE order_id = ANY ($1)", order_ids))
        skus = [sold[i] for i in order_ids]
    if len(made) != count:
        raise AssertionError(f"{len(made)} of {count} orders could come back")
    parcels = zip(made, skus, strict=True)
    async with database.transaction(ctx.merchant) as tx:
        received = [ReceiveReturn(return_id=i, items=[CountedItem(sku=sku, quantity=1)]) for i, sku in parcels]
        await receive_returns(tx, ctx, received)
    found = zip(made, skus, strict=True)
    return [InspectReturn(return_id=i, items=[InspectedItem(sku=sku, quantity=1)]) for i, sku in found]


async def _placed(database: Database, ctx: Context, provider: BuiltinProvider, count: int) -> list[UUID]:
    """Orders whose cards were charged at checkout."""
    asks = [
        Ask(encode_id("prq", key), "checkout", AskKind.AUTHORIZE, PRICE_MINOR, "USD", token="tok_ok")
        for key in new_ids(count)
    ]
    said = await provider.authorize(ctx.merchant, asks)
    references = [answer.standing.reference for answer in said if answer.standing is not None]
    captures = [
        Ask(encode_id("prq", key), "checkout", AskKind.CAPTURE, PRICE_MINOR, "USD", reference)
        for key, reference in zip(new_ids(count), references, strict=True)
    ]
    await provider.capture(ctx.merchant, captures)
    async with database.transaction(ctx.merchant) as tx:
        codes = [row["code"] for row in await tx.fetch("SELECT code FROM sku WHERE kind = 'stocked' LIMIT 500")]
        [(channel,)] = await tx.fetch("SELECT code FROM channel WHERE currency = 'USD' ORDER BY code LIMIT 1")
        orders = [_order(channel, codes[i % len(codes)], reference) for i, reference in enumerate(references)]
        placed = await place_orders(tx, ctx, orders)
    return [outcome.order_id for outcome in placed if outcome.order_id is not None]


def _order(channel: str, sku: str, reference: str) -> PlaceOrder:
    amount = Amount(PRICE_MINOR, "USD")
    paid = ReportedPayment(method="card", state="captured", amount=amount, provider="builtin", reference=reference)
    line = Line(sku=sku, quantity=1, unit_price=UnitPrice(PRICE_MINOR, "USD"))
    return PlaceOrder(
        channel=channel, external_id=reference, currency="USD", placed_at=utc_now(), lines=[line], total=amount,
        payments=[paid], ship_to=_HOME,
    )  # fmt: skip


async def _refunds_per_s(
    database: Database,
    ctx: Context,
    working: Sequence[Stage],
    expected: int,
    looked_at: Sequence[Sequence[InspectReturn]] = (),
) -> float:
    """Refunds a second by one worker, from the first batch (of returns that are looked at, if there are any) until the
    last answer is written."""
    async with database.transaction("acme") as tx:
        first = int((await tx.fetch(_REFUNDED))[0][0])
    started = time.perf_counter()
    for batch in looked_at:
        async with database.transaction("acme") as tx:
            await inspect_returns(tx, ctx, batch)
    for stage in working:
        while await pump(database, "acme", stage):
            pass
    elapsed = time.perf_counter() - started
    async with database.transaction("acme") as tx:
        done = int((await tx.fetch(_REFUNDED))[0][0]) - first
    if done != expected:
        raise AssertionError(f"{done} of {expected} orders were refunded")
    return done / elapsed
