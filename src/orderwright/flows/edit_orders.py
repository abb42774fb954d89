"""Edit orders before they are picked: try it first, then do it, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from orderwright import orders
from orderwright.flows.plan_edits import Edit, decide_edits
from orderwright.flows.source_orders import source_orders
from orderwright.flows.take_back import read_behind
from orderwright.flows.write_edits import write_edits
from orderwright.orders import (
    Editable,
    EditOrder,
    EditPlan,
)
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.limit_use import LimitMeter
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import leave_work


async def edit_orders(tx: Transaction, ctx: Context, commands: Sequence[EditOrder]) -> list[Outcome]:
    """Change orders: lines, quantities, SKUs, address, shipping, discounts; each order wholly or not at all.

    What goes gives its stock and its charge back; what comes is promised by the channel's policy and taxed by its
    engine, as is all that has not left when the address changes and the engine goes by it. More to pay is authorized on
    the payment that there is, less is refunded or let go by settling. A new address is verified, and what is not picked
    is sourced again. Permission: `orders.edit`. Locks: orders, (SKUs
    with a backorder limit,) availability, dated supply, stock, money. Appends `order.edited`, `fulfillment.cancelled`.
    Outcomes, in precedence: `duplicate_in_batch`, those of `orders.decide_edit`, `unknown_sku`, `inactive_sku`,
    `delivery_given_back`, `discount_exceeds_lines`, `tax_unknown`, `tax_partly_charged`, `above_limit` (of
    what the caller may give for an order: discounts, cheaper shipping, others in place of dearer lines),
    `out_of_stock`, `backorder_limit`, `edited`.
    """
    ctx.require("orders.edit")
    outcomes, _ = await _edit(tx, ctx, commands)
    return outcomes


async def preview_edits(tx: Transaction, ctx: Context, commands: Sequence[EditOrder]) -> list[Outcome]:
    """What edits would come to: they are done, sourced, looked at, and undone. Nothing is kept.

    Permission: `orders.edit`. Locks: as `edit_orders`, until the transaction ends. Appends nothing. Outcomes: those of
    `edit_orders`, with `previewed` in place of `edited`; `details` has the money, the lines and the promised date.
    """
    ctx.require("orders.edit")
    outcomes: list[Outcome] = []
    try:
        async with tx.savepoint():
            outcomes, edits = await _edit(tx, ctx, commands)
            promised = await promised_now(tx, ctx, list(edits))
            outcomes = [_previewed(outcome, edits, promised) for outcome in outcomes]
            raise _Undo
    except _Undo:
        return outcomes


class _Undo(Exception):
    """Nothing of a preview is kept."""


async def promised_now(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> dict[UUID, date | None]:
    """For when orders would be promised, were they sourced now: within a preview, of which nothing is kept."""
    await leave_work(tx, ("verify",), order_ids)
    if order_ids:
        await source_orders(tx, _as_system(ctx), order_ids)
    return await orders.promised_dates(tx, order_ids)


def _as_system(ctx: Context) -> Context:
    """Sourcing in a preview needs no permission of the caller's, nor its limits: nothing of it is kept."""
    return replace(ctx, permissions=frozenset({"*"}), channels=None, locations=None)


def _previewed(
    outcome: Outcome, edits: Mapping[UUID, tuple[Edit, int]], promised: Mapping[UUID, date | None]
) -> Outcome:
    """What an edit would come to."""
    if outcome.code != "edited" or outcome.id is None:
        return outcome
    edit, _ = edits[outcome.id]
    day = promised.get(outcome.id)
    added = edit.placement
    lines = (
        []
        if added is None
        else [
            {
                "line": line.n,
                "sku": line.line.sku,
                "promised": sum(c.quantities.promised for c in added.components if c.component.line_n == line.n),
                "backordered": sum(c.quantities.backordered for c in added.components if c.component.line_n == line.n),
            }
            for line in added.draft.lines
        ]
    )
    taxes = {"tax_before_minor": edit.money.tax_before_minor, "tax_notes": edit.money.tax_notes}
    details = {**outcome.details, **taxes, "added": lines, "promised_on": day.isoformat() if day else None}
    return Outcome(code="previewed", id=outcome.id, details=details)


async def _edit(
    tx: Transaction, ctx: Context, commands: Sequence[EditOrder]
) -> tuple[list[Outcome], dict[UUID, tuple[Edit, int]]]:
    """Outcomes, and what was done by order, with what the order is charged more (less, if negative)."""
    locked = await orders.lock_own_orders(tx, ctx, [c.order_id for c in commands])
    behind = await read_behind(tx, locked)
    editable, lines = await orders.read_editable(tx, locked)
    outcomes: dict[int, Outcome] = {}
    plans: dict[UUID, tuple[int, Editable, EditPlan]] = {}
    for at, command in enumerate(commands):
        order = locked.get(command.order_id)
        if command.order_id in plans:
            outcomes[at] = no("duplicate_in_batch", "The same order is named twice in this call. Send each once.")
            continue
        found = None
        if order is not None:
            i = order.id
            found = Editable(order, editable[i], lines.get(i, []), behind.components.get(i, []), behind.free(i))
        plan = orders.decide_edit(found, command)
        if isinstance(plan, Outcome) or found is None:
            assert isinstance(plan, Outcome)
            outcomes[at] = plan
        else:
            plans[command.order_id] = (at, found, plan)
    meter = await LimitMeter.read(tx, ctx, "refund", plans)
    decided, headroom = await decide_edits(tx, plans, behind, meter.refuse)
    edits: dict[UUID, Edit] = {}
    for order_id, edit in decided.items():
        if isinstance(edit, Outcome):
            outcomes[plans[order_id][0]] = edit
        else:
            edits[order_id] = edit
            meter.take(order_id, edit.given_minor)
    differences = await write_edits(tx, ctx, locked, behind, edits, headroom, meter) if edits else {}
    for order_id, difference in differences.items():
        money = edits[order_id].money.order
        details = {
            "revision": plans[order_id][2].command.revision + 1,
            "total_minor": money.total,
            "tax_minor": money.tax,
            "difference_minor": difference,
        }
        outcomes[plans[order_id][0]] = Outcome(code="edited", id=order_id, details=details)
    return [outcomes[at] for at in range(len(commands))], {i: (e, differences[i]) for i, e in edits.items()}
