"""The table of stages: the steps of an order that workers do by themselves, in the order in which it meets them.

Name and what the queue holds. What people do in between (pick, pack, hand to the carrier) are verbs, not stages. How
old an entry may become and who looks after it then (law T4) stands with all other states in
`orderwright.insights.waiting`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.buy_return_labels import buy_return_labels, take_return_scans
from orderwright.flows.decide_approvals import expire_approvals
from orderwright.flows.end_exchanges import lapse_exchanges
from orderwright.flows.exchange_provider import ExchangeProvider
from orderwright.flows.fill_backorders import fill_backorders
from orderwright.flows.issue_documents import issue_documents
from orderwright.flows.move_money import move_money
from orderwright.flows.receive_webhooks import match_webhooks
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.resolve_orders import resolve_orders
from orderwright.flows.settle_orders import settle_orders
from orderwright.flows.source_orders import EXCLUSION_H, source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.flows.watch_payments import watch_payments
from orderwright.flows.work_bulk_runs import work_bulk_runs
from orderwright.fulfillment import CARRIERS, Carrier, FulfillmentCommand
from orderwright.payments import EXCHANGE, PaymentProvider
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.pumps import RunStage, Stage

BULK_AT_ONCE = 2  # runs of which a slice each is done before others have their turn


def stages(
    carriers: Mapping[str, Carrier] | None = None,
    providers: Mapping[str, PaymentProvider] | None = None,
    *,
    batch: int = 200,
    exclusion_h: int = EXCLUSION_H,
) -> tuple[Stage, ...]:
    """All stages. `providers`: those of payments, by code. `batch`: how many entries a worker takes at once.
    `exclusion_h`: see `source_orders`."""
    known, able = carriers or CARRIERS, providers or {}

    async def labels(database: Database, ctx: Context, shipment_ids: Sequence[UUID]) -> None:
        await buy_labels(database, ctx, shipment_ids, known)

    async def return_labels(database: Database, ctx: Context, return_ids: Sequence[UUID]) -> None:
        await buy_return_labels(database, ctx, return_ids, known)

    async def pay(database: Database, ctx: Context, payment_ids: Sequence[UUID]) -> None:
        await move_money(database, ctx, payment_ids, {**able, EXCHANGE: ExchangeProvider(database)})

    async def watch(database: Database, ctx: Context, payment_ids: Sequence[UUID]) -> None:
        await watch_payments(database, ctx, payment_ids, able)

    async def source(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> None:
        await source_orders(tx, ctx, order_ids, exclusion_h)

    async def bulk(database: Database, ctx: Context, run_ids: Sequence[UUID]) -> None:
        await work_bulk_runs(database, ctx.merchant, run_ids, exclusion_h)

    return (
        # name ..., what its queue holds
        Stage("verify", _in_transaction(verify_orders), batch),  # orders
        Stage("resolve", _in_transaction(resolve_orders), batch),  # orders
        Stage("source", _in_transaction(source), batch),  # orders
        Stage("release", _in_transaction(_release), batch),  # fulfillments
        Stage("label", labels, batch),  # shipments
        Stage("backorders", _in_transaction(fill_backorders), batch),  # SKUs
        Stage("settle", _in_transaction(settle_orders), batch),  # orders
        Stage("document", _in_transaction(issue_documents), batch),  # orders
        Stage("pay", pay, batch),  # payments
        Stage("watch", watch, batch),  # payments
        Stage("return_label", return_labels, batch),  # returns
        Stage("return_scan", _in_transaction(take_return_scans), batch),  # returns
        Stage("exchange", _in_transaction(lapse_exchanges), batch),  # exchanges
        Stage("approval", _in_transaction(expire_approvals), batch),  # approvals
        Stage("bulk", bulk, BULK_AT_ONCE),  # bulk runs
        Stage("webhook", _in_transaction(match_webhooks), batch),  # webhooks of payment providers
    )


def _in_transaction(verb: Callable[[Transaction, Context, Sequence[UUID]], Awaitable[Any]]) -> RunStage:
    """A verb on ids as a stage: one transaction a batch."""

    async def run(database: Database, ctx: Context, subject_ids: Sequence[UUID]) -> None:
        async with database.transaction(ctx.merchant) as tx:
            await verb(tx, ctx, subject_ids)

    return run


async def _release(tx: Transaction, ctx: Context, fulfillment_ids: Sequence[UUID]) -> None:
    await release_fulfillments(tx, ctx, [FulfillmentCommand(fulfillment_id=i) for i in fulfillment_ids])
