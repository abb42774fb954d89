"""Pools: created, renamed, left alone."""

from __future__ import annotations

import msgspec
import pytest

from orderwright.catalog import list_pools, read_pools, upsert_pools
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from tests.builders.catalog import a_pool, accepted
from tests.helpers.contexts import a_context


async def test_a_pool_is_created_then_renamed_then_left_alone(database: Database) -> None:
    pool = a_pool(metadata={"region": "east"})
    renamed = msgspec.structs.replace(pool, name="East")
    codes = []
    for command in (pool, renamed, renamed):
        async with database.transaction("acme") as tx:
            [outcome] = await upsert_pools(tx, a_context(), [command])
        codes.append((outcome.code, outcome.version))
    async with database.transaction("acme") as tx:
        [entry] = await read_pools(tx, codes=[pool.code])
        events = await tx.fetch("SELECT type FROM event WHERE subject_id = $1 ORDER BY seq", entry.id)
    assert codes == [("created", 1), ("updated", 2), ("unchanged", 2)]
    assert entry.content == renamed
    assert [event["type"] for event in events] == ["pool.created", "pool.updated"]


async def test_a_pool_sent_twice_and_one_that_cannot_be_stored(database: Database) -> None:
    pool, deep = a_pool(), a_pool(metadata={"a": [[]]})
    for _ in range(40):
        deep = msgspec.structs.replace(deep, metadata={"a": deep.metadata})
    async with database.transaction("acme") as tx:
        outcomes = await upsert_pools(tx, a_context(), [pool, pool, deep])
        assert [entry.content.code for entry in (await list_pools(tx)).data] == [pool.code]
    assert [outcome.code for outcome in outcomes] == ["created", "duplicate_in_batch", "unstorable_value"]


async def test_one_pool_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            accepted(await upsert_pools(tx, a_context(), [a_pool() for _ in range(count)]))
            assert tx.statements == 7


async def test_it_needs_the_permission(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await upsert_pools(tx, a_context(permissions={"stock.write"}), [a_pool()])
