"""`orderwright bench reads`: what a million orders cost those who read them, by HTTP.

Each read is asked for in turn with `/health/live` and with the same read of 100,000 orders, request by request over one
connection, so that all three sides meet the same machine. The tables are read once before (`pg_prewarm`), as they
would lie in the memory of a machine that is sized for them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from orderwright.bench.harness import Measure, calibrate, emit, percentile, progress, throwaway_database
from orderwright.bench.history import load_history, warm_up
from orderwright.bench.intake_http import api_key
from orderwright.bench.load import load, request
from orderwright.bench.server import Served, served
from orderwright.orders import OrderStatus
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id

ORDERS, FEWER_ORDERS = 1_000_000, 100_000
ROUNDS = 9
REQUESTS = 300  # of each side in a round
SAMPLES = 1_000
NAMES = 50
SKUS_A_REQUEST = 100
PAGE = 20  # orders, as a screen shows
TARGET_MEDIAN, TARGET_P99, TARGET_GROWTH = 4.0, 10.0, 1.3


class Sample(NamedTuple):
    """Things of a merchant to ask for, drawn at random, and the key to ask with."""

    key: str
    order_ids: list[str]
    emails: list[str]
    names: list[str]
    skus: list[str]


class Times(NamedTuple):
    """Seconds of a round's requests by side."""

    live: list[float]
    many: list[float]
    few: list[float]


Ask = Callable[[Sample, random.Random], bytes]


def _by_id(sample: Sample, dice: random.Random) -> bytes:
    return request("GET", f"/v1/orders/{dice.choice(sample.order_ids)}", key=sample.key)


def _by_state(sample: Sample, dice: random.Random) -> bytes:
    return request("GET", f"/v1/orders?status={dice.choice(list(OrderStatus)).value}&limit={PAGE}", key=sample.key)


def _by_email(sample: Sample, dice: random.Random) -> bytes:
    return _search(sample, email=dice.choice(sample.emails))


def _by_name(sample: Sample, dice: random.Random) -> bytes:
    return _search(sample, name=dice.choice(sample.names))


def _availability(sample: Sample, dice: random.Random) -> bytes:
    asked = urlencode([("sku", sku) for sku in dice.sample(sample.skus, SKUS_A_REQUEST)])
    return request("GET", f"/v1/availability?{asked}", key=sample.key)


def _search(sample: Sample, **filters: str) -> bytes:
    return request("POST", "/v1/orders/search", key=sample.key, body=msgspec.json.encode({**filters, "limit": PAGE}))


READS: dict[str, Ask] = {
    "order by id": _by_id,
    "list by state": _by_state,
    "search by e-mail": _by_email,
    "search by name": _by_name,
    f"availability of {SKUS_A_REQUEST} SKUs": _availability,
}


async def bench_reads(*, as_json: bool = False) -> bool:
    """Rounds of every read; True when all targets were met."""
    before = calibrate()
    async with throwaway_database() as database:
        for merchant, orders in (("few", FEWER_ORDERS), ("many", ORDERS)):
            progress(f"making a history of {orders:,} orders")
            await load_history(database, merchant, orders)
        measures = await measure(database)
    emit("reads", measures, before, calibrate(), as_json)
    return all(one.met is not False for one in measures)


async def measure(database: Database) -> list[Measure]:
    """The reads of the merchants `many` and `few`, which are there already."""
    samples = {}
    for merchant in ("few", "many"):
        await warm_up(database, merchant)
        samples[merchant] = await _sample(database, merchant)
    measures: list[Measure] = []
    absolute: list[Measure] = []
    live: list[float] = []
    async with served(database, RUN_WORKERS="false") as server:
        for name, ask in READS.items():
            progress(name)
            rounds = [await _round(server, ask, samples, n) for n in range(ROUNDS + 1)][1:]  # the first warms up
            measures += _judge(name, rounds)
            many = [seconds for one in rounds for seconds in one.many]
            live += [seconds for one in rounds for seconds in one.live]
            absolute += [
                Measure(f"{name}, median", 1_000 * median(many), "ms", None, "lower"),
                Measure(f"{name}, p99", 1_000 * percentile(many, 0.99), "ms", None, "lower"),
            ]
    absolute += [
        Measure("/health/live, median", 1_000 * median(live), "ms", None, "lower"),
        Measure("/health/live, p99", 1_000 * percentile(live, 0.99), "ms", None, "lower"),
    ]
    return measures + absolute


def _judge(name: str, rounds: Sequence[Times]) -> list[Measure]:
    def over(of: Callable[[Times], float]) -> float:
        return median(of(one) for one in rounds)

    return [
        Measure(
            f"{name}, median of /health/live",
            over(lambda one: median(one.many) / median(one.live)),
            "times",
            TARGET_MEDIAN,
            "lower",
        ),
        Measure(
            f"{name}, p99 of /health/live",
            over(lambda one: percentile(one.many, 0.99) / percentile(one.live, 0.99)),
            "times",
            TARGET_P99,
            "lower",
        ),
        Measure(
            f"{name}, of that of {FEWER_ORDERS:,} orders",
            over(lambda one: median(one.many) / median(one.few)),
            "times",
            TARGET_GROWTH,
            "lower",
        ),
    ]


async def _round(server: Served, ask: Ask, samples: dict[str, Sample], round_n: int) -> Times:
    """One request of each side after the other."""
    dice = random.Random(round_n)
    live = request("GET", "/health/live")
    asked = [part for _ in range(REQUESTS) for part in (live, ask(samples["many"], dice), ask(samples["few"], dice))]
    result = await load(server.port, asked, 1)
    if set(result.statuses) != {200}:
        raise AssertionError(f"not all were answered: {result.statuses} {result.codes}")
    seconds = result.latencies_s
    return Times(live=seconds[0::3], many=seconds[1::3], few=seconds[2::3])


async def _sample(database: Database, merchant: str) -> Sample:
    key = await api_key(database, merchant)
    dice = random.Random(merchant)
    async with database.transaction(merchant) as tx:
        first, last = (await tx.fetch("SELECT min(number), max(number) FROM orders"))[0]
        numbers = [dice.randint(first, last) for _ in range(SAMPLES)]
        rows = await tx.fetch(
            "SELECT o.id, c.email FROM orders AS o JOIN contact AS c ON c.id = o.buyer_contact_id"
            " WHERE o.number = ANY ($1)",
            numbers,
        )
        # The most frequent ones: they fill a page of few orders as well as one of many.
        names = await tx.fetch("SELECT name FROM contact GROUP BY name ORDER BY count(*) DESC, name LIMIT $1", NAMES)
        skus = await tx.fetch("SELECT code FROM sku ORDER BY code")
    return Sample(
        key=key,
        order_ids=[encode_id("ord", row["id"]) for row in rows],
        emails=[row["email"] for row in rows],
        names=[row["name"] for row in names],
        skus=[row["code"] for row in skus],
    )
