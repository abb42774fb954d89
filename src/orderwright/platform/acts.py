"""Acts: one row a verb call and actor, to which its events, movements and money entries refer (law T6)."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_id, new_ids
from orderwright.platform.queries import append, statement

INSERT_ACT = statement(__package__, "insert_act")
APPEND_ACTS = append("act", "id verb actor on_behalf_of reason cause request_id origin")


async def record_act(tx: Transaction, ctx: Context, verb: str) -> UUID:
    """Write who does this, for whom, why and what caused it; returns the id that entries refer to."""
    act_id = new_id()
    await INSERT_ACT.run(
        tx, act_id, verb, ctx.actor, ctx.on_behalf_of, ctx.reason, ctx.cause, ctx.request_id, ctx.origin
    )
    return act_id


async def record_acts(tx: Transaction, origins: Sequence[Context], verb: str) -> list[UUID]:
    """An act a distinct call, where a batch carries several; returns the act of each item. One statement."""
    acts: dict[int, tuple[UUID, Context]] = {}
    distinct = {id(origin): origin for origin in origins}
    for new, (key, origin) in zip(new_ids(len(distinct)), distinct.items(), strict=True):
        acts[key] = (new, origin)
    rows = [(new, verb, c.actor, c.on_behalf_of, c.reason, c.cause, c.request_id, c.origin) for new, c in acts.values()]
    await APPEND_ACTS.run(tx, rows)
    return [acts[id(origin)][0] for origin in origins]
