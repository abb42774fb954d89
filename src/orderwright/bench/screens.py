"""`orderwright bench screens`: what the pages for staff cost at a million orders, and what open live screens cost.

Each page is asked for in turn with `/health/live`, request by request over one connection, so that both sides meet the
same machine. Then 200 open screens listen while orders flow, half of them live pages, and the server's processor time
is compared with that of the same flow without them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from statistics import median

import httpx

from orderwright.access import session_cookie_name
from orderwright.bench.harness import Measure, calibrate, emit, percentile, progress, throwaway_database
from orderwright.bench.history import load_history, warm_up
from orderwright.bench.intake_http import placements
from orderwright.bench.load import load, request
from orderwright.bench.pages import (
    PAGES,
    TARGET_PAGE,
    Ask,
    Sample,
    a_page,
    get,
    make_sample,
    other_pages,
    post,
    somebody,
)
from orderwright.bench.server import Served, served
from orderwright.bench.world import baskets, build_world
from orderwright.platform.db import Database, schema_of

ORDERS = 1_000_000
ROUNDS = 7
REQUESTS = 60  # of each side in a round
MANY, FEW, PER_PAGE, PAGES_DEEP = 100_000, 100, 50, 50  # matches of two lists, and how deep one is paged
TARGET_GROWTH = 1.3
OTHERS_REQUESTS, SLOWEST = 60, 10  # of the pages that are not listed by name
SCREENS, ORDERS_PER_S, FLOW_S, FLOWS, TARGET_CORE = 200, 50, 20, 3, 0.10


async def bench_screens(*, as_json: bool = False) -> bool:
    """Rounds of every page, then open screens; True when all targets were met."""
    before = calibrate()
    async with throwaway_database() as database:
        progress(f"making a history of {ORDERS:,} orders")
        await load_history(database, "many", ORDERS)
        measures = await measure(database)
        measures += await measure_others(database)
        measures += await measure_lists(database)
        measures += await measure_live(database)
    emit("screens", measures, before, calibrate(), as_json)
    return all(one.met is not False for one in measures)


async def measure(database: Database) -> list[Measure]:
    """The pages of the merchant `many`, which is there already."""
    await warm_up(database, "many")
    sample = await make_sample(database, "many")
    measures: list[Measure] = []
    async with served(database, RUN_WORKERS="false") as server:
        for name, (ask, target) in PAGES.items():
            progress(name)
            rounds = [await _round(server, ask, sample, n) for n in range(ROUNDS + 1)][1:]  # the first warms up
            over = median(percentile(page, 0.95) / percentile(live, 0.95) for live, page in rounds)
            all_of = [seconds for _, page in rounds for seconds in page]
            measures += [
                Measure(f"{name}, p95 of /health/live", over, "times", target, "lower"),
                Measure(f"{name}, median", 1_000 * median(all_of), "ms", None, "lower"),
                Measure(f"{name}, p95", 1_000 * percentile(all_of, 0.95), "ms", None, "lower"),
            ]
    return measures


async def measure_others(database: Database) -> list[Measure]:
    """Every other page that answers without more than ids; the slowest of them by name, as p95 of `/health/live`."""
    sample = await make_sample(database, "many")
    over: dict[str, float] = {}
    async with served(database, RUN_WORKERS="false") as server:
        for path in other_pages():
            if await _is_shown(server, sample, path):
                progress(path)
                live, page = await _round(server, a_page(path), sample, 0, OTHERS_REQUESTS)
                over[path] = percentile(page, 0.95) / percentile(live, 0.95)
    slowest = sorted(over, key=over.__getitem__, reverse=True)[:SLOWEST]
    met = sum(times < TARGET_PAGE for times in over.values())
    return [
        Measure("pages of the console that were asked for", len(over), ""),
        Measure("of them below the target", met, "", len(over), "higher"),
        *[Measure(f"{path}, p95 of /health/live", over[path], "times", TARGET_PAGE, "lower") for path in slowest],
    ]


async def _is_shown(server: Served, sample: Sample, path: str) -> bool:
    """Whether an address shows a page; others are files, or ask first what they are about. It warms up besides."""
    drawn = {"order": sample.orders[0], "customer": sample.customers[0], "sku": sample.skus[0]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:
        cookies = {"Cookie": f"{session_cookie_name(False)}={sample.token}"}
        answer = await client.get(f"/m/{sample.merchant}{path.format(**drawn)}", headers=cookies)
        return answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")


async def measure_lists(database: Database) -> list[Measure]:
    """A list of 100,000 matches against one of 100: the first page, and a page 50 deep against the second, in turn.

    The matches of both are spread evenly over the merchant's orders, by a tag."""
    async with database.transaction("many") as tx:
        [row] = await tx.fetch("SELECT count(*) AS orders, min(number) AS first FROM orders")
        orders = int(row["orders"])
        many = min(MANY, orders)
        for tag, count in (("bench_many", many), ("bench_few", FEW)):
            await tx.execute(
                "INSERT INTO order_tag (order_id, tag) SELECT o.id, $1::text FROM orders AS o"
                " WHERE (o.number - $2::bigint) % $3::bigint = 0 ON CONFLICT DO NOTHING",
                tag, row["first"], max(1, orders // count),
            )  # fmt: skip
    async with database.connection() as connection:
        await connection.execute(f"VACUUM ANALYZE {schema_of('many')}.order_tag")
    sample = await make_sample(database, "many")
    measures: list[Measure] = []
    async with served(database, RUN_WORKERS="false") as server:
        deep = await _cursor(server, sample, "bench_many", PER_PAGE * PAGES_DEEP)
        second = await _cursor(server, sample, "bench_few", PER_PAGE)
        sides = {
            "the first page": (_list_of("bench_many"), _list_of("bench_few")),
            f"page {PAGES_DEEP} deep": (_list_of("bench_many", deep), _list_of("bench_few", second)),
        }
        for name, (long, short) in sides.items():
            progress(f"lists, {name}")
            rounds = [await _compare(server, sample, long, short, n) for n in range(ROUNDS + 1)][1:]
            over = median(median(a) / median(b) for a, b in rounds)
            all_long = [seconds for one, _ in rounds for seconds in one]
            measures += [
                Measure(f"{name} of {many:,} matches, of that of {FEW}", over, "times", TARGET_GROWTH, "lower"),
                Measure(f"{name} of {many:,} matches, median", 1_000 * median(all_long), "ms", None, "lower"),
            ]
    return measures


def _list_of(tag: str, after: str | None = None) -> Ask:
    """The first page of a list as a page of the console, or rows from behind a cursor."""

    def ask(sample: Sample, _dice: random.Random) -> bytes:
        if after is None:
            return get(sample, f"/m/{sample.merchant}/orders?tag={tag}")
        return post(sample, f"/m/{sample.merchant}/orders/more", {"set": "1", "tag": tag, "after": after})

    return ask


async def _cursor(server: Served, sample: Sample, tag: str, behind: int) -> str:
    """The cursor behind so many orders of a list, as one gets by paging."""
    after = None
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:
        while behind:
            size = min(200, behind)
            body = {"tag": [tag], "limit": size} | ({"after": after} if after else {})
            headers = {"Authorization": f"Bearer {sample.key}"}
            answer = (await client.post("/v1/orders/search", json=body, headers=headers)).raise_for_status().json()
            after, behind = answer["next"], behind - size
            if after is None or len(answer["data"]) != size:
                raise AssertionError(f"the list {tag} has no page behind {behind} more orders")
    return str(after)


async def _compare(
    server: Served, sample: Sample, one: Ask, other: Ask, number: int
) -> tuple[list[float], list[float]]:
    dice = random.Random(number)
    asked = [part for _ in range(REQUESTS) for part in (one(sample, dice), other(sample, dice))]
    result = await load(server.port, asked, 1)
    if set(result.statuses) != {200}:
        raise AssertionError(f"not all were answered: {result.statuses}")
    return result.latencies_s[0::2], result.latencies_s[1::2]


async def _round(
    server: Served, ask: Ask, sample: Sample, number: int, requests: int = REQUESTS
) -> tuple[list[float], list[float]]:
    dice = random.Random(number)
    live = request("GET", "/health/live")
    asked = [part for _ in range(requests) for part in (live, ask(sample, dice))]
    result = await load(server.port, asked, 1)
    if set(result.statuses) != {200}:
        raise AssertionError(f"not all were answered: {result.statuses}")
    return result.latencies_s[0::2], result.latencies_s[1::2]


async def measure_live(database: Database) -> list[Measure]:
    """The server's processor time while orders flow, with and without open screens, in turn."""
    await build_world(database, "flow")
    sample = await somebody(database, "flow")
    size = ORDERS_PER_S * FLOW_S
    orders = placements(baskets(2 * FLOWS * size), sample.key)
    extra: list[float] = []
    alone: list[float] = []
    told = 0
    async with served(database, TEST_PAYMENTS="true") as server:
        for number in range(FLOWS):
            progress(f"orders flow, with and without {SCREENS} open screens, {number + 1} of {FLOWS}")
            first = 2 * number * size
            alone.append(await _flow(server, orders[first : first + size]))
            async with _open_screens(server, sample) as heard:
                extra.append(await _flow(server, orders[first + size : first + 2 * size]) - alone[-1])
                told += heard()
    return [
        Measure(f"{SCREENS} open screens at {ORDERS_PER_S} orders/s, of a core", median(extra), "cores",
                TARGET_CORE, "lower"),
        Measure("the flow alone, of a core", median(alone), "cores"),
        Measure("news that screens heard", told, ""),
    ]  # fmt: skip


async def _flow(server: Served, orders: Sequence[bytes]) -> float:
    """Send orders, so many a second; returns what the server took of a core."""
    before, began = _cpu_s(server.pid), asyncio.get_running_loop().time()
    for second in range(FLOW_S):
        await asyncio.sleep(max(0.0, began + second - asyncio.get_running_loop().time()))
        some = orders[second * ORDERS_PER_S : (second + 1) * ORDERS_PER_S]
        result = await load(server.port, some, 4)
        if set(result.statuses) != {201}:
            raise AssertionError(f"not all were placed: {result.statuses} {result.codes}")
    return (_cpu_s(server.pid) - before) / (asyncio.get_running_loop().time() - began)


@contextlib.asynccontextmanager
async def _open_screens(server: Served, sample: Sample) -> AsyncIterator[Callable[[], int]]:
    """Screens that listen to new orders; the function tells how many news they heard."""
    heard = 0

    async def listen(reader: asyncio.StreamReader) -> None:
        nonlocal heard
        while chunk := await reader.read(65_536):
            heard += chunk.count(b"event: ")

    writers, tasks = [], []
    for number in range(SCREENS):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        stream = "live/stream" if number % 2 else "news?topics=orders"
        writer.write(get(sample, f"/m/{sample.merchant}/{stream}"))
        await reader.readuntil(b"\r\n\r\n")
        writers.append(writer)
        tasks.append(asyncio.create_task(listen(reader)))
    try:
        yield lambda: heard
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.close()


def _cpu_s(pid: int) -> float:
    """Processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
