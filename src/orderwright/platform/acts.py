"""Acts: one row a verb call and actor, to which its events, movements and money entries refer (law T6)."""

from __future__ import annotations

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.queries import statement

INSERT_ACT = statement(__package__, "insert_act")


async def record_act(tx: Transaction, ctx: Context, verb: str) -> UUID:
    """Write who does this, for whom, why and what caused it; returns the id that entries refer to."""
    act_id = new_id()
    await INSERT_ACT.run(tx, act_id, verb, ctx.actor, ctx.on_behalf_of, ctx.reason, ctx.cause, ctx.request_id)
    return act_id
