"""A desk: one merchant's verbs, each in a transaction of its own, with the books audited after each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from orderwright.catalog import KitPart, SkuFacts, UpsertSku, skus_by_code, upsert_skus
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.fill_backorders import fill_backorders
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.release_orders import release_orders
from orderwright.flows.resolve_orders import resolve_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.source_orders import source_orders
from orderwright.flows.start_picks import start_picks
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import (
    FulfillmentCommand,
    FulfillmentRow,
    PackFulfillment,
    ParcelRow,
    PickFulfillment,
    RecordTracking,
    RejectFulfillment,
    ShipFulfillment,
    ShortLine,
    fulfillments_of_orders,
    parcels_of,
    shipments_of,
)
from orderwright.fulfillment.carriers import Carrier
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.insights.audit import audit
from orderwright.inventory import AdjustStock, ReceiveStock
from orderwright.orders import (
    CancelLine,
    CancelOrder,
    HoldOrder,
    PlaceOrder,
    PlaceOutcome,
    ReleaseHold,
    hold_orders,
)
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from tests.builders.catalog import Shop, a_kit, a_shop, a_sku, accepted
from tests.helpers.contexts import a_context

Verb = Callable[[Transaction, Context, Any], Awaitable[Any]]
STATES = (
    "pending", "external", "cancelled", "backordered", "promised", "allocated", "picked", "packed", "shipped",
    "delivered",
)  # fmt: skip
BUCKETS = ("available", "withheld", "allocated", "picked", "packed", "quarantine", "damaged", "in_transit")


class Desk:
    """Drives one merchant. Methods are named after the verbs and take what a test has at hand: ids and codes."""

    def __init__(self, database: Database, merchant: str = "acme", **ctx: Any) -> None:
        self.database = database
        self.merchant = merchant
        self.ctx = a_context(merchant, **ctx)

    async def run(self, verb: Verb, *args: Any, audited: bool = True) -> Any:
        """Run a verb in a transaction; then the books must be right."""
        async with self.database.transaction(self.merchant) as tx:
            result = await verb(tx, self.ctx, *args)
        if audited:
            await self.audit()
        return result

    async def audit(self) -> None:
        """Every law holds."""
        async with self.database.transaction(self.merchant) as tx:
            found = await audit(tx)
            assert found == [], found

    # ---- the catalogue ----

    async def shop(self, **fields: Any) -> Shop:
        """A pool, a channel, locations and SKUs; see `a_shop`."""
        made: Shop = await self.run(lambda tx, ctx: a_shop(tx, ctx, **fields))
        return made

    async def upsert(self, sku: UpsertSku) -> SkuFacts:
        """One SKU as it is sent."""

        async def verb(tx: Transaction, ctx: Context) -> SkuFacts:
            accepted(await upsert_skus(tx, ctx, [sku]))
            return (await skus_by_code(tx, [sku.code]))[sku.code]

        made: SkuFacts = await self.run(verb)
        return made

    async def sku(self, **fields: Any) -> SkuFacts:
        """A new SKU."""
        return await self.upsert(a_sku(**fields))

    async def kit(self, *parts: tuple[SkuFacts, int], **fields: Any) -> SkuFacts:
        """A new kit of (SKU, units in one kit)."""
        components = [KitPart(sku.code, units) for sku, units in parts]
        return await self.upsert(a_kit(**{"components": components} | fields))

    # ---- verbs ----

    async def place(self, *orders: PlaceOrder) -> list[PlaceOutcome]:
        """Place orders in one batch."""
        outcomes: list[PlaceOutcome] = await self.run(place_orders, list(orders))
        return outcomes

    async def placed(self, order: PlaceOrder) -> UUID:
        """Place an order that is taken; returns its id."""
        [outcome] = await self.place(order)
        assert outcome.code == "placed", outcome
        assert outcome.order_id is not None
        return outcome.order_id

    async def receive(self, sku: SkuFacts, at: Any, quantity: int, **fields: Any) -> Outcome:
        """Goods arrive at a location."""
        command = ReceiveStock(sku=sku.code, location=at.code, quantity=quantity, **fields)
        [outcome] = await self.run(receive_stock, [command])
        return outcome  # type: ignore[no-any-return]

    async def adjust(self, sku: SkuFacts, at: Any, delta: int, reason: Any = "count") -> Outcome:
        """Correct what is available at a location."""
        command = AdjustStock(sku=sku.code, location=at.code, delta=delta, reason=reason)
        [outcome] = await self.run(adjust_stock, [command])
        return outcome  # type: ignore[no-any-return]

    async def verify(self, *order_ids: UUID) -> dict[UUID, list[str]]:
        """The verify pump."""
        return await self.run(verify_orders, list(order_ids))  # type: ignore[no-any-return]

    async def source(self, *order_ids: UUID) -> list[str]:
        """The source pump; returns codes."""
        return [o.code for o in await self.run(source_orders, list(order_ids))]

    async def resolve(self, *order_ids: UUID) -> None:
        """The resolve pump."""
        await self.run(resolve_orders, list(order_ids))

    async def fill(self, *skus: SkuFacts) -> int:
        """The backorder pump; returns the units that were promised."""
        return await self.run(fill_backorders, [sku.id for sku in skus])  # type: ignore[no-any-return]

    async def hold(self, order_id: UUID, type: str = "manual", **fields: Any) -> str:  # noqa: A002
        """Hold an order; returns the code."""
        [outcome] = await self.run(hold_orders, [HoldOrder(order_id=order_id, type=type, **fields)])
        return outcome.code  # type: ignore[no-any-return]

    async def release_holds(self, order_id: UUID, type: str | None = None) -> Outcome:  # noqa: A002
        """Release holds of an order."""
        [outcome] = await self.run(release_orders, [ReleaseHold(order_id=order_id, type=type)])
        return outcome  # type: ignore[no-any-return]

    async def cancel(self, order_id: UUID, *lines: tuple[int, int | None], **fields: Any) -> Outcome:
        """Cancel an order, or units of its lines."""
        named = [CancelLine(line=n, quantity=units) for n, units in lines] or None
        [outcome] = await self.run(cancel_orders, [CancelOrder(order_id=order_id, lines=named, **fields)])
        return outcome  # type: ignore[no-any-return]

    async def release(self, *ids: UUID) -> list[str]:
        """Release fulfillments; returns codes."""
        commands = [FulfillmentCommand(fulfillment_id=i) for i in ids]
        return [o.code for o in await self.run(release_fulfillments, commands)]

    async def start(self, *ids: UUID) -> list[str]:
        """Begin to pick; returns codes."""
        return [o.code for o in await self.run(start_picks, [FulfillmentCommand(fulfillment_id=i) for i in ids])]

    async def pick(self, fulfillment_id: UUID, *short: tuple[int, int, int]) -> Outcome:
        """Confirm a pick, short of (line, component, missing)."""
        lines = [ShortLine(line=n, component=c, missing=m) for n, c, m in short]
        [outcome] = await self.run(pick_fulfillments, [PickFulfillment(fulfillment_id=fulfillment_id, short=lines)])
        return outcome  # type: ignore[no-any-return]

    async def reject(self, fulfillment_id: UUID, reason: Any = "other") -> str:
        """A location says no; returns the code."""
        [outcome] = await self.run(
            reject_fulfillments, [RejectFulfillment(fulfillment_id=fulfillment_id, reason=reason)]
        )
        return outcome.code  # type: ignore[no-any-return]

    async def pack(self, *ids: UUID) -> list[str]:
        """Pack fulfillments; returns codes."""
        return [
            o.code
            for o in await self.run(pack_fulfillments, [PackFulfillment(fulfillment_id=i, weight_g=500) for i in ids])
        ]

    async def label(self, *ids: UUID, carrier: Carrier | None = None) -> list[ParcelRow]:
        """Buy the labels of fulfillments; returns their parcels."""
        async with self.database.transaction(self.merchant) as tx:
            shipments = [s.id for s in (await shipments_of(tx, list(ids))).values()]
        await buy_labels(self.database, self.ctx, shipments, {"builtin": carrier or BuiltinCarrier()})
        await self.audit()
        async with self.database.transaction(self.merchant) as tx:
            return await parcels_of(tx, shipments)

    async def ship(self, *ids: UUID) -> list[str]:
        """Hand parcels to the carrier, or pick-ups to shoppers; returns codes."""
        return [o.code for o in await self.run(ship_fulfillments, [ShipFulfillment(fulfillment_id=i) for i in ids])]

    async def track(self, number: str | None, code: Any, at: datetime, **fields: Any) -> str:
        """The carrier says something; returns the code."""
        assert number is not None
        command = RecordTracking(tracking_number=number, code=code, happened_at=at, **fields)
        [outcome] = await self.run(record_tracking, [command])
        return outcome.code  # type: ignore[no-any-return]

    # ---- several verbs ----

    async def sourced(self, order: PlaceOrder) -> tuple[UUID, list[FulfillmentRow]]:
        """Place an order, verify it and source it wholly; returns its id and fulfillments."""
        order_id = await self.placed(order)
        await self.verify(order_id)
        assert await self.source(order_id) == ["sourced"]
        return order_id, await self.fulfillments(order_id)

    async def shipped(self, order: PlaceOrder) -> tuple[UUID, FulfillmentRow, ParcelRow]:
        """Bring an order that fits one parcel to the carrier."""
        order_id, [work] = await self.sourced(order)
        assert await self.release(work.id) == ["released"]
        assert (await self.pick(work.id)).code == "picked"
        assert await self.pack(work.id) == ["packed"]
        [parcel] = await self.label(work.id)
        assert await self.ship(work.id) == ["shipped"]
        return order_id, work, parcel

    # ---- what there is ----

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        """Rows of a query in the merchant's schema."""
        async with self.database.transaction(self.merchant, read_only=True) as tx:
            return await tx.fetch(sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        """The one value of a query."""
        return (await self.fetch(sql, *args))[0][0]

    async def units(self, order_id: UUID) -> dict[tuple[int, int], dict[str, int]]:
        """The quantities of an order's components that are not 0, by (line, component)."""
        rows = await self.fetch(
            f"SELECT line_n, n, {', '.join(STATES)} FROM component WHERE order_id = $1 ORDER BY 1, 2", order_id
        )
        return {(row["line_n"], row["n"]): {s: row[s] for s in STATES if row[s]} for row in rows}

    async def status(self, order_id: UUID) -> str:
        """An order's status."""
        return await self.value("SELECT status FROM orders WHERE id = $1", order_id)  # type: ignore[no-any-return]

    async def events(self, subject_id: UUID) -> list[str]:
        """The types of a subject's events, in order."""
        rows = await self.fetch("SELECT type FROM event WHERE subject_id = $1 ORDER BY seq", subject_id)
        return [row["type"] for row in rows]

    async def holds(self, order_id: UUID) -> list[str]:
        """The types of an order's open holds."""
        rows = await self.fetch(
            "SELECT type FROM hold WHERE order_id = $1 AND released_at IS NULL ORDER BY type", order_id
        )
        return [row["type"] for row in rows]

    async def stock(self, sku: SkuFacts, at: Any) -> dict[str, int]:
        """The buckets of a SKU at a location that are not 0."""
        rows = await self.fetch(
            f"SELECT {', '.join(BUCKETS)} FROM stock WHERE sku_id = $1 AND location_id = $2", sku.id, at.id
        )
        return {b: row[b] for row in rows for b in BUCKETS if row[b]}

    async def atp(self, sku: SkuFacts, pool_id: UUID) -> tuple[int, int, int]:
        """(available to promise, promised, backordered) of a SKU in a pool."""
        rows = await self.fetch(
            "SELECT available_to_promise, promised, backordered FROM availability WHERE sku_id = $1 AND pool_id = $2",
            sku.id,
            pool_id,
        )
        return tuple(rows[0]) if rows else (0, 0, 0)

    async def fulfillments(self, order_id: UUID) -> list[FulfillmentRow]:
        """An order's fulfillments, oldest first."""
        async with self.database.transaction(self.merchant, read_only=True) as tx:
            return await fulfillments_of_orders(tx, [order_id])

    async def states(self, order_id: UUID) -> list[str]:
        """The states of an order's fulfillments, oldest first."""
        return [row.state for row in await self.fulfillments(order_id)]

    async def queue(self, stage: str) -> set[UUID]:
        """What waits for a stage."""
        return {row["subject_id"] for row in await self.fetch("SELECT subject_id FROM work WHERE stage = $1", stage)}

    async def counts(self, *tables: str) -> dict[str, int]:
        """How many rows tables have."""
        return {table: await self.value(f"SELECT count(*) FROM {table}") for table in tables}


def codes(outcomes: Sequence[Any]) -> list[str]:
    """The codes of outcomes."""
    return [outcome.code for outcome in outcomes]
