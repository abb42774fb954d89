"""The coalescer: which items share a batch, who waits, and who fails when one is bad."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from orderwright.platform.coalescer import RETRIES_MAX, Coalescer
from orderwright.platform.db import Database
from orderwright.platform.errors import DatabaseUnavailable, OutcomeUnknown, Overloaded, UnstorableValue
from tests.helpers.databases import terminate, until

SKU = "INSERT INTO sku (id, code, name) SELECT gen_random_uuid(), c, c FROM unnest($1::text[]) AS k (c)"


class Gate:
    """A `run` that keeps its batches and lets each end when it is told to."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.batches: list[tuple[str, list[object]]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._free = asyncio.Semaphore(0)
        self._is_open = is_open
        self._began = asyncio.Condition()

    async def __call__(self, merchant: str, items: list[object]) -> list[object]:
        self.batches.append((merchant, items))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        async with self._began:
            self._began.notify_all()
        if not self._is_open:
            await self._free.acquire()
        self._at_once -= 1
        return [f"{item}!" for item in items]

    def let(self, batches: int = 1) -> None:
        for _ in range(batches):
            self._free.release()

    def open(self) -> None:
        self._is_open = True
        self.let(1_000)

    async def wait_for_batches(self, count: int) -> None:
        async with asyncio.timeout(60), self._began:
            await self._began.wait_for(lambda: len(self.batches) >= count)


def submit(coalescer: Coalescer[object, object], merchant: str, *items: object) -> list[asyncio.Task[object]]:
    return [asyncio.create_task(coalescer.submit(merchant, item)) for item in items]


async def test_what_arrives_while_a_batch_runs_is_the_next_batch() -> None:
    gate = Gate()
    coalescer = Coalescer(gate, lanes=1)
    first = submit(coalescer, "acme", 1)
    await gate.wait_for_batches(1)
    more = submit(coalescer, "acme", 2, 3) + submit(coalescer, "acme", 4)
    await asyncio.sleep(0)
    assert coalescer.waiting == 3
    gate.let()
    await gate.wait_for_batches(2)
    gate.let()

    assert await asyncio.gather(*first, *more) == ["1!", "2!", "3!", "4!"]
    assert gate.batches == [("acme", [1]), ("acme", [2, 3, 4])]
    assert coalescer.waiting == 0


async def test_callers_of_one_moment_share_the_first_batch() -> None:
    gate = Gate(is_open=True)
    coalescer = Coalescer(gate, lanes=2)

    assert await asyncio.gather(*submit(coalescer, "acme", 1, 2, 3)) == ["1!", "2!", "3!"]
    assert gate.batches == [("acme", [1, 2, 3])]


async def test_batches_are_bounded_and_keep_the_order_of_arrival() -> None:
    gate = Gate(is_open=True)
    coalescer = Coalescer(gate, lanes=1, batch_max=2)

    await asyncio.gather(*submit(coalescer, "acme", 1, 2, 3, 4, 5))
    assert [items for _, items in gate.batches] == [[1, 2], [3, 4], [5]]


async def test_merchants_take_turns() -> None:
    gate = Gate()
    coalescer = Coalescer(gate, lanes=1, batch_max=2)
    tasks = submit(coalescer, "acme", 0)
    await gate.wait_for_batches(1)
    tasks += submit(coalescer, "acme", 1, 2, 3, 4, 5)
    tasks += submit(coalescer, "bolt", 6, 7, 8)
    tasks += submit(coalescer, "cargo", 9)
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(*tasks)

    assert gate.batches[1:] == [
        ("acme", [1, 2]),
        ("bolt", [6, 7]),
        ("cargo", [9]),
        ("acme", [3, 4]),
        ("bolt", [8]),
        ("acme", [5]),
    ]


async def test_no_more_batches_at_once_than_lanes() -> None:
    gate = Gate()
    coalescer = Coalescer(gate, lanes=2, batch_max=1)
    tasks = submit(coalescer, "acme", 1, 2, 3, 4, 5)
    await gate.wait_for_batches(2)
    gate.open()
    await asyncio.gather(*tasks)

    assert gate.most_at_once == 2


async def test_a_full_queue_refuses_at_once_and_says_when_to_come_again() -> None:
    gate = Gate()
    coalescer = Coalescer(gate, lanes=1, queue_max=2)
    tasks = submit(coalescer, "acme", 1)
    await gate.wait_for_batches(1)
    tasks += submit(coalescer, "acme", 2, 3)
    await asyncio.sleep(0)

    with pytest.raises(Overloaded) as refused:
        await coalescer.submit("bolt", 4)
    assert refused.value.details == {"retry_after_s": 1}
    gate.open()
    assert await asyncio.gather(*tasks) == ["1!", "2!", "3!"]
    assert await coalescer.submit("bolt", 4) == "4!"


async def test_a_caller_that_leaves_cancels_nothing() -> None:
    gate = Gate()
    coalescer = Coalescer(gate, lanes=1)
    running, *_ = submit(coalescer, "acme", 1)
    await gate.wait_for_batches(1)
    leaves, stays = submit(coalescer, "acme", 2, 3)
    await asyncio.sleep(0)
    running.cancel()
    leaves.cancel()
    await asyncio.sleep(0)
    gate.open()

    assert await stays == "3!"
    assert gate.batches == [("acme", [1]), ("acme", [2, 3])]


async def test_closing_answers_what_waits_and_takes_nothing_new() -> None:
    gate = Gate()
    coalescer = Coalescer(gate, lanes=1, batch_max=1)
    tasks = submit(coalescer, "acme", 1, 2, 3)
    await gate.wait_for_batches(1)
    closing = asyncio.create_task(coalescer.aclose())
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await coalescer.submit("acme", 4)
    gate.open()
    await closing

    assert [task.result() for task in tasks] == ["1!", "2!", "3!"]


async def test_a_wrong_number_of_results_is_everybodys_error() -> None:
    async def run(_merchant: str, items: list[object]) -> list[object]:
        return items[1:]

    with pytest.raises(RuntimeError, match="returned 0 results for 1 items"):
        await Coalescer(run).submit("acme", 1)


class Store:
    """Stores codes as SKUs, a batch a transaction, and keeps what was tried."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tried: list[list[str]] = []
        self.troubles: list[Exception] = []
        self.kills = 0
        self.loses_answers = 0

    async def run(self, merchant: str, items: list[str]) -> list[str]:
        self.tried.append(items)
        async with self.database.transaction(merchant) as tx:
            if self.troubles:
                raise self.troubles.pop()
            if self.kills:
                self.kills -= 1
                pid = await tx.fetchval("SELECT pg_backend_pid()")
                await terminate(self.database, pid)
            await tx.execute(SKU, items)
        if self.loses_answers:
            self.loses_answers -= 1
            raise OutcomeUnknown
        return [f"stored {item}" for item in items]

    async def look_up(self, merchant: str, items: list[str]) -> Sequence[str | None]:
        async with self.database.transaction(merchant) as tx:
            known = {row[0] for row in await tx.fetch("SELECT code FROM sku WHERE code = ANY ($1)", items)}
        return [f"found {item}" if item in known else None for item in items]

    async def stored(self) -> list[str]:
        async with self.database.transaction("acme") as tx:
            return [row[0] for row in await tx.fetch("SELECT code FROM sku ORDER BY code")]


async def all_of(coalescer: Coalescer[str, str], items: Sequence[str]) -> list[str | BaseException]:
    return await asyncio.gather(*(coalescer.submit("acme", item) for item in items), return_exceptions=True)


async def test_one_nul_character_fails_its_item_alone(database: Database) -> None:
    store = Store(database)
    items = ["a", "b", "c\0", "d", "e"]

    answers = await all_of(Coalescer(store.run), items)

    assert isinstance(answers[2], UnstorableValue)
    assert isinstance(answers[2].__cause__, asyncpg.CharacterNotInRepertoireError)
    assert answers[:2] + answers[3:] == ["stored a", "stored b", "stored d", "stored e"]
    assert store.tried == [items, ["a", "b"], ["c\0", "d", "e"], ["c\0"], ["d", "e"]]
    assert await store.stored() == ["a", "b", "d", "e"]


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        ("lone \ud800", UnstorableValue),
        ("x" * 101, asyncpg.CheckViolationError),
        ("taken", asyncpg.UniqueViolationError),
    ],
)
async def test_any_bad_value_fails_its_item_alone(database: Database, bad: str, kind: type[Exception]) -> None:
    store = Store(database)
    coalescer = Coalescer(store.run)
    assert await all_of(coalescer, ["taken"]) == ["stored taken"]

    good, failed, also_good = await all_of(coalescer, ["a", bad, "b"])
    assert (good, also_good) == ("stored a", "stored b")
    assert type(failed) is kind
    assert await store.stored() == ["a", "b", "taken"]


async def test_a_number_out_of_range_is_unstorable(database: Database) -> None:
    async def run(merchant: str, items: list[int]) -> list[int]:
        async with database.transaction(merchant) as tx:
            return [row[0] for row in await tx.fetch("SELECT * FROM unnest($1::int[])", items)]

    coalescer = Coalescer(run)
    answers = await asyncio.gather(*(coalescer.submit("acme", n) for n in (1, 2**31, 3)), return_exceptions=True)

    assert (answers[0], answers[2]) == (1, 3)
    assert isinstance(answers[1], UnstorableValue)


async def test_a_deadlock_is_tried_again_as_a_whole(database: Database) -> None:
    store = Store(database)
    store.troubles = [asyncpg.DeadlockDetectedError("deadlock"), asyncpg.SerializationError("conflict")]

    assert await all_of(Coalescer(store.run), ["a", "b"]) == ["stored a", "stored b"]
    assert store.tried == [["a", "b"]] * 3


async def test_endless_deadlocks_are_too_much_load(database: Database) -> None:
    store = Store(database)
    store.troubles = [asyncpg.LockNotAvailableError("lock timeout") for _ in range(100)]

    answers = await all_of(Coalescer(store.run), ["a", "b"])
    assert [type(answer) for answer in answers] == [Overloaded, Overloaded]
    assert store.tried == [["a", "b"]] * (RETRIES_MAX + 1)


async def test_a_killed_backend_is_tried_again_once(database: Database) -> None:
    store = Store(database)
    coalescer = Coalescer(store.run)
    store.kills = 1
    assert await all_of(coalescer, ["a", "b"]) == ["stored a", "stored b"]

    store.kills = 2
    answers = await all_of(coalescer, ["c", "d"])
    assert [type(answer) for answer in answers] == [DatabaseUnavailable, DatabaseUnavailable]
    assert await store.stored() == ["a", "b"]
    assert await all_of(coalescer, ["c"]) == ["stored c"]


async def test_a_commit_without_an_answer_is_looked_up(database: Database) -> None:
    store = Store(database)
    store.loses_answers = 1

    assert await all_of(Coalescer(store.run, look_up=store.look_up), ["a", "b"]) == ["found a", "found b"]
    assert store.tried == [["a", "b"]]

    store.loses_answers = 1
    answers = await all_of(Coalescer(store.run), ["c", "d"])
    assert [type(answer) for answer in answers] == [OutcomeUnknown, OutcomeUnknown]


async def test_a_backend_killed_in_its_commit_is_unknown_until_looked_up(database: Database) -> None:
    """A deferred trigger keeps the COMMIT running for long enough to kill it there."""
    async with database.transaction("acme") as tx:
        await tx.execute("CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS"
                         " $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$")  # fmt: skip
        await tx.execute("CREATE CONSTRAINT TRIGGER lingering AFTER INSERT ON sku DEFERRABLE INITIALLY DEFERRED"
                         " FOR EACH ROW EXECUTE FUNCTION linger()")  # fmt: skip
    store = Store(database)
    asked = asyncio.create_task(all_of(Coalescer(store.run, look_up=store.look_up), ["a", "b"]))

    async def kill() -> bool:
        async with database.connection() as connection:
            return await connection.fetchval(
                "SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity"
                " WHERE wait_event = 'PgSleep' AND query = 'COMMIT' AND datname = current_database()"
            )

    await until(kill)
    assert [type(answer) for answer in await asked] == [OutcomeUnknown, OutcomeUnknown]
    assert store.tried == [["a", "b"]]
    assert await store.stored() == []
