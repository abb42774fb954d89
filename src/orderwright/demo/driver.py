"""The driver: plays the people of the demo, each at their own pace, until it is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import Protocol

import structlog

from orderwright.demo.care import CareAgents
from orderwright.demo.carriers import Carriers
from orderwright.demo.cashiers import Cashiers
from orderwright.demo.changers import Changers
from orderwright.demo.claimants import Claimants
from orderwright.demo.options import DemoOptions
from orderwright.demo.planners import Counters, Planners
from orderwright.demo.play import Play
from orderwright.demo.returners import Returners
from orderwright.demo.set_up import DemoWorld, set_up
from orderwright.demo.shelves import Shelves
from orderwright.demo.shoppers import Shoppers
from orderwright.demo.warehouse import Dispatchers, Packers, Pickers
from orderwright.platform.db import Database
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error, where

__all__ = ["DemoWorld", "Driver", "set_up"]

log = structlog.get_logger(__name__)

_PAUSE_LEAST_S = 0.05  # between two turns of a role that had something to do, whatever the speed
_OPENING_S = 5.0  # how long the rest of the catalogue waits for the first orders
_WAIT_MAX_S = 5.0  # for a database that is away


class Role(Protocol):
    """People of one kind."""

    @property
    def pause_s(self) -> float:
        """How long they rest between two turns, at speed 1."""
        ...

    async def turn(self) -> int:
        """Do what is to be done now; returns how much it was."""
        ...


class Driver:
    """Plays shoppers and those who change their mind or send goods back, pickers, packers, dispatchers, carriers, care
    agents, cashiers, planners and counters.

    They work from what stands in the database and keep no lists of their own, so it may be stopped at any moment.
    Their decisions are the same for the same seed; only the timing differs. `orders` is how many orders are placed,
    None for no end; the others go on after that.
    """

    def __init__(
        self, database: Database, world: DemoWorld, options: DemoOptions, *, orders: int | None = None
    ) -> None:
        self._play = Play(database, world.merchant, options)
        self._world = world
        self._shoppers = Shoppers(self._play, world, orders)
        self._roles: dict[str, Role] = {
            "changers": Changers(self._play, world),
            "shoppers": self._shoppers,
            "pickers": Pickers(self._play, world),
            "packers": Packers(self._play, world),
            "dispatchers": Dispatchers(self._play, world),
            "carriers": Carriers(self._play, world),
            "care": CareAgents(self._play, world),
            "cashiers": Cashiers(self._play, world),
            "returners": Returners(self._play, world),
            "claimants": Claimants(self._play),
            "planners": Planners(self._play, world),
            "counters": Counters(self._play, world),
        }

    @property
    def tally(self) -> Counter[tuple[str, str]]:
        """How often each role was given each outcome: `("shoppers", "placed")` and so on."""
        return self._play.tally

    @property
    def errors(self) -> Counter[str]:
        """Calls that failed, by role: none in a system that works."""
        return self._play.errors

    @property
    def sold_out(self) -> bool:
        """Whether all orders that were asked for have been placed."""
        return self._shoppers.done

    async def run(self) -> None:
        """Play until cancelled. Never fails: errors are logged and counted, a database that is away is waited for."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fill_shelves())
            for name, role in self._roles.items():
                group.create_task(self._keep_at_it(name, role))

    async def turn(self) -> int:
        """One turn of everybody, in the order of an order's way; returns how much was done.

        Who changes their mind comes first: about what was placed, and paid, before this turn.
        """
        return sum([await role.turn() for role in self._roles.values()])

    async def _fill_shelves(self) -> None:
        """Put the rest of the catalogue in, when the first orders are on their way."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._shoppers.opened.wait(), _OPENING_S)
        storekeeper = _Storekeeper(self._world.shelves)
        while self._world.shelves.empty:
            await self._patiently("storekeeper", storekeeper)

    async def _keep_at_it(self, name: str, role: Role) -> None:
        while True:
            done = await self._patiently(name, role)
            pause_s = role.pause_s / self._play.options.speed
            await asyncio.sleep(max(pause_s, _PAUSE_LEAST_S) if done else max(pause_s, 4 * _PAUSE_LEAST_S))

    async def _patiently(self, name: str, role: Role) -> int:
        """One turn, however long the database is away."""
        wait_s = 0.1
        while True:
            try:
                return await role.turn()
            except TRANSIENT_ERRORS as error:
                # The database tells its own story in the log of the pumps; a deadlock is nobody's.
                log.debug("demo: waits", role=name, error=describe_error(error))
            except Exception as error:  # noqa: BLE001 (the demo goes on beside a server that must not stop)
                self._play.errors[name] += 1
                log.error("demo: a turn failed", role=name, error=describe_error(error), at=where(error))
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _WAIT_MAX_S)


class _Storekeeper:
    """Fills shelves, best sellers first."""

    pause_s = 0.0
    batch = 100

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    async def turn(self) -> int:
        """Put the next SKUs in."""
        return await self._shelves.fill_next(self.batch)
