"""Every verb in any order on two merchants: after each step the books of both are right, and nothing is stuck at last.

Hypothesis makes up EXAMPLES examples of STEPS moves each; when the books are wrong it looks for the shortest way there
(which may take minutes) and prints it. A move takes about 20 ms with its two audits, an example with its end about a
second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from orderwright.catalog import CloseLocation, MoveLocation, OpenLocation
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.close_locations import close_locations
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.move_locations import move_locations
from orderwright.flows.move_units import move_units, preview_moves
from orderwright.flows.open_locations import open_locations
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.release_orders import release_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.start_picks import start_picks
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.fulfillment import (
    FulfillmentCommand,
    FulfillmentRow,
    MoveUnits,
    PackedParcel,
    PackedUnits,
    PackFulfillment,
    PickFulfillment,
    RecordTracking,
    RejectFulfillment,
    ShipFulfillment,
    ShortLine,
    UnitsToMove,
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
from tests.machine.machines import Moves, machine_settings, move, own_database
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
    careful,
    let_a_day_pass,
    mend_catalogue,
)

EXAMPLES = 28
STEPS = 35
SETTINGS = machine_settings(EXAMPLES, STEPS)

WHO = st.sampled_from((0, 0, 0, 1))
NTH = st.integers(0, 9)
UNITS = st.integers(1, 5)
SKU = st.sampled_from(STOCKED)
LOCATION = st.sampled_from(LOCATIONS)
PLACES = st.lists(LOCATION, min_size=1, max_size=2)
LINE = st.tuples(st.sampled_from((*STOCKED, *SKUS)), UNITS, st.sampled_from((None, None, None, *LOCATIONS)))
ORDER = st.tuples(
    st.sampled_from((*CHANNELS, "waits")), st.lists(LINE, min_size=1, max_size=3), st.booleans(), st.integers(0, 1)
)
BATCH = st.lists(ORDER, min_size=1, max_size=4)
SEVERAL = st.lists(NTH, min_size=1, max_size=3, unique=True)
SOME_LINES = st.lists(st.tuples(st.integers(1, 3), st.none() | UNITS), min_size=1, max_size=2)
MISSING = st.lists(st.integers(0, 5), min_size=1, max_size=4)
STEPS_OF_HOLDS = ("source", "release", "ship")
BEFORE = {  # the states that a step on a fulfillment asks for
    "release": ("open",),
    "start": ("released",),
    "pick": ("released", "picking"),
    "pick_short": ("released", "picking"),
    "reject": ("open", "released", "picking"),
    "pack": ("picked",),
    "label": ("packed",),
    "ship": ("packed",),
}
FLOOR = tuple(BEFORE)
SAID = st.lists(
    st.tuples(NTH, st.sampled_from(("accepted", "in_transit", "exception", "delivered")), st.integers(0, 4)),
    min_size=1,
    max_size=3,
)


class Books(Moves):
    """The verbs of two merchants."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        world.reset()

    # ---- the opening ----

    @initialize(units=st.lists(st.integers(0, 6), min_size=16, max_size=16), batch=BATCH, depth=st.integers(0, 12))
    def open(self, units: list[int], batch: list[Any], depth: int) -> None:
        """What lies where at first, and orders at work in the first merchant's warehouses."""
        left = iter(units)
        for who in (0, 1):
            commands = [
                ReceiveStock(sku=sku, location=location, quantity=quantity)
                for sku in STOCKED
                for location in LOCATIONS
                if (quantity := next(left))
            ]
            self.run(who, receive_stock, commands)
            self.place_all(who, [self.order(*one) for one in batch])
        for _ in range(depth % 3 + 1):
            self.pump(0, STAGES, 9)
        for step in ("pick", "pack", "label", "ship")[: max(0, depth - 6)]:
            self.work(0, step, [0, 1], [0])

    # ---- stock ----

    @move(who=WHO, sku=SKU, location=LOCATION, delta=st.integers(-6, 6), supply=NTH, arrival=st.booleans())
    def move_stock(self, who: int, sku: str, location: str, delta: int, supply: int, arrival: bool) -> None:
        """Goods arrive, now and then as a dated supply; or are miscounted or lost: more than is available, at times."""
        if arrival:
            ids = self.column(who, "SELECT id FROM supply ORDER BY id")
            named = encode_id("sup", ids[supply]) if supply < len(ids) else None
            command = ReceiveStock(sku=sku, location=location, quantity=max(1, delta), supply=named)
            self.run(who, receive_stock, [command])
        else:
            if delta < -3:  # all that is available, and some that is allocated
                sql = (
                    "SELECT t.available FROM stock AS t JOIN sku AS s ON s.id = t.sku_id"
                    " JOIN location AS l ON l.id = t.location_id WHERE s.code = $1 AND l.code = $2"
                )
                delta += 3 - sum(self.column(who, sql, sku, location))
            self.run(who, adjust_stock, [AdjustStock(sku=sku, location=location, delta=delta or 1, reason="count")])

    @move(who=WHO, sku=SKU, pool=st.sampled_from(POOLS), units=UNITS, mend=st.integers(0, 3))
    def change_supply(self, who: int, sku: str, pool: str, units: int, mend: int) -> None:
        """Goods are on their way; or unknown and inactive SKUs are sold from now on, and some lie in the shop."""
        if mend == 3:
            self.run(who, mend_catalogue)
            goods = [ReceiveStock(sku=code, location="SHOP", quantity=units) for code in ("GHOST", "OLD")]
            self.run(who, receive_stock, goods)
        else:
            self.run(who, expect_supply, [ExpectSupply(sku=sku, pool=pool, quantity=units, due_on=DUE)])

    @move(who=WHO, locations=PLACES, what=st.sampled_from(("close", "open", "move")), pool=st.sampled_from(POOLS))
    def change_places(self, who: int, locations: list[str], what: str, pool: str) -> None:
        """Locations close, open again, or go to another pool."""
        if what == "move":
            self.run(who, move_locations, [MoveLocation(location=code, pool=pool) for code in locations])
        elif what == "close":
            self.run(who, close_locations, [CloseLocation(location=code) for code in locations])
        else:
            self.run(who, open_locations, [OpenLocation(location=code) for code in locations])

    @move(who=WHO, buffer=st.integers(0, 3), pools=st.sampled_from((POOLS, POOLS[:1], POOLS[1:])), day=st.booleans())
    def change_rules(self, who: int, buffer: int, pools: Sequence[str], day: bool) -> None:
        """A channel keeps more or less, and sells from other pools; or a day passes."""
        if day:
            self.run(who, let_a_day_pass)
        else:
            self.run(who, upsert_channels, [careful(*pools, buffer=buffer)])

    # ---- orders ----

    @move(who=WHO, batch=BATCH)
    def place(self, who: int, batch: list[Any]) -> None:
        """Orders of several lines, some of them to be picked up; at the till they leave at once."""
        self.place_all(who, [self.order(*one) for one in batch])

    @move(who=WHO, nth=NTH)
    def place_again(self, who: int, nth: int) -> None:
        """A channel repeats itself: what is here already is not placed again."""
        merchant = self.merchant(who)
        if merchant.sent:
            sent = merchant.sent[nth % len(merchant.sent)]
            outcomes = self.run(who, place_orders, [sent] * 2)
            assert outcomes[1].order_id == outcomes[0].order_id
            ids = self.column(who, "SELECT order_id FROM order_identity WHERE external_id = $1", sent.external_id)
            assert ids == [o.order_id for o in outcomes[:1] if o.order_id is not None]

    @move(who=WHO, nth=SEVERAL, lines=st.none() | SOME_LINES)
    def cancel(self, who: int, nth: list[int], lines: list[tuple[int, int | None]] | None) -> None:
        """Shoppers think better of it, or of part of it."""
        named = [CancelLine(line=n, quantity=units) for n, units in lines] if lines is not None else None
        commands = [CancelOrder(order_id=order_id, lines=named) for order_id in self.orders(who, *nth)]
        self.run(who, cancel_orders, commands)

    @move(who=WHO, nth=NTH, blocks=st.lists(st.sampled_from(STEPS_OF_HOLDS), max_size=3, unique=True))
    def hold_or_release(self, who: int, nth: int, blocks: list[Any]) -> None:
        """Somebody stops an order before some steps, or lets a held one go on."""
        if blocks:
            commands = [HoldOrder(order_id=order_id, blocks=blocks) for order_id in self.orders(who, nth)]
            self.run(who, hold_orders, commands)
        else:
            held = self.column(who, "SELECT order_id FROM hold WHERE released_at IS NULL ORDER BY id")
            commands = [ReleaseHold(order_id=order_id) for order_id in held[nth % max(1, len(held)) :][:1]]
            self.run(who, release_orders, commands)

    @move(2, who=WHO, nth=SEVERAL, to=LOCATION, units=UNITS, waiting=st.booleans())
    def move_units(self, who: int, nth: list[int], to: str, units: int, waiting: bool) -> None:
        """Somebody chooses where units leave from, as the preview said: those that wait, or that are allocated."""
        commands = []
        for order_id in self.orders(who, *nth):
            entries = self.movable(who, order_id, units, waiting=waiting)
            if entries:
                commands.append(MoveUnits(order_id=order_id, to=to, units=entries))
        seen = self.run(who, preview_moves, commands)
        done = self.run(who, move_units, commands)
        for before, after in zip(seen, done, strict=True):
            details = {name: said for name, said in after.details.items() if name not in ("fulfillment_id", "note_id")}
            told = {"moved": "previewed"}.get(after.code, after.code)
            assert (before.code, before.details) == (told, details), (before, after)

    def movable(self, who: int, order_id: UUID, units: int, *, waiting: bool) -> list[UnitsToMove]:
        """Up to so many units of each part of an order, and now and then of what cannot be moved."""
        if waiting:
            sql = "SELECT line_n, component_n, sum(quantity)::int FROM promise WHERE order_id = $1 GROUP BY 1, 2"
            found = [(*row, None) for row in self.world.do(self.merchant(who).desk.fetch(sql, order_id))]
        else:
            works = self.run(who, lambda tx, _ctx: fulfillments_of_orders(tx, [order_id]))
            rows = self.run(who, lambda tx, _ctx: read_allocations(tx, [work.id for work in works]))
            found = [
                (a.line_n, a.component_n, a.quantity, encode_id("ful", a.fulfillment_id))
                for of_work in rows.values()
                for a in of_work
                if a.quantity
            ]
        return [
            UnitsToMove(line=n, component=c, quantity=min(units, there), fulfillment=work)
            for n, c, there, work in found[:2]
        ]

    # ---- stages ----

    @move(who=WHO, stages=st.lists(st.sampled_from(STAGES), min_size=1, max_size=3), most=st.integers(1, 5))
    def pump(self, who: int, stages: Sequence[str], most: int) -> None:
        """Workers take some of what waits for their stages."""
        for stage in stages:
            queue = self.world.do(self.merchant(who).queue(stage))
            if queue:
                self.world.do(self.merchant(who).pump(stage, queue[:most]))

    @move(who=WHO, nth=SEVERAL, stage=st.sampled_from(("source", "resolve", "number")))
    def pump_unasked(self, who: int, nth: list[int], stage: str) -> None:
        """A stage works on what nobody queued; or the sequencer passes."""
        if stage == "number":
            self.run(who, lambda tx, _ctx: sequence_events(tx))
        else:
            self.world.do(self.merchant(who).pump(stage, self.orders(who, *nth)))

    # ---- fulfillments ----

    @move(who=WHO, steps=st.lists(st.sampled_from(FLOOR), min_size=1, max_size=3), nth=SEVERAL, missing=MISSING)
    def work_on(self, who: int, steps: list[str], nth: list[int], missing: list[int]) -> None:
        """Somebody at a location does what stands on the list."""
        for step in steps:
            self.work(who, step, nth, missing)

    @move(who=WHO, step=st.sampled_from(FLOOR), nth=SEVERAL)
    def work_wrongly(self, who: int, step: str, nth: list[int]) -> None:
        """Somebody scans what is in any state."""
        self.work(who, step, nth, [0], any_state=True)

    def work(self, who: int, step: str, nth: list[int], missing: list[int], *, any_state: bool = False) -> None:
        """One step on some fulfillments, in the state that it asks for unless any will do."""
        states: tuple[str, ...] = () if any_state else BEFORE[step]
        found = self.fulfillments(who, nth, *states)
        plain = [FulfillmentCommand(fulfillment_id=f.id) for f in found]
        if step == "label":
            self.pump(who, ["label"], 5)
        elif step == "release":
            self.run(who, release_fulfillments, plain)
        elif step == "start":
            self.run(who, start_picks, plain)
        elif step == "pick":
            self.run(who, pick_fulfillments, [PickFulfillment(fulfillment_id=f.id) for f in found])
        elif step == "pick_short":
            self.pick_short(who, found, missing)
        elif step == "pack":
            self.pack(who, found, missing)
        elif step == "ship":
            some = [[n] if n else [] for n in missing]  # the parcel of a number, or all that are here
            self.run(
                who,
                ship_fulfillments,
                [ShipFulfillment(fulfillment_id=f.id, parcels=n) for f, n in zip(found, cycle(some))],
            )
        else:
            reason: Any = ("out_of_stock", "no_capacity", "damaged")[missing[0] % 3]
            self.run(who, reject_fulfillments, [RejectFulfillment(fulfillment_id=f.id, reason=reason) for f in found])

    def pack(self, who: int, found: list[FulfillmentRow], missing: list[int]) -> None:
        """What was picked goes into one parcel; or each line into one of its own, some with numbers of their own."""
        allocations = self.run(who, lambda tx, _ctx: read_allocations(tx, [f.id for f in found]))
        commands = []
        for work, apart in zip(found, cycle(missing)):
            parcels = [
                PackedParcel(
                    units=[PackedUnits(line=a.line_n, component=a.component_n, quantity=a.picked)],
                    tracking_number=f"own-{work.id.hex}-{a.line_n}-{a.component_n}" if apart > 1 else None,
                )
                for a in allocations.get(work.id, ())
                if a.picked
            ]
            commands.append(PackFulfillment(fulfillment_id=work.id, weight_g=500, parcels=parcels if apart else []))
        self.run(who, pack_fulfillments, commands)

    def pick_short(self, who: int, found: list[FulfillmentRow], missing: list[int]) -> None:
        """Picks are confirmed of which some units were not found; at times none were."""
        allocations = self.run(who, lambda tx, _ctx: read_allocations(tx, [f.id for f in found]))
        commands = []
        for work in found:
            lacks = zip(cycle(missing), allocations.get(work.id, ()))
            short = [
                ShortLine(line=a.line_n, component=a.component_n, missing=min(units, a.unpicked))
                for units, a in lacks
                if min(units, a.unpicked) > 0
            ]
            commands.append(PickFulfillment(fulfillment_id=work.id, short=short))
        self.run(who, pick_fulfillments, commands)

    @move(who=WHO, said=SAID)
    def track(self, who: int, said: list[Any]) -> None:
        """The carrier speaks, late and twice at times."""
        sql = "SELECT tracking_number FROM parcel WHERE tracking_number IS NOT NULL ORDER BY id DESC"
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

    def column(self, who: int, sql: str, *args: Any) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in self.world.do(self.merchant(who).desk.fetch(sql, *args))]

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
    homes = [MoveLocation(location=code, pool="SPARE" if code == "FAR" else "MAIN") for code in LOCATIONS]
    await merchant.run(move_locations, homes)
    await merchant.run(open_locations, [OpenLocation(location=code) for code in LOCATIONS])
    plenty = [ReceiveStock(sku=s, location=w, quantity=500) for s in (*STOCKED, "GHOST", "OLD") for w in LOCATIONS]
    await merchant.run(receive_stock, plenty)
    await merchant.run(let_a_day_pass)
    for _ in range(6):
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
        await merchant.run(ship_fulfillments, [ShipFulfillment(fulfillment_id=i) for i in by_state["packed"]])
    left = await desk.fetch(
        "SELECT number, status FROM orders WHERE status NOT IN ('shipped', 'delivered', 'cancelled') ORDER BY 1"
    )
    assert [tuple(row) for row in left] == []


@pytest.fixture(scope="module")
def world(server: EmbeddedServer, template: str) -> Iterator[World]:
    """Two merchants on a database of their own."""
    with own_database(server, template, "machine") as (loop, database):
        yield World.make(loop, database, MERCHANTS)


def test_the_books_are_right_after_any_verbs_in_any_order(world: World) -> None:
    run_state_machine_as_test(lambda: Books(world), settings=SETTINGS)
