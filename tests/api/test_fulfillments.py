"""The work of locations by HTTP: an order from placement to the doorstep, and what may not be done."""

from __future__ import annotations

from typing import Any

from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, codes, problem
from tests.helpers.contexts import a_context


async def _sourced(api: Api, database: Database, shop: Shop, *lines: tuple[str, int]) -> dict[str, Any]:
    """A new order's only fulfillment."""
    placed = await api.post("/v1/orders", an_order_body(shop.channel.code, *lines))
    order_id = placed.json()["id"]
    async with database.transaction("acme") as tx:
        await verify_orders(tx, a_context(), [decode_id("ord", order_id)])
    answer = await api.post(f"/v1/orders/{order_id}/source")
    assert (answer.status_code, answer.json()["code"]) == (200, "sourced"), answer.text
    [work] = (await api.get(f"/v1/fulfillments?order={order_id}")).json()["data"]
    assert work["order_id"] == order_id
    found: dict[str, Any] = work
    return found


async def _label(database: Database, shipment_id: str) -> None:
    await buy_labels(database, a_context(), [decode_id("shp", shipment_id)], {"builtin": BuiltinCarrier()})


async def test_an_order_travels_to_a_doorstep(api: Api, database: Database, shop: Shop) -> None:
    sku, here = shop.skus[0].code, shop.locations[0].code
    work = await _sourced(api, database, shop, (sku, 2))
    path = f"/v1/fulfillments/{work['id']}"
    assert (work["state"], work["location"], work["method"]) == ("open", here, "ship")

    for step, body, code in (
        ("release", None, "released"),
        ("start-pick", {}, "picking"),
        ("pick", None, "picked"),
        ("pack", {"weight_g": 700}, "packed"),
    ):
        answer = await api.post(f"{path}/{step}", body)
        assert answer.json() == {"code": code, "ok": True, "id": work["id"]}
    assert problem(await api.post(f"{path}/ship")) == (409, "label_missing")
    full = (await api.get(path)).json()
    assert full["state"] == "packed"
    assert full["lines"] == [
        {
            "line": 1, "component": 1, "sku": sku, "name": shop.skus[0].name, "gtin": None, "quantity": 2,
            "picked": 0, "packed": 2, "shipped": 0, "delivered": 0,
        }
    ]  # fmt: skip
    await _label(database, full["shipment"]["id"])
    assert (await api.post(f"{path}/ship")).json()["code"] == "shipped"

    shipment = (await api.get(f"/v1/shipments/{full['shipment']['id']}")).json()
    [parcel] = shipment["parcels"]
    assert (shipment["state"], parcel["state"], parcel["weight_g"]) == ("shipped", "labelled", 700)
    number = parcel["tracking_number"]
    said = [
        {"tracking_number": number, "code": "in_transit", "happened_at": "2026-03-03T08:00:00Z", "place": "Columbus"},
        {"tracking_number": number, "code": "delivered", "happened_at": "2026-03-04T09:30:00+01:00"},
        {"tracking_number": "OW0", "code": "delivered", "happened_at": "2026-03-04T09:30:00Z"},
        {"tracking_number": number, "code": "lost", "happened_at": "2026-03-04T09:30:00Z"},
    ]
    expected = ["recorded", "recorded", "unknown_tracking_number", "invalid_request"]
    assert codes(await api.post("/v1/tracking/bulk", {"data": said})) == expected
    assert (await api.post("/v1/tracking", said[1])).json()["code"] == "repeated"
    assert problem(await api.post("/v1/tracking", said[2])) == (422, "unknown_tracking_number")

    [parcel] = (await api.get(f"/v1/shipments/{shipment['id']}")).json()["parcels"]
    assert (parcel["state"], parcel["tracked_at"]) == ("delivered", "2026-03-04T08:30:00Z")
    assert [(e["code"], e["place"], e["happened_at"]) for e in parcel["events"]] == [
        ("in_transit", "Columbus", "2026-03-03T08:00:00.000000Z"),
        ("delivered", None, "2026-03-04T08:30:00.000000Z"),
    ]
    assert (await api.get(path)).json()["state"] == "delivered"


async def test_steps_in_bulk_answer_one_outcome_each(api: Api, database: Database, shop: Shop) -> None:
    works = [await _sourced(api, database, shop, (shop.skus[0].code, 1)) for _ in range(2)]
    data: list[Any] = [{"fulfillment_id": work["id"]} for work in works]
    data += [{"fulfillment_id": "ful_01j9zqtf0seqbr9w7r1c4rkz2m"}, {"fulfillment_id": "x"}, data[0], {}]
    answer = await api.post("/v1/fulfillments/release", {"data": data})
    assert codes(answer) == [
        "released", "released", "fulfillment_not_found", "invalid_request", "duplicate_in_batch", "invalid_request",
    ]  # fmt: skip
    assert codes(await api.post("/v1/fulfillments/release", {"data": data[:1]})) == ["wrong_state"]
    short = {"fulfillment_id": works[0]["id"], "short": [{"line": 1, "missing": 1}]}
    assert codes(await api.post("/v1/fulfillments/pick", {"data": [short, data[1]]})) == ["picked_short", "picked"]


async def test_what_may_not_be_done(api: Api, database: Database, shop: Shop) -> None:
    work = await _sourced(api, database, shop, (shop.skus[0].code, 1))
    path = f"/v1/fulfillments/{work['id']}"
    answer = await api.post(f"{path}/pack")
    assert problem(answer) == (409, "wrong_state")
    assert answer.json()["details"] == {"state": "open"}
    nobody = "/v1/fulfillments/ful_01j9zqtf0seqbr9w7r1c4rkz2m"
    assert problem(await api.post(f"{nobody}/pick")) == (404, "fulfillment_not_found")
    assert problem(await api.post(f"{path}/reject", {"reason": "bored"})) == (400, "invalid_request")
    assert problem(await api.post(f"{path}/reject", {})) == (400, "invalid_request")
    assert problem(await api.post(f"{path}/reject")) == (400, "malformed_json")
    assert problem(await api.post(f"{path}/release", {"fulfillment_id": work["id"]})) == (400, "invalid_request")
    assert problem(await api.post(f"{path}/dance")) == (404, "unknown_path")
    assert (await api.post(f"{path}/reject", {"reason": "closed"})).json()["code"] == "rejected"


async def test_lists_are_of_work_left_unless_asked_otherwise(api: Api, database: Database, shop: Shop) -> None:
    here = shop.locations[0].code
    works = [await _sourced(api, database, shop, (shop.skus[0].code, 1)) for _ in range(3)]
    await api.post(f"/v1/fulfillments/{works[0]['id']}/reject", {"reason": "closed"})

    async def listed(query: str) -> list[str]:
        return [work["id"] for work in (await api.get(f"/v1/fulfillments?{query}")).json()["data"]]

    left = [work["id"] for work in works[1:]]
    assert await listed(f"location={here}") == left
    assert await listed(f"location={here}&state=rejected") == [works[0]["id"]]
    assert await listed("state=open&state=released") == left
    assert await listed("") == [work["id"] for work in works]
    page = (await api.get(f"/v1/fulfillments?location={here}&limit=1")).json()
    assert [work["id"] for work in page["data"]] == left[:1]
    assert await listed(f"location={here}&limit=1&after={page['next']}") == left[1:]


async def test_orders_are_held_released_and_cancelled(api: Api, shop: Shop) -> None:
    placed = [
        (await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 2)))).json()["id"]
        for _ in range(3)
    ]
    path = f"/v1/orders/{placed[0]}"
    held = await api.post(f"{path}/hold", {"type": "fraud_check", "note": "see ticket 7"})
    assert held.json() == {"code": "held", "ok": True, "id": placed[0]}
    assert problem(await api.post(f"{path}/source")) == (409, "order_held")
    assert problem(await api.post(f"{path}/hold/release", {"type": "manual"})) == (409, "no_such_hold")
    released = await api.post(f"{path}/hold/release")
    assert released.json() == {"code": "released", "ok": True, "id": placed[0], "details": {"types": ["fraud_check"]}}
    part = await api.post(f"{path}/cancel", {"lines": [{"line": 1, "quantity": 1}], "reason": "customer_request"})
    assert part.json()["code"] == "cancelled"
    assert problem(await api.post(f"{path}/cancel", {"lines": [{"line": 7}]})) == (422, "unknown_line")
    nobody = {"order_id": "ord_01j9zqtf0seqbr9w7r1c4rkz2m"}
    many = [{"order_id": order_id} for order_id in placed]
    assert codes(await api.post("/v1/orders/hold", {"data": [many[1], nobody]})) == ["held", "order_not_found"]
    assert codes(await api.post("/v1/orders/hold/release", {"data": [many[1]]})) == ["released"]
    assert codes(await api.post("/v1/orders/cancel", {"data": [*many, nobody]})) == [
        *["cancelled"] * 3,
        "order_not_found",
    ]
    assert problem(await api.post(f"{path}/cancel")) == (409, "already_cancelled")
    assert codes(await api.post("/v1/orders/source", {"data": [many[0], nobody]})) == [
        "nothing_to_source",
        "order_not_found",
    ]
