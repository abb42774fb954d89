"""Expect supply: units on their way to a pool, which preorders may be promised from until they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orderwright import catalog, inventory
from orderwright.inventory import ExpectSupply, NewSupply
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome


async def expect_supply(tx: Transaction, ctx: Context, commands: Sequence[ExpectSupply]) -> list[Outcome]:
    """Announce dated supply. Each command is a supply of its own; `receive_stock` names its id when it arrives.

    Permission: `stock.write`, by a caller that is not limited to channels. Locks: nothing, the rows are new. Appends
    `supply.expected`. Outcomes, in precedence: `unknown_sku`, `unknown_pool`, `location_not_allowed` (a caller limited
    to locations needs all of the pool's), `not_stocked`, `expected`.
    """
    ctx.require("stock.write")
    ctx.require_all_channels("Stock is of no channel.")
    skus = await catalog.skus_by_code(tx, list({c.sku for c in commands}))
    pools = {p.content.code: p.id for p in await catalog.read_pools(tx, codes=list({c.pool for c in commands}))}
    forbidden = await forbidden_pools(tx, ctx, pools.values())
    outcomes: list[Outcome] = []
    announced: list[tuple[NewSupply, ExpectSupply]] = []
    for command, new in zip(commands, new_ids(len(commands)), strict=True):
        refusal = inventory.refuse_supply(command, skus, pools, forbidden)
        if refusal is None:
            sku_id, pool_id = skus[command.sku].id, pools[command.pool]
            supply = NewSupply(new, sku_id, pool_id, command.due_on, command.quantity, command.reference)
            announced.append((supply, command))
        outcomes.append(refusal or Outcome(code="expected", id=new))
    if announced:
        act_id = await record_act(tx, ctx, "expect_supply")
        await record_changes(tx, act_id, [changed("supply", supply.id, None, said) for supply, said in announced])
        await inventory.add_supplies(tx, [supply for supply, _ in announced])
        await append_events(tx, act_id, [_event(ctx, supply, command) for supply, command in announced])
    return outcomes


async def forbidden_pools(tx: Transaction, ctx: Context, pool_ids: Iterable[UUID]) -> set[UUID]:
    """Pools with a location that the caller may not touch. One statement, or none where nothing is limited."""
    if ctx.locations is None:
        return set()
    locations = await catalog.locations_by_pool(tx, list(pool_ids))
    return {location.pool_id for location in locations if not ctx.may_location(location.id)}


def _event(ctx: Context, supply: NewSupply, command: ExpectSupply) -> NewEvent:
    data = {
        "sku": command.sku, "pool": command.pool, "quantity": command.quantity, "due_on": command.due_on.isoformat(),
        "reference": command.reference,
    }  # fmt: skip
    return NewEvent(supply.id, 1, "supply.expected", data, ctx.now)
