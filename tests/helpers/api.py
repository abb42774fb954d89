"""The HTTP interface in this process: the application with its real parts, and a client that holds a key."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
from litestar import Litestar

from orderwright.access import Authenticator, create_api_key
from orderwright.api import close_streams, create_app
from orderwright.connect.payment_providers import payment_providers
from orderwright.flows.place_orders import place_orders
from orderwright.orders import PlaceOrder, PlaceOutcome
from orderwright.payments import PaymentProvider
from orderwright.platform.coalescer import Coalescer
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.readers import Readers
from orderwright.platform.settings import Settings

Sent = tuple[Context, PlaceOrder]
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The parts of a running system, without workers."""

    settings: Settings
    database: Database
    readers: Readers
    place_coalescer: Coalescer[Sent, PlaceOutcome]
    authenticator: Authenticator
    payment_providers: Mapping[str, PaymentProvider]


@contextlib.asynccontextmanager
async def running(database: Database, **settings: Any) -> AsyncIterator[Running]:
    """The parts on a database; the coalescer and the authenticator are drained at the end."""

    async def place(merchant: str, sent: Sequence[Sent]) -> list[PlaceOutcome]:
        async with database.transaction(merchant) as tx:
            return await place_orders(tx, sent[0][0], [order for _, order in sent], [ctx for ctx, _ in sent])

    values = {"data_dir": Path("unused"), "run_workers": False} | settings
    made = Settings(**values)
    coalescer = Coalescer(place, verb="place_orders", queue_max=made.coalesce_queue_max)
    authenticator = Authenticator(database)
    readers = Readers(database.dsn, hash_key=database.hash_key)
    async with payment_providers(msgspec.structs.replace(made, test_payments=True), database) as providers:
        yield Running(
            settings=made,
            database=database,
            readers=readers,
            place_coalescer=coalescer,
            authenticator=authenticator,
            payment_providers=providers,
        )
    await coalescer.aclose()
    await readers.close()
    await authenticator.close()


async def a_key(database: Database, *scopes: str, merchant: str = "acme", **limits: Any) -> str:
    """A new API key's text, with every scope unless some are named."""
    async with database.operator_transaction() as tx:
        made = await create_api_key(tx, merchant, f"tests {next(_numbers)}", scopes or ("*",), **limits)
    return str(made.text)


class Api:
    """A client of the application in this process, with a key. Every unsafe call gets an Idempotency-Key of its own."""

    def __init__(self, app: Litestar, key: str | None) -> None:
        self.app = app
        self.key = key
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    def using(self, key: str | None) -> Api:
        """The same application with another key, or none."""
        return Api(self.app, key)

    async def call(self, method: str, path: str, headers: dict[str, str] | None = None, **rest: Any) -> httpx.Response:
        """One request."""
        sent = {"Idempotency-Key": f"test-{next(_numbers)}"} if method != "GET" else {}
        if self.key is not None:
            sent["Authorization"] = f"Bearer {self.key}"
        return await self._http.request(method, path, headers=sent | (headers or {}), **rest)

    async def get(self, path: str, **rest: Any) -> httpx.Response:
        """GET."""
        return await self.call("GET", path, **rest)

    async def post(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        """POST a JSON value."""
        return await self.call("POST", path, json=json, **rest)

    async def raw(
        self, path: str, body: bytes, content_type: str = "application/json", method: str = "POST", **headers: str
    ) -> httpx.Response:
        """Send bytes as they are."""
        return await self.call(method, path, content=body, headers={"Content-Type": content_type, **headers})


@contextlib.asynccontextmanager
async def serving(database: Database, **settings: Any) -> AsyncIterator[Api]:
    """The application on a database, called with a key that may do everything as `acme`."""
    async with running(database, **settings) as parts:
        app = create_app(parts)
        yield Api(app, await a_key(database))
        await close_streams(app)


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, whose form is checked."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "code", "detail", "request_id", "details"}
    assert body["status"] == answer.status_code
    assert body["type"] == f"https://orderwright.invalid/problems/{body['code']}"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["detail"].endswith(".")
    assert "Traceback" not in answer.text
    return answer.status_code, body["code"]


def codes(answer: httpx.Response) -> list[str]:
    """The codes of a bulk call's outcomes."""
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["data"]]


def ids(answers: Iterable[dict[str, Any]]) -> list[str]:
    """The ids of a list's entries."""
    return [item["id"] for item in answers]
