"""Stages: claimed in batches, isolated when they fail, tried again, set aside, listed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import asyncpg
import pytest

from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, new_id, new_ids
from orderwright.platform.pumps import (
    Stage,
    defer_work,
    drain,
    enqueue_work,
    finish_work,
    list_set_aside,
    pump,
    queue_depths,
    retry_set_aside,
)
from orderwright.platform.work import look_at_work, take_work
from tests.helpers.databases import connect, terminate

Hook = Callable[[Sequence[UUID]], Awaitable[None]]


class Recorder:
    """A stage's `run` that keeps its batches, fails on what it is told to, and queues the next stage."""

    def __init__(self, stage: str = "verify", then: str | None = None, before: Hook | None = None) -> None:
        self.stage, self.then, self.before = stage, then, before
        self.poison: set[UUID] = set()
        self.batches: list[list[UUID]] = []
        self.tried = 0
        self.actors: set[str] = set()

    async def __call__(self, database: Database, ctx: Context, subject_ids: Sequence[UUID]) -> None:
        self.tried += 1
        self.actors.add(ctx.actor)
        if self.before is not None:
            await self.before(subject_ids)
        async with database.transaction(ctx.merchant) as tx:
            await finish_work(tx, self.stage, subject_ids)
            if self.then is not None:
                await enqueue_work(tx, self.then, subject_ids)
            if self.poison & set(subject_ids):
                raise ValueError("no postcode for ada@example.com")
            tx.on_commit.append(lambda: self.batches.append(list(subject_ids)))

    @property
    def done(self) -> set[UUID]:
        return {subject for batch in self.batches for subject in batch}


async def queued(database: Database, count: int, stage: str = "verify", merchant: str = "acme") -> list[UUID]:
    """So many new subjects, due now."""
    ids = new_ids(count)
    async with database.transaction(merchant) as tx:
        await enqueue_work(tx, stage, ids)
    return ids


async def rows(database: Database) -> dict[UUID, tuple[int, float, bool, str | None]]:
    """Attempts, seconds until due, set aside, error: of everything that is queued."""
    async with database.transaction("acme") as tx:
        found = await tx.fetch(
            "SELECT subject_id, attempts, extract(epoch FROM due - now())::float8, set_aside_at IS NOT NULL, error"
            " FROM work"
        )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in found}


async def all_due(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() WHERE set_aside_at IS NULL")


async def test_due_work_is_claimed_in_batches_and_goes_to_the_next_stage(database: Database) -> None:
    verify, source = Recorder("verify", "source"), Recorder("source")
    ids = await queued(database, 5)
    stages = [Stage("verify", verify, batch=2), Stage("source", source)]

    assert await pump(database, "acme", stages[0])
    assert verify.batches == [ids[:2]]
    await drain(database, "acme", stages)

    assert verify.batches == [ids[:2], ids[2:4], ids[4:]]
    assert source.done == set(ids)
    assert verify.actors == {"pump:verify"}
    assert await rows(database) == {}
    assert not await pump(database, "bolt", stages[0])


async def test_what_is_not_due_waits(database: Database) -> None:
    verify = Recorder()
    async with database.transaction("acme") as tx:
        await enqueue_work(tx, "verify", [new_id()], utc_now() + timedelta(hours=1))

    assert not await pump(database, "acme", Stage("verify", verify))
    assert verify.tried == 0


async def test_one_bad_item_does_not_stop_its_neighbours(database: Database) -> None:
    verify = Recorder()
    ids = await queued(database, 16)
    verify.poison = {ids[5]}

    await pump(database, "acme", Stage("verify", verify))

    assert verify.done == set(ids) - {ids[5]}
    assert [len(batch) for batch in verify.batches] == [4, 1, 2, 8]
    (left,) = (await rows(database)).items()
    attempts, due_in_s, set_aside, error = left[1]
    assert (left[0], attempts, set_aside) == (ids[5], 1, False)
    assert 1 < due_in_s < 3
    assert error == "ValueError: no postcode for …"


async def test_an_item_waits_longer_each_time_and_is_set_aside_at_last(database: Database) -> None:
    verify = Recorder()
    (bad,) = await queued(database, 1)
    verify.poison = {bad}
    stage = Stage("verify", verify, attempts_max=4)
    pauses = []
    for _ in range(6):
        await pump(database, "acme", stage)
        pauses.append(round((await rows(database))[bad][1]))
        await all_due(database)

    assert all(low <= pause <= high for pause, (low, high) in zip(pauses[:3], [(1, 3), (3, 5), (6, 10)], strict=True))
    assert verify.tried == 4
    async with database.transaction("acme") as tx:
        (item,) = await list_set_aside(tx)
        assert await list_set_aside(tx, "source") == []
        assert await queue_depths(tx) == [("verify", 0, 1)]
    assert (item.stage, item.subject_id, item.attempts) == ("verify", bad, 4)
    assert item.error == "ValueError: no postcode for …"

    verify.poison = set()
    async with database.transaction("acme") as tx:
        assert await retry_set_aside(tx, "verify", [bad, new_id()]) == 1
        assert tx.woken == {"verify"}
    await pump(database, "acme", stage)
    assert verify.batches == [[bad]]
    assert await rows(database) == {}


async def test_a_deadlock_is_nobodys_fault(database: Database) -> None:
    troubles: list[Exception] = [asyncpg.DeadlockDetectedError("deadlock"), asyncpg.SerializationError("conflict")]

    async def trouble(_: Sequence[UUID]) -> None:
        if troubles:
            raise troubles.pop()

    verify = Recorder(before=trouble)
    ids = await queued(database, 3)
    await pump(database, "acme", Stage("verify", verify))

    assert (verify.tried, verify.batches) == (3, [ids])


async def test_a_lost_connection_is_nobodys_fault(database: Database) -> None:
    killed = False

    async def kill_once(_: Sequence[UUID]) -> None:
        nonlocal killed
        if not killed:
            killed = True
            async with database.transaction("acme") as tx:
                await terminate(database, await tx.fetchval("SELECT pg_backend_pid()"))
                await tx.execute("SELECT pg_sleep(5)")

    verify = Recorder(before=kill_once)
    ids = await queued(database, 3)
    await pump(database, "acme", Stage("verify", verify))

    assert (verify.tried, verify.batches) == (2, [ids])


async def test_workers_claim_different_items(dsn: str, database: Database) -> None:
    other = await connect(dsn)
    both_claimed = asyncio.Barrier(2)

    async def meet(_: Sequence[UUID]) -> None:
        await both_claimed.wait()

    one, two = Recorder(before=meet), Recorder(before=meet)
    ids = await queued(database, 6)
    await asyncio.gather(
        pump(database, "acme", Stage("verify", one, batch=3)), pump(other, "acme", Stage("verify", two, batch=3))
    )

    assert one.done | two.done == set(ids)
    assert (len(one.batches[0]), len(two.batches[0])) == (3, 3)
    await other.close()


async def test_an_item_that_kills_the_process_is_set_aside_alone(database: Database) -> None:
    """The process dies with a whole batch; after the lease its items come one by one, and the killer counts alone."""
    ids = await queued(database, 4)
    killer = ids[1]
    tried: list[list[UUID]] = []

    async def die(subject_ids: Sequence[UUID]) -> None:
        tried.append(list(subject_ids))
        if killer in subject_ids:
            raise asyncio.CancelledError

    verify = Recorder(before=die)
    stage = Stage("verify", verify, attempts_max=3)
    for _ in range(4):
        with pytest.raises(asyncio.CancelledError):
            await pump(database, "acme", stage)
        assert 50 < (await rows(database))[killer][1] <= 60  # the lease
        await all_due(database)
        if (await rows(database))[killer][0] == 3:
            break
    await pump(database, "acme", stage)

    assert tried[0] == ids
    assert all(len(batch) == 1 for batch in tried[1:])
    assert verify.done == set(ids) - {killer}
    async with database.transaction("acme") as tx:
        (item,) = await list_set_aside(tx)
    assert (item.subject_id, item.attempts) == (killer, 4)
    assert item.error == "NotFinished: claimed again and again and never finished"


async def test_what_is_queued_anew_while_it_fails_is_not_held_back(database: Database) -> None:
    async def queue_again(subject_ids: Sequence[UUID]) -> None:
        if verify.tried == 1:
            async with database.transaction("acme") as tx:
                await enqueue_work(tx, "verify", subject_ids)
            raise ValueError("failed on what it was before")

    verify = Recorder(before=queue_again)
    ids = await queued(database, 1)
    stage = Stage("verify", verify)
    await pump(database, "acme", stage)
    assert (await rows(database))[ids[0]][0] == 0

    await pump(database, "acme", stage)
    assert verify.batches == [ids]


async def test_a_claim_is_one_statement_for_any_number(database: Database) -> None:
    """And the work of a whole batch is one call."""
    counts = []
    for count in (1, 100):
        verify = Recorder()
        ids = await queued(database, count)
        await pump(database, "acme", Stage("verify", verify))
        counts.append((verify.tried, verify.done == set(ids)))
    assert counts == [(1, True), (1, True)]


async def test_what_was_queued_anew_since_it_was_looked_at_stays(database: Database) -> None:
    one, two, three = await queued(database, 3)
    async with database.transaction("acme") as tx:
        seen = (await look_at_work(tx, ["verify", "source"], [one, two, three]))["verify"]
        assert set(seen) == {one, two, three}
        async with database.transaction("acme") as other:
            await enqueue_work(other, "verify", [one, two])
        await finish_work(tx, "verify", [one, three], seen)
        await defer_work(tx, "verify", [two], utc_now() + timedelta(hours=1), seen)
    assert {subject: due <= 0 for subject, (_, due, _, _) in (await rows(database)).items()} == {one: True, two: True}


async def test_what_nobody_claimed_is_left_to_who_does(database: Database) -> None:
    one, two = await queued(database, 2)
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() + interval '1 minute' WHERE subject_id = $1", two)
        seen = (await look_at_work(tx, ["verify"], [one, two]))["verify"]
        await defer_work(tx, "verify", [one, two], utc_now() + timedelta(hours=1), seen)
    assert {subject: due > 1800 for subject, (_, due, _, _) in (await rows(database)).items()} == {
        one: False, two: True,
    }  # fmt: skip


async def test_what_is_taken_is_taken_once(database: Database) -> None:
    one, two = await queued(database, 2)
    async with database.transaction("acme") as tx:
        assert await take_work(tx, "verify", [one]) == {one}
        assert await take_work(tx, "verify", [one, two]) == {two}
    assert await rows(database) == {}
