"""Place orders: the verb that every channel ends in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, customers, inventory, orders, payments
from orderwright.flows.promise_drafts import wake_pump
from orderwright.flows.settle_at_locations import lock_broken_by, settle_at_locations
from orderwright.orders import (
    AskedIdentity,
    Catalogue,
    Draft,
    PlacedOrder,
    Placement,
    PlaceOrder,
    PlaceOutcome,
    Refusal,
    is_all_handed_over,
)
from orderwright.platform.acts import record_acts
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.metrics import count_orders
from orderwright.platform.work import enqueue_work


class _Taken(NamedTuple):
    """A draft whose identity is ours, with its place in the batch. Several have one identity where they differ: the
    second is placed if the first is refused."""

    at: int
    claim: AskedIdentity
    draft: Draft
    origin: Context


async def place_orders(
    tx: Transaction, ctx: Context, commands: Sequence[PlaceOrder], origins: Sequence[Context] | None = None
) -> list[PlaceOutcome]:
    """Take orders: claim their identity, promise stock in order of arrival, write everything, append events.

    Lines that name their location are settled there at once: see `settle_at_locations`.

    Permission: `orders.place`. Locks: identity keys, the lock of erasures (shared), (orders that lose what left a
    till,) keys of new customers, (SKUs with a backorder limit,) availability, dated supply, stock. Appends
    `order.placed`, `order.held` and what settling appends. Queues placed orders for verification. Outcomes: see
    `PlaceOutcome`.

    `origins` says who sent each order, where one batch carries several calls; by default all came by `ctx`.

    Stock is first decided on unlocked figures and checked under the lock at the very end, so that the locks that all
    orders share are held for two statements and the commit; when others were faster, it is decided once more with
    the locks held from before the decision.
    """
    origins = origins or [ctx] * len(commands)
    for origin in {id(origin): origin for origin in origins}.values():
        origin.require("orders.place")
    catalogue = await _look_up(tx, commands)
    said = [orders.spell(command) for command in commands]
    understood = [
        orders.understand(origin, command, catalogue, may_hold_nul=spelled.may_hold_nul())
        for origin, command, spelled in zip(origins, commands, said, strict=True)
    ]
    outcomes: list[PlaceOutcome | None] = [orders.refuse(u) if isinstance(u, Refusal) else None for u in understood]
    asked = _claim(tx, catalogue, commands, said, understood)
    claimed, earlier = await _look_at_identities(tx, asked)
    taken: list[_Taken] = []
    firsts: dict[tuple[UUID, str], AskedIdentity] = {}
    for at, claim, draft in asked:
        if claim.key in earlier:
            outcomes[at] = orders.answer_replay(claim, earlier[claim.key])
        elif draft is not None:
            first = firsts.setdefault(claim.key, claim)
            if first.order_id in claimed and (first is claim or orders.differs(first, claim)):
                taken.append(_Taken(at, claim, draft, origins[at]))
    await _place_taken(tx, ctx, taken, outcomes)
    _answer_twins(asked, outcomes)
    told = zip(origins, outcomes, strict=True)
    answers = [orders.outcome_for(origin, outcome) for origin, outcome in told if outcome is not None]
    await orders.keep_refused(tx, origins, list(zip(commands, answers, strict=True)))
    return answers


class _Asked(NamedTuple):
    """An order that may be here already. No draft: it is refused, unless it is here."""

    at: int
    claim: AskedIdentity
    draft: Draft | None


def _claim(
    tx: Transaction,
    catalogue: Catalogue,
    commands: Sequence[PlaceOrder],
    said: Sequence[orders.Spelled],
    understood: Sequence[Draft | Refusal],
) -> list[_Asked]:
    asked = [
        (at, u if isinstance(u, Draft) else None)
        for at, u in enumerate(understood)
        if isinstance(u, Draft) or u.after_identity
    ]
    keys = [((catalogue.channels[commands[at].channel].id, commands[at].external_id), said[at]) for at, _ in asked]
    claims = orders.claims_for(keys, tx.hash_key)
    return [_Asked(at, claim, draft) for (at, draft), claim in zip(asked, claims, strict=True)]


async def _look_at_identities(
    tx: Transaction, asked: Sequence[_Asked]
) -> tuple[set[UUID], dict[tuple[UUID, str], orders.IdentityRow]]:
    """Claim those of drafts; returns the order ids that got theirs, and the earlier orders of all keys."""
    claimed, earlier = await orders.claim_identities(tx, [a.claim for a in asked if a.draft is not None])
    refused = [a.claim.key for a in asked if a.draft is None]
    return claimed, earlier | await orders.find_identities(tx, refused)


async def _look_up(tx: Transaction, commands: Sequence[PlaceOrder]) -> Catalogue:
    channels = await catalog.channels_by_code(tx, list({c.channel for c in commands}))
    skus = await catalog.skus_by_code(tx, list({line.sku for c in commands for line in c.lines}))
    named = {line.location for c in commands for line in c.lines if line.location is not None}
    locations = await catalog.hold_locations_by_code(tx, list(named)) if named else {}
    part_ids = {part_id for sku in skus.values() for part_id, _ in sku.components}
    parts = await catalog.skus_by_id(tx, list(part_ids)) if part_ids else {}
    parents = await orders.parents_of(tx, commands)
    return Catalogue(channels=channels, skus=skus, parts=parts, locations=locations, parents=parents)


async def _place_taken(
    tx: Transaction, ctx: Context, taken: Sequence[_Taken], outcomes: list[PlaceOutcome | None]
) -> None:
    if not taken:
        return
    people = orders.identity_hashes([t.draft for t in taken], tx.hash_key)
    buyers = await customers.find_customers(tx, [p for p in people if p is not None])
    breakable = await lock_broken_by(tx, [t.draft for t in taken])
    await tx.execute("SAVEPOINT undecided")
    locked = False
    while True:
        if locked:  # now, for all that may be placed: customers are made before availability is locked
            moved = await customers.make_customers(tx, buyers.new)
            buyers = customers.Buyers({key: moved.get(made, made) for key, made in buyers.ids.items()}, {})
        decided = await _decide(tx, taken, lock=locked)
        if decided.headroom.limits_used and not locked:
            locked = True
            continue
        placed, refused = _sort_out(taken, decided.results, [buyers.ids[p] if p else None for p in people])
        acts, numbers = await _write(tx, placed, {t.claim.order_id: t.origin for t in taken})
        await _make_buyers(tx, placed, buyers)
        if await _take_stock(tx, decided.headroom, locked=locked):
            break
        await tx.execute("ROLLBACK TO SAVEPOINT undecided")
        locked = True
    statuses = await settle_at_locations(tx, ctx, acts, placed, numbers, breakable)
    count_orders(tx, "placed", len(placed))
    count_orders(tx, "held", sum(1 for order in placed if order.placement.holds))
    index_of = {t.claim.order_id: t.at for t in taken}
    free = dict.fromkeys(t.claim.key for t, _ in refused)
    await orders.release_identities(tx, list(free))
    news = {order.id for order in placed}
    await orders.claim_identities(tx, [t.claim for t in taken if t.claim.order_id in news and t.claim.key in free])
    for entry, refusal in refused:
        outcomes[entry.at] = orders.refuse(refusal)
    for order in placed:
        status = statuses.get(order.id, order.placement.status.value)
        outcomes[index_of[order.id]] = orders.accept(order, numbers[order.id], status)


async def _make_buyers(tx: Transaction, placed: Sequence[PlacedOrder], buyers: customers.Buyers) -> None:
    """Make the new customers of orders, so late that others who have one of the same wait for little but the commit;
    where others were faster, the orders are theirs."""
    bought = {order.customer_id for order in placed}
    moved = await customers.make_customers(tx, {key: new for key, new in buyers.new.items() if new in bought})
    if moved:
        owners = {order.id: moved[order.customer_id] for order in placed if order.customer_id in moved}
        await orders.move_orders(tx, owners)
        await customers.move_contacts(tx, owners)


class _Decided(NamedTuple):
    results: list[Placement | Refusal | None]
    headroom: inventory.Headroom


async def _decide(tx: Transaction, taken: Sequence[_Taken], *, lock: bool) -> _Decided:
    """Promise stock to the drafts, on locked figures or on figures as they are now."""
    drafts = [t.draft for t in taken]
    components = [c for d in drafts for line in d.lines for c in line.components if c.mode in ("stock", "handed")]
    skus = {c.sku for c in components if c.sku is not None}
    if lock:
        await catalog.lock_skus(tx, [c.sku for c in components if c.sku is not None and c.backorder_limit is not None])
    pools = {pool for d in drafts for pool in d.channel.pool_ids}
    pools |= {line.location.pool_id for d in drafts for line in d.lines if line.location is not None}
    with_supply = any(d.channel.short_line_policy == "preorder" for d in drafts)
    headroom = await inventory.read_headroom(tx, skus, with_supply=with_supply, lock_pools=pools if lock else None)
    if headroom.contested:
        headroom.set_apart(await orders.waited_for(tx, headroom.contested))
    named = {line.location.id for d in drafts for line in d.lines if line.location is not None}
    stock = await inventory.read_stock(tx, skus, named) if named else {}
    results = orders.place_drafts(drafts, headroom, {key: row.available for key, row in stock.items()}, _twins(taken))
    return _Decided(results, headroom)


def _twins(taken: Sequence[_Taken]) -> dict[int, int]:
    """Which drafts have the identity of an earlier one, and which one that is. Pure."""
    first: dict[tuple[UUID, str], int] = {}
    return {i: before for i, t in enumerate(taken) if (before := first.setdefault(t.claim.key, i)) != i}


def _sort_out(
    taken: Sequence[_Taken],
    results: Sequence[Placement | Refusal | None],
    customer_of: Sequence[UUID | None],
) -> tuple[list[PlacedOrder], list[tuple[_Taken, Refusal]]]:
    placed: list[PlacedOrder] = []
    refused: list[tuple[_Taken, Refusal]] = []
    for entry, result, customer_id, contact_id in zip(taken, results, customer_of, new_ids(len(taken)), strict=True):
        if isinstance(result, Refusal):
            refused.append((entry, result))
        elif result is not None:
            order_id = entry.claim.order_id
            contacts = orders.contacts_of(order_id, customer_id, result, contact_id)
            placed.append(PlacedOrder(order_id, result, customer_id, entry.draft.parent_id, contacts))
    return placed, refused


async def _write(
    tx: Transaction, placed: Sequence[PlacedOrder], origins: Mapping[UUID, Context]
) -> tuple[dict[UUID, UUID], dict[UUID, int]]:
    """Everything of the new orders but the stock they take; returns each order's act and number."""
    if not placed:
        return {}, {}
    act_ids = await record_acts(tx, [origins[order.id] for order in placed], "place_orders")
    await customers.insert_contacts(tx, [contact for order in placed for contact in order.contacts])
    numbers = await orders.write_placements(tx, act_ids, placed)
    by_order = {order.id: act_id for order, act_id in zip(placed, act_ids, strict=True)}
    await payments.open_ledgers(tx, by_order, placed, next(iter(origins.values())).now)
    events: list[NewEvent] = []
    acts: list[UUID] = []
    for order, act_id in zip(placed, act_ids, strict=True):
        told = orders.placed_events(order, origins[order.id].now)
        events += told
        acts += [act_id] * len(told)
    await append_events(tx, acts, events)
    await enqueue_work(tx, "verify", [order.id for order in placed if not is_all_handed_over(order)])
    return by_order, numbers


async def _take_stock(tx: Transaction, headroom: inventory.Headroom, *, locked: bool) -> bool:
    """Take what was promised, under the locks. False when others were faster: nothing may be kept then."""
    changes, supplies = headroom.changes(), headroom.supply_changes()
    if not locked:
        await inventory.ensure_availability(tx, headroom.missing())
        rows = await inventory.relock_availability(tx, [(c.sku_id, c.pool_id) for c in changes])
        if not headroom.holds(rows):
            return False
        now = {s.id: s for s in await inventory.lock_supply(tx, [s.supply.id for s in supplies])} if supplies else {}
        for before, quantity in supplies:
            supply = now[before.id]
            if supply.quantity - supply.preordered < quantity or supply.due_on != before.due_on:
                return False
    await inventory.move_availability(tx, changes)
    await inventory.move_supply(tx, [(s.supply.id, 0, s.quantity) for s in supplies])
    await wake_pump(tx, [(c.sku_id, c.pool_id) for c in changes if c.backordered], set(headroom.missing()))
    return True


def _answer_twins(asked: Iterable[_Asked], outcomes: list[PlaceOutcome | None]) -> None:
    """Answer orders with the identity of an earlier one of the batch: that which was placed, or else the first."""
    before: dict[tuple[UUID, str], _Asked] = {}
    for one in asked:
        earlier, outcome = before.get(one.claim.key), outcomes[one.at]
        if earlier is None:
            if one.draft is not None:
                before[one.claim.key] = one
            continue
        answer = outcomes[earlier.at]
        assert answer is not None
        if outcome is None or (one.draft is None and answer.code == "placed"):
            outcomes[one.at] = orders.answer_twin(one.claim, earlier.claim, answer)
        elif outcome.code == "placed":
            before[one.claim.key] = one
