"""Health, metrics, and what is stuck."""

from __future__ import annotations

from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem, serving


async def test_health(api: Api) -> None:
    nobody = api.using(None)
    assert (await nobody.get("/health/live")).json() == {"status": "ok"}
    ready = await nobody.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert [(check["name"], check["ok"]) for check in ready.json()["checks"]] == [("database", True), ("workers", True)]


async def test_not_ready_while_the_schema_is_of_another_version(api: Api, database: Database) -> None:
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE schema_version SET version_num = '0000'")
    answer = await api.get("/health/ready")
    assert (answer.status_code, answer.json()["status"], answer.headers["retry-after"]) == (503, "not_ready", "1")
    assert answer.json()["checks"][0]["message"] == "The schema is of another version. Run `orderwright migrate`."


async def test_not_ready_while_the_workers_that_should_run_do_not(database: Database) -> None:
    async with serving(database, run_workers=True) as api:
        answer = await api.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"][1]["ok"]) == (503, False)
        database.on_work = lambda _schema, _stages: None
        assert (await api.get("/health/ready")).status_code == 200
        database.on_work = None


async def test_metrics_are_for_this_machine_or_a_key(api: Api, database: Database) -> None:
    nobody = api.using(None)
    await nobody.get("/health/live")
    here = await nobody.get("/metrics")
    assert here.headers["content-type"].startswith("text/plain")
    assert 'orderwright_http_request_seconds_count{method="GET",route="/health/live",status="200"}' in here.text
    through_a_proxy = {"X-Forwarded-For": "203.0.113.9"}
    assert problem(await nobody.get("/metrics", headers=through_a_proxy)) == (401, "not_authenticated")
    assert (await api.get("/metrics", headers=through_a_proxy)).status_code == 200
    poor = api.using(await a_key(database, "orders.read"))
    assert problem(await poor.get("/metrics", headers=through_a_proxy)) == (403, "permission_denied")


async def test_what_was_given_up_is_listed_and_retried(api: Api, shop: Shop, database: Database) -> None:
    placed = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 1)))
    order_id = placed.json()["id"]
    assert (await api.get("/v1/system/set-aside")).json() == {"data": [], "next": None}
    async with database.transaction("acme") as tx:
        await tx.execute(
            "UPDATE work SET set_aside_at = now(), attempts = 8, error = 'boom', entered_at = now() - interval '1 day'"
            " WHERE stage = 'verify' AND subject_id = $1",
            decode_id("ord", order_id),
        )
    [given_up] = (await api.get("/v1/system/set-aside")).json()["data"]
    expected = {"stage": "verify", "owner": "operator", "subject": order_id, "attempts": 8, "error": "boom"}
    assert {key: given_up[key] for key in expected} == expected
    [stuck] = (await api.get("/v1/system/stuck")).json()["data"]
    assert (stuck["subject"], stuck["set_aside_at"]) == (order_id, given_up["set_aside_at"])
    assert (stuck["state"], stuck["owner"], stuck["order"]) == ("verify", "operator", order_id)
    assert (await api.get("/v1/system/set-aside?stage=label")).json()["data"] == []

    path = "/v1/system/set-aside/retry"
    assert problem(await api.post(path, {"stage": "dance", "subjects": [order_id]})) == (400, "invalid_request")
    assert problem(await api.post(path, {"stage": "verify", "subjects": ["sku_1"]})) == (400, "invalid_request")
    body = {"stage": "verify", "subjects": [order_id]}
    assert (await api.post(path, body)).json() == {"retried": 1}
    assert (await api.post(path, body)).json() == {"retried": 0}
    assert (await api.get("/v1/system/set-aside")).json()["data"] == []
