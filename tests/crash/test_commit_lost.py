"""The connection breaks exactly at COMMIT: the caller gets the right answer, or is told that it is unknown and to
repeat; whoever repeats gets the order that is there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import pytest_asyncio

from orderwright.api import close_streams, create_app
from orderwright.app import system
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.stages import stages
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from orderwright.platform.pumps import drain
from orderwright.platform.settings import Settings
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_shop
from tests.helpers.api import Api, a_key, problem
from tests.helpers.contexts import a_context
from tests.helpers.databases import HASH_KEY
from tests.helpers.proxy import Cut, Proxy, proxy


class Wired(NamedTuple):
    """The whole system in this process, whose database lies behind a proxy."""

    api: Api
    database: Database
    proxy: Proxy
    shop: Shop

    def body(self, quantity: int = 1, **fields: Any) -> dict[str, Any]:
        """An order of the shop's only SKU."""
        return an_order_body(self.shop.channel.code, (self.shop.skus[0].code, quantity), **fields)


@pytest_asyncio.fixture
async def wired(durable: Database, durable_dsn: str, home: Path) -> AsyncIterator[Wired]:
    """A shop that has ten units of one SKU and refuses orders for more."""
    context = a_context()
    async with durable.transaction("acme") as tx:
        shop = await a_shop(tx, context, channel={"short_line_policy": "reject"})
        await receive_stock(
            tx, context, [ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=10)]
        )
    async with contextlib.AsyncExitStack() as stack:
        between = await stack.enter_async_context(proxy(durable_dsn))
        settings = Settings(
            database_url=between.through(durable_dsn), data_dir=home, secret_key=HASH_KEY.decode(), run_workers=False
        )
        running = await stack.enter_async_context(system(settings))
        app = create_app(running)
        yield Wired(Api(app, await a_key(durable)), running.database, between, shop)
        await close_streams(app)


async def stored(database: Database) -> list[tuple[str, str]]:
    """(external id, order id) of all orders, and the books are right."""
    async with database.transaction("acme") as tx:
        rows = await tx.fetch("SELECT external_id, id FROM orders ORDER BY number")
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []
    return [(external_id, encode_id("ord", order_id)) for external_id, order_id in rows]


def told_to_repeat(answer: httpx.Response) -> str:
    """The code of a 503 that says when to come again."""
    status, code = problem(answer)
    assert (status, answer.headers["retry-after"]) == (503, "1")
    return code


@pytest.mark.parametrize("cut", [Cut.AFTER, Cut.DURING])
async def test_a_lost_answer_is_looked_up(wired: Wired, durable: Database, cut: Cut) -> None:
    """When PostgreSQL is still committing while it is asked, it is unknown and has to be repeated: both are right."""
    body = wired.body()
    wired.proxy.cut_next(cut, schema="m_acme")

    answer = await wired.api.post("/v1/orders", body)

    assert wired.proxy.cuts == {cut: 1}
    if answer.status_code == 503:
        assert (cut, told_to_repeat(answer)) == (Cut.DURING, "outcome_unknown")
    else:
        assert (answer.status_code, answer.json()["code"]) == (200, "replayed")
    again = await wired.api.post("/v1/orders", body)
    assert (again.status_code, again.json()["code"]) == (200, "replayed")
    assert answer.status_code == 503 or again.json()["id"] == answer.json()["id"]
    assert await stored(durable) == [(body["external_id"], again.json()["id"])]


async def test_what_cannot_be_looked_up_is_unknown_and_repeating_finds_it(wired: Wired, durable: Database) -> None:
    body = wired.body()
    wired.proxy.down_after_cut = True
    wired.proxy.cut_next(Cut.AFTER, schema="m_acme")

    answer = await wired.api.post("/v1/orders", body)

    assert told_to_repeat(answer) == "outcome_unknown"
    wired.proxy.up()
    again = await wired.api.post("/v1/orders", body)
    assert (again.status_code, again.json()["code"]) == (200, "replayed")
    assert await stored(durable) == [(body["external_id"], again.json()["id"])]


async def test_a_commit_that_never_arrived_is_unknown_and_repeating_places_it(wired: Wired, durable: Database) -> None:
    body = wired.body()
    wired.proxy.cut_next(Cut.BEFORE, schema="m_acme")

    answer = await wired.api.post("/v1/orders", body)

    assert told_to_repeat(answer) == "outcome_unknown"
    assert await stored(durable) == []
    again = await wired.api.post("/v1/orders", body)
    assert (again.status_code, again.json()["code"]) == (201, "placed")
    assert await stored(durable) == [(body["external_id"], again.json()["id"])]


async def test_each_order_of_a_batch_gets_its_own_answer(wired: Wired, durable: Database) -> None:
    """Orders that share a lost transaction: new ones, one that was here before, one that is refused."""
    earlier = wired.body()
    first = await wired.api.post("/v1/orders", earlier)
    assert first.status_code == 201
    new = [wired.body() for _ in range(3)]
    refused = wired.body(quantity=11)
    wired.proxy.cut_next(Cut.AFTER, schema="m_acme")

    answers = await asyncio.gather(*(wired.api.post("/v1/orders", body) for body in [*new, earlier, refused]))

    assert wired.proxy.cuts == {Cut.AFTER: 1}
    assert [answer.json()["code"] for answer in answers[:4]] == ["replayed"] * 4
    assert answers[3].json()["id"] == first.json()["id"]
    assert told_to_repeat(answers[4]) == "outcome_unknown"
    assert problem(await wired.api.post("/v1/orders", refused)) == (409, "out_of_stock")
    ids = [first.json()["id"], *(answer.json()["id"] for answer in answers[:3])]
    assert sorted(await stored(durable)) == sorted(zip([b["external_id"] for b in [earlier, *new]], ids, strict=True))


async def test_a_bulk_call_is_unknown_and_repeating_replays_it(wired: Wired, durable: Database) -> None:
    bodies = [wired.body() for _ in range(4)]
    wired.proxy.cut_next(Cut.AFTER, schema="m_acme")

    answer = await wired.api.post("/v1/orders/bulk", {"data": bodies})

    assert told_to_repeat(answer) == "outcome_unknown"
    again = (await wired.api.post("/v1/orders/bulk", {"data": bodies})).json()["data"]
    assert [item["code"] for item in again] == ["replayed"] * 4
    assert await stored(durable) == [(b["external_id"], item["id"]) for b, item in zip(bodies, again, strict=True)]


@pytest.mark.parametrize("cut", [Cut.AFTER, Cut.BEFORE])
async def test_a_verb_is_done_once_for_its_key(wired: Wired, durable: Database, cut: Cut) -> None:
    placed = (await wired.api.post("/v1/orders", wired.body(quantity=4))).json()["id"]
    wired.proxy.cut_next(cut, schema="m_acme")
    headers = {"Idempotency-Key": "cancel-1"}
    body = {"lines": [{"line": 1, "quantity": 1}]}

    answer = await wired.api.post(f"/v1/orders/{placed}/cancel", body, headers=headers)

    assert told_to_repeat(answer) == "outcome_unknown"
    again = await wired.api.post(f"/v1/orders/{placed}/cancel", body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (200, "cancelled")
    assert again.headers.get("idempotent-replayed") == ("true" if cut is Cut.AFTER else None)
    async with durable.transaction("acme") as tx:
        assert await tx.fetchval("SELECT cancelled FROM component") == 1
    assert len(await stored(durable)) == 1


async def test_a_pump_whose_commits_are_lost_does_its_work_once(wired: Wired, durable: Database) -> None:
    bodies = [wired.body() for _ in range(5)]
    placed = (await wired.api.post("/v1/orders/bulk", {"data": bodies})).json()["data"]
    cuts = (Cut.AFTER, Cut.BEFORE, Cut.DURING)
    for _ in range(6):
        wired.proxy.cut_next(*cuts)
        for _ in cuts:  # a claim whose commit is lost is due again after its lease
            with contextlib.suppress(Exception):
                await drain(wired.database, "acme", stages())
        async with durable.transaction("acme") as tx:
            await tx.execute("UPDATE work SET due = now()")
    await drain(wired.database, "acme", stages())

    assert wired.proxy.cuts == dict.fromkeys(cuts, 6)
    async with durable.transaction("acme") as tx:
        told = await tx.fetch("SELECT subject_id, array_agg(type ORDER BY seq) FROM event GROUP BY 1 ORDER BY 1")
        assert [(encode_id("ord", row[0]), row[1]) for row in told if "order.placed" in row[1]] == [
            (order["id"], ["order.placed", "order.verified", "order.sourced", "fulfillment.released"])
            for order in placed
        ]
        assert await tx.fetchval("SELECT count(*) FROM work") == 0
    assert len(await stored(durable)) == 5
