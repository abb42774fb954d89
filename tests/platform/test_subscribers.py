"""Subscribers: in order, in batches, at least once; a failing event parks its subject and nobody else's."""

from collections.abc import Iterable

import pytest

from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction, columns
from orderwright.platform.errors import DatabaseUnavailable
from orderwright.platform.events import StoredEvent, Subscriber
from orderwright.platform.events.parking import deliver_parked, event_lag, list_parked, retry_parked
from orderwright.platform.events.subscribers import by_name, deliver
from orderwright.platform.ids import UUID
from tests.helpers.databases import connect, terminate
from tests.helpers.events import happened, make_things


class Reader:
    """A subscriber's handler that keeps what it was given, a list a batch, and fails on what it is told to."""

    def __init__(self, fail_on: Iterable[tuple[UUID, int]] = ()) -> None:
        self.batches: list[list[tuple[UUID, int]]] = []
        self.fail_on = set(fail_on)
        self.actors: set[str] = set()

    async def __call__(self, tx: Transaction, ctx: Context, events: list[StoredEvent]) -> None:
        keys = [(event.subject_id, event.seq) for event in events]
        for key in keys:
            if key in self.fail_on:
                raise ValueError(f"cannot read event {key[1]} of ada@example.com")
        await tx.execute("INSERT INTO seen SELECT * FROM unnest($1::uuid[], $2::int[])", *columns(keys, 2))
        tx.on_commit.append(lambda: self.batches.append(keys))
        self.actors.add(ctx.actor)


@pytest.fixture
async def things(database: Database) -> list[UUID]:
    """Three subjects, and a table in which readers keep what they saw."""
    async with database.transaction("acme") as tx:
        await tx.execute("CREATE TABLE seen (subject_id uuid, seq int, n int GENERATED ALWAYS AS IDENTITY)")
    return await make_things(database, 3)


async def seen(database: Database) -> list[tuple[UUID, int]]:
    async with database.transaction("acme") as tx:
        return [tuple(row) for row in await tx.fetch("SELECT subject_id, seq FROM seen ORDER BY n")]


async def all_due(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE event_parked SET due = now()")


async def test_batches_in_order_and_a_cursor_that_moves_with_them(database: Database, things: list[UUID]) -> None:
    a, b, _ = things
    reader = Reader()
    subscriber = Subscriber("reader", reader, batch=2)
    await happened(database, [a, b, a])

    assert await deliver(database, "acme", subscriber) == 2
    assert await deliver(database, "acme", subscriber) == 1
    assert await deliver(database, "acme", subscriber) == 0

    assert reader.batches == [[(a, 1), (b, 1)], [(a, 2)]]
    assert reader.actors == {"subscriber:reader"}
    assert await deliver(database, "bolt", subscriber) == 0


async def test_each_subscriber_has_its_own_cursor_and_types(database: Database, things: list[UUID]) -> None:
    a, b, _ = things
    every, made, late = Reader(), Reader(), Reader()
    await happened(database, [a], "thing.made")
    await happened(database, [a, b], "thing.changed")
    late_one = Subscriber("late", late, from_beginning=False)
    assert await deliver(database, "acme", late_one) == 0
    await happened(database, [b], "thing.made")

    for subscriber in (Subscriber("every", every), Subscriber("made", made, frozenset({"thing.made"}))):
        assert await deliver(database, "acme", subscriber) == 4
    assert await deliver(database, "acme", late_one) == 1

    assert every.batches == [[(a, 1), (a, 2), (b, 1), (b, 2)]]
    assert made.batches == [[(a, 1), (b, 2)]]
    assert late.batches == [[(b, 2)]]


async def test_what_a_handler_wrote_goes_with_its_failure(database: Database, things: list[UUID]) -> None:
    a, _, _ = things
    await happened(database, [a])

    async def swallow(tx: Transaction, _ctx: Context, _events: list[StoredEvent]) -> None:
        await tx.execute("INSERT INTO seen VALUES ($1, 1)", a)
        with pytest.raises(Exception, match="division"):
            await tx.execute("SELECT 1/0")

    assert await deliver(database, "acme", Subscriber("swallow", swallow)) == 1

    assert await seen(database) == []
    async with database.transaction("acme") as tx:
        (parked,) = await list_parked(tx)
    assert parked.error == "InFailedSQLTransactionError (25P02)"


async def test_one_event_parks_its_subject_and_the_others_go_on(database: Database, things: list[UUID]) -> None:
    a, b, c = things
    reader = Reader(fail_on=[(b, 2)])
    subscriber = Subscriber("reader", reader, batch=10)
    await happened(database, [a, b, c, a, b, c, b, a, c])

    assert await deliver(database, "acme", subscriber) == 9
    await happened(database, [b, a])
    assert await deliver(database, "acme", subscriber) == 2

    assert await seen(database) == [(a, 1), (b, 1), (c, 1), (a, 2), (c, 2), (a, 3), (c, 3), (a, 4)]
    async with database.transaction("acme") as tx:
        (parked,) = await list_parked(tx, "reader")
        assert await list_parked(tx, "other") == []
        (lag,) = await event_lag(tx, ["reader"])
    assert parked[:5] == ("reader", b, 2, 5, 1)
    assert parked.error == "ValueError: cannot read event 2 of …"
    assert parked.behind == 2
    assert (lag.behind, lag.parked) == (0, 1)


async def test_a_parked_subject_is_tried_again_in_order_until_it_goes_through(
    database: Database, things: list[UUID]
) -> None:
    a, b, _ = things
    reader = Reader(fail_on=[(a, 1), (a, 3)])
    subscriber = Subscriber("reader", reader)
    await happened(database, [a, a, b, a, a])
    await deliver(database, "acme", subscriber)
    assert await seen(database) == [(b, 1)]

    assert await deliver_parked(database, "acme", subscriber) == 0  # not due yet
    await all_due(database)
    assert await deliver_parked(database, "acme", subscriber) == 0  # fails again
    async with database.transaction("acme") as tx:
        (parked,) = await list_parked(tx)
    assert (parked.seq, parked.attempts, parked.behind) == (1, 2, 3)

    reader.fail_on = {(a, 3)}
    await all_due(database)
    assert await deliver_parked(database, "acme", subscriber) == 2  # up to the next one that fails
    async with database.transaction("acme") as tx:
        (parked,) = await list_parked(tx)
    assert (parked.seq, parked.attempts, parked.behind) == (3, 1, 1)

    reader.fail_on = set()
    await happened(database, [a])
    await deliver(database, "acme", subscriber)
    async with database.transaction("acme") as tx:
        await retry_parked(tx, "reader", [a])
        assert tx.woken == {"subscriber:reader"}
    assert await deliver_parked(database, "acme", subscriber) == 3

    assert await seen(database) == [(b, 1), (a, 1), (a, 2), (a, 3), (a, 4), (a, 5)]
    assert reader.batches[-1] == [(a, 3), (a, 4), (a, 5)]
    await happened(database, [a])
    assert await deliver(database, "acme", subscriber) == 1
    assert reader.batches[-1] == [(a, 6)]


async def test_the_pause_grows_with_each_attempt(database: Database, things: list[UUID]) -> None:
    a, _, _ = things
    subscriber = Subscriber("reader", Reader(fail_on=[(a, 1)]))
    await happened(database, [a])
    await deliver(database, "acme", subscriber)
    pauses = []
    for _ in range(4):
        await all_due(database)
        await deliver_parked(database, "acme", subscriber)
        async with database.transaction("acme") as tx:
            pauses.append(await tx.fetchval("SELECT extract(epoch FROM due - now())::float8 FROM event_parked"))
    for pause, most, before in zip(pauses, (4, 8, 16, 32), (2, 4, 8, 16), strict=True):
        assert before < pause <= most  # some of it has passed


async def test_one_process_at_a_time_serves_a_subscriber(dsn: str, database: Database, things: list[UUID]) -> None:
    a, b, _ = things
    other = await connect(dsn)
    tried: list[int] = []
    reader = Reader()

    async def handle(tx: Transaction, ctx: Context, events: list[StoredEvent]) -> None:
        tried.append(await deliver(other, "acme", Subscriber("reader", reader)))
        await reader(tx, ctx, events)

    await happened(database, [a, b])
    assert await deliver(database, "acme", Subscriber("reader", handle)) == 2

    assert tried == [0]
    assert reader.batches == [[(a, 1), (b, 1)]]
    await other.close()


async def test_a_database_that_goes_away_parks_nothing(database: Database, things: list[UUID]) -> None:
    a, _, _ = things
    await happened(database, [a])

    async def lose(tx: Transaction, _ctx: Context, _events: list[StoredEvent]) -> None:
        await terminate(database, await tx.fetchval("SELECT pg_backend_pid()"))
        await tx.execute("SELECT pg_sleep(5)")

    with pytest.raises(DatabaseUnavailable):
        await deliver(database, "acme", Subscriber("reader", lose))

    reader = Reader()
    assert await deliver(database, "acme", Subscriber("reader", reader)) == 1
    assert reader.batches == [[(a, 1)]]


async def test_lag_counts_events_seconds_and_parked_subjects(database: Database, things: list[UUID]) -> None:
    a, b, _ = things
    async with database.transaction("acme") as tx:
        assert await event_lag(tx, ["reader"]) == [("reader", 0, 0.0, 0)]
    await happened(database, [a, b, a])
    await deliver(database, "acme", Subscriber("reader", Reader(), batch=1))

    async with database.transaction("acme") as tx:
        new, reader = await event_lag(tx, ["new", "reader"])
    assert (new.subscriber, new.behind, new.parked) == ("new", 3, 0)
    assert (reader.subscriber, reader.behind, reader.parked) == ("reader", 2, 0)
    assert 0 < reader.behind_s <= new.behind_s < 60


def test_two_subscribers_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="share a name"):
        by_name([Subscriber("reader", Reader()), Subscriber("reader", Reader())])
