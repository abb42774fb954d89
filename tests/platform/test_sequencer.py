"""The sequencer on interleaved transactions of real connections: nothing skipped, nothing twice, nothing reordered."""

import asyncio
import random
from collections import defaultdict
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.platform.db import Database, Transaction
from orderwright.platform.events import last_position, read_events, sequence_events
from orderwright.platform.events.sequencer import PendingEvent, in_order
from orderwright.platform.ids import UUID, new_id
from tests.helpers.databases import connect, roll_back
from tests.helpers.events import happen, make_things

A, B, C = (UUID(f"00000000-0000-7000-8000-00000000000{n}") for n in "abc")


async def sequence(database: Database, merchant: str = "acme", **limit: int) -> int:
    async with database.transaction(merchant) as tx:
        return await sequence_events(tx, **limit)


async def positions(database: Database, merchant: str = "acme") -> list[tuple[int, UUID, int]]:
    async with database.transaction(merchant) as tx:
        rows = await tx.fetch("SELECT position, subject_id, seq FROM event_position ORDER BY position")
    return [tuple(row) for row in rows]


def test_in_order_rises_within_a_subject_and_keeps_turns() -> None:
    taken = [PendingEvent(A, 3), PendingEvent(B, 1), PendingEvent(A, 1), PendingEvent(A, 2), PendingEvent(C, 7)]

    assert in_order(taken) == [(A, 1), (B, 1), (A, 2), (A, 3), (C, 7)]


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.integers(1, 50)), unique=True, max_size=60))
def test_in_order_loses_and_adds_nothing(taken: list[tuple[UUID, int]]) -> None:
    ordered = in_order([PendingEvent(*event) for event in taken])

    assert sorted(map(str, ordered)) == sorted(str(PendingEvent(*event)) for event in taken)
    for subject in (A, B, C):
        seqs = [event.seq for event in ordered if event.subject_id == subject]
        assert seqs == sorted(seqs)


async def test_what_commits_late_is_numbered_late_and_not_skipped(database: Database) -> None:
    a, b = await make_things(database, 2)
    async with database.transaction("acme") as early:
        await happen(early, [a])  # the lower event id, and the lower transaction id
        async with database.transaction("acme") as late:
            await happen(late, [b])
        assert await sequence(database) == 1
        assert await positions(database) == [(1, b, 1)]
    assert await sequence(database) == 1

    assert await positions(database) == [(1, b, 1), (2, a, 1)]
    assert await sequence(database) == 0


async def test_a_rolled_back_event_never_gets_a_position(database: Database) -> None:
    (a,) = await make_things(database, 1)
    await roll_back(database, lambda tx: happen(tx, [a]))

    assert await sequence(database) == 0
    assert await positions(database) == []


async def test_one_sequencer_works_and_others_pass(database: Database) -> None:
    a, b = await make_things(database, 2)
    await make_things(database, 1, "bolt")
    async with database.transaction("acme") as tx:
        await happen(tx, [a, b])
    async with database.transaction("acme") as first:
        assert await sequence_events(first) == 2
        assert await sequence(database) == 0  # does not wait either
        assert await sequence(database, "bolt") == 0
        async with database.transaction("acme") as tx:
            await happen(tx, [a])
    assert await sequence(database) == 1

    assert await positions(database) == [(1, a, 1), (2, b, 1), (3, a, 2)]


async def test_a_pass_takes_whole_subjects(database: Database) -> None:
    """With a limit in the middle of a subject, its later events must not wait apart from its earlier ones."""
    a, b = await make_things(database, 2)
    async with database.transaction("acme") as tx:
        await happen(tx, [a, a, b, a, b])

    assert await sequence(database, limit=1) == 3
    assert await sequence(database, limit=1) == 2
    assert await positions(database) == [(1, a, 1), (2, a, 2), (3, a, 3), (4, b, 1), (5, b, 2)]


async def test_a_sequencer_that_dies_leaves_no_trace(database: Database) -> None:
    (a,) = await make_things(database, 1)
    async with database.transaction("acme") as tx:
        await happen(tx, [a])
    await roll_back(database, sequence_events)

    assert await sequence(database) == 1
    assert await positions(database) == [(1, a, 1)]


async def test_statements_do_not_grow_with_events(database: Database) -> None:
    things = await make_things(database, 100)
    counts = []
    for some in (things[:1], things):
        async with database.transaction("acme") as tx:
            await happen(tx, some)
        async with database.transaction("acme") as tx:
            assert await sequence_events(tx) == len(some)
            counts.append(tx.statements)
    assert counts == [4, 4]


async def test_read_events_pages_by_position_and_says_who(database: Database) -> None:
    a, b = await make_things(database, 2)
    async with database.transaction("acme") as tx:
        await happen(tx, [a, b], "thing.made", colour="red")
        await happen(tx, [a], "thing.changed")
    await sequence(database)

    async with database.transaction("acme") as tx:
        first = await read_events(tx, 0, 2)
        rest = await read_events(tx, first[-1].position, 2)
        changed = await read_events(tx, 0, 10, {"thing.changed"})
        assert await last_position(tx) == 3
    assert [(e.position, e.subject_id, e.seq, e.type) for e in first] == [
        (1, a, 1, "thing.made"),
        (2, b, 1, "thing.made"),
    ]
    assert first[0].facts() == {"seq": 1, "colour": "red"}
    assert (first[0].actor, first[0].on_behalf_of, first[0].reason) == ("cli:tester", None, None)
    assert abs((first[0].recorded_at - first[0].happened_at).total_seconds()) < 5
    assert rest == changed
    assert [(e.position, e.subject_id, e.seq) for e in changed] == [(3, a, 2)]
    async with database.transaction("bolt") as tx:
        assert await read_events(tx, 0, 10) == []


@pytest.mark.parametrize("seed", range(6))
async def test_random_interleavings(database: Database, seed: int) -> None:
    """Transactions that overlap at random, each on a few of the same subjects, some rolled back, while a sequencer
    passes at random moments and a reader follows by position alone."""
    chance = random.Random(seed)
    subjects = await make_things(database, 5)
    seen: list[tuple[int, UUID, int]] = []
    committed: dict[UUID, list[int]] = defaultdict(list)

    async def look() -> None:
        async with database.transaction("acme") as tx:
            found = await read_events(tx, seen[-1][0] if seen else 0, 1_000)
        seen.extend((event.position, event.subject_id, event.seq) for event in found)

    for _ in range(8):
        held: set[UUID] = set()
        endings = []
        for _ in range(4):
            free = [s for s in subjects if s not in held]
            mine = chance.sample(free, chance.randint(0, min(2, len(free))))
            held.update(mine)
            stack = AsyncExitStack()
            tx: Transaction = await stack.enter_async_context(database.transaction("acme"))
            done = [(s, await happen(tx, [s] * chance.randint(1, 3))) for s in mine]
            endings.append((stack, done))
        chance.shuffle(endings)
        for stack, done in endings:
            if chance.random() < 0.2:
                with pytest.raises(RuntimeError, match="rolled back"):
                    async with stack:
                        raise RuntimeError("rolled back")
            else:
                await stack.aclose()
                for subject, seqs in done:
                    committed[subject].extend(seqs)
            if chance.random() < 0.5:
                await sequence(database, limit=chance.choice([1, 2, 1_000]))
                await look()
    while await sequence(database):
        pass
    await look()

    assert [position for position, _, _ in seen] == list(range(1, len(seen) + 1))
    by_subject: dict[UUID, list[int]] = defaultdict(list)
    for _, subject, seq in seen:
        by_subject[subject].append(seq)
    assert by_subject == committed
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in by_subject.values())


async def test_writers_and_sequencers_that_race(dsn: str, database: Database) -> None:
    """Free-running writers that wait for each other's subjects, and two processes' sequencers: order holds."""
    subjects = await make_things(database, 4)
    other = await connect(dsn)
    writing = 6

    async def write(seed: int) -> None:
        nonlocal writing
        chance = random.Random(seed)
        for _ in range(25):
            async with database.transaction("acme") as tx:
                await happen(tx, sorted(chance.sample(subjects, chance.randint(1, 3))))
        writing -= 1

    async def number(on: Database) -> int:
        total = 0
        while writing:
            total += await sequence(on, limit=3)
        return total

    *_, one, two = await asyncio.gather(*(write(seed) for seed in range(6)), number(database), number(other))
    rest = 0
    while more := await sequence(database):
        rest += more

    found = await positions(database)
    assert [position for position, _, _ in found] == list(range(1, one + two + rest + 1))
    async with database.transaction("acme") as tx:
        counters = {row[0]: row[1] for row in await tx.fetch("SELECT id, event_seq FROM thing")}
    for subject, count in counters.items():
        assert [seq for _, s, seq in found if s == subject] == list(range(1, count + 1))
    await other.close()


async def test_an_unknown_subject_is_nobodys_business(database: Database) -> None:
    """The sequencer needs no row of the subject: what is appended is numbered."""
    await make_things(database, 1)
    async with database.transaction("acme") as tx:
        await tx.execute("INSERT INTO event_pending (subject_id, seq) VALUES ($1, 5)", new_id())
    assert await sequence(database) == 1
