"""A call: one authenticated request, and what its handler needs to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asyncpg import UniqueViolationError
from litestar.datastructures import State

from orderwright.api.bodies import check_json, media_type_of, read_body
from orderwright.api.headers import Headers
from orderwright.platform.attempts import patiently, pauses
from orderwright.platform.context import Context
from orderwright.platform.db import RETRYABLE_ERRORS, Database, Transaction
from orderwright.platform.errors import InvalidId, InvalidRequest
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.readers import Readers

T = TypeVar("T")
TRIES = 4  # of a transaction that others got in the way of

PATH_IDS = {  # the kinds of ids in paths
    "order_id": "ord", "fulfillment_id": "ful", "shipment_id": "shp", "parcel_id": "pcl",
    "supply_id": "sup", "customer_id": "cus",
    "refused_id": "rfs", "payment_id": "pay", "payout_id": "pyt", "document_id": "doc", "return_id": "ret",
    "webhook_id": "whk",
    "unexpected_id": "urt", "account_id": "crd", "withdrawal_id": "wdr", "exchange_id": "exc", "claim_id": "clm",
    "approval_id": "apr", "import_id": "imp",
    "person_id": "usr",
    "run_id": "blk",
    "draft_id": "dro", "note_id": "nte", "customer_note_id": "cnt", "message_id": "msg",
    "attachment_id": "att", "view_id": "viw",
}  # fmt: skip


class Call:
    """One request by a known caller. Handlers read the database and run verbs through it, and keep nothing else."""

    __slots__ = ("_receive", "ctx", "headers", "params", "raw", "scope", "state")

    def __init__(self, scope: Any, receive: Any, headers: Headers, state: State, ctx: Context) -> None:
        self.scope = scope
        self.headers = headers
        self.state = state
        self.ctx = ctx
        self.params: dict[str, str] = scope["path_params"]
        self.raw = b""  # the body, once it was read
        self._receive = receive

    @property
    def database(self) -> Database:
        """The process's pool."""
        database: Database = self.state.database
        return database

    @property
    def method(self) -> str:
        """GET, POST ..."""
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        """The path, decoded."""
        return str(self.scope["path"])

    def id(self, name: str) -> UUID:
        """An id in the path. Raises InvalidId, saying what it must begin with."""
        return decode_id(PATH_IDS[name], self.params[name])

    def media_type(self) -> str:
        """The body's media type, in lower case."""
        return media_type_of(self.headers)

    async def json_body(self, *, optional: bool = False) -> bytes:
        """The body of a JSON call, not decoded. One that may be left out is an empty object then."""
        if self.headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in self.headers:
            return b"{}" if optional else b""
        check_json(self.headers)
        return await self.any_body()

    async def any_body(self, limit_bytes: int | None = None) -> bytes:
        """The body, whatever it is; no larger than `limit_bytes`, or than the settings say."""
        limit = self.state.settings.request_body_max_bytes if limit_bytes is None else limit_bytes
        self.raw = await read_body(self._receive, self.headers, limit)
        return self.raw

    async def read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction that only reads."""
        async with self.database.transaction(self.ctx.merchant, read_only=True) as tx:
            return await work(tx)

    async def look(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work`, whose statements need not agree with each other, on a reader: half the time of `read`."""
        readers: Readers = self.state.readers
        async with readers.reading(self.ctx.merchant) as tx:
            return await work(tx)

    async def write_operator(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction on what merchants share, and again, whole, when others got in its way."""

        async def once() -> T:
            async with self.database.operator_transaction() as tx:
                return await work(tx)

        return await patiently(once, (*RETRYABLE_ERRORS, UniqueViolationError), pauses(TRIES - 1, 0.01, 0.04))

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction, and again, whole, when others got in its way."""
        return await write(self.database, self.ctx.merchant, work)


async def write(database: Database, merchant: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run `work` in a transaction, and again, whole, when others got in its way: four times at most."""

    async def once() -> T:
        async with database.transaction(merchant) as tx:
            return await work(tx)

    return await patiently(once, RETRYABLE_ERRORS, pauses(TRIES - 1, 0.01, 0.04))


def parse_id(prefix: str, text: str, field: str) -> UUID:
    """An id in a body or query. Raises InvalidRequest naming the field."""
    try:
        return decode_id(prefix, text)
    except InvalidId as error:
        raise InvalidRequest(f"The field {field} is wrong. {error}", field=field) from None
