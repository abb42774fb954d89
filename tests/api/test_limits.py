"""A key that is limited to channels or locations sees and touches only those (docs/reference/scopes.md)."""

from __future__ import annotations

from typing import Any

import pytest_asyncio

from orderwright.api.operations import Operation
from orderwright.api.outcomes import status_of
from orderwright.api.table import OPERATIONS
from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from tests.builders.bodies import an_order_body
from tests.helpers.api import Api, a_key, codes, problem
from tests.helpers.outside import CALLS, Request, World, a_world, everything

# One's own views and drafts (`test_draft_orders`);
# and what has tests of its own with limited keys, since it takes bytes or answers in another form:
# `test_annotations`, `test_papers`, `test_order_lists`, `test_find_anything`;
# bulk runs, which do it later: `test_bulk_runs`.
ELSEWHERE = {
    "save_draft_order", "save_draft_order_in_bulk",
    "put_saved_view", "put_saved_view_in_bulk", "put_preference", "put_preference_in_bulk", "start_bulk_run",
    "start_bulk_run_in_bulk", "cancel_bulk_run", "cancel_bulk_run_in_bulk", "remove_saved_view",
    "remove_saved_view_in_bulk", "attach_file", "keep_label", "start_import",
    "count_orders", "sum_orders", "export_orders", "find",
}  # fmt: skip
# Of all channels and locations at once: of no use to a key that is limited to some.
OF_ALL = {"people.write", "keys.write", "approvals.decide", "approvals.ask", "customers.write", "customers.merge"}
UNSAFE = {
    made.id: made
    for made in OPERATIONS
    if made.method not in ("GET", "HEAD") and made.scope and made.scope not in OF_ALL and made.id not in ELSEWHERE
}
READING = {"search_orders", "search_customers"}  # what takes a body, and changes nothing for anybody
PLACING = {"place_order", "place_orders_in_bulk"}  # what is refused stays in the sender's inbox (law T1)
UNKNOWN = {"unknown_tracking_number"}  # as for a number that no parcel has


async def send(api: Api, made: Operation, asked: Request) -> Any:
    """Call an operation: in bulk with one item that names what the path would."""
    bulk = made.item is not None
    path = made.path if bulk else made.path.replace(":path", "").format(**asked.path)
    named = {} if "code" in asked.path else asked.path
    return await api.call(made.method, path, json={"data": [named | asked.body]} if bulk else asked.body)


def answered(made: Operation, answer: Any) -> set[tuple[int, str]]:
    """Status and code of each "no"; of what was done (200, its code)."""
    body = answer.json()
    if made.item is not None and answer.status_code == 200:
        return {(200 if item["ok"] else status_of(item["code"]), item["code"]) for item in body["data"]}
    return {(answer.status_code, body.get("code", ""))}


def is_no(made: Operation, answer: Any) -> bool:
    """Whether nothing was found or done, for want of permission or as if it did not exist."""
    if made.id in READING:
        return bool(answer.status_code == 200 and answer.json() == {"data": [], "next": None})
    return all(status in (403, 404) or code in UNKNOWN for status, code in answered(made, answer))


def test_every_unsafe_operation_has_a_call_here() -> None:
    assert set(CALLS) == set(UNSAFE)


async def test_people_keys_and_approvals_are_not_for_a_limited_key(api: Api, database: Database) -> None:
    world = await a_world(database, api)
    order = (await CALLS["cancel_order"](world)).path["order_id"]
    path = {
        "person_id": "usr_01j9zqtf0seqbr9w7r1c4rkz2m", "approval_id": "apr_01j9zqtf0seqbr9w7r1c4rkz2m",
        "key_prefix": "abcdefghijkm", "customer_id": "cus_01j9zqtf0seqbr9w7r1c4rkz2m",
        "customer_note_id": "cnt_01j9zqtf0seqbr9w7r1c4rkz2m",
    }  # fmt: skip
    taken: list[Any] = []
    for name, limits in world.limits.items():
        limited = api.using(await a_key(database, **limits))
        before = await everything(database)
        for made in OPERATIONS:
            if made.method == "GET" or made.scope not in OF_ALL:
                continue
            body = made.example or {}
            if made.scope == "approvals.ask":
                asked = {**(body["data"][0] if made.item is not None else body), "subject": order}
                body = {"data": [asked]} if made.item is not None else asked
            answer = await limited.call(made.method, made.path.format(**path), json=body)
            if not is_no(made, answer):
                taken.append((name, made.id, answer.text[:200]))
        after = await everything(database)
        taken += [(name, table) for table in after if after[table] != before[table]]
    assert taken == []


async def test_no_operation_touches_what_is_outside(api: Api, database: Database) -> None:
    world = await a_world(database, api)
    keys = {name: api.using(await a_key(database, **limits)) for name, limits in world.limits.items()}
    wrong: list[Any] = []
    for name, make in CALLS.items():
        made, asked = UNSAFE[name], await make(world)
        but = ("inbox", "act") if name in PLACING else ()
        for limit, limited in keys.items():
            before = await everything(database, *but)
            answer = await send(limited, made, asked)
            after = await everything(database, *but)
            changed = sorted(table for table in after if after[table] != before[table])
            if changed or not is_no(made, answer):
                wrong.append((name, limit, changed, answer.text[:200]))
        # The same call is good for a key without limits: it was refused for its limits alone.
        answer = await send(api, made, asked)
        if answer.status_code not in (200, 201) or any(status >= 400 for status, _ in answered(made, answer)):
            wrong.append((name, "none", [], answer.text[:200]))
        if made.id in READING and not answer.json()["data"]:
            wrong.append((name, "none", [], answer.text[:200]))
    assert wrong == []
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []


@pytest_asyncio.fixture
async def world(api: Api, database: Database) -> World:
    return await a_world(database, api)


async def test_what_reads_as_unknown_is_unknown_to_verbs(world: World, database: Database) -> None:
    order_id, fulfillment_id = await world.work()
    for limits in world.limits.values():
        limited = world.api.using(await a_key(database, **limits))
        assert problem(await limited.get(f"/v1/orders/{order_id}")) == (404, "not_found")
        for more in ("timeline", "sourcing"):
            assert problem(await limited.get(f"/v1/orders/{order_id}/{more}")) == (404, "not_found")
        assert problem(await limited.get(f"/v1/fulfillments/{fulfillment_id}")) == (404, "not_found")
        for verb in ("cancel", "hold", "hold/release", "source"):
            assert problem(await limited.post(f"/v1/orders/{order_id}/{verb}")) == (404, "order_not_found")
        for verb in ("release", "start-pick", "pick", "pack", "ship"):
            answer = await limited.post(f"/v1/fulfillments/{fulfillment_id}/{verb}")
            assert problem(answer) == (404, "fulfillment_not_found")


async def test_what_is_inside_is_seen_and_touched(world: World, database: Database) -> None:
    col, web = world.shop.locations[0].id, world.shop.channel.id
    some: list[dict[str, Any]] = [{"location_ids": [col]}, {"channel_ids": [web]}]
    for limits in (*some, some[0] | some[1]):
        inside = world.api.using(await a_key(database, **limits))
        order_id, fulfillment_id = await world.work()
        assert (await inside.get(f"/v1/orders/{order_id}")).status_code == 200
        for verb in ("hold", "hold/release", "source"):
            assert (await inside.post(f"/v1/orders/{order_id}/{verb}")).status_code == 200
        for verb in ("release", "start-pick", "pick", "pack"):
            answer = await inside.post(f"/v1/fulfillments/{fulfillment_id}/{verb}")
            assert answer.status_code == 200, answer.text
        other, _ = await world.work()
        assert (await inside.post(f"/v1/orders/{other}/cancel")).json()["code"] == "cancelled"


async def test_a_key_of_locations_does_not_see_an_order_before_it_is_sourced(world: World, database: Database) -> None:
    order_id = await world.desk.placed(world.order())
    inside = world.api.using(await a_key(database, location_ids=[world.shop.locations[0].id]))
    path = f"/v1/orders/{encode(order_id)}"
    assert problem(await inside.get(path)) == (404, "not_found")
    assert problem(await inside.post(f"{path}/cancel")) == (404, "order_not_found")


async def test_only_some_of_a_batch_are_touched(world: World, database: Database) -> None:
    order_id, fulfillment_id = await world.work()
    mine = await world.desk.placed(world.order(channel=world.mkt))
    await world.desk.verify(mine)
    assert await world.desk.source(mine) == ["sourced"]
    [work] = await world.desk.fulfillments(mine)
    queued = await world.desk.queue("release")
    limited = world.api.using(await a_key(database, channel_ids=[world.mkt_id]))
    holds = {"data": [{"order_id": order_id}, {"order_id": encode(mine)}]}
    assert codes(await limited.post("/v1/orders/hold", holds)) == ["order_not_found", "held"]
    assert codes(await limited.post("/v1/orders/hold/release", holds)) == ["order_not_found", "released"]
    assert codes(await limited.post("/v1/orders/source", holds)) == ["order_not_found", "nothing_to_source"]
    works = {"data": [{"fulfillment_id": fulfillment_id}, {"fulfillment_id": encode(work.id, "ful")}]}
    assert codes(await limited.post("/v1/fulfillments/release", works)) == ["fulfillment_not_found", "released"]
    assert await world.desk.queue("release") == queued - {work.id}


# ---- placing ----


def placing(world: World, *locations: int | None, **fields: Any) -> dict[str, Any]:
    """An order of one unit a line, each to be picked up at a location, or to be shipped from anywhere."""
    price = {"amount": 1999, "currency": "USD"}
    lines = [
        {"sku": world.shop.skus[0].code, "quantity": 1, "unit_price": price}
        | ({} if at is None else {"delivery": "pickup", "location": world.shop.locations[at].code})
        for at in locations
    ]
    body = an_order_body(world.shop.channel.code, *[(world.shop.skus[0].code, 1)] * len(lines))
    return body | {"lines": lines} | fields


async def test_a_key_of_locations_places_for_those_alone(world: World, database: Database) -> None:
    mine = world.api.using(await a_key(database, location_ids=[world.shop.locations[0].id]))
    placed = await mine.post("/v1/orders", placing(world, 0, 0))
    assert (placed.status_code, placed.json()["status"]) == (201, "allocated")
    assert (await mine.get(f"/v1/orders/{placed.json()['id']}")).status_code == 200
    paid = [{"method": "card", "state": "captured", "amount": {"amount": 3998, "currency": "USD"}}]
    for body in (placing(world, None), placing(world, 1), placing(world, 0, 1), placing(world, 0, None, payments=paid)):
        before = await everything(database, "act", "inbox")
        assert problem(await mine.post("/v1/orders", body)) == (403, "location_not_allowed")
        assert await everything(database, "act", "inbox") == before


async def test_a_taken_identity_does_not_tell_of_the_order(world: World, database: Database) -> None:
    theirs = placing(world, None)
    there = (await world.api.post("/v1/orders", theirs)).json()["id"]
    mine = world.api.using(await a_key(database, location_ids=[world.shop.locations[0].id]))
    differing = placing(world, 0, external_id=theirs["external_id"])
    answer = await mine.post("/v1/orders", differing)
    assert problem(answer) == (409, "order_differs")
    assert there not in answer.text
    assert (await world.api.post("/v1/orders", differing)).json()["details"]["order_id"] == there


async def test_a_parent_that_is_not_seen_is_unknown(world: World, database: Database) -> None:
    parent, _ = await world.work()
    exchange = {"kind": "exchange", "parent": parent}
    for limits in world.limits.values():
        limited = world.api.using(await a_key(database, **limits))
        at = None if "location_ids" not in limits else 1
        body = placing(world, at, channel=world.mkt if "channel_ids" in limits else world.shop.channel.code, **exchange)
        assert problem(await limited.post("/v1/orders", body)) == (422, "unknown_parent")
    inside = world.api.using(await a_key(database, location_ids=[world.shop.locations[0].id]))
    assert (await inside.post("/v1/orders", placing(world, 0, **exchange))).status_code == 201


# ---- the catalogue and stock ----


async def test_a_channels_own_key_changes_it_but_for_its_pools(world: World, database: Database) -> None:
    limited = world.api.using(await a_key(database, channel_ids=[world.mkt_id]))
    channel = (await world.api.get(f"/v1/channels/{world.mkt}")).json()
    body = {k: v for k, v in channel.items() if k not in ("id", "version", "created_at", "updated_at")}
    path = f"/v1/channels/{world.mkt}"
    assert (await limited.call("PUT", path, json=body | {"name": "Market"})).json()["code"] == "updated"
    await world.api.call("PUT", "/v1/pools", json={"data": [{"code": "FAR", "name": "Far"}]})
    more = body | {"name": "Market", "pools": [*body["pools"], "FAR"]}
    assert problem(await limited.call("PUT", path, json=more)) == (403, "pools_not_allowed")
    new = await limited.call("PUT", "/v1/channels/new", json=body | {"code": "new"})
    assert problem(new) == (403, "channel_not_allowed")


async def test_stock_is_seen_where_the_key_may_look(world: World, database: Database) -> None:
    sku, far = world.shop.skus[0], await world.desk.shop()
    await world.desk.receive(sku, far.locations[0], 7)
    both = sorted([world.shop.pool_code, far.pool_code])
    here = world.shop.locations[0]
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, both),
        ({"channel_ids": [world.mkt_id]}, [world.shop.pool_code]),
        ({"location_ids": [far.locations[0].id]}, [far.pool_code]),
        ({"channel_ids": [world.mkt_id], "location_ids": [far.locations[0].id]}, []),
    ]
    for limits, pools in cases:
        seeing = world.api.using(await a_key(database, **limits))
        [found] = (await seeing.get(f"/v1/availability?sku={sku.code}")).json()["data"]
        assert [entry["pool"] for entry in found["pools"]] == pools
        places = {world.shop.pool_code: here.code, far.pool_code: far.locations[0].code}
        rows = (await seeing.get(f"/v1/stock?sku={sku.code}")).json()["data"]
        assert sorted(row["location"] for row in rows) == sorted(places[pool] for pool in pools)
        answer = await seeing.get(f"/v1/stock?location={here.code}")
        assert answer.status_code == (200 if world.shop.pool_code in pools else 403)


async def test_what_is_of_all_is_closed_to_keys_with_limits(world: World, database: Database) -> None:
    every = {"events.read", "system.read", "system.write"}
    reads = [made for made in OPERATIONS if made.method == "GET" and made.scope in every]
    assert len(reads) >= 4
    for limits in world.limits.values():
        limited = world.api.using(await a_key(database, **limits))
        for made in reads:
            assert problem(await limited.get(made.path)) == (403, "permission_denied")


def encode(uuid: UUID, prefix: str = "ord") -> str:
    return encode_id(prefix, uuid)
