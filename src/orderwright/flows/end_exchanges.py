"""Exchanges that do not happen: cancelled by people, or lapsed because the goods did not come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from orderwright import orders, payments, returns
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.end_returns import cancel_returns
from orderwright.flows.lock_returns import LockedReturns, lock_returns
from orderwright.flows.move_exchanges import end_exchanges
from orderwright.flows.watch_payments import BEFORE_LAPSE
from orderwright.orders import CancelOrder, OrderStatus
from orderwright.payments import PaymentRow
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import defer_work, finish_work
from orderwright.returns import ExchangeCommand, ExchangeRow, ExchangeState, ReturnCommand, ReturnState

LOOK_AGAIN = timedelta(days=3)  # at what was on its way back when its time was over
_LEFT = frozenset({OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.DELIVERED})


async def cancel_exchanges(tx: Transaction, ctx: Context, commands: Sequence[ExchangeCommand]) -> list[Outcome]:
    """The customer keeps what there was: the new goods are cancelled, and the return with them.

    Permission: `returns.write`. Locks: orders, availability, stock, money. Appends `exchange.cancelled`,
    `order.cancelled`, `return.cancelled`. Outcomes, in precedence: `exchange_not_found`, `duplicate_in_batch`,
    `wrong_state` (it is over), `has_left`, `on_its_way`, `cancelled`.
    """
    ctx.require("returns.write")
    rows = {row.id: row for row in await returns.read_exchanges(tx, ids=[c.exchange_id for c in commands])}
    locked = await lock_returns(tx, ctx, [row.return_id for row in rows.values()])
    outcomes: list[Outcome] = []
    ended: dict[UUID, ExchangeRow] = {}
    for command in commands:
        row = rows.get(command.exchange_id)
        refused = _refuse(locked, row)
        if row is None or refused is not None:
            outcomes.append(refused or returns.refuse_exchange("exchange_not_found"))
        elif row.id in ended:
            outcomes.append(returns.refuse("duplicate_in_batch"))
        else:
            ended[row.id] = row
            outcomes.append(Outcome(code="cancelled", id=row.id))
    await _end(tx, ctx, locked, list(ended.values()), ExchangeState.CANCELLED, "cancel_exchanges")
    return outcomes


def _refuse(locked: LockedReturns, row: ExchangeRow | None) -> Outcome | None:
    """Why an exchange cannot be undone, or None."""
    one = locked.returns.get(row.return_id) if row is not None else None
    if row is None or one is None:
        return returns.refuse_exchange("exchange_not_found")
    if one.id not in locked.exchanges:
        return returns.refuse("wrong_state", state=row.state)
    if locked.orders[row.new_order_id].status in _LEFT:
        return returns.refuse_exchange("has_left")
    if one.state is not ReturnState.REQUESTED:
        return returns.refuse_exchange("on_its_way", state=one.state.value)
    return None


async def lapse_exchanges(tx: Transaction, ctx: Context, exchange_ids: Sequence[UUID]) -> None:
    """Wait no longer for goods that did not come back in time: new goods that have not left are cancelled, and the
    return with them; those that have are charged to the payment that was set aside for them. The latter also when what
    was set aside is about to lapse, wherever the goods are by then: what they bring goes back to the customer.

    Queued for when the goods are to be back. Permission: `returns.write`. Locks: orders, availability, stock, money.
    Appends `exchange.lapsed`, `order.cancelled`, `return.cancelled`.
    """
    ctx.require("returns.write")
    rows = {row.id: row for row in await returns.read_exchanges(tx, ids=exchange_ids)}
    locked = await lock_returns(tx, ctx, [row.return_id for row in rows.values()])
    still = [row for row in rows.values() if row.return_id in locked.exchanges]
    paid = await payments.read_payments(tx, [row.new_order_id for row in still])
    gone, later = [], []
    for row in still:
        left = locked.orders[row.new_order_id].status in _LEFT
        waits = locked.returns[row.return_id].state is ReturnState.REQUESTED
        if left and _about_to_lapse(ctx, paid.get(row.new_order_id, ())):
            gone.append(row)
        elif row.return_by > ctx.now or not waits:
            later.append(row)
        else:
            gone.append(row)
    await _end(tx, ctx, locked, gone, ExchangeState.LAPSED, "lapse_exchanges")
    due = {row.id: max(row.return_by, ctx.now + LOOK_AGAIN) if row.return_by <= ctx.now else row.return_by
           for row in later}  # fmt: skip
    await defer_work(tx, "exchange", list(due), due)
    await finish_work(tx, "exchange", [i for i in exchange_ids if i not in due])


def _about_to_lapse(ctx: Context, mine: Sequence[PaymentRow]) -> bool:
    """Whether something that is set aside can soon not be taken any more."""
    soon = ctx.now + BEFORE_LAPSE
    return any(p.capturable_minor and p.expires_at is not None and p.expires_at <= soon for p in mine)


async def _end(
    tx: Transaction,
    ctx: Context,
    locked: LockedReturns,
    ended: Sequence[ExchangeRow],
    state: ExchangeState,
    verb: str,
) -> None:
    """End exchanges; of those whose new goods have not left, cancel these and the return."""
    if not ended:
        return
    act_id = await record_act(tx, ctx, verb)
    story = orders.OrderStory(locked.orders, ctx.now)
    await end_exchanges(tx, story, ended, state)
    await story.write(tx, act_id)
    here = [row for row in ended if locked.orders[row.new_order_id].status not in _LEFT]
    ours = replace(ctx, permissions=frozenset({"*"}), channels=None, locations=None)
    reason = f"exchange_{state.value}"
    await cancel_orders(
        tx, ours, [CancelOrder(order_id=row.new_order_id, reason=reason, recall=True) for row in here]
    )  # fmt: skip
    await cancel_returns(tx, ours, [ReturnCommand(return_id=i) for i in _announced(locked, here)])


def _announced(locked: LockedReturns, ended: Sequence[ExchangeRow]) -> list[UUID]:
    """Their returns that nobody has sent."""
    known: Mapping[UUID, returns.Return] = locked.returns
    return [row.return_id for row in ended if known[row.return_id].state is ReturnState.REQUESTED]
