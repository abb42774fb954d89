"""Do what bulk runs are for, slice by slice: what became of an order is written in the transaction that did it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import structlog

from orderwright import bulk_runs, fulfillment
from orderwright.access import acting_later
from orderwright.bulk_runs import RUN_PREFIX, SCOPES, STAGE, BulkRunRow, BulkRunState
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.release_orders import release_orders
from orderwright.flows.source_orders import EXCLUSION_H, source_orders
from orderwright.fulfillment import FulfillmentCommand, FulfillmentState
from orderwright.orders import CancelOrder, HoldOrder, ReleaseHold, TagOrder, hold_orders, tag_orders
from orderwright.platform.attempts import apart
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error, where
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_work, finish_work
from orderwright.search import InvalidFilter, OrderFilters, matching_ids

SLICE = 100  # orders of one transaction: a second of work at most, so that nothing waits long for their locks

log = structlog.get_logger(__name__)
Do = Callable[[Transaction, Context, Sequence[UUID]], Awaitable[Sequence[Outcome]]]


async def work_bulk_runs(
    database: Database, merchant: str, run_ids: Sequence[UUID], exclusion_h: int = EXCLUSION_H
) -> None:
    """Move runs on by one step each: list a thousand more of their orders, or do a hundred.

    Each step is one transaction, as whoever started the run, with what they may do by now. It locks the run, then what
    the verb locks, and writes each order's outcome beside what was done: so an order is done once for each run, however
    often a step is begun. A run of somebody who may not do it any more is stopped.
    """
    for run_id in run_ids:
        await _step(database, merchant, run_id, exclusion_h)


async def _step(database: Database, merchant: str, run_id: UUID, exclusion_h: int) -> None:
    async with database.transaction(merchant, read_only=True) as tx:
        seen = await bulk_runs.find_run(tx, run_id)
    ctx = None
    if seen is not None:
        async with database.operator_transaction() as tx:
            ctx = await acting_later(
                tx, merchant, seen.actor, on_behalf_of=seen.on_behalf_of, reason=seen.reason, origin=seen.origin,
                cause=encode_id(RUN_PREFIX, run_id),
            )  # fmt: skip
    async with database.transaction(merchant) as tx:
        run = await bulk_runs.lock_unfinished(tx, run_id)
        if run is None:
            await finish_work(tx, STAGE, [run_id])
        elif ctx is None or not (ctx.may(SCOPES[run.action]) and ctx.may("orders.read")):
            await bulk_runs.stop_run(tx, run, "permission_denied")
            await finish_work(tx, STAGE, [run_id])
        elif run.state == BulkRunState.COLLECTING:
            await _collect(tx, ctx, run)
        else:
            await _do_slice(tx, ctx, run, exclusion_h)


async def _collect(tx: Transaction, ctx: Context, run: BulkRunRow) -> None:
    """List more orders of a run."""
    if run.source_run_id is not None:
        ids, below = await bulk_runs.orders_of_source(tx, run, 1_000)
    else:
        try:
            filters = msgspec.json.decode(run.filters or "{}", type=OrderFilters)
            ids, below = await matching_ids(tx, filters, run.collect_below, ctx=ctx)
        except (InvalidFilter, msgspec.ValidationError):
            await bulk_runs.stop_run(tx, run, "filters_refused")
            await finish_work(tx, STAGE, [run.id])
            return
    await bulk_runs.add_orders(tx, run, ids, below)
    await enqueue_work(tx, STAGE, [run.id])


async def _do_slice(tx: Transaction, ctx: Context, run: BulkRunRow, exclusion_h: int) -> None:
    """Do the next hundred. One whose own data fails it is refused alone."""
    ids = await bulk_runs.next_orders(tx, run, SLICE)
    do = action_of(run, exclusion_h)

    async def attempt(some: Sequence[UUID]) -> Sequence[Outcome]:
        async with tx.savepoint():
            return await do(tx, ctx, some)

    def alone(order_id: UUID, error: Exception) -> Outcome:
        told = {"run_id": str(run.id), "order_id": str(order_id)}
        log.error("an order of a bulk run failed", **told, error=describe_error(error), at=where(error))
        return no("failed", "It failed for a reason that is in the log of the server. Try it by itself.")

    outcomes = await apart(attempt, ids, alone, on=(Exception,), but=TRANSIENT_ERRORS) if ids else []
    at_end = len(ids) < SLICE
    below = ids[-1] if ids else run.work_below
    await bulk_runs.note_outcomes(tx, run, dict(zip(ids, outcomes, strict=True)), below, at_end=at_end)
    await (finish_work if at_end else enqueue_work)(tx, STAGE, [run.id])


def action_of(run: BulkRunRow, exclusion_h: int = EXCLUSION_H) -> Do:
    """What is done to a slice of a run's orders: the verb that the action names, with the run's options."""
    said: dict[str, Any] = msgspec.json.decode(run.options)

    async def do(tx: Transaction, ctx: Context, ids: Sequence[UUID]) -> Sequence[Outcome]:
        if run.action == "hold":
            return await hold_orders(tx, ctx, [HoldOrder(order_id=i, note=said.get("note") or None) for i in ids])
        if run.action == "release_holds":
            return await release_orders(tx, ctx, [ReleaseHold(order_id=i, type=said.get("type")) for i in ids])
        if run.action == "cancel":
            reason = {"reason": said["reason"]} if said.get("reason") else {}
            return await cancel_orders(tx, ctx, [CancelOrder(order_id=i, **reason) for i in ids])
        if run.action == "source":
            return await source_orders(tx, ctx, ids, exclusion_h)
        if run.action == "release_to_floor":
            return await _release(tx, ctx, ids)
        field = "add" if run.action == "tag" else "remove"
        return await tag_orders(tx, ctx, [TagOrder(order_id=i, **{field: [said["tag"]]}) for i in ids])

    return do


async def _release(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> list[Outcome]:
    """Release the open fulfillments of orders to their locations; one outcome an order."""
    rows = await fulfillment.fulfillments_of_orders(tx, order_ids)
    waiting = [row for row in rows if row.state == FulfillmentState.OPEN]
    said = await release_fulfillments(tx, ctx, [FulfillmentCommand(fulfillment_id=row.id) for row in waiting])
    by_order: dict[UUID, list[Outcome]] = {}
    for row, outcome in zip(waiting, said, strict=True):
        by_order.setdefault(row.order_id, []).append(outcome)
    return [_released(order_id, by_order.get(order_id, [])) for order_id in order_ids]


def _released(order_id: UUID, outcomes: Sequence[Outcome]) -> Outcome:
    """What became of an order's open fulfillments, as one outcome: the first "no" where none was released. Pure."""
    count = sum(one.ok for one in outcomes)
    if count:
        return Outcome(code="released", id=order_id, details={"fulfillments": count, "left": len(outcomes) - count})
    if outcomes:
        return outcomes[0]
    return no("nothing_to_release", "No work of this order waits to be released. Source it first, or see its page.")
