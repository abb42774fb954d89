"""Bulk runs: what is taken back is what was done, and nobody does or sees more by a run than by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from orderwright.platform.pumps import pump
from tests.bulk_runs.test_bulk_runs import BULK, counts, read, start, to_the_end, value
from tests.console.test_order_list import form_of, orders
from tests.helpers.api import Api, a_key, problem, serving
from tests.helpers.console import a_client, a_person, a_site
from tests.helpers.contexts import MakeContext
from tests.helpers.databases import terminate, until, waiting_backend
from tests.helpers.processes import Nursery, started


@pytest_asyncio.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    async with serving(database) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery() as made:
        yield made


async def test_holds_are_taken_back_where_the_run_put_them_and_nowhere_else(
    api: Api, database: Database, ctx: MakeContext
) -> None:
    # given three orders: one is suspected of fraud, one is held by a colleague already
    fraud, held, free = await orders(database, ctx, 3)
    async with database.transaction("acme") as tx:
        await hold_orders(tx, ctx(), [HoldOrder(order_id=decode_id("ord", fraud), type="fraud_suspected")])
        await hold_orders(tx, ctx(), [HoldOrder(order_id=decode_id("ord", held))])
    # when all are held, and that is taken back
    run_id = await start(api, "hold", filters={})
    await to_the_end(database)
    assert counts(await read(api, run_id)) == ("done", 3, 3, 0)
    back = await start(api, "release_holds", run=run_id, results="changed", type="manual")
    await to_the_end(database)
    # then the suspicion and the colleague's hold are still there
    assert counts(await read(api, back)) == ("done", 2, 2, 0)
    results = (await api.get(f"/v1/bulk_runs/{back}/results")).json()["data"]
    assert {one["order"] for one in results} == {fraud, free}
    async with database.transaction("acme") as tx:
        rows = await tx.fetch("SELECT order_id, type FROM hold WHERE released_at IS NULL")
    assert {(row["order_id"], row["type"]) for row in rows} == {
        (decode_id("ord", fraud), "fraud_suspected"),
        (decode_id("ord", held), "manual"),
    }


async def test_a_screen_takes_back_what_was_done_and_no_more(database: Database, ctx: MakeContext) -> None:
    fraud, tagged, free = await orders(database, ctx, 3)
    async with database.transaction("acme") as tx:
        await hold_orders(tx, ctx(), [HoldOrder(order_id=decode_id("ord", fraud), type="fraud_suspected")])
    token = await a_person(database)
    async with a_site(database) as site, a_client(site, token) as client:

        async def do(action: str, *ids: str, undo: bool = False) -> None:
            form = await form_of(site, token, ids=",".join(ids), _key=f"{action}-{len(ids)}", word="fair")
            started_at = (await client.post(f"/m/acme/orders/bulk/{action}/run", data=form)).headers["location"]
            await to_the_end(database)
            if undo:
                shown = await client.get(f"{started_at}/undo")
                assert "stay" in shown.text or "keep" in shown.text
                again = await client.post(f"{started_at}/undo", data=await form_of(site, token, _key=f"undo-{action}"))
                assert again.status_code == 303
                await to_the_end(database)

        await do("hold", fraud, tagged, free, undo=True)
        await do("tag", tagged)
        await do("tag", fraud, tagged, free, undo=True)
    async with database.transaction("acme") as tx:
        rows = await tx.fetch("SELECT order_id, type FROM hold WHERE released_at IS NULL")
        tags = await tx.fetch("SELECT order_id FROM order_tag")
    assert [(row["order_id"], row["type"]) for row in rows] == [(decode_id("ord", fraud), "fraud_suspected")]
    assert [row["order_id"] for row in tags] == [decode_id("ord", tagged)]


async def test_results_tell_nothing_of_orders_that_are_not_for_one(
    api: Api, database: Database, ctx: MakeContext
) -> None:
    mine, theirs = await orders(database, ctx, 1), await orders(database, ctx, 1)
    channel = await value(database, "SELECT channel_id FROM orders WHERE id = $1", decode_id("ord", mine[0]))
    limited = api.using(await a_key(database, channel_ids=[channel]))
    run_id = await start(limited, "tag", order_ids=mine + theirs, tag="x")
    for _ in range(2):  # before it was their turn, and after
        results = (await limited.get(f"/v1/bulk_runs/{run_id}/results")).json()["data"]
        assert {(one["order"], one["number"] is None) for one in results} == {(mine[0], False), (theirs[0], True)}
        table = (await limited.get(f"/v1/bulk_runs/{run_id}/results.csv?which=all")).text.splitlines()
        assert {line.split(",")[1]: line.split(",")[0] == "" for line in table[1:]} == {mine[0]: False, theirs[0]: True}
        await to_the_end(database)


LEAVING = {
    "deactivated": "UPDATE person SET deactivated_at = now() WHERE id = $1",
    "another role": "UPDATE membership SET role = 'read_only' WHERE person_id = $1",
    "no role here": "DELETE FROM membership WHERE person_id = $1",
}


@pytest.mark.parametrize("how", LEAVING)
async def test_a_run_stops_at_the_slice_after_its_person_left(database: Database, ctx: MakeContext, how: str) -> None:
    await orders(database, ctx, 120)
    token = await a_person(database, "care_agent")
    async with a_site(database) as site, a_client(site, token) as client:
        form = await form_of(site, token, all="true", view="all", _key="k")
        answer = await client.post("/m/acme/orders/bulk/hold/run", data=form)
    assert answer.status_code == 303, answer.text
    for _ in range(2):
        await pump(database, "acme", BULK)
    actor = await value(database, "SELECT actor FROM bulk_run")
    async with database.operator_transaction() as tx:
        await tx.execute(LEAVING[how], decode_id("usr", actor.removeprefix("user:")))
    await to_the_end(database)
    async with database.transaction("acme", read_only=True) as tx:
        [run] = await tx.fetch("SELECT state, stopped_code, total, done, refused FROM bulk_run")
    assert tuple(run.values()) == ("stopped", "permission_denied", 120, 100, 0)
    assert await value(database, "SELECT count(*) FROM hold") == 100


async def test_a_run_keeps_no_address_of_a_person(api: Api, database: Database) -> None:
    body = {"action": "hold", "filters": {"tag": ["gift", "ada@example.com"]}}
    answer = await api.post("/v1/bulk_runs", body)
    assert problem(answer) == (422, "personal_data")
    assert answer.json()["details"]["field"] == "filters.tag"
    assert await value(database, "SELECT count(*) FROM bulk_run") == 0


async def test_a_number_is_understood_as_the_business_writes_it(api: Api, database: Database, ctx: MakeContext) -> None:
    made = await orders(database, ctx, 2)
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE merchant SET order_number_format = 'W-{number}/A' WHERE code = 'acme'")
    number = await value(database, "SELECT number FROM orders WHERE id = $1", decode_id("ord", made[1]))
    run_id = await start(api, "hold", filters={"number": f"W-{number}/A"})
    await to_the_end(database)
    run = await read(api, run_id)
    assert (*counts(run), run["stopped_code"]) == ("done", 1, 1, 0, None)


async def test_a_killed_worker_leaves_a_run_to_the_next_and_each_order_is_done_once(
    api: Api, database: Database, ctx: MakeContext, nursery: Nursery, dsn: str, tmp_path: Path
) -> None:
    made = await orders(database, ctx, 230)
    run_id = await start(api, "tag", filters={}, tag="fair")
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() + interval '1 day' WHERE stage <> 'bulk'")
    late = decode_id("ord", sorted(made, reverse=True)[150])  # of the second hundred
    # given a worker that has done the first hundred, and waits for an order of the second
    async with started(nursery, "work", dsn, tmp_path, PUMP_LEASE_S="3") as work:
        async with database.transaction("acme") as tx:
            await tx.execute("SELECT FROM orders WHERE id = $1 FOR UPDATE", late)
            waiting = await waiting_backend(database)
            # when it is killed there
            work.kill()
            await terminate(database, waiting)
        assert counts(await read(api, run_id)) == ("running", 230, 100, 0)
        # then another goes on after the lease, and nothing is done twice
        async with database.transaction("acme") as tx:
            await tx.execute("UPDATE work SET due = now() WHERE stage = 'bulk'")
        await work.start()
        await until(lambda: value(database, "SELECT state = 'done' FROM bulk_run"))
        assert await work.stop() == 0
    assert counts(await read(api, run_id)) == ("done", 230, 230, 0)
    assert await value(database, "SELECT count(*) FROM event WHERE type = 'order.tagged'") == 230
    await to_the_end(database)
