"""Decide edits of orders: what is added is promised and taxed, and the whole priced. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright import catalog, inventory, orders
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
from orderwright.payments.taxes import Place as TaxPlace
from orderwright.payments.taxes import TaxEngine, TaxQuestion
from orderwright.payments.taxes.as_placed import AsPlaced
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


class _Added(NamedTuple):
    """Lines that an edit adds: as an order of their own, priced, and to be promised."""

    draft: Draft
    priced: PricedOrder


class _Promised(NamedTuple):
    """What was promised to added lines, and out of what."""

    placements: dict[UUID, Placement | Refusal | None]
    headroom: inventory.Headroom | None


async def decide_edits(
    tx: Transaction, plans: Mapping[UUID, tuple[int, Editable, EditPlan]], behind: Behind
) -> tuple[dict[UUID, Edit | Outcome], inventory.Headroom | None]:
    """Promise what is added, and price the whole; or say why not. Also what added lines are promised out of."""
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
    charges = await orders.read_charges(tx, plans)
    pricings: dict[UUID, Pricing] = {}
    for order_id, (_, found, plan) in plans.items():
        if order_id not in decided:
            pricing = _pricing(found, plan, charges.get(order_id, []), added.get(order_id))
            if pricing.wrong is not None:
                decided[order_id] = pricing.wrong
            else:
                pricings[order_id] = pricing
    await inventory.lock_availability(tx, await _touched(tx, plans, behind, [a.draft for a in added.values()]))
    promised = await _promise(tx, {i: a.draft for i, a in added.items() if i in pricings})
    going = {}
    for order_id, pricing in pricings.items():
        placement = promised.placements.get(order_id)
        if isinstance(placement, Refusal):
            decided[order_id] = no(placement.code, placement.message, **placement.details)
        else:
            going[order_id] = (pricing, placement)
    answers = await _taxes(AsPlaced(), {i: (plans[i][1], pricing) for i, (pricing, _) in going.items()})
    contacts = dict(zip(going, new_ids(len(going)), strict=True))
    for order_id, (pricing, placement) in going.items():
        _, found, plan = plans[order_id]
        contact_id = contacts[order_id] if plan.ship_to is not None else None
        money = pricing.finish(answers.get(order_id), contact_id)
        decided[order_id] = Edit(found, plan, placement, money, contact_id)
    return decided, promised.headroom


async def _look_up(tx: Transaction, plans: Mapping[UUID, tuple[int, Editable, EditPlan]]) -> Catalogue:
    wanted = [(found, line) for _, found, plan in plans.values() for line in plan.added]
    if not wanted:
        return Catalogue({}, {}, {}, {}, {})
    channels = await catalog.channels_by_code(tx, sorted({found.order.channel for found, _ in wanted}))
    skus = await catalog.skus_by_code(tx, sorted({line.sku for _, line in wanted}))
    named = sorted({line.location for _, line in wanted if line.location is not None})
    locations = await catalog.locations_by_code(tx, named) if named else {}
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


async def _promise(tx: Transaction, drafts: Mapping[UUID, Draft]) -> _Promised:
    """Promise stock to added lines, on locked figures, in order of the orders. What edits free goes to others first."""
    if not drafts:
        return _Promised({}, None)
    order_ids = sorted(drafts)
    made = [drafts[i] for i in order_ids]
    components = [c for d in made for line in d.lines for c in line.components if c.mode == "stock"]
    skus = {c.sku for c in components if c.sku is not None}
    pools = {pool for d in made for pool in _pools(d)}
    with_supply = any(d.channel.short_line_policy == "preorder" for d in made)
    headroom = await inventory.read_headroom(tx, skus, with_supply=with_supply, lock_pools=pools)
    if headroom.contested:
        headroom.set_apart(await orders.waited_for(tx, headroom.contested))
    named = {line.location.id for d in made for line in d.lines if line.location is not None}
    stock = await inventory.read_stock(tx, skus, named) if named else {}
    results = orders.place_drafts(made, headroom, {key: row.available for key, row in stock.items()})
    return _Promised(dict(zip(order_ids, results, strict=True)), headroom)


async def _touched(
    tx: Transaction,
    plans: Mapping[UUID, tuple[int, Editable, EditPlan]],
    behind: Behind,
    drafts: Sequence[Draft],
) -> list[Pair]:
    """The balances that edits may change, by what goes, comes, or is promised anew: locked all at once, in one order,
    after the SKUs with a backorder limit."""
    limited = [c.sku for d in drafts for line in d.lines for c in line.components if c.backorder_limit is not None]
    await catalog.lock_skus(tx, [sku for sku in limited if sku is not None])
    pairs = {(p.sku_id, p.pool_id) for p in await orders.read_promises(tx, plans)}
    pairs |= {(b.sku_id, b.pool_id) for b in await orders.read_backorders(tx, plans)}
    pairs |= {(a.sku_id, a.pool_id) for i in plans for a in behind.allocations.get(i, ())}
    for draft in drafts:
        skus = {c.sku for line in draft.lines for c in line.components if c.sku is not None and c.mode == "stock"}
        pairs |= {(sku, pool) for sku in skus for pool in _pools(draft)}
    return list(pairs)


def _pools(draft: Draft) -> set[UUID]:
    return {*draft.channel.pool_ids, *(line.location.pool_id for line in draft.lines if line.location is not None)}


async def _taxes(engine: TaxEngine, pricings: Mapping[UUID, tuple[Editable, Pricing]]) -> dict[UUID, Any]:
    """What the tax engine says of what is new."""
    questions: dict[UUID, TaxQuestion] = {}
    for order_id, (found, pricing) in pricings.items():
        items = pricing.to_ask()
        if items:
            order = found.order
            questions[order_id] = TaxQuestion(
                order.currency, order.prices_include_tax, TaxPlace(""), TaxPlace(""), order.placed_at.date(), items,
                placed=pricing.placed,
            )  # fmt: skip
    return dict(zip(questions, await engine.assess(list(questions.values())), strict=True))
