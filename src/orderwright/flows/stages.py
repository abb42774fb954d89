"""The table of stages: the steps of an order that workers do by themselves, in the order in which it meets them.

Name, what the queue holds, who looks after what is stuck, and how old an entry may become (law T4). What people do in
between (pick, pack, hand to the carrier) are verbs, not stages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.fill_backorders import fill_backorders
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.resolve_orders import resolve_orders
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import FulfillmentCommand
from orderwright.fulfillment.carriers import Carrier
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.pumps import RunStage, Stage

MINUTE_S = 60
HOUR_S = 3_600


def stages(carriers: Mapping[str, Carrier] | None = None, *, batch: int = 200) -> tuple[Stage, ...]:
    """All stages. `batch`: how many entries a worker takes at once."""
    known = carriers or {"builtin": BuiltinCarrier()}

    async def labels(database: Database, ctx: Context, shipment_ids: Sequence[UUID]) -> None:
        await buy_labels(database, ctx, shipment_ids, known)

    return (
        # name, what its queue holds ..., owner, age
        Stage("verify", _in_transaction(verify_orders), batch, 5 * MINUTE_S, "operations"),  # orders
        Stage("resolve", _in_transaction(resolve_orders), batch, 5 * MINUTE_S, "customer care"),  # orders
        Stage("source", _in_transaction(source_orders), batch, HOUR_S, "planner"),  # orders
        Stage("release", _in_transaction(_release), batch, HOUR_S, "warehouse"),  # fulfillments
        Stage("label", labels, batch, 15 * MINUTE_S, "warehouse"),  # shipments
        Stage("backorders", _in_transaction(fill_backorders), batch, 15 * MINUTE_S, "planner"),  # SKUs
    )


def _in_transaction(verb: Callable[[Transaction, Context, Sequence[UUID]], Awaitable[Any]]) -> RunStage:
    """A verb on ids as a stage: one transaction a batch."""

    async def run(database: Database, ctx: Context, subject_ids: Sequence[UUID]) -> None:
        async with database.transaction(ctx.merchant) as tx:
            await verb(tx, ctx, subject_ids)

    return run


async def _release(tx: Transaction, ctx: Context, fulfillment_ids: Sequence[UUID]) -> None:
    await release_fulfillments(tx, ctx, [FulfillmentCommand(fulfillment_id=i) for i in fulfillment_ids])
