"""Every verb in any order on two merchants: after each step the books of both are right.

Hypothesis makes up examples of `STEPS` steps each; when the books are wrong it looks for the shortest way there and
prints it. The examples are the same in each run (derandomized), so that a change is judged by the same orders of
things as the one before it; to look further, raise EXAMPLES or set ORDERWRIGHT_MACHINE_EXAMPLES, which also takes
other examples each time. About 30 ms a step, two audits included: 45 x 35 steps take about a minute.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.release_fulfillments import release_fulfillments, start_picks
from orderwright.flows.release_orders import release_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import (
    FulfillmentCommand,
    FulfillmentRow,
    PackFulfillment,
    PickFulfillment,
    RecordTracking,
    RejectFulfillment,
    ShortLine,
    fulfillments_of_orders,
    read_allocations,
)
from orderwright.inventory import AdjustStock, ExpectSupply, ReceiveStock
from orderwright.orders import CancelLine, CancelOrder, HoldOrder, PlaceOrder, ReleaseHold, hold_orders
from orderwright.orders.contract import Line, ReportedPayment
from orderwright.platform.embedded import EmbeddedServer
from orderwright.platform.events import sequence_events
from orderwright.platform.ids import UUID, encode_id
from tests.builders.orders import a_line, an_order
from tests.helpers.contexts import MERCHANTS
from tests.helpers.databases import connect
from tests.machine.world import (
    CHANNELS,
    DUE,
    LOCATIONS,
    POOLS,
    SKUS,
    STAGES,
    STOCKED,
    Merchant,
    World,
    at,
    mend_catalogue,
)

EXAMPLES = 45
STEPS = 35
LOOKING_FURTHER = os.environ.get("ORDERWRIGHT_MACHINE_EXAMPLES")
SETTINGS = settings(
    max_examples=int(LOOKING_FURTHER or EXAMPLES),
    stateful_step_count=STEPS,
    derandomize=LOOKING_FURTHER is None,
    database=None,
    deadline=None,
    print_blob=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)

WHO = st.integers(0, 1)
NTH = st.integers(0, 9)
UNITS = st.integers(1, 5)
LINES = st.lists(st.tuples(st.sampled_from(SKUS), UNITS, st.sampled_from((None, None, None, *LOCATIONS))), min_size=1, max_size=3)
SEVERAL = st.lists(NTH, min_size=1, max_size=3, unique=True)


class Books(RuleBasedStateMachine):
    """The verbs of two merchants."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        world.reset()

    # ---- stock ----

    @initialize(units=st.lists(st.integers(0, 6), min_size=16, max_size=16))
    def stock_up(self, units: list[int]) -> None:
        """What lies where at first."""
        left = iter(units)
        for who in (0, 1):
            commands = [
                ReceiveStock(sku=sku, location=location, quantity=quantity)
                for sku in STOCKED
                for location in LOCATIONS
                if (quantity := next(left))
            ]
            self.run(who, receive_stock, commands)

    @rule(who=WHO, sku=st.sampled_from(STOCKED), location=st.sampled_from(LOCATIONS), units=UNITS, supply=NTH)
    def receive(self, who: int, sku: str, location: str, units: int, supply: int) -> None:
        """Goods arrive, now and then as a dated supply."""
        ids = self.column(who, "SELECT id FROM supply ORDER BY id")
        named = encode_id("sup", ids[supply]) if supply < len(ids) else None
        self.run(who, receive_stock, [ReceiveStock(sku=sku, location=location, quantity=units, supply=named)])

    @rule(who=WHO, sku=st.sampled_from(STOCKED), location=st.sampled_from(LOCATIONS), delta=st.integers(-12, 3))
    def adjust(self, who: int, sku: str, location: str, delta: int) -> None:
        """Something was miscounted, or lost: more than is available, at times."""
        self.run(who, adjust_stock, [AdjustStock(sku=sku, location=location, delta=delta, reason="count")])

    @rule(who=WHO, sku=st.sampled_from(STOCKED), pool=st.sampled_from(POOLS), units=UNITS)
    def expect(self, who: int, sku: str, pool: str, units: int) -> None:
        """Goods are on their way."""
        self.run(who, expect_supply, [ExpectSupply(sku=sku, pool=pool, quantity=units, due_on=DUE)])

    @rule(who=WHO)
    def mend(self, who: int) -> None:
        """Unknown and inactive SKUs are sold from now on."""
        self.run(who, mend_catalogue)

    # ---- orders ----

    @rule(who=WHO, channel=st.sampled_from(CHANNELS), lines=LINES, paid=st.booleans(), priority=st.integers(0, 1))
    def place(self, who: int, channel: str, lines: list[Any], paid: bool, priority: int) -> None:
        """An order, of several lines, some of them to be picked up; at the till they leave at once."""
        self.place_all(who, [self.order(channel, lines, paid, priority)])

    @rule(who=WHO, batch=st.lists(st.tuples(st.sampled_from(CHANNELS), LINES, st.booleans()), min_size=2, max_size=4))
    def place_batch(self, who: int, batch: list[Any]) -> None:
        """Several orders at once."""
        self.place_all(who, [self.order(*one, 0) for one in batch])

    @rule(who=WHO, nth=NTH)
    def place_again(self, who: int, nth: int) -> None:
        """A channel repeats itself."""
        sent = self.merchant(who).sent
        if sent:
            before = self.world.do(self.merchant(who).desk.counts("orders"))
            outcomes = self.run(who, place_orders, [sent[nth % len(sent)]] * 2)
            assert len({o.order_id for o in outcomes}) == 1
            if all(o.code == "replayed" for o in outcomes):
                assert self.world.do(self.merchant(who).desk.counts("orders")) == before

    @rule(who=WHO, nth=NTH, lines=st.none() | st.lists(st.tuples(st.integers(1, 3), st.none() | UNITS), min_size=1, max_size=2))
    def cancel(self, who: int, nth: int, lines: list[tuple[int, int | None]] | None) -> None:
        """A shopper thinks better of it, or of part of it."""
        named = [CancelLine(line=n, quantity=units) for n, units in lines] if lines is not None else None
        for order_id in self.orders(who, nth):
            self.run(who, cancel_orders, [CancelOrder(order_id=order_id, lines=named)])

    @rule(who=WHO, nth=SEVERAL)
    def cancel_several(self, who: int, nth: list[int]) -> None:
        """Several orders are cancelled at once."""
        self.run(who, cancel_orders, [CancelOrder(order_id=order_id) for order_id in self.orders(who, *nth)])

    @rule(who=WHO, nth=NTH, blocks=st.lists(st.sampled_from(("source", "release", "ship")), min_size=1, unique=True))
    def hold(self, who: int, nth: int, blocks: list[Any]) -> None:
        """Somebody stops an order."""
        for order_id in self.orders(who, nth):
            self.run(who, hold_orders, [HoldOrder(order_id=order_id, blocks=blocks)])

    @rule(who=WHO, nth=NTH, kind=st.sampled_from((None, None, "manual", "out_of_stock")))
    def release_holds(self, who: int, nth: int, kind: str | None) -> None:
        """Somebody lets an order go on."""
        held = self.column(who, "SELECT DISTINCT order_id FROM hold WHERE released_at IS NULL ORDER BY 1")
        for order_id in held[nth % len(held) :][:1] if held else []:
            self.run(who, release_orders, [ReleaseHold(order_id=order_id, type=kind)])

    # ---- stages ----

    @rule(who=WHO, stage=st.sampled_from(STAGES), most=st.integers(1, 5))
    def pump(self, who: int, stage: str, most: int) -> None:
        """A worker takes some of what waits for its stage."""
        queue = self.world.do(self.merchant(who).queue(stage))
        if queue:
            self.world.do(self.merchant(who).pump(stage, queue[:most]))

    @rule(who=WHO)
    def pump_all(self, who: int) -> None:
        """Workers take all that waits, stage after stage."""
        for stage in STAGES:
            queue = self.world.do(self.merchant(who).queue(stage))
            if queue:
                self.world.do(self.merchant(who).pump(stage, queue))

    @rule(who=WHO, nth=SEVERAL)
    def source_unasked(self, who: int, nth: list[int]) -> None:
        """Sourcing and verifying what nobody queued changes nothing that is right."""
        for stage in ("source", "resolve"):
            self.world.do(self.merchant(who).pump(stage, self.orders(who, *nth)))

    @rule(who=WHO)
    def number_events(self, who: int) -> None:
        """The sequencer passes."""
        self.run(who, lambda tx, _ctx: sequence_events(tx))

    # ---- fulfillments ----

    @rule(who=WHO, nth=SEVERAL, any_state=st.booleans())
    def release(self, who: int, nth: list[int], any_state: bool) -> None:
        """Fulfillments go on their locations' lists."""
        found = self.fulfillments(who, nth, *([] if any_state else ["open"]))
        self.run(who, release_fulfillments, [FulfillmentCommand(fulfillment_id=f.id) for f in found])

    @rule(who=WHO, nth=SEVERAL, any_state=st.booleans())
    def start(self, who: int, nth: list[int], any_state: bool) -> None:
        """Somebody begins to pick."""
        found = self.fulfillments(who, nth, *([] if any_state else ["released"]))
        self.run(who, start_picks, [FulfillmentCommand(fulfillment_id=f.id) for f in found])

    @rule(who=WHO, nth=SEVERAL, missing=st.lists(st.integers(0, 4), min_size=4, max_size=4))
    def pick(self, who: int, nth: list[int], missing: list[int]) -> None:
        """Picks are confirmed, some of them short."""
        found = self.fulfillments(who, nth, "released", "picking")
        allocations = self.run(who, lambda tx, _ctx: read_allocations(tx, [f.id for f in found]))
        commands = []
        for work in found:
            lacks = [min(m - 2, a.quantity) for m, a in zip(missing, allocations[work.id], strict=False)]
            short = [
                ShortLine(line=a.line_n, component=a.component_n, missing=units)
                for units, a in zip(lacks, allocations[work.id], strict=False)
                if units > 0
            ]
            commands.append(PickFulfillment(fulfillment_id=work.id, short=short))
        self.run(who, pick_fulfillments, commands)

    @rule(who=WHO, nth=SEVERAL)
    def pick_whole(self, who: int, nth: list[int]) -> None:
        """Picks are confirmed."""
        found = self.fulfillments(who, nth, "released", "picking")
        self.run(who, pick_fulfillments, [PickFulfillment(fulfillment_id=f.id) for f in found])

    @rule(who=WHO, nth=NTH, reason=st.sampled_from(("out_of_stock", "no_capacity", "damaged")), any_state=st.booleans())
    def reject(self, who: int, nth: int, reason: Any, any_state: bool) -> None:
        """A location says no."""
        found = self.fulfillments(who, [nth], *([] if any_state else ["open", "released", "picking"]))
        self.run(who, reject_fulfillments, [RejectFulfillment(fulfillment_id=f.id, reason=reason) for f in found])

    @rule(who=WHO, nth=SEVERAL)
    def pack(self, who: int, nth: list[int]) -> None:
        """Parcels are packed."""
        found = self.fulfillments(who, nth, "picked")
        self.run(who, pack_fulfillments, [PackFulfillment(fulfillment_id=f.id, weight_g=500) for f in found])

    @rule(who=WHO, nth=SEVERAL)
    def ship(self, who: int, nth: list[int]) -> None:
        """Parcels leave, and pick-ups are handed over."""
        found = self.fulfillments(who, nth, "packed")
        self.run(who, ship_fulfillments, [FulfillmentCommand(fulfillment_id=f.id) for f in found])

    @rule(
        who=WHO,
        said=st.lists(
            st.tuples(NTH, st.sampled_from(("accepted", "in_transit", "exception", "delivered")), st.integers(0, 4)),
            min_size=1, max_size=3,
        ),
    )  # fmt: skip
    def track(self, who: int, said: list[Any]) -> None:
        """The carrier speaks, late and twice at times."""
        sql = "SELECT tracking_number FROM parcel WHERE tracking_number IS NOT NULL ORDER BY id"
        numbers = self.column(who, sql)
        commands = [
            RecordTracking(tracking_number=numbers[nth % len(numbers)], code=code, happened_at=at(minutes))
            for nth, code, minutes in said
            if numbers
        ]
        self.run(who, record_tracking, commands)

    # ---- what must hold ----

    @invariant()
    def books_are_right(self) -> None:
        """Every law holds for both merchants."""
        assert self.world.audit() == []

    def teardown(self) -> None:
        """Nothing is stuck: with stock for everybody and all holds released, the workers finish every order."""
        if self.finishing:
            for merchant in self.world.merchants:
                self.world.do(finish(merchant))
            assert self.world.audit() == []
        super().teardown()

    # ---- helpers ----

    finishing = True

    def merchant(self, who: int) -> Merchant:
        """One of the two."""
        return self.world.merchants[who]

    def run(self, who: int, verb: Any, *args: Any) -> Any:
        """A verb of one merchant, in a transaction of its own."""
        return self.world.do(self.merchant(who).run(verb, *args))

    def column(self, who: int, sql: str) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in self.world.do(self.merchant(who).desk.fetch(sql))]

    def orders(self, who: int, *nth: int) -> list[UUID]:
        """Some of the orders, newest first."""
        ids = self.column(who, "SELECT id FROM orders ORDER BY number DESC")
        return list(dict.fromkeys(ids[n % len(ids)] for n in nth if ids))

    def fulfillments(self, who: int, nth: list[int], *states: str) -> list[FulfillmentRow]:
        """Some of the fulfillments in some states, or in any."""
        ids = self.column(who, "SELECT id FROM orders ORDER BY number")
        rows = self.run(who, lambda tx, _ctx: fulfillments_of_orders(tx, ids))
        found = [row for row in rows if not states or row.state in states]
        return list({row.id: row for n in nth if found for row in [found[n % len(found)]]}.values())

    @staticmethod
    def order(channel: str, lines: list[Any], paid: bool, priority: int) -> PlaceOrder:
        """An order as a channel sends it. What leaves a till does so at the shop."""
        made: list[Line] = []
        for sku, units, location in lines:
            place = "SHOP" if channel == "till" and location is not None else location
            where = {"location": place, "delivery": "pickup"} if place is not None and sku != "FILE" else {}
            made.append(a_line(sku, units, **where))
        order = an_order(channel, made, priority=priority)
        payments = [ReportedPayment(method="card", state="captured", amount=order.total)] if paid else []
        return an_order(channel, made, priority=priority, payments=payments)

    def place_all(self, who: int, orders: list[PlaceOrder]) -> None:
        """Place orders, and remember them."""
        outcomes = self.run(who, place_orders, orders)
        assert len(outcomes) == len(orders)
        self.merchant(who).sent.extend(orders)


async def finish(merchant: Merchant) -> None:
    """Bring plenty, release every hold, and let workers and warehouse do what stands in their lists."""
    desk = merchant.desk
    await merchant.run(mend_catalogue)
    plenty = [ReceiveStock(sku=s, location=w, quantity=500) for s in (*STOCKED, "GHOST", "OLD") for w in LOCATIONS]
    await merchant.run(receive_stock, plenty)
    for _ in range(4):
        held = [r[0] for r in await desk.fetch("SELECT DISTINCT order_id FROM hold WHERE released_at IS NULL")]
        await merchant.run(release_orders, [ReleaseHold(order_id=order_id) for order_id in held])
        for stage in STAGES:
            queue = await merchant.queue(stage)
            if queue:
                await merchant.pump(stage, queue)
        works = await desk.fetch("SELECT id, state FROM fulfillment ORDER BY id")
        by_state = {s: [w["id"] for w in works if w["state"] == s] for s in ("released", "picking", "picked", "packed")}
        picks = by_state["released"] + by_state["picking"]
        await merchant.run(pick_fulfillments, [PickFulfillment(fulfillment_id=i) for i in picks])
        await merchant.run(pack_fulfillments, [PackFulfillment(fulfillment_id=i) for i in by_state["picked"]])
        await merchant.run(ship_fulfillments, [FulfillmentCommand(fulfillment_id=i) for i in by_state["packed"]])
    # Where every location of its pool has said no, an order waits for a person.
    left = await desk.fetch(
        "SELECT o.number, o.status FROM orders AS o WHERE o.status NOT IN ('shipped', 'delivered', 'cancelled')"
        " AND NOT EXISTS (SELECT 1 FROM sourcing_exclusion AS x WHERE x.order_id = o.id) ORDER BY 1"
    )
    assert [tuple(row) for row in left] == []


@pytest.fixture(scope="module")
def world(server: EmbeddedServer, template: str) -> Iterator[World]:
    """A database of its own, on an event loop of its own: Hypothesis calls its steps from ordinary functions."""
    loop = asyncio.new_event_loop()

    async def administer(*statements: str) -> None:
        admin = await asyncpg.connect(server.dsn("postgres"))
        for statement in statements:
            await admin.execute(statement)
        await admin.close()

    loop.run_until_complete(administer(f"CREATE DATABASE machine TEMPLATE {template}"))
    database = loop.run_until_complete(connect(server.dsn("machine")))
    yield World.make(loop, database, MERCHANTS)
    loop.run_until_complete(database.close())
    loop.run_until_complete(administer("DROP DATABASE machine WITH (FORCE)"))
    loop.close()


def test_the_books_are_right_after_any_verbs_in_any_order(world: World) -> None:
    run_state_machine_as_test(lambda: Books(world), settings=SETTINGS)
