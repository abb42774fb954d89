"""Who may call what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orderwright.access import revoke_api_key
from orderwright.api.operations import Operation
from orderwright.api.table import OPERATIONS
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem

AN_ID = "01j9zqtf0seqbr9w7r1c4rkz2m"


def _address(made: Operation) -> str:
    return (
        made.path.replace("{order_id}", f"ord_{AN_ID}")
        .replace("{fulfillment_id}", f"ful_{AN_ID}")
        .replace("{shipment_id}", f"shp_{AN_ID}")
        .replace("{code:path}", "X")
    )


GUARDED = [pytest.param(made, id=made.id) for made in OPERATIONS if made.scope is not None]


@pytest.mark.parametrize("made", GUARDED)
async def test_every_operation_of_v1_needs_a_key_with_its_scope(shared_api: Api, made: Operation) -> None:
    assert made.scope is not None
    answer = await shared_api.using(None).call(made.method, _address(made), json={})
    assert problem(answer) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    other = "system.read" if made.scope != "system.read" else "orders.read"
    poor = shared_api.using(await a_key(shared_api.app.state.database, other))
    answer = await poor.call(made.method, _address(made), json={})
    assert problem(answer) == (403, "permission_denied")
    assert answer.json()["details"] == {"permission": made.scope}
    assert made.scope in answer.json()["detail"]


def test_only_health_and_what_providers_sign_need_no_key() -> None:
    assert {made.path for made in OPERATIONS if made.scope is None} == {
        "/health/live", "/health/ready", "/metrics", "/v1/webhooks/payments/{provider}/{merchant}",
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer ow_aaaaaaaaaaaa_" + "a" * 43, "bearer \xe9", "Bearer a b"],
)
async def test_what_is_no_key(api: Api, header: str) -> None:
    answer = await api.using(None).get("/v1/skus", headers={"Authorization": header.encode("latin-1")})
    assert problem(answer) == (401, "not_authenticated")


async def test_an_expired_key(api: Api, database: Database) -> None:
    key = await a_key(database, expires_at=utc_now() + timedelta(hours=1))
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE api_key SET expires_at = now() - interval '1 second' WHERE prefix = $1", key[3:15])
    assert problem(await api.using(key).get("/v1/skus")) == (401, "not_authenticated")


async def test_a_revoked_key(api: Api, database: Database) -> None:
    key = await a_key(database)
    async with database.operator_transaction() as tx:
        await revoke_api_key(tx, "acme", key)
    answer = await api.using(key).get("/v1/skus")
    assert problem(answer) == (401, "not_authenticated")
    assert "revoked" in answer.json()["detail"]


async def test_a_key_of_one_channel_places_there_only(api: Api, shop: Shop, database: Database) -> None:
    await api.call("PUT", "/v1/channels", json={"data": [_channel("other", shop)]})
    limited = api.using(await a_key(database, channel_ids=[shop.channel.id]))
    sku = shop.skus[0].code
    assert (await limited.post("/v1/orders", an_order_body(shop.channel.code, (sku, 1)))).status_code == 201
    refused = await limited.post("/v1/orders", an_order_body("other", (sku, 1)))
    assert problem(refused) == (403, "channel_not_allowed")
    theirs = await api.post("/v1/orders", an_order_body("other", (sku, 1)))
    assert problem(await limited.post(f"/v1/orders/{theirs.json()['id']}/cancel")) == (404, "order_not_found")
    assert problem(await limited.get("/v1/events")) == (403, "permission_denied")


async def test_a_key_of_one_location_works_there_only(api: Api, shop: Shop, database: Database) -> None:
    here, there = shop.locations
    limited = api.using(await a_key(database, location_ids=[there.id]))
    receipt = {"sku": shop.skus[0].code, "quantity": 1}
    assert (await limited.post("/v1/stock/receipts", {**receipt, "location": there.code})).status_code == 200
    refused = await limited.post("/v1/stock/receipts", {**receipt, "location": here.code})
    assert problem(refused) == (403, "location_not_allowed")
    assert [row["location"] for row in (await limited.get("/v1/stock")).json()["data"]] == [there.code]
    assert problem(await limited.get(f"/v1/stock?location={here.code}")) == (403, "permission_denied")
    assert problem(await limited.get(f"/v1/fulfillments?location={here.code}")) == (403, "permission_denied")


def _channel(code: str, shop: Shop) -> dict[str, Any]:
    return {"code": code, "name": code, "kind": "storefront", "currency": "USD", "pools": [shop.pool_code]}
