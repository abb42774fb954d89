"""Bulk runs: one thing done to many orders in the background. Started by a list's filters, followed, and ended."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright import search
from orderwright.api.answers import Answer, StreamAnswer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, page_by_id
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.bulk_runs import (
    RUN_PREFIX,
    UNFINISHED,
    UNFINISHED_MAX,
    BulkAction,
    BulkRunRow,
    BulkRunState,
    CancelBulkRun,
    ItemRow,
    Results,
    StartBulkRun,
    bulk_results,
    cancel_bulk_runs,
    list_bulk_runs,
    read_bulk_run,
    start_bulk_runs,
)
from orderwright.platform.csv_safe import csv_lines
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID, encode_id
from orderwright.search import format_number

CSV = b"text/csv; charset=utf-8"
CSV_PIECE = 1_000
_LAST = UUID(b"\xff" * 16)
_decode_id = msgspec.json.Decoder(tuple[uuid.UUID]).decode
_NO_RUN = "There is no run of this id, or it is not yours. List the runs again."

Which = Literal["all", "done", "not_done"]
_OK: dict[str, bool | None] = {"all": None, "done": True, "not_done": False}


class BulkRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run. `orders` is how many it is of, once it is no longer `collecting`; `done` and `refused` are those that have
    an outcome. `stopped_code` says why it was stopped: `permission_denied`, `filters_refused`."""

    id: str
    action: BulkAction
    filters: dict[str, Any] | None
    run: str | None
    results: Results | None
    options: dict[str, Any]
    state: BulkRunState
    finished: bool
    stopped_code: str | None
    orders: int
    done: int
    refused: int
    actor: str
    on_behalf_of: str | None
    reason: str | None
    started_at: datetime
    finished_at: datetime | None


class BulkRuns(msgspec.Struct, frozen=True):
    """Newest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[BulkRun]
    next: str | None


class BulkResult(msgspec.Struct, frozen=True, kw_only=True):
    """An order of a run, and what became of it: the `code` of the verb's outcome, null while its turn has not come."""

    order: str
    number: int | None
    number_text: str | None
    code: str | None
    ok: bool
    message: str | None
    details: dict[str, Any]


class BulkResults(msgspec.Struct, frozen=True):
    """Newest orders first. `next`, unless null, is the `after` of the page that follows."""

    data: list[BulkResult]
    next: str | None


class ListRuns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ListResults(ListRuns, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`which`: of all orders, or only of those where it was, or was not, done."""

    which: Which = "all"


class ExportResults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`which`: of all orders, or only of those where it was, or was not, done."""

    which: Which = "not_done"


@operation("GET", "/v1/bulk_runs", tag="Orders", scope="orders.read", answer=BulkRuns)
async def list_runs(call: Call, query: ListRuns) -> Answer:
    """List bulk runs, newest first.

    One's own and, unless one is limited to channels or locations, everybody's. They are kept 30 days after their end.
    """
    rows = await call.look(lambda tx: list_bulk_runs(tx, call.ctx, _below(query.after), query.limit + 1))
    shown, following = page_by_id(rows, query.limit)
    return json_answer(BulkRuns([_view(row) for row in shown], following))


@operation("GET", "/v1/bulk_runs/{run_id}", tag="Orders", scope="orders.read", answer=BulkRun, refusals=(404,))
async def read_run(call: Call) -> Answer:
    """Read a bulk run: how far it is, and what came of it."""
    return json_answer(_view(await _run(call)))


@operation(
    "GET", "/v1/bulk_runs/{run_id}/results", tag="Orders", scope="orders.read", answer=BulkResults, refusals=(404,)
)
async def list_results_of_run(call: Call, query: ListResults) -> Answer:
    """List what became of the orders of a bulk run."""
    run, number_format = await _run(call), await number_format_of(call)
    below, ok = _below(query.after), _OK[query.which]
    rows = await call.look(lambda tx: bulk_results(tx, call.ctx, run.id, below, query.limit + 1, ok))
    shown, following = page_by_id([_Row(row) for row in rows], query.limit)
    return json_answer(BulkResults([_result(one.row, number_format) for one in shown], following))


@operation(
    "GET", "/v1/bulk_runs/{run_id}/results.csv", tag="Orders", scope="orders.read", answer=None,
    media_type="text/csv", refusals=(404,),
)  # fmt: skip
async def export_results_of_run(call: Call, query: ExportResults) -> Answer:
    """Export what became of the orders of a bulk run as CSV.

    Those where it was not done, unless `which` says otherwise: number, id, yes or no, code, and what to do.
    """
    run, number_format = await _run(call), await number_format_of(call)
    ok = _OK[query.which]

    async def lines() -> AsyncGenerator[bytes, None]:
        yield csv_lines([("order", "id", "done", "code", "message")])
        below = _LAST
        while True:
            rows = await _piece(call, run.id, below, ok)
            if rows:
                yield csv_lines(_cells(row, number_format) for row in rows)
            if len(rows) < CSV_PIECE:
                return
            below = rows[-1].order_id

    headers = ((b"content-disposition", b'attachment; filename="results.csv"'), (b"x-accel-buffering", b"no"))
    return StreamAnswer(lines(), lambda: None, headers, CSV)


class _Row:
    """A row that a page ends with, by its order."""

    def __init__(self, row: ItemRow) -> None:
        self.row, self.id = row, row.order_id


async def _piece(call: Call, run_id: UUID, below: UUID, ok: bool | None) -> Sequence[ItemRow]:
    return await call.look(lambda tx: bulk_results(tx, call.ctx, run_id, below, CSV_PIECE, ok))


async def _run(call: Call) -> BulkRunRow:
    run_id = call.id("run_id")
    found = await call.look(lambda tx: read_bulk_run(tx, call.ctx, run_id))
    if found is None:
        raise NotFound(_NO_RUN)
    return found


def _below(after: str | None) -> Any:
    return decode_cursor(after, _decode_id)[0] if after else _LAST


def _view(row: BulkRunRow) -> BulkRun:
    return BulkRun(
        id=encode_id(RUN_PREFIX, row.id), action=row.action,
        filters=None if row.filters is None else msgspec.json.decode(row.filters),
        run=None if row.source_run_id is None else encode_id(RUN_PREFIX, row.source_run_id),
        results=row.source_results,
        options=msgspec.json.decode(row.options), state=BulkRunState(row.state),
        finished=row.state not in UNFINISHED, stopped_code=row.stopped_code, orders=row.total, done=row.done,
        refused=row.refused, actor=row.actor, on_behalf_of=row.on_behalf_of, reason=row.reason,
        started_at=row.created_at, finished_at=row.finished_at,
    )  # fmt: skip


def _result(row: ItemRow, number_format: str) -> BulkResult:
    return BulkResult(
        order=encode_id("ord", row.order_id), number=row.number,
        number_text=None if row.number is None else format_number(row.number, number_format), code=row.code,
        ok=bool(row.ok), message=row.message,
        details={} if row.details is None else msgspec.json.decode(row.details),
    )  # fmt: skip


def _cells(row: ItemRow, number_format: str) -> Sequence[object]:
    number = "" if row.number is None else format_number(row.number, number_format)
    return number, encode_id("ord", row.order_id), "yes" if row.ok else "no", row.code or "not_begun", row.message


async def _checked(call: Call, commands: Sequence[StartBulkRun]) -> Sequence[StartBulkRun]:
    """Raise for filters that no list can be asked for: before anything is started. Each is looked at once, and no more
    of them than can be under way. A number is kept without what the business writes around it."""
    number_format = await number_format_of(call)
    different = dict.fromkeys(msgspec.json.encode(c.filters) for c in commands if c.filters is not None)
    for said in list(different)[:UNFINISHED_MAX]:
        await _try(call, msgspec.json.decode(said, type=search.OrderFilters), number_format)
    return [_plain(command, number_format) for command in commands]


async def _try(call: Call, filters: search.OrderFilters, number_format: str) -> None:
    await call.look(lambda tx: search.count_orders(tx, filters, 1, number_format=number_format, ctx=call.ctx))


def _plain(command: StartBulkRun, number_format: str) -> StartBulkRun:
    filters = command.filters
    if filters is None or filters.number is None:
        return command
    number = search.parse_number(filters.number, number_format)
    if number is None:
        return command
    return msgspec.structs.replace(command, filters=msgspec.structs.replace(filters, number=str(number)))


BULK_RUNS: list[Operation] = [
    list_runs,
    read_run,
    list_results_of_run,
    export_results_of_run,
    *operations_of(
        VerbRoute(
            id="start_bulk_run",
            verb=start_bulk_runs,
            command=StartBulkRun,
            one="/v1/bulk_runs",
            many="/v1/bulk_runs/bulk",
            tag="Orders",
            scope="orders.read",
            prefix=RUN_PREFIX,
            does="Start a bulk run",
            does_many="Start up to 1,000 bulk runs",
            more="One thing is done to many orders in the background, a hundred a time, with what whoever starts it may"
            " do then. Besides `orders.read` it needs the scope of the action. What it will be of can be counted"
            " before: POST /v1/orders/count. Each order is done once for each run.",
            example={"action": "hold", "filters": {"status": ["placed"], "tag": ["fair"]}, "note": "count first"},
            prepare=_checked,
        )
    ),
    *operations_of(
        VerbRoute(
            id="cancel_bulk_run",
            verb=cancel_bulk_runs,
            command=CancelBulkRun,
            one="/v1/bulk_runs/{run_id}/cancel",
            many="/v1/bulk_runs/cancel",
            tag="Orders",
            scope="orders.read",
            prefix=RUN_PREFIX,
            does="End a bulk run",
            does_many="End up to 1,000 bulk runs",
            more="After the hundred that it is in. What was done stays done; start another to take it back.",
            subject="run_id",
            natural_key=True,
            example={},
        )
    ),
]
