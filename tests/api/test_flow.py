"""Where things wait and how fast they go, open holds, and poor sourcing decisions, by HTTP."""

from __future__ import annotations

from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem
from tests.helpers.contexts import a_context


async def an_order(api: Api, shop: Shop, *skus: int) -> str:
    lines = [(shop.skus[n].code, 1) for n in skus]
    placed = await api.post("/v1/orders", an_order_body(shop.channel.code, *lines))
    order_id: str = placed.json()["id"]
    return order_id


async def source(database: Database, *orders: str) -> None:
    ids = [decode_id("ord", order) for order in orders]
    async with database.transaction("acme") as tx:
        await verify_orders(tx, a_context(), ids)
        await source_orders(tx, a_context(), ids)


async def test_flow_counts_each_state_and_what_is_late(api: Api, shop: Shop, database: Database) -> None:
    before = {row["state"]: row for row in (await api.get("/v1/system/flow")).json()["data"]}
    assert (before["held"]["waiting"], before["verify"]["waiting"], before["backorders"]["waiting"]) == (0, 0, 2)
    orders = [await an_order(api, shop, 0) for _ in range(3)]
    for order in orders[:2]:
        await api.post(f"/v1/orders/{order}/hold", {"type": "manual"})
    async with database.transaction("acme") as tx:
        old = decode_id("ord", orders[0])
        await tx.execute("UPDATE hold SET created_at = now() - interval '2 days' WHERE order_id = $1", old)
        await tx.execute("UPDATE work SET set_aside_at = now() WHERE stage = 'verify' AND subject_id = $1", old)

    rows = {row["state"]: row for row in (await api.get("/v1/system/flow")).json()["data"]}

    held, verify = rows["held"], rows["verify"]
    assert (held["waiting"], held["late"], held["set_aside"], held["at_least"]) == (2, 1, 0, False)
    assert (held["owner"], held["max_age_s"], held["oldest"] is not None) == ("customer_care", 86_400, True)
    assert (verify["waiting"], verify["late"], verify["set_aside"]) == (3, 0, 1)
    assert (rows["released"]["waiting"], rows["released"]["oldest"]) == (0, None)
    poor = api.using(await a_key(database, "orders.read"))
    assert problem(await poor.get("/v1/system/flow")) == (403, "permission_denied")


async def test_pace_counts_by_hour_and_day_and_says_how_long_it_took(api: Api, shop: Shop, database: Database) -> None:
    orders = [await an_order(api, shop, 0), await an_order(api, shop, 1)]
    await source(database, *orders)
    async with database.transaction("acme") as tx:
        await tx.execute(
            "UPDATE fulfillment SET state = 'shipped', picked_at = now(),"
            " shipped_at = uuid_extract_timestamp(order_id) + interval '2 seconds'"
        )
    for by, length in (("hour", 24), ("day", 14)):
        rows = (await api.get(f"/v1/system/pace?by={by}")).json()["data"]
        assert len(rows) == length
        sums = {
            name: sum(row[name] for row in rows) for name in ("placed", "allocated", "picked", "shipped", "delivered")
        }
        assert sums == {"placed": 2, "allocated": 2, "picked": 2, "shipped": 2, "delivered": 0}
        took = [row for row in rows if row["median_s"] is not None]
        assert [(round(row["median_s"]), round(row["p95_s"])) for row in took] == [(2, 2)]
    assert problem(await api.get("/v1/system/pace?by=week"))[0] == 400


async def test_open_holds_are_listed_oldest_order_first_and_counted(api: Api, shop: Shop, database: Database) -> None:
    orders = [await an_order(api, shop, 0) for _ in range(3)]
    await api.post(f"/v1/orders/{orders[2]}/hold", {"type": "fraud_check"})
    for order in orders[:2]:
        await api.post(f"/v1/orders/{order}/hold", {"type": "manual"})

    page = (await api.get("/v1/holds?limit=2")).json()
    rest = (await api.get(f"/v1/holds?limit=2&after={page['next']}")).json()
    same = (await api.get(f"/v1/holds?after={page['data'][1]['cursor']}")).json()

    assert [row["order_id"] for row in page["data"] + rest["data"]] == orders
    assert (rest["next"], same["data"]) == (None, rest["data"])
    assert [row["order_id"] for row in (await api.get("/v1/holds?type=fraud_check")).json()["data"]] == [orders[2]]
    counts = (await api.get("/v1/holds/counts")).json()
    assert counts == {
        "data": [{"type": "manual", "holds": 2}, {"type": "fraud_check", "holds": 1}], "at_least": False, "next": None,
    }  # fmt: skip
    await api.post(f"/v1/orders/{orders[0]}/hold/release", {})
    assert len((await api.get("/v1/holds")).json()["data"]) == 2
    assert problem(await api.get("/v1/holds?after=nonsense"))[0] == 400


async def test_decisions_that_split_or_failed_are_listed_newest_first(api: Api, shop: Shop, database: Database) -> None:
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE stock SET location_id = $1 WHERE sku_id = $2", shop.locations[1].id, shop.skus[1].id)
    split, whole = await an_order(api, shop, 0, 1), await an_order(api, shop, 0)
    await source(database, split, whole)

    [found] = (await api.get("/v1/sourcing/decisions")).json()["data"]

    assert (found["order_id"], found["n"], found["outcome"], found["rule"]) == (split, 1, "sourced", "split")
    assert (found["units"], found["sourced"], sorted(found["chosen"])) == (2, 2, sorted(p.code for p in shop.locations))
    assert (await api.get("/v1/sourcing/decisions?outcome=unsourced")).json()["data"] == []
    assert len((await api.get("/v1/sourcing/decisions?outcome=split&outcome=unsourced")).json()["data"]) == 1
