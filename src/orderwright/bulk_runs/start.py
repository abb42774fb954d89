"""Start and end bulk runs. What they do is done by the stage `bulk` (flows/work_bulk_runs.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from orderwright.bulk_runs.contract import PERSONAL, RUN_PREFIX, SCOPES, STAGE, CancelBulkRun, StartBulkRun
from orderwright.bulk_runs.errors import UNFINISHED_MAX, refuse
from orderwright.bulk_runs.queries import (
    APPEND_ITEMS,
    APPEND_RUNS,
    COUNT_UNFINISHED,
    END_RUNS,
    LIST_RUNS,
    LOCK_RUNS,
    READ_RUNS,
    RESULTS,
    BulkRunRow,
    ItemRow,
)
from orderwright.bulk_runs.states import UNFINISHED, BulkRunState
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, decode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work, leave_work


async def start_bulk_runs(tx: Transaction, ctx: Context, commands: Sequence[StartBulkRun]) -> list[Outcome]:
    """Start runs: workers do each to its orders, a hundred at a time, with what whoever starts it may do then.

    Permission: `orders.read`, and that of the action. Locks: nothing. Outcomes, in precedence: `one_source`,
    `tag_missing`, `personal_data`, `run_not_found`, `run_unfinished`, `too_many_runs`, `started`.
    """
    ctx.require("orders.read")
    for scope in sorted({SCOPES[command.action] for command in commands}):
        ctx.require(scope)
    [counted] = await COUNT_UNFINISHED.fetch(tx, UNFINISHED_MAX)
    named = [decode_id(RUN_PREFIX, c.run) for c in commands if c.run is not None]
    sources = {row.id: row for row in await READ_RUNS.fetch(tx, named) if may_see(ctx, row)}
    outcomes: list[Outcome] = []
    started: dict[UUID, StartBulkRun] = {}
    for command, new in zip(commands, new_ids(len(commands)), strict=True):
        outcome = decide_start(command, sources, counted.unfinished + len(started))
        if outcome is None:
            outcome = Outcome(code="started", id=new)
            started[new] = command
        outcomes.append(outcome)
    if started:
        act_id = await record_act(tx, ctx, "start_bulk_runs")
        rows = [_row(ctx, act_id, run_id, command) for run_id, command in started.items()]
        await APPEND_RUNS.run(tx, rows)
        items = [(run_id, order_id) for run_id, c in started.items() for order_id in _order_ids(c)]
        await APPEND_ITEMS.run(tx, items)
        await enqueue_work(tx, STAGE, list(started))
        await record_changes(tx, act_id, [changed("bulk_run", i, None, _said(c)) for i, c in started.items()])
    return outcomes


def decide_start(command: StartBulkRun, sources: Mapping[UUID, BulkRunRow], unfinished: int) -> Outcome | None:
    """Why a run cannot be started, if so. Pure."""
    if sum(given is not None for given in (command.filters, command.order_ids, command.run)) != 1:
        return refuse("one_source")
    if command.action in ("tag", "untag") and command.tag is None:
        return refuse("tag_missing")
    said = filters_said(command)
    personal = next((name for name, value in said.items() if name in PERSONAL or "@" in _json(value)), None)
    if personal is not None:
        return refuse("personal_data", field=f"filters.{personal}")
    if command.run is not None:
        source = sources.get(decode_id(RUN_PREFIX, command.run))
        if source is None:
            return refuse("run_not_found")
        if source.state in UNFINISHED:
            return refuse("run_unfinished")
    return refuse("too_many_runs") if unfinished >= UNFINISHED_MAX else None


async def cancel_bulk_runs(tx: Transaction, ctx: Context, commands: Sequence[CancelBulkRun]) -> list[Outcome]:
    """End runs after the slice that they are in.

    Permission: `orders.read`, of one's own runs; of others' for whoever is not limited to channels or locations and may
    do what the run does. Locks: the runs, in id order. Outcomes, in precedence: `run_not_found`, `run_finished`,
    `cancelled`.
    """
    ctx.require("orders.read")
    found = {row.id: row for row in await LOCK_RUNS.fetch(tx, [c.run_id for c in commands]) if may_see(ctx, row)}
    outcomes: list[Outcome] = []
    ended: list[UUID] = []
    for command in commands:
        row = found.get(command.run_id)
        if row is None:
            outcomes.append(refuse("run_not_found"))
            continue
        if row.actor != ctx.actor:
            ctx.require(SCOPES[row.action])
        if row.state not in UNFINISHED or row.id in ended:
            outcomes.append(refuse("run_finished"))
            continue
        ended.append(row.id)
        outcomes.append(Outcome(code="cancelled", id=row.id))
    if ended:
        act_id = await record_act(tx, ctx, "cancel_bulk_runs")
        await END_RUNS.fetch(tx, ended, BulkRunState.CANCELLED.value, None)
        await leave_work(tx, [STAGE], ended)
        changes = [changed("bulk_run", i, {"state": found[i].state}, {"state": "cancelled"}) for i in ended]
        await record_changes(tx, act_id, changes)
    return outcomes


def may_see(ctx: Context, row: BulkRunRow) -> bool:
    """Whose runs somebody sees: their own and, unless they are limited to channels or locations, everybody's."""
    return row.actor == ctx.actor or not ctx.limited


async def list_bulk_runs(tx: Transaction, ctx: Context, below: UUID, limit: int) -> list[BulkRunRow]:
    """Runs that somebody sees, newest first. One statement."""
    return await LIST_RUNS.fetch(tx, below, limit, ctx.actor if ctx.limited else None)


async def read_bulk_run(tx: Transaction, ctx: Context, run_id: UUID) -> BulkRunRow | None:
    """A run that somebody sees. One statement."""
    [*rows] = await READ_RUNS.fetch(tx, [run_id])
    return rows[0] if rows and may_see(ctx, rows[0]) else None


async def bulk_results(
    tx: Transaction, ctx: Context, run_id: UUID, below: UUID, limit: int, ok: bool | None
) -> list[ItemRow]:
    """What became of a run's orders, newest first; of those that the caller may not see, no number. One statement."""
    return await RESULTS.fetch(tx, run_id, below, limit, ok, _ids(ctx.channels), _ids(ctx.locations))


def _ids(some: Collection[UUID] | None) -> list[UUID] | None:
    return None if some is None else sorted(some)


def _order_ids(command: StartBulkRun) -> list[UUID]:
    return [decode_id("ord", text) for text in dict.fromkeys(command.order_ids or ())]


def _row(ctx: Context, act_id: UUID, run_id: UUID, command: StartBulkRun) -> tuple[Any, ...]:
    options = {
        name: value for name in ("tag", "reason", "note", "type") if (value := getattr(command, name)) is not None
    }
    source = None if command.run is None else decode_id(RUN_PREFIX, command.run)
    return (
        run_id, command.action, None if command.filters is None else _json(filters_said(command)), source,
        None if source is None else command.results, _json(options),
        BulkRunState.COLLECTING if command.order_ids is None else BulkRunState.RUNNING, ctx.actor, ctx.on_behalf_of,
        ctx.reason, ctx.origin, len(_order_ids(command)), run_id if source is None else _LAST, act_id, ctx.now, ctx.now,
    )  # fmt: skip


_LAST = UUID(b"\xff" * 16)


def filters_said(command: StartBulkRun) -> dict[str, Any]:
    """The filters that were given. Orders that come after a run was started are not of it."""
    given = msgspec.structs.asdict(command.filters) if command.filters is not None else {}
    return {name: value for name, value in given.items() if value is not None and value != []}


def _said(command: StartBulkRun) -> dict[str, Any]:
    """What the audit trail keeps of a start."""
    which: dict[str, Any] = {"run": command.run, "results": command.results} if command.run else {}
    if command.filters is not None:
        which = {"filters": filters_said(command)}
    if command.order_ids is not None:
        which = {"orders": len(_order_ids(command))}
    return {"action": command.action, **which}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
