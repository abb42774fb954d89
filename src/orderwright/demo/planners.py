"""Planners order what runs out, receivers book what arrives, counters correct what was miscounted."""

from __future__ import annotations

from datetime import timedelta

from orderwright.catalog import LocationFacts
from orderwright.demo.lists import ON_ORDER, TO_REPLENISH, OnOrder, ToReplenish
from orderwright.demo.people import mix
from orderwright.demo.play import Person, Play
from orderwright.demo.set_up import DemoWorld
from orderwright.demo.stock import is_scarce
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.receive_stock import receive_stock
from orderwright.insights import LOW_UNITS
from orderwright.inventory import AdjustmentReason, AdjustStock, ExpectSupply, ReceiveStock
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import encode_id

BATCH = 200
_LOT = {"dcs": 96, "stores": 24}  # units that are ordered for a pool, beyond what it owes
_SCARCE_LOT = 8  # of what is hard to get: so a few alarms come and go
_LEAST_S, _MOST_S = 45.0, 300.0  # how long suppliers take at speed 1
_DAYS = 3  # what that stands for
_SHELVES = 8  # that are counted in a turn
_DELTAS = (0, 0, 0, 0, 0, -2, -1, 1)
_FOUND: tuple[AdjustmentReason, ...] = ("found", "count")
_LOST: tuple[AdjustmentReason, ...] = ("count", "damage", "theft", "expired")
_PERMISSIONS = frozenset({"stock.write"})
_LEAD, _WHAT, _DELTA, _WHY = range(61, 65)  # what luck is asked for


class Planners:
    """Order what runs low or is owed, and book it at a dock when it has come."""

    pause_s = 5.0

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._pools = play, world.pools
        products = world.catalogue.products.values()
        self._scarce = {product.code for product in products if is_scarce(product, play.options.seed)}
        self._planner = Person("user:planner-1", _PERMISSIONS)
        self._docks: dict[str, list[tuple[Person, LocationFacts]]] = {code: [] for code in world.pools.values()}
        for n, location in enumerate(world.locations.values(), 1):
            receiver = Person(f"user:receiver-{n}", _PERMISSIONS, location)
            self._docks[world.pools[location.pool_id]].append((receiver, location))

    async def turn(self) -> int:
        """Book what has come, then order."""
        return await self._receive() + await self._order()

    async def _order(self) -> int:
        play = self._play
        low = [row for row in await play.read(TO_REPLENISH, LOW_UNITS, BATCH) if row.pool_id in self._pools]
        wanted = [self._supply(row) for row in low]
        return len(await play.act("planners", self._planner, expect_supply, wanted, reason="runs low"))

    def _supply(self, row: ToReplenish) -> ExpectSupply:
        pool = self._pools[row.pool_id]
        lot = _SCARCE_LOT if row.sku in self._scarce else _LOT[pool]
        due = utc_now().date() + timedelta(days=_DAYS)
        return ExpectSupply(sku=row.sku, pool=pool, quantity=lot + 2 * row.backordered, due_on=due)

    async def _receive(self) -> int:
        play, now = self._play, utc_now()
        since = now - timedelta(seconds=_LEAST_S / play.options.speed)
        arrived: dict[tuple[str, int], list[OnOrder]] = {}
        for row in await play.read(ON_ORDER, since, BATCH):
            luck = mix(row.id.int)  # a supply has no number that is the same each time
            if row.pool_id in self._pools and row.created_at + play.span(_LEAST_S, _MOST_S, _LEAD, luck) <= now:
                pool = self._pools[row.pool_id]
                arrived.setdefault((pool, luck % len(self._docks[pool])), []).append(row)
        done = 0
        for (pool, n), rows in arrived.items():
            receiver, dock = self._docks[pool][n]
            receipts = [
                ReceiveStock(sku=row.sku, location=dock.code, quantity=row.quantity, supply=encode_id("sup", row.id))
                for row in rows
            ]
            done += len(await play.act("receivers", receiver, receive_stock, receipts))
        return done


class Counters:
    """Count a few shelves at one location after the other; mostly what is written is there."""

    pause_s = 10.0

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._turn, self._shelves = play, world.position, world.shelves
        self._codes = [product.code for product in world.catalogue.products.values()]
        self._people = [
            (Person(f"user:counter-{n}", _PERMISSIONS, location), location)
            for n, location in enumerate(world.locations.values(), 1)
        ]

    async def turn(self) -> int:
        """Correct what was found otherwise. Where nothing is, or nothing is left to lose, the answer is a "no"."""
        if self._shelves.empty:
            return 0
        self._turn += 1
        counter, location = self._people[self._turn % len(self._people)]
        found = [self._count(n, location) for n in range(_SHELVES)]
        return len(await self._play.act("counters", counter, adjust_stock, [f for f in found if f.delta]))

    def _count(self, n: int, location: LocationFacts) -> AdjustStock:
        luck, turn = self._play.luck, self._turn
        code = self._codes[int(luck(_WHAT, turn, n) * len(self._codes))]
        delta = _DELTAS[int(luck(_DELTA, turn, n) * len(_DELTAS))]
        reasons = _FOUND if delta > 0 else _LOST
        reason = reasons[int(luck(_WHY, turn, n) * len(reasons))]
        return AdjustStock(sku=code, location=location.code, delta=delta, reason=reason)
