"""Decide edits of orders: what is added is promised and taxed, and the whole priced. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, inventory, orders, payments
from orderwright.flows.assess_taxes import TaxedEdit, assess_edits
from orderwright.flows.promise_drafts import lock_limited, pools_of, promise_drafts
from orderwright.flows.take_back import Behind
from orderwright.inventory import Pair
from orderwright.orders import (
    Catalogue,
    Draft,
    Editable,
    EditPlan,
    Placement,
    PricedOrder,
    Refusal,
)
from orderwright.payments import Pricing, Repriced
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome, no


class Edit(NamedTuple):
    """An edit that is decided, with what it comes to."""

    found: Editable
    plan: EditPlan
    placement: Placement | None  # of the lines that are added
    money: Repriced
    contact_id: UUID | None  # of the new address
    given_minor: int  # what the customer has for nothing


class _Added(NamedTuple):
    """Lines that an edit adds: as an order of their own, priced, and to be promised."""

    draft: Draft
    priced: PricedOrder


async def decide_edits(
    tx: Transaction,
    plans: Mapping[UUID, tuple[int, Editable, EditPlan]],
    behind: Behind,
    above: Callable[[UUID, int, str], Outcome | None],
) -> tuple[dict[UUID, Edit | Outcome], inventory.Headroom | None]:
    """Promise what is added, and price the whole; or say why not. Also what added lines are promised out of.

    `above` says why so many minor units must not be given for an order, in a currency."""
    decided: dict[UUID, Edit | Outcome] = {}
    added: dict[UUID, _Added] = {}
    catalogue = await _look_up(tx, plans)
    for order_id, (_, found, plan) in plans.items():
        if plan.added:
            made = _draft(found, plan, catalogue)
            if isinstance(made, Outcome):
                decided[order_id] = made
            else:
                added[order_id] = made
    fixed = await payments.delivery_given_back(tx, [i for i, (_, _, p) in plans.items() if p.shipping is not None])
    for order_id in fixed - decided.keys():
        decided[order_id] = no(
            "delivery_given_back",
            "A part of what delivery cost was given back, by units. Give a discount, or refund the difference.",
        )
    charges = await orders.read_charges(tx, plans)
    pricings: dict[UUID, Pricing] = {}
    for order_id, (_, found, plan) in plans.items():
        if order_id not in decided:
            pricing = _pricing(found, plan, charges.get(order_id, []), added.get(order_id))
            if pricing.wrong is not None:
                decided[order_id] = pricing.wrong
            else:
                pricings[order_id] = pricing
    repriced = await _finish(tx, plans, pricings, added, decided)
    given = {i: above(i, pricings[i].given_minor, plans[i][1].order.currency) for i in repriced}
    decided |= {i: refused for i, refused in given.items() if refused is not None}
    repriced = {i: money for i, money in repriced.items() if given[i] is None}
    await inventory.lock_availability(tx, await _touched(tx, plans, behind, [a.draft for a in added.values()]))
    promised = await promise_drafts(tx, {i: a.draft for i, a in added.items() if i in repriced})
    for order_id, (money, contact_id) in repriced.items():
        _, found, plan = plans[order_id]
        placement = promised.placements.get(order_id)
        if isinstance(placement, Refusal):
            decided[order_id] = no(placement.code, placement.message, **placement.details)
        else:
            decided[order_id] = Edit(found, plan, placement, money, contact_id, pricings[order_id].given_minor)
    return decided, promised.headroom


async def _finish(
    tx: Transaction,
    plans: Mapping[UUID, tuple[int, Editable, EditPlan]],
    pricings: Mapping[UUID, Pricing],
    added: Mapping[UUID, _Added],
    decided: dict[UUID, Edit | Outcome],
) -> dict[UUID, tuple[Repriced, UUID | None]]:
    """Tax what is new, and finish the prices, with the id of a new address. What cannot be is `decided`."""
    asked = {
        i: TaxedEdit(plans[i][1], plans[i][2], pricing, added[i].draft if i in added else None)
        for i, pricing in pricings.items()
    }
    assessed = await assess_edits(tx, asked)
    repriced: dict[UUID, tuple[Repriced, UUID | None]] = {}
    for (order_id, pricing), new_contact in zip(pricings.items(), new_ids(len(pricings)), strict=True):
        said = assessed[order_id]
        if isinstance(said, Outcome):
            decided[order_id] = said
            continue
        contact_id = new_contact if plans[order_id][2].ship_to is not None else None
        money = pricing.finish(said.answer, contact_id, abroad=said.abroad)
        if isinstance(money, Outcome):
            decided[order_id] = money
        else:
            repriced[order_id] = (money, contact_id)
    return repriced


async def _look_up(tx: Transaction, plans: Mapping[UUID, tuple[int, Editable, EditPlan]]) -> Catalogue:
    wanted = [(found, line) for _, found, plan in plans.values() for line in plan.added]
    if not wanted:
        return Catalogue({}, {}, {}, {}, {})
    channels = await catalog.channels_by_code(tx, sorted({found.order.channel for found, _ in wanted}))
    skus = await catalog.skus_by_code(tx, sorted({line.sku for _, line in wanted}))
    named = sorted({line.location for _, line in wanted if line.location is not None})
    locations = await catalog.hold_locations_by_code(tx, named) if named else {}
    part_ids = {part_id for sku in skus.values() for part_id, _ in sku.components}
    parts = await catalog.skus_by_id(tx, list(part_ids)) if part_ids else {}
    return Catalogue(channels=channels, skus=skus, parts=parts, locations=locations, parents={})


def _draft(found: Editable, plan: EditPlan, catalogue: Catalogue) -> _Added | Outcome:
    """Added lines as a draft. A line that is not understood cannot be added: there is no reason to hold the order."""
    for line in plan.added:
        sku = catalogue.skus.get(line.sku)
        if sku is None:
            return no("unknown_sku", "There is no SKU of this code. Correct it.", sku=line.sku)
        if not sku.active:
            return no("inactive_sku", "The SKU is not sold any more. Offer another.", sku=line.sku)
        if line.location is not None and line.location not in catalogue.locations:
            return no("unknown_location", "A line names a location that does not exist.", location=line.location)
    order = orders.as_placed(found.order, plan.added)
    priced = orders.price_order(order)
    if isinstance(priced, Refusal):
        return no(priced.code, priced.message, **priced.details)
    first_n = max(line.n for line in found.lines) + 1
    draft = orders.draft_of(order, first_n, priced, catalogue)
    if (too_many := orders.too_many_units(draft.lines)) is not None:
        return orders.refuse_child(too_many)
    return _refuse_delivery(found, plan, draft) or _Added(draft, priced)


def _refuse_delivery(found: Editable, plan: EditPlan, draft: Draft) -> Outcome | None:
    """Why added lines cannot be brought to the customer, or None: as at placement."""
    nowhere = found.order.ship_to_contact_id is None and plan.ship_to is None
    for line in draft.lines:
        if line.delivery == "ship" and nowhere:
            return no("address_needed", "The line ships, and the order has no address. Add `set_ship_to`.", line=line.n)
        if line.delivery == "pickup" and (line.location is None or not line.location.active):
            return no("location_needed", "A pick-up line must name a location that is open.", line=line.n)
        if any(c.mode == "handed" for c in line.components):
            return no("till_line", "What leaves a till is an order of its own. Place it.", line=line.n)
    return None


def _pricing(found: Editable, plan: EditPlan, charges: Sequence[orders.ChargeRow], added: _Added | None) -> Pricing:
    off: dict[int, int] = {}
    for line in found.lines:
        off[line.n] = orders.units_off(line, found.components, plan.cancels)
    classes = [line.sku.tax_class if line.sku else None for line in added.draft.lines] if added else []
    return Pricing(found.order, found.lines, charges, plan, added.priced if added else None, classes, off)


async def _touched(
    tx: Transaction,
    plans: Mapping[UUID, tuple[int, Editable, EditPlan]],
    behind: Behind,
    drafts: Sequence[Draft],
) -> list[Pair]:
    """The balances that edits may change, by what goes, comes, or is promised anew: locked all at once, in one order,
    after the SKUs with a backorder limit."""
    await lock_limited(tx, drafts)
    pairs = {(p.sku_id, p.pool_id) for p in await orders.read_promises(tx, plans)}
    pairs |= {(b.sku_id, b.pool_id) for b in await orders.read_backorders(tx, plans)}
    pairs |= {(a.sku_id, a.pool_id) for i in plans for a in behind.allocations.get(i, ())}
    for draft in drafts:
        skus = {c.sku for line in draft.lines for c in line.components if c.sku is not None and c.mode == "stock"}
        pairs |= {(sku, pool) for sku in skus for pool in pools_of(draft)}
    return list(pairs)
