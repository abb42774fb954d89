"""What `orderwright bench screens` asks for: every page of the console, and who asks."""

from __future__ import annotations

import random
from collections.abc import Callable
from string import Formatter
from typing import NamedTuple
from urllib.parse import urlencode

from orderwright.access import CreatePerson, create_people, session_cookie_name, start_session
from orderwright.bench.intake_http import api_key
from orderwright.bench.load import request
from orderwright.console import CONSOLE_PAGES
from orderwright.platform.context import system_context
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from orderwright.screens import csrf_token

SAMPLES = 500
TARGET_PAGE, TARGET_FIND = 40.0, 25.0
_STREAMS = {"/news", "/live/stream"}  # these end when somebody leaves


class Sample(NamedTuple):
    """Who looks, and what there is to look at."""

    merchant: str
    key: str
    token: str
    csrf_key: bytes
    orders: list[str]
    numbers: list[int]
    emails: list[str]
    names: list[str]
    customers: list[str]
    skus: list[str]


Ask = Callable[[Sample, random.Random], bytes]


def a_page(path: str) -> Ask:
    """A page at an address; `{order}`, `{customer}` and `{sku}` are drawn anew each time."""

    def ask(sample: Sample, dice: random.Random) -> bytes:
        drawn = {"order": sample.orders, "customer": sample.customers, "sku": sample.skus}
        shown = path.format(**{name: dice.choice(of) for name, of in drawn.items()})
        return get(sample, f"/m/{sample.merchant}{shown}")

    return ask


def _find(sample: Sample, dice: random.Random) -> bytes:
    texts = [str(dice.choice(sample.numbers)), dice.choice(sample.emails), dice.choice(sample.names)[:6],
             dice.choice(sample.skus)]  # fmt: skip
    return post(sample, f"/m/{sample.merchant}/find", {"text": dice.choice(texts)})


def get(sample: Sample, path: str) -> bytes:
    """A page, asked for by somebody who has signed in."""
    return request("GET", path).replace(b"\r\n\r\n", _who(sample) + b"\r\n\r\n", 1)


def post(sample: Sample, path: str, form: dict[str, str]) -> bytes:
    """A form, sent as htmx sends it."""
    body = urlencode({"_csrf": csrf_token(sample.csrf_key), **form}).encode()
    head = request("POST", path).replace(b"\r\n\r\n", b"", 1)
    kind = f"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nHX-Request: true"
    return head + kind.encode() + _who(sample) + b"\r\n\r\n" + body


def _who(sample: Sample) -> bytes:
    return f"\r\nCookie: {session_cookie_name(False)}={sample.token}\r\nAccept-Encoding: gzip".encode()


PAGES: dict[str, tuple[Ask, float]] = {
    "home": (a_page("/"), TARGET_PAGE),
    "orders": (a_page("/orders"), TARGET_PAGE),
    "orders, delivered": (a_page("/orders?status=delivered"), TARGET_PAGE),
    "an order": (a_page("/orders/{order}"), TARGET_PAGE),
    "customers": (a_page("/customers"), TARGET_PAGE),
    "a customer": (a_page("/customers/{customer}"), TARGET_PAGE),
    "stock": (a_page("/stock"), TARGET_PAGE),
    "a stock card": (a_page("/stock/{sku}"), TARGET_PAGE),
    "operations": (a_page("/operations"), TARGET_PAGE),
    "live": (a_page("/live"), TARGET_PAGE),
    "find": (_find, TARGET_FIND),
}


def other_pages() -> list[str]:
    """Every address of the console that is asked for by GET and names nothing, or an order, a customer or a SKU."""
    named = {"order_id": "{order}", "customer_id": "{customer}", "sku": "{sku}"}
    found = []
    for page in CONSOLE_PAGES:
        names = {name for _, name, _, _ in Formatter().parse(page.path) if name}
        if page.method == "GET" and page.path not in _STREAMS and names <= set(named):
            found.append(page.path.format(**named))
    return found


async def make_sample(database: Database, merchant: str) -> Sample:
    """Somebody who may see everything, and things drawn at random."""
    dice = random.Random(merchant)
    async with database.transaction(merchant) as tx:
        first, last = (await tx.fetch("SELECT min(number), max(number) FROM orders"))[0]
        numbers = [dice.randint(first, last) for _ in range(SAMPLES)]
        found = await tx.fetch(
            "SELECT o.id, o.number, o.customer_id, c.email, c.name FROM orders AS o"
            " JOIN contact AS c ON c.id = o.buyer_contact_id WHERE o.number = ANY ($1) AND o.customer_id IS NOT NULL",
            numbers,
        )
        skus = [one["code"] for one in await tx.fetch("SELECT code FROM sku ORDER BY code")]
    who = await somebody(database, merchant)
    return who._replace(
        orders=[encode_id("ord", one["id"]) for one in found],
        numbers=[one["number"] for one in found],
        emails=[one["email"] for one in found],
        names=[one["name"] for one in found],
        customers=[encode_id("cus", one["customer_id"]) for one in found],
        skus=skus,
    )


async def somebody(database: Database, merchant: str) -> Sample:
    """An administrator who has signed in, with an API key too."""
    async with database.operator_transaction() as tx:
        person = CreatePerson(role="administrator", email=f"bench@{merchant}.example", name="Bench")
        [made] = await create_people(tx, system_context(merchant, "cli:bench"), [person])
        assert made.id is not None, made
        session = await start_session(tx, made.id, "password")
        [row] = await tx.fetch("SELECT csrf_key FROM session WHERE id = $1", session.id)
    key = await api_key(database, merchant)
    return Sample(merchant, key, session.token, bytes(row["csrf_key"]), [], [], [], [], [], [])
