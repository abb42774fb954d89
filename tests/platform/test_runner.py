"""The runner: wakes at once, finishes what runs, follows events, lives through a database that goes away."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.embedded import throwaway_server
from orderwright.platform.errors import DatabaseUnavailable
from orderwright.platform.events import StoredEvent, Subscriber
from orderwright.platform.ids import UUID, new_id, new_ids
from orderwright.platform.merchants import merchant_codes
from orderwright.platform.metrics import ORDERS, count_orders, render
from orderwright.platform.migrate import create_merchant, migrate
from orderwright.platform.pumps import Hints, PumpRunner, Stage, enqueue_work, finish_work
from orderwright.platform.pumps.gauges import read_gauges
from orderwright.platform.pumps.ready import Key, Ready
from tests.helpers.databases import connect, roll_back, until
from tests.helpers.events import happen, make_things


class Steps:
    """Stages that pass everything on, and what became of it."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.finished: dict[str, set[UUID]] = {}
        self.changed = asyncio.Condition()
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()

    def stages(self, **options: Any) -> list[Stage]:
        following = [*self.names[1:], None]
        return [Stage(name, self._run(name, then), **options) for name, then in zip(self.names, following, strict=True)]

    def _run(self, name: str, then: str | None) -> Any:
        async def run(database: Database, ctx: Context, subject_ids: Sequence[UUID]) -> None:
            self.entered.set()
            await self.gate.wait()
            async with database.transaction(ctx.merchant) as tx:
                await finish_work(tx, name, subject_ids)
                if then is not None:
                    await enqueue_work(tx, then, subject_ids)
            if then is None:
                async with self.changed:
                    self.finished.setdefault(ctx.merchant, set()).update(subject_ids)
                    self.changed.notify_all()

        return run

    async def wait_for(self, done: Callable[[], bool], limit_s: float = 60) -> None:
        async with asyncio.timeout(limit_s), self.changed:
            await self.changed.wait_for(done)


@asynccontextmanager
async def running(database: Database, stages: Sequence[Stage], *rest: Any, **options: Any) -> AsyncIterator[PumpRunner]:
    runner = PumpRunner(database, lambda: merchant_codes(database), stages, *rest, **options)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


async def queue(database: Database, merchant: str, stage: str, count: int = 3) -> set[UUID]:
    ids = new_ids(count)
    async with database.transaction(merchant) as tx:
        await enqueue_work(tx, stage, ids)
    return set(ids)


async def test_committed_work_wakes_its_stage_and_the_next_at_once(database: Database) -> None:
    steps = Steps("verify", "source", "release")
    async with running(database, steps.stages(), poll_s=3_600):
        acme = await queue(database, "acme", "verify")
        bolt = await queue(database, "bolt", "verify")
        # three stages of two merchants: the next poll would come after an hour
        await steps.wait_for(lambda: steps.finished == {"acme": acme, "bolt": bolt})


async def test_the_poll_finds_what_nobody_said(dsn: str, database: Database) -> None:
    steps = Steps("verify")
    other = await connect(dsn)  # a process that leaves no hints
    before = await queue(other, "acme", "verify")
    async with running(database, steps.stages(), poll_s=0.05):
        after = await queue(other, "bolt", "verify")
        await steps.wait_for(lambda: steps.finished == {"acme": before, "bolt": after})
    await other.close()


async def test_hints_of_another_process_wake_too(dsn: str, database: Database) -> None:
    steps = Steps("verify")
    other = await connect(dsn)
    hints = Hints(other)
    other.on_work = hints.on_work
    async with running(database, steps.stages(), poll_s=3_600):
        for count in (3, 6, 9):  # the first may be the poll's; another poll will not come
            queued = await queue(other, "bolt", "verify") | steps.finished.get("bolt", set())
            assert len(queued) == count
            await steps.wait_for(lambda queued=queued: steps.finished == {"bolt": queued})
        await hints.aclose()
        await until(lambda: no_hints(database))
    await other.close()


async def no_hints(database: Database) -> bool:
    """Whether every hint was taken."""
    async with database.operator_transaction() as tx:
        return await tx.fetchval("SELECT count(*) FROM wakeup") == 0


async def test_a_stage_served_elsewhere_is_hinted_at(database: Database) -> None:
    async with running(database, Steps("verify").stages(), poll_s=3_600) as runner:
        await queue(database, "acme", "elsewhere")
    assert runner is not None
    async with database.operator_transaction() as tx:
        assert [tuple(row) for row in await tx.fetch("SELECT merchant, stage FROM wakeup")] == [("acme", "elsewhere")]


async def test_stop_finishes_the_batch_that_runs_and_begins_no_other(database: Database) -> None:
    steps = Steps("verify")
    steps.gate.clear()
    runner = PumpRunner(database, lambda: merchant_codes(database), steps.stages(), workers=1, poll_s=3_600)
    await runner.start()
    first = await queue(database, "acme", "verify")
    await steps.entered.wait()
    second = await queue(database, "bolt", "verify")
    stopping = asyncio.create_task(runner.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    steps.gate.set()
    await stopping

    assert steps.finished == {"acme": first}
    assert database.on_work is None
    async with database.transaction("bolt") as tx:
        rows = await tx.fetch("SELECT subject_id, attempts FROM work")
    assert {row[0] for row in rows} == second
    assert {row[1] for row in rows} == {0}


async def test_events_reach_subscribers_without_a_poll(database: Database) -> None:
    seen: list[tuple[UUID, int]] = []
    enough = asyncio.Event()

    async def read(_tx: Transaction, _ctx: Context, events: list[StoredEvent]) -> None:
        seen.extend((event.subject_id, event.seq) for event in events)
        if len(seen) >= 40:
            enough.set()

    a, b = await make_things(database, 2)
    async with running(database, [], [Subscriber("reader", read)], poll_s=3_600):
        for _ in range(20):
            async with database.transaction("acme") as tx:
                await happen(tx, [a, b])
        async with asyncio.timeout(60):
            await enough.wait()

    assert sorted(seen, key=str) == sorted([(s, n) for s in (a, b) for n in range(1, 21)], key=str)
    for subject in (a, b):
        assert [seq for s, seq in seen if s == subject] == list(range(1, 21))


async def test_parked_events_are_tried_again_by_the_poll(database: Database) -> None:
    healthy = False
    went_through = asyncio.Event()

    async def read(_tx: Transaction, _ctx: Context, _events: list[StoredEvent]) -> None:
        if not healthy:
            raise ValueError("not yet")
        went_through.set()

    (a,) = await make_things(database, 1)
    async with running(database, [], [Subscriber("reader", read)], poll_s=0.05):
        async with database.transaction("acme") as tx:
            await happen(tx, [a])

        async def parked() -> int:
            async with database.transaction("acme") as tx:
                return int(await tx.fetchval("SELECT count(*) FROM event_parked WHERE error IS NOT NULL"))

        await until(parked)
        healthy = True
        async with database.transaction("acme") as tx:
            await tx.execute("UPDATE event_parked SET due = now()")
        async with asyncio.timeout(60):
            await went_through.wait()
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM event_parked") == 0


async def test_a_merchant_without_its_tables_does_not_stop_the_others(database: Database) -> None:
    steps = Steps("verify")

    async def merchants() -> list[str]:
        return ["acme", "gone", "bolt"]

    runner = PumpRunner(database, merchants, steps.stages(), poll_s=0.05)
    with capture_logs() as logs:
        await runner.start()
        runner.wake("gone", "verify")
        ids = await queue(database, "bolt", "verify")
        await steps.wait_for(lambda: steps.finished == {"bolt": ids})
        await runner.stop()
    assert {entry["event"] for entry in logs} == {"worker failed"}
    assert {entry["error"] for entry in logs} == {"UndefinedTableError (42P01)"}


async def test_it_survives_a_database_that_goes_away() -> None:
    steps = Steps("verify", "source")
    with throwaway_server(durable=True) as server, capture_logs() as logs:
        await migrate(server.dsn())
        database = await connect(server.dsn())
        await create_merchant(database, "acme", name="Acme")
        async with running(database, steps.stages(lease_s=1, batch=20), poll_s=0.05):
            before = await queue(database, "acme", "verify", 500)
            await asyncio.to_thread(server.kill)

            async def told() -> bool:
                return bool(logs)

            await until(told)
            await asyncio.to_thread(server.start)
            after = await queue(database, "acme", "verify", 3)
            await steps.wait_for(lambda: steps.finished == {"acme": before | after})
        await database.close()
    assert [entry["event"] for entry in logs] == [
        "database unavailable: workers wait for it",
        "database available again",
    ]


async def test_what_was_under_way_does_not_tell_whether_the_database_is_there(database: Database) -> None:
    """Fault: it was told to be back by what had ended just before it went, and then to have gone again."""
    runner = PumpRunner(database, lambda: merchant_codes(database), [])
    with capture_logs() as logs:
        early = time.monotonic()
        runner._say_failed(None, DatabaseUnavailable(), early)
        runner._say_up(early)
        later = time.monotonic()
        runner._say_up(later)
        runner._say_failed(None, DatabaseUnavailable(), later)
    assert [entry["event"] for entry in logs] == [
        "database unavailable: workers wait for it",
        "database available again",
    ]


async def test_ready_gives_each_key_to_one_worker_in_order_of_arrival() -> None:
    ready = Ready()
    one, two = Key("acme", "stage", "verify"), Key("bolt", "stage", "verify")
    for key in (one, two, one):
        ready.add(key)

    assert await ready.take() == one
    ready.add(one)  # while it is worked
    assert await ready.take() == two
    ready.done(two, again=False)
    waiting = asyncio.create_task(ready.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    ready.done(one, again=False)
    assert await waiting == one
    ready.done(one, again=True)
    assert await ready.take() == one
    ready.close()
    assert await ready.take() is None


async def test_metrics_are_rendered(database: Database) -> None:
    before = ORDERS.labels("placed")._value.get()
    async with database.transaction("acme") as tx:
        await enqueue_work(tx, "verify", [new_id(), new_id()])
        count_orders(tx, "placed", 3)
        assert ORDERS.labels("placed")._value.get() == before

    async def count(tx: Transaction) -> None:
        count_orders(tx, "placed", 3)

    await roll_back(database, count)
    (a,) = await make_things(database, 1)
    async with database.transaction("acme") as tx:
        await happen(tx, [a])
    await read_gauges(database, ["acme", "bolt"], ["reader"])

    text, content_type = render()
    lines = text.decode().splitlines()
    assert f'orderwright_orders_total{{stage="placed"}} {before + 3}' in lines
    assert 'orderwright_queue_depth{merchant="acme",stage="verify"} 2.0' in lines
    assert 'orderwright_events_pending{merchant="acme"} 1.0' in lines
    assert 'orderwright_event_lag{merchant="bolt",subscriber="reader"} 0.0' in lines
    assert content_type.startswith("text/plain")


def test_two_stages_cannot_share_a_name(database: Database) -> None:
    async def run(*_: Any) -> None: ...

    with pytest.raises(ValueError, match="share a name"):
        PumpRunner(database, lambda: merchant_codes(database), [Stage("verify", run), Stage("verify", run)])
