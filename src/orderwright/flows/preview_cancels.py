"""What cancelling orders or lines would come to: it is done, looked at, and undone."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import payments
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.orders import CancelOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome

_DONE = frozenset({"cancelled", "partly_cancelled"})


async def preview_cancels(tx: Transaction, ctx: Context, commands: Sequence[CancelOrder]) -> list[Outcome]:
    """What cancellations would come to: they are done, looked at, and undone. Nothing is kept.

    Permission: `orders.cancel`. Locks: as `cancel_orders`, until the transaction ends. Appends nothing. Outcomes: those
    of `cancel_orders`, with `previewed` in place of `cancelled` and `partly_cancelled`: `details.kept` units stay, the
    order is charged `details.difference_minor` more (less, if negative), in `details.currency`.
    """
    ctx.require("orders.cancel")
    outcomes: list[Outcome] = []
    try:
        async with tx.savepoint():
            before = await _balances(tx, commands)
            outcomes = await cancel_orders(tx, ctx, commands)
            after = await _balances(tx, commands)
            outcomes = [_previewed(outcome, before, after) for outcome in outcomes]
            raise _Undo
    except _Undo:
        return outcomes


class _Undo(Exception):
    """Nothing of a preview is kept."""


async def _balances(tx: Transaction, commands: Sequence[CancelOrder]) -> dict[UUID, payments.OrderMoney]:
    found = await payments.read_money(tx, sorted({command.order_id for command in commands}))
    return {money.order_id: money for money in found}


def _previewed(
    outcome: Outcome, before: dict[UUID, payments.OrderMoney], after: dict[UUID, payments.OrderMoney]
) -> Outcome:
    if outcome.code not in _DONE or outcome.id is None:
        return outcome
    was, now = before[outcome.id], after[outcome.id]
    details = {
        "kept": outcome.details.get("kept", 0), "currency": now.currency,
        "difference_minor": now.balance_minor - was.balance_minor,
    }  # fmt: skip
    return Outcome(code="previewed", id=outcome.id, details=details)
