"""Locations: stored as sent, checked against the world, never moved by an upsert."""

from __future__ import annotations

from datetime import date, time

import msgspec
import pytest

from orderwright.catalog import locations_by_code, read_locations, upsert_locations, upsert_pools
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from tests.builders.catalog import a_location, a_pool, accepted
from tests.helpers.contexts import a_context


async def test_a_location_is_stored_with_its_days_in_order(database: Database) -> None:
    pool = a_pool()
    location = a_location(
        pool.code, kind="3pl", line2="Gate 4", open_weekdays=[5, 1, 5, 3],
        holidays=[date(2027, 1, 1), date(2026, 12, 25), date(2027, 1, 1)], cutoff=time(14, 30), daily_capacity=0,
        external_refs={"wms": "W-7"}, metadata={"dock": {"doors": 12}},
    )  # fmt: skip
    expected = msgspec.structs.replace(
        location, open_weekdays=[1, 3, 5], holidays=[date(2026, 12, 25), date(2027, 1, 1)]
    )
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
        [first] = await upsert_locations(tx, a_context(), [location])
        [again] = await upsert_locations(tx, a_context(), [location])
        [entry] = await read_locations(tx, codes=[location.code])
        events = await tx.fetch("SELECT type, data::text FROM event WHERE subject_id = $1", entry.id)
    assert (first.code, again.code, entry.id) == ("created", "unchanged", first.id)
    assert entry.content == expected
    assert [tuple(event) for event in events] == [("location.created", f'{{"code": "{location.code}"}}')]


async def test_what_is_refused_in_precedence(database: Database) -> None:
    pool, other = a_pool(), a_pool()
    kept, another = a_location(pool.code), a_location(pool.code)
    everything_wrong = a_location("NONE", country="XX", time_zone="Mars/Olympus", longitude=None, metadata={"a": "\0"})
    replace = msgspec.structs.replace
    batch = [
        everything_wrong,
        replace(everything_wrong, code="B", metadata={}),
        replace(everything_wrong, code="C", metadata={}, country="US"),
        replace(everything_wrong, code="D", metadata={}, country="US", time_zone="UTC"),
        replace(everything_wrong, code="E", metadata={}, country="US", time_zone="UTC", longitude=1.0),
        replace(kept, pool=other.code, active=False),
        replace(another, active=False),
        replace(everything_wrong, code="B"),
    ]
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool, other]))
        accepted(await upsert_locations(tx, a_context(), [kept, another]))
        outcomes = await upsert_locations(tx, a_context(), batch)
        facts = await locations_by_code(tx, [location.code for location in batch])
    assert [(outcome.code, outcome.details) for outcome in outcomes] == [
        ("unstorable_value", {"field": "metadata"}),
        ("unknown_country", {"country": "XX"}),
        ("unknown_time_zone", {"time_zone": "Mars/Olympus"}),
        ("incomplete_coordinates", {}),
        ("unknown_pool", {"pool": "NONE"}),
        ("pool_change_refused", {"pool": pool.code}),
        ("active_change_refused", {"active": True}),
        ("duplicate_in_batch", {}),
    ]
    assert facts.keys() == {kept.code, another.code}


async def test_a_location_is_prepared_inactive_and_opened_once(database: Database) -> None:
    pool = a_pool()
    prepared = a_location(pool.code, active=False)
    opened = msgspec.structs.replace(prepared, active=True)
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
        accepted(await upsert_locations(tx, a_context(), [prepared]))
        outcomes = [await upsert_locations(tx, a_context(), [one]) for one in (opened, prepared)]
        facts = await locations_by_code(tx, [prepared.code])
    assert [outcome.code for [outcome] in outcomes] == ["updated", "active_change_refused"]
    assert facts[prepared.code].active


@pytest.mark.parametrize("zone", ["localtime", "Factory", "../../etc/passwd", "America", "utc+1", "a\0b", ""])
async def test_names_that_are_no_time_zones(database: Database, zone: str) -> None:
    pool = a_pool()
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
        [outcome] = await upsert_locations(tx, a_context(), [a_location(pool.code, time_zone=zone)])
    assert outcome.code == "unknown_time_zone"


async def test_a_limited_key_changes_its_own_locations_alone(database: Database) -> None:
    pool = a_pool()
    mine, yours = a_location(pool.code), a_location(pool.code)
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
        mine_id, _ = accepted(await upsert_locations(tx, a_context(), [mine, yours]))
        limited = a_context(locations=frozenset({mine_id}))
        batch = [msgspec.structs.replace(mine, name="Mine"), msgspec.structs.replace(yours, name="Mine")]
        outcomes = await upsert_locations(tx, limited, [*batch, a_location(pool.code)])
    assert [outcome.code for outcome in outcomes] == ["updated", "location_not_allowed", "location_not_allowed"]


async def test_one_location_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    pool = a_pool()
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, a_context(), [pool]))
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            accepted(await upsert_locations(tx, a_context(), [a_location(pool.code) for _ in range(count)]))
            assert tx.statements == 9


async def test_it_needs_the_permission(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await upsert_locations(tx, a_context(permissions=set()), [a_location("P")])
