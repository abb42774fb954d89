"""`kill -9` of the process that moves money, at the one point that matters: money moved once, whoever goes on.

Nothing is left to chance: the test holds the lock that the process asks for next, sees it wait, kills it there, and
ends the connection that it left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orderwright.flows.settle_orders import settle_orders
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.returns import NewLine
from tests.crash.test_money_crashes import KINDS, asked, assert_done_once
from tests.flows.test_exchanges import exchanged, ids, sold
from tests.helpers.api import a_key
from tests.helpers.bank import Bank
from tests.helpers.callers import Caller
from tests.helpers.databases import terminate, until, waiting_backend
from tests.helpers.desk import Desk
from tests.helpers.processes import Nursery, Process, started
from tests.helpers.returns import ReturnsDesk

PROVIDER = "SELECT FROM builtin_trouble FOR UPDATE"  # the first that the built-in provider locks in each call
ORDER = "SELECT FROM orders WHERE id = $1 FOR UPDATE"
STOCK = "SELECT FROM stock WHERE sku_id = $1 FOR UPDATE"
_DONE = "SELECT count(*) FROM builtin_operation WHERE key LIKE 'prq%' AND done AND kind = $1"
_OPEN = (
    "SELECT (SELECT count(*) FROM payment_request WHERE state IN ('wanted', 'sent'))"
    " + (SELECT count(*) FROM work WHERE stage IN ('pay', 'settle'))"
)


class Floor:
    """A database with a merchant on it, and the workers that are killed there."""

    def __init__(self, desk: Desk, nursery: Nursery, dsn: str, home: Path) -> None:
        self.desk = desk
        self._nursery, self._dsn, self._home = nursery, dsn, home

    def process(self, command: str) -> contextlib.AbstractAsyncContextManager[Process]:
        """A process of this installation, for a block."""
        workers = {"RUN_WORKERS": "false"} if command == "serve" else {}
        return started(self._nursery, command, self._dsn, self._home, TEST_PAYMENTS="true", **workers)

    @contextlib.asynccontextmanager
    async def holding(self, lock: str, *of: UUID) -> AsyncIterator[None]:
        """A lock that whoever else asks for it waits for."""
        async with self.desk.database.transaction(self.desk.merchant) as tx:
            await tx.execute(lock, *of)
            yield

    async def kill(self, process: Process, waiting: int) -> None:
        """End a process that waits for a lock in the connection `waiting`, and that too: it gets the lock never."""
        process.kill()
        await terminate(self.desk.database, waiting)

    async def only_pay(self) -> None:
        """Workers have nothing to do but to ask providers."""
        async with self.desk.database.transaction(self.desk.merchant) as tx:
            await tx.execute("UPDATE work SET due = now() + interval '1 day' WHERE stage <> 'pay'")

    async def another_worker(self) -> None:
        """Time passes, and another worker goes on with what the dead one had claimed, until nothing is left to ask."""
        async with self.desk.database.transaction(self.desk.merchant) as tx:
            await tx.execute("UPDATE work SET due = now() WHERE stage IN ('pay', 'settle')")
            await tx.execute("UPDATE payment_request SET sent_at = sent_at - interval '1 minute'")
        async with self.process("work") as work:
            await until(lambda: self._is(_OPEN, 0))
            assert await work.stop() == 0
            assert work.stacks() == []
        await self.desk.audit()

    async def until_is(self, sql: str, value: int, *args: object) -> None:
        """Wait until a query says so."""
        await until(lambda: self._is(sql, value, *args))

    async def _is(self, sql: str, value: int, *args: object) -> bool:
        return bool(await self.desk.value(sql, *args) == value)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


@pytest.fixture
def floor(desk: Desk, nursery: Nursery, dsn: str, home: Path) -> Floor:
    return Floor(desk, nursery, dsn, home)


async def a_provider_to_wait_at(bank: Bank) -> None:
    """A trouble that never comes, so that each call of the provider has a row to lock."""
    await bank.fails(None, Mode.TIMEOUT_BEFORE, after=1_000)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_worker_is_killed_between_the_intent_and_the_call(floor: Floor, bank: Bank, kind: str) -> None:
    order_id, _ = await asked(floor.desk, bank, kind)
    await a_provider_to_wait_at(bank)
    await floor.only_pay()
    async with floor.process("work") as work:
        async with floor.holding(PROVIDER):
            await floor.kill(work, await waiting_backend(floor.desk.database))

        # then it is written that it was asked, and the provider has not done it
        states = await floor.desk.fetch("SELECT kind FROM payment_request WHERE state = 'sent'")
        assert [row["kind"] for row in states] == [kind]
        assert await floor.desk.value(_DONE, kind) == 0
    await floor.another_worker()
    await assert_done_once(floor.desk, bank, order_id, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_worker_is_killed_before_the_result_is_written(floor: Floor, bank: Bank, kind: str) -> None:
    order_id, _ = await asked(floor.desk, bank, kind)
    await a_provider_to_wait_at(bank)
    await floor.only_pay()
    async with floor.process("work") as work, contextlib.AsyncExitStack() as order:
        async with floor.holding(PROVIDER):
            await waiting_backend(floor.desk.database)
            await order.enter_async_context(floor.holding(ORDER, order_id))
        await floor.until_is(_DONE, 1, kind)
        await floor.kill(work, await waiting_backend(floor.desk.database))

    # then the provider has done it, and nobody here knows
    states = await floor.desk.fetch("SELECT kind FROM payment_request WHERE state = 'sent'")
    assert [row["kind"] for row in states] == [kind]
    await floor.another_worker()
    await assert_done_once(floor.desk, bank, order_id, kind)


async def test_a_worker_is_killed_after_goods_in_exchange_gave_their_money_back(floor: Floor, desk: Desk) -> None:
    back = ReturnsDesk(desk)
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    return_id, new_order = ids(await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1)))
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1)
    await back.bank.work()
    assert (await desk.cancel(new_order)).code == "cancelled"
    await desk.run(settle_orders, [new_order])
    await floor.only_pay()

    # when it dies between the entry on the first order and the result on the new one
    async with floor.process("work") as work, contextlib.AsyncExitStack() as child:
        async with floor.holding(ORDER, order_id):
            await waiting_backend(desk.database)
            await child.enter_async_context(floor.holding(ORDER, new_order))
        await floor.until_is("SELECT count(*) FROM money_entry WHERE kind = 'exchange_back'", 1)
        await floor.kill(work, await waiting_backend(desk.database))
    assert await back.bank.sums(new_order) == [(1999, 0, 1999, 0)]

    # then it is found there, and the first card gets it once
    await floor.another_worker()
    assert await back.bank.sums(new_order) == [(1999, 0, 1999, 1999)]
    assert await back.refunded(order_id) == 1999
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 1999)]
    assert await back.bank.balances(order_id) == {"lines": -3998, "captured": 3998}


async def test_the_server_is_killed_while_goods_that_came_back_pay_for_others(floor: Floor, desk: Desk) -> None:
    back = ReturnsDesk(desk)
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    return_id, new_order = ids(await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1)))
    await back.receive(return_id, (old, 1))
    await back.bank.work()
    path, body = f"/v1/returns/{encode_id('ret', return_id)}/inspect", {"items": [{"sku": old.code, "quantity": 1}]}
    before = await desk.counts("money_entry", "event", "act", "movement", "return_inspection")

    # when it has written the money of both orders, and waits to move the goods
    async with floor.process("serve") as serve, Caller(serve.port, await a_key(desk.database)) as caller:
        async with floor.holding(STOCK, old.id):
            asking = asyncio.create_task(caller.call("POST", path, key="inspect-1", json=body))
            await floor.kill(serve, await waiting_backend(desk.database))

        # then none of it is there, and whoever asks again has it done once
        assert await desk.counts("money_entry", "event", "act", "movement", "return_inspection") == before
        await serve.start()
        answer = await asking
        assert (answer.status, answer.body["code"], answer.unknown > 0) == (200, "inspected", True)
        assert (await caller.call("POST", path, key="inspect-1", json=body)).body == answer.body
        assert await serve.stop() == 0
    await back.bank.work()
    assert await desk.holds(new_order) == []
    assert await back.bank.balances(order_id) == {"lines": -3998, "captured": 5997, "exchanged": -1999}
    assert await back.bank.sums(new_order) == [(1999, 0, 1999, 0)]
    assert await back.bank.balances(new_order) == {"lines": -1999, "captured": 1999}
    assert await desk.stock(old, shop.locations[0]) == {"available": 18}
