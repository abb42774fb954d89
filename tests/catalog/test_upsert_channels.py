"""Channels: stored as sent, their pools in order."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orderwright.catalog import (
    Checks,
    channels_by_code,
    read_channels,
    upsert_locations,
    upsert_pools,
    upsert_skus,
)
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import new_id
from tests.builders.catalog import a_channel, a_location, a_pool, a_sku, accepted
from tests.helpers.contexts import a_context


async def test_a_channel_is_stored_with_its_pools_in_order(database: Database) -> None:
    pools = [a_pool(), a_pool(), a_pool()]
    channel = a_channel(
        pools[2].code, pools[0].code, kind="b2b", brand="Acme", currency="EUR", short_line_policy="reject", buffer=5,
        verify_prices=True, checks=Checks(total_max=500_000, phone=False), external_refs={"shop": "7"},
        metadata={"a": 1},
    )  # fmt: skip
    async with database.transaction("acme") as tx:
        ids = accepted(await upsert_pools(tx, a_context(), pools))
        [outcome] = await upsert_channels(tx, a_context(), [channel])
        [again] = await upsert_channels(tx, a_context(), [channel])
        [entry] = await read_channels(tx, ids=[outcome.id])
        facts = (await channels_by_code(tx, [channel.code]))[channel.code]
    assert (outcome.code, again.code) == ("created", "unchanged")
    assert entry.content == channel
    assert facts.pool_ids == [ids[2], ids[0]]
    assert facts.checks == Checks(total_max=500_000, phone=False)
    assert facts[:7] == (outcome.id, channel.code, "b2b", "EUR", "reject", 5, True)


async def test_pools_are_replaced_and_reordered(database: Database) -> None:
    pools = [a_pool(), a_pool(), a_pool()]
    channel = a_channel(pools[0].code, pools[1].code)
    changed = msgspec.structs.replace(channel, pools=[pools[1].code, pools[2].code, pools[0].code])
    async with database.transaction("acme") as tx:
        ids = accepted(await upsert_pools(tx, a_context(), pools))
        accepted(await upsert_channels(tx, a_context(), [channel]))
        [outcome] = await upsert_channels(tx, a_context(), [changed])
        facts = (await channels_by_code(tx, [channel.code]))[channel.code]
        events = await tx.fetch("SELECT type, data::text FROM event WHERE subject_id = $1 ORDER BY seq", outcome.id)
    assert (outcome.code, outcome.version) == ("updated", 2)
    assert facts.pool_ids == [ids[1], ids[2], ids[0]]
    assert events[1]["type"] == "channel.updated"
    assert msgspec.json.decode(events[1]["data"]) == {"code": channel.code, "changed": ["pools"]}


async def test_what_is_refused_in_precedence(database: Database) -> None:
    pool = a_pool()
    good = a_channel(pool.code)
    batch = [
        a_channel("NONE", "NONE", currency="XXX", metadata={"a": "\0"}),
        a_channel("NONE", "NONE", currency="XXX"),
        a_channel("NONE", "NONE"),
        a_channel(pool.code, "NONE"),
        good,
        good,
    ]
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
        outcomes = await upsert_channels(tx, a_context(), batch)
    assert [(outcome.code, outcome.details) for outcome in outcomes] == [
        ("unstorable_value", {"field": "metadata"}),
        ("unknown_currency", {"currency": "XXX"}),
        ("repeated_pool", {"pools": ["NONE"]}),
        ("unknown_pool", {"pools": ["NONE"]}),
        ("created", {}),
        ("duplicate_in_batch", {}),
    ]


async def test_a_limited_key_changes_its_own_channels_alone(database: Database) -> None:
    pool = a_pool()
    mine = a_channel(pool.code)
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
        [mine_id] = accepted(await upsert_channels(tx, a_context(), [mine]))
        limited = a_context(channels=frozenset({mine_id}))
        outcomes = await upsert_channels(
            tx, limited, [msgspec.structs.replace(mine, buffer=1), a_channel(pool.code, currency="XXX")]
        )
    assert [outcome.code for outcome in outcomes] == ["updated", "channel_not_allowed"]
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [other := a_pool()]))
        [outcome] = await upsert_channels(tx, limited, [msgspec.structs.replace(mine, pools=[pool.code, other.code])])
    assert (outcome.code, outcome.details) == ("pools_not_allowed", {"pools": [pool.code]})


@pytest.mark.parametrize(
    ("upsert", "entry", "limits"),
    [
        (upsert_skus, a_sku(), {"channels", "locations"}),
        (upsert_pools, a_pool(), {"channels", "locations"}),
        (upsert_locations, a_location("NONE"), {"channels"}),
        (upsert_channels, a_channel("NONE"), {"locations"}),
    ],
)
async def test_what_is_of_all_is_not_for_a_limited_key(
    database: Database, upsert: Any, entry: Any, limits: set[str]
) -> None:
    async with database.transaction("acme") as tx:
        for limit in sorted(limits):
            only: dict[str, Any] = {limit: frozenset([new_id()])}
            with pytest.raises(PermissionDenied):
                await upsert(tx, a_context(**only), [entry])
        assert tx.statements == 0


async def test_one_channel_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    pool = a_pool()
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            accepted(await upsert_channels(tx, a_context(), [a_channel(pool.code) for _ in range(count)]))
            assert tx.statements == 10


async def test_it_needs_the_permission(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await upsert_channels(tx, a_context(permissions={"orders.place"}), [a_channel("P")])
