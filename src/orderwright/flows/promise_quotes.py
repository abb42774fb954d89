"""What an order that is still being typed would be promised. Not a verb: it only reads, and takes no locks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from orderwright import catalog, customers, fulfillment, inventory, orders, sourcing
from orderwright.flows.allocate import to_open
from orderwright.flows.promise_drafts import pools_of
from orderwright.flows.source_orders import load_of
from orderwright.orders import Catalogue, NeedRow, Placement, PromiseAsked, QuotedLine, Refusal
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.money import CURRENCIES
from orderwright.sourcing import Wanted


class Quote(NamedTuple):
    """What placing and sourcing would come to now. `refusal`: why it would not be taken. `holds`: types that would be
    opened at once. `promised_on`: local to `zone`; None where nothing tells a date. `pools`: codes by id."""

    refusal: Refusal | None
    holds: list[str]
    promised_on: date | None
    zone: str | None
    lines: list[QuotedLine]
    pools: Mapping[UUID, str]


async def quote_promise(tx: Transaction, ctx: Context, asked: PromiseAsked) -> Quote:
    """Decide an order as `place_orders` would, and its date as `source_orders` would then, on the figures of now.

    What its price, its address and its checks may hold it for is not looked at.
    Permission: `orders.place`. Locks: none. Eleven statements at most, for any number of lines.
    """
    ctx.require("orders.place")
    channels = await catalog.channels_by_code(tx, [asked.channel])
    channel = channels.get(asked.channel)
    currency = channel.currency if channel is not None else next(iter(CURRENCIES))
    order = orders.order_to_promise(asked, currency, ctx.now)
    skus = await catalog.skus_by_code(tx, list({line.sku for line in asked.lines}))
    part_ids = {part_id for sku in skus.values() for part_id, _ in sku.components}
    parts = await catalog.skus_by_id(tx, list(part_ids)) if part_ids else {}
    unpriced = {code: facts._replace(verify_prices=False) for code, facts in channels.items()}
    draft = orders.understand(ctx, order, Catalogue(unpriced, skus, parts, {}, {}))
    if isinstance(draft, Refusal):
        return Quote(draft, [], None, None, [], {})
    wanted = {c.sku for line in draft.lines for c in line.components if c.mode == "stock" and c.sku is not None}
    with_supply = draft.channel.short_line_policy == "preorder"
    headroom = await inventory.read_headroom(tx, wanted, with_supply=with_supply)
    if headroom.contested:
        headroom.set_apart(await orders.waited_for(tx, headroom.contested))
    quoted = orders.quote_draft(draft, headroom)
    pools = {pool.id: pool.content.code for pool in await catalog.read_pools(tx, ids=list(pools_of(draft)))}
    if isinstance(quoted.result, Refusal):
        return Quote(quoted.result, [], None, None, quoted.lines, pools)
    promised_on, zone = await _promise(tx, ctx, asked, quoted.result)
    return Quote(None, sorted({h.type for h in quoted.result.holds}), promised_on, zone, quoted.lines, pools)


async def _promise(
    tx: Transaction, ctx: Context, asked: PromiseAsked, placement: Placement
) -> tuple[date | None, str | None]:
    """The date of an order: when what is there would arrive, or what waits for a dated supply is due, if later."""
    order_id = new_id()
    delivery = {line.n: line.delivery for line in placement.draft.lines}
    needs = [
        NeedRow(
            order_id, p.line_n, p.component_n, p.pool_id, p.sku_id, p.quantity, None, delivery[p.line_n],
            placement.promised_on, None,
        )
        for p in sorted(placement.promises)
    ]  # fmt: skip
    if not needs:
        return placement.promised_on, None
    pools = {need.pool_id for need in needs}
    locations = {location.id: location for location in await catalog.locations_by_pool(tx, list(pools))}
    to = asked.ship_to
    points = {}
    if to is not None:
        points[order_id] = customers.PointRow(order_id, to.latitude, to.longitude, to.country, None)
    wanted = Wanted({order_id: needs}, locations, {}, points)
    rows = await inventory.read_stock(tx, {need.sku_id for need in needs}, locations)
    stock = {key: row.available for key, row in rows.items()}
    decisions = sourcing.decide_orders(wanted, stock, await load_of(tx, ctx, locations.values()))
    opened = to_open(decisions, wanted.needs, locations, ctx.now)
    dates = fulfillment.promise_dates(opened.values(), locations, wanted.points, {order_id: pools})
    return fulfillment.later_promise(needs[0], dates.get(order_id))
