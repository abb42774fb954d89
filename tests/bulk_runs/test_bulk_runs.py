"""Bulk runs: many orders, slice by slice, each once; with what whoever started it may do then; ended, repeated."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from orderwright.bulk_runs import (
    BULK_RUN_TRANSITIONS,
    OLD_RESULTS,
    OLD_RUNS,
    BulkRunState,
    CancelBulkRun,
    StartBulkRun,
    cancel_bulk_runs,
    start_bulk_runs,
)
from orderwright.flows import work_bulk_runs as work
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.stages import stages
from orderwright.insights.audit import audit
from orderwright.orders import CancelOrder
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import decode_id, encode_id, new_id
from orderwright.platform.pumps import PumpRunner, pump
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.console.test_order_list import orders
from tests.docs.test_states import arrows, checked
from tests.helpers.api import Api, a_key, problem, serving
from tests.helpers.contexts import MakeContext
from tests.helpers.desk import Desk

BULK = next(stage for stage in stages() if stage.name == "bulk")


@pytest_asyncio.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    async with serving(database) as client:
        yield client


async def value(database: Database, sql: str, *args: Any) -> Any:
    async with database.transaction("acme", read_only=True) as tx:
        return await tx.fetchval(sql, *args)


async def to_the_end(database: Database) -> None:
    """Work until no run has anything to do; then the books are right."""
    while await value(database, "SELECT count(*) FROM work WHERE stage = 'bulk' AND due <= now()"):
        await pump(database, "acme", BULK)
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []


async def start(api: Api, action: str, **which: Any) -> str:
    answer = await api.post("/v1/bulk_runs", {"action": action, **which})
    assert answer.status_code == 200, answer.text
    assert answer.json()["code"] == "started"
    return str(answer.json()["id"])


async def read(api: Api, run_id: str) -> dict[str, Any]:
    answer = await api.get(f"/v1/bulk_runs/{run_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def counts(run: dict[str, Any]) -> tuple[Any, ...]:
    return run["state"], run["orders"], run["done"], run["refused"]


async def test_all_that_a_filter_finds_is_done_slice_by_slice(api: Api, database: Database, ctx: MakeContext) -> None:
    # given 250 orders, one of which is cancelled already
    made = await orders(database, ctx, 250)
    async with database.transaction("acme") as tx:
        await cancel_orders(tx, ctx(), [CancelOrder(order_id=decode_id("ord", made[7]))])
    # when all are to be held
    run_id = await start(api, "hold", filters={}, note="count the shelf")
    assert counts(await read(api, run_id)) == ("collecting", 0, 0, 0)
    await to_the_end(database)
    # then each has an outcome, and was held once
    run = await read(api, run_id)
    assert counts(run) == ("done", 250, 249, 1)
    assert run["finished"]
    assert run["finished_at"] is not None
    assert await value(database, "SELECT count(*) FROM hold WHERE released_at IS NULL") == 249
    refused = (await api.get(f"/v1/bulk_runs/{run_id}/results?which=not_done")).json()
    assert [(one["order"], one["code"], one["ok"]) for one in refused["data"]] == [(made[7], "already_final", False)]
    # and the audit trail says who did it, and what caused it
    acts = await value(
        database, "SELECT count(*) FROM act WHERE verb = 'hold_orders' AND cause = $1 AND actor LIKE 'key:%'", run_id
    )
    assert acts == 3


async def test_results_are_paged_and_exported(api: Api, database: Database, ctx: MakeContext) -> None:
    made = await orders(database, ctx, 3)
    run_id = await start(api, "release_holds", order_ids=made)
    await to_the_end(database)
    first = (await api.get(f"/v1/bulk_runs/{run_id}/results?limit=2")).json()
    rest = (await api.get(f"/v1/bulk_runs/{run_id}/results?limit=2&after={first['next']}")).json()
    assert [one["order"] for one in first["data"] + rest["data"]] == sorted(made, reverse=True)
    assert rest["next"] is None
    table = (await api.get(f"/v1/bulk_runs/{run_id}/results.csv")).text.splitlines()
    assert table[0] == "order,id,done,code,message"
    assert [line.split(",")[1:4] for line in table[1:]] == [
        [one, "no", "no_such_hold"] for one in sorted(made, reverse=True)
    ]
    assert len((await api.get(f"/v1/bulk_runs/{run_id}/results.csv?which=done")).text.splitlines()) == 1


async def test_a_run_that_breaks_off_goes_on_and_does_nothing_twice(
    api: Api, database: Database, ctx: MakeContext
) -> None:
    # given a run whose second slice is lost with its process, after all was done and before it was committed
    await orders(database, ctx, 230)
    run_id = await start(api, "tag", filters={}, tag="fair")
    for _ in range(2):
        await pump(database, "acme", BULK)  # listed, and the first slice
    assert counts(await read(api, run_id)) == ("running", 230, 100, 0)
    runner = PumpRunner(database, _acme, [BULK], poll_s=0.05)
    held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    real = work.bulk_runs.note_outcomes

    async def dies(*args: Any, **rest: Any) -> None:
        await real(*args, **rest)
        held.set_result(None)
        await asyncio.Event().wait()

    work.bulk_runs.note_outcomes = dies
    try:
        await runner.start()
        await held
        for task in runner._tasks:
            task.cancel()
        await runner.stop()
    finally:
        work.bulk_runs.note_outcomes = real
    assert counts(await read(api, run_id)) == ("running", 230, 100, 0)
    # when another process takes over, after the lease
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() WHERE stage = 'bulk'")
    again = PumpRunner(database, _acme, [BULK], poll_s=0.05)
    await again.start()
    await the_end(database, run_id)
    await again.stop()
    # then each order was tagged once
    assert counts(await read(api, run_id)) == ("done", 230, 230, 0)
    assert await value(database, "SELECT count(*) FROM event WHERE type = 'order.tagged'") == 230


async def the_end(database: Database, run_id: str) -> None:
    """Wait, on the lock of the run that each slice holds, until it is done."""
    async with asyncio.timeout(60):
        state = ""
        while state != "done":
            async with database.transaction("acme") as tx:
                sql = "SELECT state FROM bulk_run WHERE id = $1 FOR UPDATE"
                state = await tx.fetchval(sql, decode_id("blk", run_id))


async def _acme() -> list[str]:
    return ["acme"]


async def test_two_workers_at_one_run_do_each_order_once(api: Api, database: Database, ctx: MakeContext) -> None:
    await orders(database, ctx, 150)
    run_id = await start(api, "tag", filters={}, tag="fair")
    steps = [decode_id("blk", run_id)]
    while not (await read(api, run_id))["finished"]:
        await asyncio.gather(*(work.work_bulk_runs(database, "acme", steps) for _ in range(2)))
    assert counts(await read(api, run_id)) == ("done", 150, 150, 0)
    assert await value(database, "SELECT count(*) FROM event WHERE type = 'order.tagged'") == 150


async def test_a_cancelled_run_leaves_the_rest(api: Api, database: Database, ctx: MakeContext) -> None:
    await orders(database, ctx, 210)
    run_id = await start(api, "hold", filters={})
    for _ in range(2):
        await pump(database, "acme", BULK)
    answer = await api.post(f"/v1/bulk_runs/{run_id}/cancel", {})
    assert answer.json()["code"] == "cancelled"
    await to_the_end(database)
    assert counts(await read(api, run_id)) == ("cancelled", 210, 100, 0)
    assert await value(database, "SELECT count(*) FROM hold") == 100
    assert problem(await api.post(f"/v1/bulk_runs/{run_id}/cancel", {})) == (409, "run_finished")
    # what was not done can be done by another run; what was done can be taken back
    rest = await start(api, "hold", run=run_id)
    back = await start(api, "release_holds", run=run_id, results="done")
    await to_the_end(database)
    assert counts(await read(api, rest)) == ("done", 110, 110, 0)
    assert counts(await read(api, back)) == ("done", 100, 100, 0)


async def test_whoever_may_not_do_it_any_more_stops_it(api: Api, database: Database, ctx: MakeContext) -> None:
    await orders(database, ctx, 120)
    key = await a_key(database, "orders.read", "orders.hold")
    run_id = await start(api.using(key), "hold", filters={})
    for _ in range(2):
        await pump(database, "acme", BULK)
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE api_key SET scopes = '{orders.read}' WHERE prefix = $1", key.split("_")[1])
    await to_the_end(database)
    run = await read(api, run_id)
    assert (*counts(run), run["stopped_code"]) == ("stopped", 120, 100, 0, "permission_denied")


async def test_a_limited_key_reaches_its_own_orders_only(api: Api, database: Database, ctx: MakeContext) -> None:
    mine, theirs = await orders(database, ctx, 2), await orders(database, ctx, 2)
    channel = await value(database, "SELECT channel_id FROM orders WHERE id = $1", decode_id("ord", mine[0]))
    limited = api.using(await a_key(database, channel_ids=[channel]))
    run_id = await start(limited, "hold", filters={})
    named = await start(limited, "tag", order_ids=theirs, tag="x")
    others = await start(api, "tag", filters={}, tag="y")
    await to_the_end(database)
    assert counts(await read(limited, run_id)) == ("done", 2, 2, 0)
    results = (await limited.get(f"/v1/bulk_runs/{named}/results")).json()["data"]
    assert {one["code"] for one in results} == {"order_not_found"}
    # and sees its own runs only
    assert [one["id"] for one in (await limited.get("/v1/bulk_runs")).json()["data"]] == [named, run_id]
    assert problem(await limited.get(f"/v1/bulk_runs/{others}")) == (404, "not_found")
    assert problem(await limited.post(f"/v1/bulk_runs/{others}/cancel", {})) == (404, "run_not_found")
    page = (await api.get("/v1/bulk_runs?limit=1")).json()
    assert [one["id"] for one in page["data"]] == [others]
    assert len((await api.get(f"/v1/bulk_runs?after={page['next']}")).json()["data"]) == 2


async def test_orders_are_released_to_the_floor(api: Api, database: Database) -> None:
    desk = Desk(database)
    shop: Shop = await desk.shop(skus=1)
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    sent = an_order_body(shop.channel.code, (shop.skus[0].code, 1))
    await api.post("/v1/orders", sent)
    order_id = await value(database, "SELECT id FROM orders")
    await desk.verify(order_id)
    await desk.source(order_id)
    run_id = await start(api, "release_to_floor", filters={})
    again = await start(api, "release_to_floor", filters={})
    await to_the_end(database)
    assert await value(database, "SELECT state FROM fulfillment") == "released"
    [one] = (await api.get(f"/v1/bulk_runs/{run_id}/results")).json()["data"]
    assert (one["code"], one["details"]) == ("released", {"fulfillments": 1, "left": 0})
    [two] = (await api.get(f"/v1/bulk_runs/{again}/results")).json()["data"]
    assert two["code"] == "nothing_to_release"


async def test_an_order_that_fails_by_itself_does_not_hold_up_the_others(
    api: Api, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 5)
    bad = decode_id("ord", made[2])
    real = work.hold_orders

    async def fails(tx: Transaction, context: Any, commands: Any) -> Any:
        if any(command.order_id == bad for command in commands):
            raise RuntimeError("a bug")
        return await real(tx, context, commands)

    work.hold_orders = fails
    try:
        run_id = await start(api, "hold", filters={})
        await to_the_end(database)
    finally:
        work.hold_orders = real
    assert counts(await read(api, run_id)) == ("done", 5, 4, 1)
    [one] = (await api.get(f"/v1/bulk_runs/{run_id}/results?which=not_done")).json()["data"]
    assert (one["order"], one["code"]) == (made[2], "failed")


async def test_what_cannot_be_started_is_said(api: Api, database: Database) -> None:
    async def refused(body: dict[str, Any]) -> tuple[int, str]:
        return problem(await api.post("/v1/bulk_runs", body))

    some = "blk_01j9zqtf0seqbr9w7r1c4rkz2m"
    assert await refused({"action": "hold"}) == (422, "one_source")
    assert await refused({"action": "hold", "filters": {}, "run": some}) == (422, "one_source")
    assert await refused({"action": "tag", "filters": {}}) == (422, "tag_missing")
    assert await refused({"action": "hold", "filters": {"q": "ada@example.com"}}) == (422, "personal_data")
    assert await refused({"action": "hold", "run": some}) == (404, "run_not_found")
    assert await refused({"action": "burn", "filters": {}}) == (400, "invalid_request")
    assert await refused({"action": "hold", "order_ids": ["nonsense"]}) == (400, "invalid_request")
    assert await refused({"action": "hold", "filters": {"total_from": 5}}) == (400, "invalid_filter")
    reader = api.using(await a_key(database, "orders.read"))
    assert problem(await reader.post("/v1/bulk_runs", {"action": "hold", "filters": {}})) == (403, "permission_denied")
    running = await start(api, "hold", filters={})
    assert await refused({"action": "hold", "run": running}) == (409, "run_unfinished")
    many = {"data": [{"action": "hold", "filters": {}} for _ in range(50)]}
    answer = (await api.post("/v1/bulk_runs/bulk", many)).json()["data"]
    assert [one["code"] for one in answer] == ["started"] * 49 + ["too_many_runs"]


async def test_the_same_key_starts_one_run(api: Api, database: Database) -> None:
    headers = {"Idempotency-Key": "once"}
    body = {"action": "hold", "filters": {}}
    first = await api.post("/v1/bulk_runs", body, headers=headers)
    again = await api.post("/v1/bulk_runs", body, headers=headers)
    assert first.json() == again.json()
    assert await value(database, "SELECT count(*) FROM bulk_run") == 1


async def test_a_slice_takes_as_many_statements_for_one_order_as_for_100(
    api: Api, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 100)
    taken = []
    for some in (made[:1], made):
        run_id = decode_id("blk", await start(api, "hold", order_ids=some))
        async with database.transaction("acme") as tx:
            run = await work.bulk_runs.lock_unfinished(tx, run_id)
            assert run is not None
            before = tx.statements
            await work._do_slice(tx, ctx(), run, 24)
            taken.append(tx.statements - before)
    assert taken[0] == taken[1]


async def test_starting_and_ending_100_runs_takes_as_many_statements_as_one(
    api: Api, database: Database, ctx: MakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderwright.bulk_runs.start.UNFINISHED_MAX", 1_000)
    made = await orders(database, ctx, 1)
    async with database.transaction("acme") as tx:
        await tx.fetch("SELECT 1")
        taken = []
        for count in (1, 100):
            before = tx.statements
            named = [StartBulkRun(action="hold", order_ids=made) for _ in range(count)]
            started = await start_bulk_runs(tx, ctx(), named)
            assert [one.code for one in started] == ["started"] * count
            ends = [CancelBulkRun(run_id=one.id) for one in started if one.id is not None]
            assert {one.code for one in await cancel_bulk_runs(tx, ctx(), ends)} == {"cancelled"}
            taken.append(tx.statements - before)
    assert taken == [12, 12]


async def test_old_runs_are_forgotten(api: Api, database: Database, ctx: MakeContext) -> None:
    await orders(database, ctx, 3)
    run_id = await start(api, "hold", filters={})
    await to_the_end(database)
    async with database.transaction("acme") as tx:
        assert await OLD_RESULTS.old.fetch(tx, 100) == []
        await tx.execute("UPDATE bulk_run SET finished_at = now() - interval '31 days'")
        assert len(await OLD_RESULTS.old.fetch(tx, 2)) == 2
        assert await OLD_RUNS.old.fetch(tx, 100) == []
        assert len(await OLD_RESULTS.old.fetch(tx, 100)) == 1
        assert [encode_id("blk", row.run_id) for row in await OLD_RUNS.old.fetch(tx, 100)] == [run_id]
    assert problem(await api.get(f"/v1/bulk_runs/{encode_id('blk', new_id())}")) == (404, "not_found")


def test_states_are_the_same_everywhere() -> None:
    assert checked("bulk_run", "state") == {state.value for state in BulkRunState}
    wanted = {(state.value, target.value) for state, targets in BULK_RUN_TRANSITIONS.items() for target in targets}
    ends = {(state.value, "[*]") for state, targets in BULK_RUN_TRANSITIONS.items() if not targets}
    assert arrows("Bulk run") == wanted | ends | {("[*]", "collecting")}
    assert re.fullmatch(r"[a-z]+", BulkRunState.DONE)
