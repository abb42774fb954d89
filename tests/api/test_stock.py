"""Stock and availability by HTTP."""

from __future__ import annotations

from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, codes, problem


async def test_availability_by_pool(api: Api, shop: Shop) -> None:
    first, second = (sku.code for sku in shop.skus)
    await api.call("PUT", "/v1/skus", json={"data": [{"code": "NEW", "name": "New"}]})
    await api.post("/v1/orders", an_order_body(shop.channel.code, (first, 4)))
    answer = await api.get(f"/v1/availability?sku={first}&sku={second}&sku=NEW&sku=NONE&sku={first}")
    pool = {"pool": shop.pool_code, "reserved": 0, "backordered": 0}
    names = [sku.name for sku in shop.skus]
    assert answer.json() == {
        "data": [
            {"sku": "NEW", "name": "New", "pools": []},
            {"sku": first, "name": names[0], "pools": [pool | {"available_to_promise": 6, "promised": 4}]},
            {"sku": second, "name": names[1], "pools": [pool | {"available_to_promise": 10, "promised": 0}]},
        ],
        "unknown": ["NONE"],
    }
    many = "&".join(f"sku=S{i}" for i in range(101))
    assert problem(await api.get(f"/v1/availability?{many}")) == (400, "invalid_parameter")


async def test_stock_by_location_and_sku(api: Api, shop: Shop) -> None:
    here, there = (location.code for location in shop.locations)
    first, second = (sku.code for sku in shop.skus)
    receipts = [{"sku": sku, "location": there, "quantity": 3} for sku in (first, second)]
    assert codes(await api.post("/v1/stock/receipts/bulk", {"data": receipts})) == ["received", "received"]

    def seen(answer: object) -> set[tuple[str, str, int]]:
        return {(row["sku"], row["location"], row["available"]) for row in answer["data"]}  # type: ignore[index]

    everything = {(first, here, 10), (second, here, 10), (first, there, 3), (second, there, 3)}
    assert seen((await api.get("/v1/stock")).json()) == everything
    assert seen((await api.get(f"/v1/stock?location={there}")).json()) == {(first, there, 3), (second, there, 3)}
    assert seen((await api.get(f"/v1/stock?sku={first}")).json()) == {(first, here, 10), (first, there, 3)}
    assert seen((await api.get(f"/v1/stock?location={here}&sku={first}")).json()) == {(first, here, 10)}
    pages, after = set(), ""
    for _ in range(4):
        page = (await api.get(f"/v1/stock?limit=1{after}")).json()
        pages |= seen(page)
        after = f"&after={page['next']}"
    assert (pages, page["next"]) == (everything, None)
    page = (await api.get(f"/v1/stock?location={here}&limit=1")).json()
    rest = (await api.get(f"/v1/stock?location={here}&limit=1&after={page['next']}")).json()
    assert seen(page) | seen(rest) == {(first, here, 10), (second, here, 10)}
    assert rest["next"] is None


async def test_an_adjustment(api: Api, shop: Shop) -> None:
    here, sku = shop.locations[0].code, shop.skus[0].code
    body = {"sku": sku, "location": here, "delta": -4, "reason": "damage"}
    answer = await api.post("/v1/stock/adjustments", body)
    assert answer.json() == {"code": "adjusted", "ok": True, "id": answer.json()["id"]}
    assert answer.json()["id"].startswith("adj_")
    wrong = [{**body, "delta": 0}, {**body, "delta": -100}, {**body, "sku": "NONE"}, {**body, "reason": "whim"}]
    outcomes = await api.post("/v1/stock/adjustments/bulk", {"data": [*wrong, {**body, "delta": 1}]})
    expected = ["zero_quantity", "insufficient_stock", "unknown_sku", "invalid_request", "adjusted"]
    assert codes(outcomes) == expected
    statuses = [(422, "zero_quantity"), (409, "insufficient_stock"), (422, "unknown_sku"), (400, "invalid_request")]
    assert [problem(await api.post("/v1/stock/adjustments", item)) for item in wrong] == statuses
    [row] = (await api.get(f"/v1/stock?sku={sku}")).json()["data"]
    assert row["available"] == 7
