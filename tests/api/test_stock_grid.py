"""The stock grid, its trends, movements and waits, and the work of a location, by HTTP."""

from __future__ import annotations

from datetime import date

from orderwright.api.stock_grid import alarms_of, run_back
from orderwright.flows.verify_orders import verify_orders
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, codes, problem
from tests.helpers.contexts import a_context


async def grid(api: Api, query: str = "") -> list[tuple[str, str, int, int]]:
    rows = (await api.get(f"/v1/stock/balances{query}")).json()["data"]
    return [(row["sku"], row["location"], row["available"], row["available_to_promise"]) for row in rows]


async def test_the_grid_by_text_location_pool_and_alarm_pages_by_key(api: Api, shop: Shop) -> None:
    here, there = (location.code for location in shop.locations)
    first, second = sorted(sku.code for sku in shop.skus)
    await api.post("/v1/stock/receipts", {"sku": first, "location": there, "quantity": 3})
    whole = [(first, *row) for row in sorted([(here, 10, 13), (there, 3, 13)])] + [(second, here, 10, 10)]
    assert await grid(api) == whole
    assert await grid(api, f"?location={there}") == [(first, there, 3, 13)]
    assert await grid(api, f"?pool={shop.pool_code}") == whole
    assert await grid(api, f"?text={second.lower()}") == [(second, here, 10, 10)]
    assert await grid(api, "?text=%25") == []
    assert await grid(api, f"?sku={second}&alarm=out") == []
    pages, after = [], ""
    for _ in range(3):
        page = (await api.get(f"/v1/stock/balances?limit=1{after}")).json()
        pages += [(row["sku"], row["location"]) for row in page["data"]]
        after = f"&after={page['next']}"
    assert (pages, page["next"]) == ([row[:2] for row in whole], None)
    await api.post("/v1/orders", an_order_body(shop.channel.code, (second, 12)))
    assert await grid(api, "?alarm=out") == [(second, here, 10, 0)]
    [row] = (await api.get("/v1/stock/balances?alarm=waited_for")).json()["data"]
    assert (row["backordered"], row["promised"], row["alarms"]) == (2, 10, ["out", "waited_for"])
    assert problem(await api.get("/v1/stock/balances?location=NONE")) == (400, "invalid_parameter")
    assert problem(await api.get("/v1/stock/balances?pool=NONE")) == (400, "invalid_parameter")


def test_alarms() -> None:
    assert alarms_of(-1, 0) == ["short"]
    assert alarms_of(0, 2) == ["out", "waited_for"]
    assert alarms_of(5, 0) == ["low"]
    assert alarms_of(6, 0) == []


def test_levels_are_run_back_from_what_is_there() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3, 4)]
    assert run_back(7, {days[1]: 5, days[3]: -3}, days) == [5, 10, 10, 7]


async def test_trends_end_with_what_is_there_now(api: Api, shop: Shop) -> None:
    here, sku = shop.locations[0].code, shop.skus[0].code
    await api.post("/v1/stock/adjustments", {"sku": sku, "location": here, "delta": -4, "reason": "damage"})
    answer = (await api.get(f"/v1/stock/trends?sku={sku}&days=3")).json()
    assert answer["data"] == [{"sku": sku, "location": here, "available": [0, 0, 6]}]
    assert problem(await api.get("/v1/stock/trends?sku=NONE")) == (400, "invalid_parameter")


async def test_movements_say_what_went_where_and_who_said_so(api: Api, shop: Shop) -> None:
    here, sku = shop.locations[0].code, shop.skus[0].code
    await api.post("/v1/stock/adjustments", {"sku": sku, "location": here, "delta": -4, "reason": "damage"})
    rows = (await api.get(f"/v1/stock/movements?sku={sku}&limit=1")).json()
    [newest] = rows["data"]
    seen = {name: newest[name] for name in ("quantity", "from_location", "from_bucket", "to_location", "to_bucket")}
    expected = {"quantity": 4, "from_location": here, "from_bucket": "available", "to_location": None}
    assert seen == expected | {"to_bucket": "loss"}
    assert (newest["kind"], newest["verb"]) == ("adjustment", "adjust_stock")
    rest = (await api.get(f"/v1/stock/movements?sku={sku}&after={rows['next']}")).json()
    assert [(row["kind"], row["quantity"]) for row in rest["data"]] == [("receipt", 10)]
    assert rest["next"] is None
    assert problem(await api.get("/v1/stock/movements?sku=NONE")) == (400, "invalid_parameter")


async def test_waits_are_in_the_order_in_which_they_are_served(api: Api, shop: Shop) -> None:
    sku = shop.skus[0].code
    for units in (9, 3, 5):
        await api.post("/v1/orders", an_order_body(shop.channel.code, (sku, units)))
    rows = (await api.get(f"/v1/stock/waits?sku={sku}")).json()["data"]
    assert [(row["quantity"], row["pool"], row["due_on"]) for row in rows] == [
        (2, shop.pool_code, None), (5, shop.pool_code, None),
    ]  # fmt: skip


async def test_the_work_of_a_location_and_what_a_scan_means(api: Api, shop: Shop, database: Database) -> None:
    here, sku = shop.locations[0].code, shop.skus[0].code
    order = (await api.post("/v1/orders", an_order_body(shop.channel.code, (sku, 2)))).json()["id"]
    async with database.transaction("acme") as tx:
        await verify_orders(tx, a_context(), [decode_id("ord", order)])
    await api.post(f"/v1/orders/{order}/source", {})
    page = (await api.get(f"/v1/fulfillments/work?location={here}")).json()
    [row] = page["data"]
    assert (row["order_id"], row["lines"], row["units"], row["state"]) == (order, 1, 2, "open")
    assert page["counts"] == [{"state": "open", "fulfillments": 1, "late": 0}]
    for text in (row["id"], order, str(row["order_number"]), f"%23{row['order_number']}"):
        found = (await api.get(f"/v1/fulfillments/scan?location={here}&text={text}")).json()["data"]
        assert [one["id"] for one in found] == [row["id"]]
    assert (await api.get(f"/v1/fulfillments/scan?location={here}&text=nothing")).json()["data"] == []
    assert codes(await api.post("/v1/fulfillments/release", {"data": [{"fulfillment_id": row["id"]}]})) == ["released"]
    await api.post(f"/v1/fulfillments/{row['id']}/start-pick", {})
    [row] = (await api.get(f"/v1/fulfillments/work?location={here}&state=picking")).json()["data"]
    assert row["picker"].startswith("key:")
    assert (await api.get(f"/v1/fulfillments/work?location={here}&state=open")).json()["data"] == []
