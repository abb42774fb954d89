"""Idempotency-Keys, raced on two connections."""

import asyncio

import pytest

from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import IdempotencyConflict
from orderwright.platform.idempotency import Stored, remember, store_answer
from tests.helpers.databases import roll_back, waiting_backend

CALLER = "key:AAAAAAAAAAAA"


async def do_once(
    database: Database, key: str, request: bytes, merchant: str = "acme", caller: str = CALLER
) -> tuple[str, bytes]:
    """A command with a key: done now, or answered again."""
    async with database.transaction(merchant) as tx:
        stored = await remember(tx, caller, key, request)
        if stored is not None:
            assert stored.status == 201
            return "again", stored.answer
        await tx.execute("INSERT INTO work (stage, subject_id) VALUES ('verify', gen_random_uuid())")
        await store_answer(tx, caller, key, 201, b'{"made": 1}')
        return "done", b'{"made": 1}'


async def made(database: Database, merchant: str = "acme") -> int:
    async with database.transaction(merchant) as tx:
        return int(await tx.fetchval("SELECT count(*) FROM work"))


async def test_a_repetition_is_answered_and_not_done(database: Database) -> None:
    assert await do_once(database, "k1", b"a") == ("done", b'{"made": 1}')
    assert await do_once(database, "k1", b"a") == ("again", b'{"made": 1}')
    assert await do_once(database, "k2", b"a") == ("done", b'{"made": 1}')
    assert await do_once(database, "k1", b"b", "bolt") == ("done", b'{"made": 1}')  # keys belong to a merchant
    assert (await made(database), await made(database, "bolt")) == (2, 1)


async def test_a_key_is_its_callers_own(database: Database) -> None:
    assert (await do_once(database, "k1", b"a"))[0] == "done"
    assert (await do_once(database, "k1", b"a", caller="key:BBBBBBBBBBBB"))[0] == "done"
    assert (await do_once(database, "k1", b"b", caller="user:ann"))[0] == "done"  # no conflict either
    assert (await do_once(database, "k1", b"a", caller="key:BBBBBBBBBBBB"))[0] == "again"
    assert await made(database) == 3


async def test_another_request_with_the_same_key_is_a_conflict(database: Database) -> None:
    await do_once(database, "k1", b"a")

    with pytest.raises(IdempotencyConflict):
        await do_once(database, "k1", b"b")
    assert await made(database) == 1


async def test_the_second_waits_for_the_first_and_gets_its_answer(database: Database) -> None:
    async with database.transaction("acme") as first:
        assert await remember(first, CALLER, "k1", b"a") is None
        second = asyncio.create_task(do_once(database, "k1", b"a"))
        other = asyncio.create_task(do_once(database, "k1", b"b"))
        await waiting_backend(database)
        assert not second.done()
        await store_answer(first, CALLER, "k1", 201, b"first")

    assert await second == ("again", b"first")
    with pytest.raises(IdempotencyConflict):
        await other
    assert await made(database) == 0


async def test_the_second_does_it_when_the_first_fails(database: Database) -> None:
    second: list[asyncio.Task[tuple[str, bytes]]] = []

    async def fail(first: Transaction) -> None:
        assert await remember(first, CALLER, "k1", b"a") is None
        second.append(asyncio.create_task(do_once(database, "k1", b"a")))
        await waiting_backend(database)

    await roll_back(database, fail)

    assert await second[0] == ("done", b'{"made": 1}')
    assert await made(database) == 1


async def test_one_of_many_at_once_does_it(database: Database) -> None:
    answers = await asyncio.gather(*(do_once(database, "k1", b"a") for _ in range(10)))

    assert sorted(how for how, _ in answers) == ["again"] * 9 + ["done"]
    assert await made(database) == 1


async def test_a_key_without_an_answer_was_not_finished(database: Database) -> None:
    """A command of two transactions that died between them: the repetition takes it up."""
    async with database.transaction("acme") as tx:
        assert await remember(tx, CALLER, "k1", b"a") is None

    assert await do_once(database, "k1", b"a") == ("done", b'{"made": 1}')
    async with database.transaction("acme") as tx:
        assert await remember(tx, CALLER, "k1", b"a") == Stored(201, b'{"made": 1}')
        assert tx.statements == 2
