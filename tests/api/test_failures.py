"""Events that subscribers are stuck on, jobs that failed, and work of every stage that was given up."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from orderwright.api.system import StageName
from orderwright.flows.stages import stages
from orderwright.insights.waiting import QUEUES
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.events import StoredEvent, Subscriber, sequence_events
from orderwright.platform.events.parking import deliver_parked
from orderwright.platform.events.subscribers import deliver
from orderwright.platform.ids import encode_id, new_id
from orderwright.platform.jobs import enqueue_job
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem

NOBODY = "ord_01j9zqtf0seqbr9w7r1c4rkz2m"


class Picky:
    """A subscriber that fails on events of some types, and keeps the others."""

    def __init__(self, *types: str) -> None:
        self.types = set(types)
        self.got: list[str] = []
        self.subscriber = Subscriber("picky", self, batch=10)

    async def __call__(self, tx: Transaction, ctx: Context, events: list[StoredEvent]) -> None:
        for event in events:
            if event.type in self.types:
                raise ValueError("cannot read ada@example.com")
        self.got += [event.type for event in events]


async def a_stuck_order(api: Api, shop: Shop, database: Database, picky: Picky) -> str:
    """An order that is placed, held and released, on which a subscriber is stuck."""
    order_id: str = (await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 1)))).json()[
        "id"
    ]
    await api.post(f"/v1/orders/{order_id}/hold", {"type": "manual"})
    await api.post(f"/v1/orders/{order_id}/hold/release", {})
    async with database.transaction("acme") as tx:
        await sequence_events(tx)
    while await deliver(database, "acme", picky.subscriber):
        pass
    return order_id


async def test_parked_events_are_listed_and_retried(api: Api, shop: Shop, database: Database) -> None:
    picky = Picky("order.held")
    order_id = await a_stuck_order(api, shop, database, picky)
    [parked] = (await api.get("/v1/system/parked")).json()["data"]
    expected = {
        "subscriber": "picky", "subject": order_id, "type": "order.held", "seq": 2, "attempts": 1, "behind": 1,
        "error": "ValueError: cannot read …",
    }  # fmt: skip
    assert {name: parked[name] for name in expected} == expected
    assert parked["event"].startswith("evt_")
    assert len((await api.get("/v1/system/parked?subscriber=picky")).json()["data"]) == 1
    assert (await api.get("/v1/system/parked?subscriber=other")).json() == {"data": [], "next": None}

    assert await deliver_parked(database, "acme", picky.subscriber) == 0  # not due yet
    picky.types.clear()
    body = {"subscriber": "picky", "subjects": [order_id, NOBODY]}
    assert (await api.post("/v1/system/parked/retry", body)).json() == {"retried": 1}
    assert await deliver_parked(database, "acme", picky.subscriber) == 2
    assert picky.got[-2:] == ["order.held", "order.released"]
    assert (await api.post("/v1/system/parked/retry", body)).json() == {"retried": 0}
    assert (await api.get("/v1/system/parked")).json()["data"] == []


async def test_an_event_is_skipped_and_the_rest_goes_on(api: Api, shop: Shop, database: Database) -> None:
    picky = Picky("order.held")
    order_id = await a_stuck_order(api, shop, database, picky)

    async def skip(seq: int, subscriber: str = "picky") -> int:
        body = {"subscriber": subscriber, "events": [{"subject": order_id, "seq": seq}]}
        skipped: int = (await api.post("/v1/system/parked/skip", body)).json()["skipped"]
        return skipped

    assert [await skip(3), await skip(1), await skip(2, "other")] == [0, 0, 0]  # only what it is stuck on
    assert [await skip(2), await skip(2)] == [1, 0]
    assert await deliver_parked(database, "acme", picky.subscriber) == 1
    assert picky.got[-1] == "order.released"
    assert "order.held" not in picky.got
    assert (await api.get("/v1/system/parked")).json()["data"] == []


async def a_failed_job(database: Database, n: int, merchant: str = "acme", key: str | None = None) -> int:
    async with database.transaction(merchant) as tx:
        await enqueue_job(tx, "send", {"order": n}, dedupe_key=key)
    async with database.operator_transaction() as tx:
        job_id: int = await tx.fetchval(
            "UPDATE pgqueuer SET status = 'failed', attempts = 3 WHERE id = (SELECT max(id) FROM pgqueuer) RETURNING id"
        )
        await tx.execute(
            "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, traceback)"
            " VALUES ($1, 'failed', 0, 'send', '{\"exception_message\": \"OSError: no route\"}')",
            job_id,
        )
    return job_id


async def test_failed_jobs_are_listed_and_retried(api: Api, database: Database) -> None:
    one, two = [await a_failed_job(database, n) for n in (1, 2)]
    other = await a_failed_job(database, 3, "bolt")
    page = (await api.get("/v1/system/jobs/failed?limit=1")).json()
    [job] = page["data"]
    expected = {"id": one, "name": "send", "attempts": 3, "data": {"order": 1}, "error": "OSError: no route"}
    assert {name: job[name] for name in expected} == expected
    rest = (await api.get(f"/v1/system/jobs/failed?limit=1&after={page['next']}")).json()
    assert ([j["id"] for j in rest["data"]], rest["next"]) == ([two], None)

    assert (await api.post("/v1/system/jobs/retry", {"ids": [one, other, 999]})).json() == {"retried": 1}
    assert (await api.post("/v1/system/jobs/retry", {"ids": [one]})).json() == {"retried": 0}
    assert [j["id"] for j in (await api.get("/v1/system/jobs/failed")).json()["data"]] == [two]
    async with database.operator_transaction() as tx:
        rows = await tx.fetch("SELECT id, status::text, attempts FROM pgqueuer ORDER BY id")
    assert [tuple(row) for row in rows] == [(one, "queued", 0), (two, "failed", 3), (other, "failed", 3)]


async def test_a_failed_job_of_which_the_same_waits_stays(api: Api, database: Database) -> None:
    one, two = [await a_failed_job(database, n, key="k") for n in (1, 2)]
    assert (await api.post("/v1/system/jobs/retry", {"ids": [one, two]})).json() == {"retried": 1}
    assert (await api.post("/v1/system/jobs/retry", {"ids": [two]})).json() == {"retried": 0}


@pytest.mark.parametrize("stage", list(QUEUES))
async def test_work_of_every_stage_is_listed_and_retried(api: Api, database: Database, stage: str) -> None:
    subject = new_id()
    async with database.transaction("acme") as tx:
        await tx.execute(
            "INSERT INTO work (stage, subject_id, attempts, set_aside_at) VALUES ($1, $2, 8, now())", stage, subject
        )
    [row] = (await api.get(f"/v1/system/set-aside?stage={stage}")).json()["data"]
    assert row["subject"] == encode_id(QUEUES[stage].subject, subject)
    body = {"stage": stage, "subjects": [row["subject"]]}
    assert (await api.post("/v1/system/set-aside/retry", body)).json() == {"retried": 1}
    async with database.transaction("acme") as tx:
        [work] = await tx.fetch("SELECT attempts, set_aside_at FROM work")
    assert tuple(work) == (0, None)


def test_the_interface_knows_every_stage() -> None:
    assert {stage.name for stage in stages()} == set(QUEUES) == set(get_args(StageName))


async def test_wrong_bodies_and_poor_keys(api: Api, database: Database) -> None:
    posts: dict[str, Any] = {
        "/v1/system/parked/retry": {"subscriber": "picky", "subjects": [NOBODY]},
        "/v1/system/parked/skip": {"subscriber": "picky", "events": [{"subject": NOBODY, "seq": 1}]},
        "/v1/system/jobs/retry": {"ids": [1]},
    }
    reader = api.using(await a_key(database, "system.read"))
    stranger = api.using(await a_key(database, "orders.read"))
    for path, body in posts.items():
        assert (await api.post(path, body)).status_code == 200
        assert problem(await reader.post(path, body)) == (403, "permission_denied")
        assert problem(await api.post(path, body | {"more": 1})) == (400, "invalid_request")
    for path in ("/v1/system/parked", "/v1/system/jobs/failed"):
        assert (await reader.get(path)).status_code == 200
        assert problem(await stranger.get(path)) == (403, "permission_denied")
        assert problem(await api.get(f"{path}?limit=0")) == (400, "invalid_parameter")
    wrong = {"subscriber": "picky", "subjects": ["nonsense"]}
    assert problem(await api.post("/v1/system/parked/retry", wrong)) == (400, "invalid_request")
