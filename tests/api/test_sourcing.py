"""Sourcing explained by HTTP."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.flows.verify_orders import verify_orders
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, new_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_location
from tests.helpers.api import Api, a_key, problem, serving
from tests.helpers.contexts import a_context


async def a_sourced_order(api: Api, shop: Shop, database: Database) -> str:
    """An order whose first location rejected it, and that nobody else could bring then."""
    placed = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 2)))
    order_id: str = placed.json()["id"]
    async with database.transaction("acme") as tx:
        await verify_orders(tx, a_context(), [decode_id("ord", order_id)])
    sourced = await api.post(f"/v1/orders/{order_id}/source", {}, headers={"Orderwright-Reason": "care"})
    assert sourced.json()["code"] == "sourced", sourced.text
    [work] = (await api.get(f"/v1/fulfillments?order={order_id}")).json()["data"]
    done = await api.post(f"/v1/fulfillments/{work['id']}/reject", {"reason": "no_capacity"})
    assert done.status_code == 200, done.text
    await api.post(f"/v1/orders/{order_id}/source", {})
    return order_id


async def test_decisions_tell_who_was_asked_and_why_not(api: Api, shop: Shop, database: Database) -> None:
    order_id = await a_sourced_order(api, shop, database)
    seen = (await api.get(f"/v1/orders/{order_id}/sourcing")).json()
    first, second = seen["data"]
    here = shop.locations[0].code
    assert (first["n"], first["outcome"], first["rule"], first["units"], first["sourced"]) == (
        1, "sourced", "complete", 2, 2,
    )  # fmt: skip
    assert (first["actor"][:4], first["reason"]) == ("key:", "care")
    [chosen] = [c for c in first["candidates"] if c.get("chosen")]
    assert (chosen["location"], chosen["units"], chosen["covers"]) == (here, 2, 2)
    assert (second["n"], second["outcome"], second["rule"], second["sourced"]) == (2, "unsourced", "none", 0)
    assert {c["location"]: c["reason"] for c in second["candidates"]}[here] == "excluded"
    assert second["rejected"]["excluded"] == 1
    [excluded] = seen["excluded"]
    assert (excluded["location"], seen["next"]) == (here, None)

    page = (await api.get(f"/v1/orders/{order_id}/sourcing?limit=1")).json()
    assert ([d["n"] for d in page["data"]], page["next"]) == ([1], "1")
    rest = (await api.get(f"/v1/orders/{order_id}/sourcing?limit=1&after=1")).json()
    assert ([d["n"] for d in rest["data"]], rest["next"]) == ([2], None)


async def test_a_rejection_lapses_after_the_hours_of_the_setting(shop: Shop, database: Database) -> None:
    """Fault: sourcing by hand knew of no setting, and asked again after a day."""
    async with serving(database, exclusion_h=48) as api:
        order_id = await a_sourced_order(api, shop, database)

        async def source_after(hours: int) -> str:
            async with database.transaction("acme") as tx:
                await tx.execute("UPDATE sourcing_exclusion SET created_at = now() - make_interval(hours => $1)", hours)
            code: str = (await api.post(f"/v1/orders/{order_id}/source", {})).json()["code"]
            return code

        assert [await source_after(hours) for hours in (25, 49)] == ["unsourced", "sourced"]


async def test_what_keys_may_see(api: Api, shop: Shop, database: Database) -> None:
    order_id = await a_sourced_order(api, shop, database)
    path = f"/v1/orders/{order_id}/sourcing"
    allowed: tuple[dict[str, Any], ...] = (
        {"channel_ids": [shop.channel.id]},
        {"location_ids": [shop.locations[0].id]},
        {},
    )
    for limits in allowed:
        key = await a_key(database, "sourcing.read", **limits)
        assert (await api.using(key).get(path)).status_code == 200
    others: tuple[dict[str, Any], ...] = {"channel_ids": [new_id()]}, {"location_ids": [new_id()]}, {"merchant": "bolt"}
    for limits in others:
        key = await a_key(database, "sourcing.read", **limits)
        assert problem(await api.using(key).get(path)) == (404, "not_found")
    assert problem(await api.using(await a_key(database, "orders.read")).get(path)) == (403, "permission_denied")
    assert problem(await api.get("/v1/orders/x/sourcing")) == (400, "invalid_id")
    assert problem(await api.get("/v1/orders/ord_01j9zqtf0seqbr9w7r1c4rkz2m/sourcing")) == (404, "not_found")
    assert problem(await api.get(f"{path}?limit=0")) == (400, "invalid_parameter")


async def test_what_somebody_moved_is_explained_as_what_sourcing_chose(
    api: Api, shop: Shop, database: Database
) -> None:
    order_id = await a_sourced_order(api, shop, database)
    there = a_location(shop.pool_code)
    assert (await api.call("PUT", f"/v1/locations/{there.code}", json=msgspec.to_builtins(there))).status_code in (
        200,
        201,
    )
    goods = {"sku": shop.skus[0].code, "location": there.code, "quantity": 1}
    assert (await api.post("/v1/stock/receipts", goods)).status_code in (200, 201)
    move = {"to": there.code, "units": [{"line": 1, "quantity": 1}], "reason": "sooner"}
    tried = (await api.post(f"/v1/orders/{order_id}/move-units/preview", move)).json()
    assert (tried["code"], tried["details"]["units"], "fulfillment_id" in tried["details"]) == ("previewed", 1, False)
    key = {"Idempotency-Key": "move-once"}
    once, again = [await api.post(f"/v1/orders/{order_id}/move-units", move, headers=key) for _ in range(2)]
    assert once.json()["code"] == "moved", once.text
    assert once.content == again.content
    last = (await api.get(f"/v1/orders/{order_id}/sourcing")).json()["data"][-1]
    assert (last["outcome"], last["rule"], last["units"], last["reason"]) == (
        "partly_sourced", "chosen", 1, "sooner",
    )  # fmt: skip
    [one] = last["candidates"]
    assert (one["location"], one["covers"], one["chosen"], one["units"]) == (there.code, 1, True, 1)
    bulk = {"data": [{"order_id": order_id, **move}, {"order_id": order_id, "to": "X"}]}
    told = (await api.post("/v1/orders/move-units", bulk)).json()["data"]
    assert [one["code"] for one in told] == ["too_few_at_location", "invalid_request"]
