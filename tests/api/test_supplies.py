"""Dated supply by HTTP."""

from __future__ import annotations

from typing import Any

from orderwright.platform.db import Database
from orderwright.platform.events import sequence_events
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, codes, problem

PATH = "/v1/stock/supplies"


def a_supply(shop: Shop, **fields: Any) -> dict[str, Any]:
    return {"sku": shop.skus[0].code, "pool": shop.pool_code, "quantity": 20, "due_on": "2031-01-06"} | fields


async def test_supply_is_expected_listed_changed_and_received(api: Api, shop: Shop, database: Database) -> None:
    answer = await api.post(PATH, a_supply(shop, reference="PO-7"))
    supply_id = answer.json()["id"]
    assert answer.json() == {"code": "expected", "ok": True, "id": supply_id}
    assert supply_id.startswith("sup_")

    [listed] = (await api.get(PATH)).json()["data"]
    rest = {"id": supply_id, "preordered": 0, "reference": "PO-7", "version": 1, "created_at": listed["created_at"]}
    assert listed == a_supply(shop) | rest
    assert (await api.get(f"{PATH}/{supply_id}")).json() == listed

    changed = await api.post(f"{PATH}/{supply_id}/change", {"quantity": 5, "due_on": "2031-02-01"})
    assert changed.json()["details"] == {"quantity": 5, "preordered": 0, "delayed": 0}
    receipt = {"sku": shop.skus[0].code, "location": shop.locations[0].code, "quantity": 5, "supply": supply_id}
    assert (await api.post("/v1/stock/receipts", receipt)).json()["code"] == "received"
    assert (await api.get(PATH)).json() == {"data": [], "next": None}
    assert (await api.get(f"{PATH}/{supply_id}")).json()["quantity"] == 0
    async with database.transaction("acme") as tx:
        await sequence_events(tx)
    told = (await api.get("/v1/events?type=supply.expected&type=supply.changed")).json()["data"]
    assert [(e["type"], e["subject"]) for e in told] == [
        ("supply.expected", supply_id), ("supply.changed", supply_id),
    ]  # fmt: skip


async def test_preorders_are_promised_from_it(api: Api, shop: Shop) -> None:
    channel = {"code": "PRE", "name": "Pre", "kind": "storefront", "currency": "USD", "pools": [shop.pool_code]}
    done = await api.call("PUT", "/v1/channels", json={"data": [channel | {"short_line_policy": "preorder"}]})
    assert done.status_code == 200, done.text
    supply_id = (await api.post(PATH, a_supply(shop))).json()["id"]
    order = (await api.post("/v1/orders", an_order_body("PRE", (shop.skus[0].code, 14)))).json()
    assert (order["code"], order["backordered"]) == ("placed", 4)  # ten are here
    assert (await api.get(f"{PATH}/{supply_id}")).json()["preordered"] == 4
    changed = await api.post(f"{PATH}/{supply_id}/change", {"due_on": "2031-03-01"})
    assert changed.json()["details"]["delayed"] == 1
    seen = (await api.get(f"/v1/orders/{order['id']}")).json()
    assert (seen["promised_on"], seen["backorders"][0]["expected_on"]) == ("2031-03-01", "2031-03-01")


async def test_pages_and_filters(api: Api, shop: Shop) -> None:
    first, second = (sku.code for sku in shop.skus)
    dates = ["2031-01-03", "2031-01-01", "2031-01-02", "2031-01-01"]
    skus = [first, first, second, second]
    items = [a_supply(shop, due_on=day, sku=sku) for day, sku in zip(dates, skus, strict=True)]
    assert codes(await api.post(f"{PATH}/bulk", {"data": items})) == ["expected"] * 4
    seen, after = [], ""
    for _ in range(4):
        page = (await api.get(f"{PATH}?limit=1{after}")).json()
        seen += [(row["due_on"], row["sku"]) for row in page["data"]]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert seen == [(dates[1], first), (dates[1], second), (dates[2], second), (dates[0], first)]
    assert len((await api.get(f"{PATH}?sku={first}")).json()["data"]) == 2
    assert len((await api.get(f"{PATH}?sku={first}&sku={second}&pool={shop.pool_code}")).json()["data"]) == 4
    assert problem(await api.get(f"{PATH}?pool=NONE")) == (400, "invalid_parameter")
    assert problem(await api.get(f"{PATH}?after=nonsense")) == (400, "invalid_parameter")
    assert problem(await api.get(f"{PATH}?limit=0")) == (400, "invalid_parameter")


async def test_refusals(api: Api, shop: Shop, database: Database) -> None:
    good = a_supply(shop)
    wrong = [good | {"sku": "NONE"}, good | {"pool": "NONE"}, good | {"quantity": 0}, good | {"due_on": "soon"}]
    expected = ["unknown_sku", "unknown_pool", "invalid_request", "invalid_request", "expected"]
    assert codes(await api.post(f"{PATH}/bulk", {"data": [*wrong, good]})) == expected
    statuses = [(422, "unknown_sku"), (422, "unknown_pool"), (400, "invalid_request"), (400, "invalid_request")]
    assert [problem(await api.post(PATH, item)) for item in wrong] == statuses

    nobody = "sup_01j9zqtf0seqbr9w7r1c4rkz2m"
    assert problem(await api.get(f"{PATH}/{nobody}")) == (404, "not_found")
    assert problem(await api.get(f"{PATH}/ord_01j9zqtf0seqbr9w7r1c4rkz2m")) == (400, "invalid_id")
    assert problem(await api.post(f"{PATH}/{nobody}/change", {"quantity": 1})) == (404, "supply_not_found")
    assert problem(await api.post(f"{PATH}/{nobody}/change", {"quantity": -1})) == (400, "invalid_request")
    [row] = (await api.get(PATH)).json()["data"]
    changes = [{"supply_id": row["id"], "quantity": n} for n in (3, 4)] + [{"supply_id": nobody}, {"supply_id": "x"}]
    outcomes = await api.post(f"{PATH}/change", {"data": changes})
    assert codes(outcomes) == ["changed", "duplicate_in_batch", "supply_not_found", "invalid_request"]

    reader = api.using(await a_key(database, "stock.read"))
    assert problem(await reader.post(PATH, good)) == (403, "permission_denied")
    assert problem(await reader.post(f"{PATH}/{row['id']}/change", {"quantity": 1})) == (403, "permission_denied")
    assert len((await reader.get(PATH)).json()["data"]) == 1
    assert problem(await api.using(await a_key(database, "orders.read")).get(PATH)) == (403, "permission_denied")
    assert (await api.using(await a_key(database, merchant="bolt")).get(PATH)).json()["data"] == []


async def test_keys_that_are_limited_to_locations(api: Api, shop: Shop, database: Database) -> None:
    supply_id = (await api.post(PATH, a_supply(shop))).json()["id"]
    one, both = [shop.locations[0].id], [location.id for location in shop.locations]
    some = api.using(await a_key(database, location_ids=one))
    assert len((await some.get(PATH)).json()["data"]) == 1
    assert problem(await some.post(PATH, a_supply(shop))) == (403, "location_not_allowed")
    assert problem(await some.post(f"{PATH}/{supply_id}/change", {"quantity": 1})) == (403, "location_not_allowed")
    every = api.using(await a_key(database, location_ids=both))
    assert (await every.post(f"{PATH}/{supply_id}/change", {"quantity": 1})).json()["code"] == "changed"
    await api.call("PUT", "/v1/pools", json={"data": [{"code": "FAR", "name": "Far"}]})
    await api.call("PUT", "/v1/locations", json={"data": [
        {"code": "FAR-1", "name": "Far", "kind": "warehouse", "pool": "FAR", "country": "US", "time_zone": "UTC"}
    ]})  # fmt: skip
    far = (await api.post(PATH, a_supply(shop, pool="FAR"))).json()["id"]
    assert [row["id"] for row in (await some.get(PATH)).json()["data"]] == [supply_id]
    assert problem(await some.get(f"{PATH}/{far}")) == (404, "not_found")


async def test_repeating_with_the_same_key_expects_once(api: Api, shop: Shop) -> None:
    key = {"Idempotency-Key": "supply-1"}
    first = await api.post(PATH, a_supply(shop), headers=key)
    again = await api.post(PATH, a_supply(shop), headers=key)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert problem(await api.post(PATH, a_supply(shop, quantity=1), headers=key)) == (409, "idempotency_key_reused")
    assert len((await api.get(PATH)).json()["data"]) == 1
