"""The work of a location as its floor sees it: what is next, how much of it, and what a scan means."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.fulfillments import TO_DO
from orderwright.api.operations import Operation, operation
from orderwright.api.stock import known_location
from orderwright.api.stock_rows import FLOOR_COUNTS, FLOOR_SCAN, FLOOR_WORK, ScanRow, WorkRow
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.fields import Code, ShortText
from orderwright.platform.ids import UUID, decode_id, encode_id

SCAN_MAX = 20
_BIGINT_DIGITS = 18
_FIRST = (datetime(1, 1, 1, tzinfo=UTC), uuid.UUID(int=0))
_decode_key = msgspec.json.Decoder(tuple[datetime, uuid.UUID]).decode


class WorkView(msgspec.Struct, frozen=True, kw_only=True):
    """A fulfillment with work left. `first_name`: what it begins with. `label`: the state of its shipment, if it has
    one. `picker`: who began to pick, while it is picked. `due_at`: when the location should be done."""

    id: str
    order_id: str
    order_number: int
    method: str
    state: str
    due_at: datetime
    entered_at: datetime
    lines: int
    units: int
    first_name: str | None
    label: str | None
    picker: str | None


class WorkCount(msgspec.Struct, frozen=True):
    """How many fulfillments are in a state, `late` of them past `due_at`."""

    state: str
    fulfillments: int
    late: int


class WorkPage(msgspec.Struct, frozen=True):
    """Those due first first; `counts` are of all the location's work, in the order of the steps. `next`, unless null,
    is the `after` of the page that follows."""

    data: list[WorkView]
    counts: list[WorkCount]
    next: str | None


class ListWork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`location`: a code. `state`: one or several of the states with work left. `after`: the `next` of the page
    before."""

    location: Code
    state: Annotated[list[Code], Meta(max_length=5)] = []
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ScannedWork(msgspec.Struct, frozen=True, kw_only=True):
    """A fulfillment that a scan may mean. `picker`: who began to pick, while it is picked."""

    id: str
    order_id: str
    order_number: int
    state: str
    picker: str | None


class ScannedList(msgspec.Struct, frozen=True):
    """Those due first first; `next` is null."""

    data: list[ScannedWork]
    next: None = None


class Scanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`location`: a code. `text`: what was scanned: an id or number of a fulfillment or an order, or a tracking
    number."""

    location: Code
    text: ShortText


@operation("GET", "/v1/fulfillments/work", tag="Fulfillments", scope="fulfillment.read", answer=WorkPage)
async def list_floor_work(call: Call, query: ListWork) -> Answer:
    """List the work that a location has left.

    A key that is limited to channels sees their orders' work.
    """
    after = decode_cursor(query.after, _decode_key) if query.after else _FIRST
    channels = None if call.ctx.channels is None else list(call.ctx.channels)
    states = [state for state in TO_DO if not query.state or state in query.state]

    async def read(tx: Transaction) -> tuple[list[WorkRow], list[WorkCount]]:
        location_id = await known_location(tx, call, query.location)
        counts = {row.state: row for row in await FLOOR_COUNTS.fetch(tx, location_id, list(TO_DO), channels, utc_now())}
        rows = await FLOOR_WORK.fetch(tx, location_id, states, channels, *after, query.limit + 1)
        return rows, [WorkCount(*counts[state]) for state in TO_DO if state in counts]

    rows, counts = await call.read(read)
    shown = rows[: query.limit]
    last = encode_cursor((shown[-1].due_at, shown[-1].id)) if len(rows) > query.limit else None
    views = [WorkView(**row._asdict() | _ids(row)) for row in shown]
    return json_answer(WorkPage(views, counts, last))


@operation("GET", "/v1/fulfillments/scan", tag="Fulfillments", scope="fulfillment.read", answer=ScannedList)
async def scan_for_work(call: Call, query: Scanned) -> Answer:
    """Find the work that a scan means at a location.

    Of what has work left: up to 20, by the id or number of an order, the id of a fulfillment or a tracking number.
    """
    text = query.text.strip().lstrip("#")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _BIGINT_DIGITS else None
    channels = None if call.ctx.channels is None else list(call.ctx.channels)

    async def read(tx: Transaction) -> list[ScanRow]:
        location_id = await known_location(tx, call, query.location)
        ids = _id_of("ful", text), _id_of("ord", text)
        return await FLOOR_SCAN.fetch(tx, location_id, list(TO_DO), *ids, number, text, channels, SCAN_MAX)

    rows = await call.read(read)
    return json_answer(ScannedList([ScannedWork(**row._asdict() | _ids(row)) for row in rows]))


def _id_of(prefix: str, text: str) -> UUID | None:
    try:
        return decode_id(prefix, text.lower())
    except InvalidId:
        return None


def _ids(row: WorkRow | ScanRow) -> dict[str, str]:
    return {"id": encode_id("ful", row.id), "order_id": encode_id("ord", row.order_id)}


FLOOR_OPERATIONS: list[Operation] = [list_floor_work, scan_for_work]
