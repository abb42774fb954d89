"""Erase people: customers with all that their orders hold of them, and guests, order by order (law T5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from orderwright import customers, draft_orders, fulfillment, messages, orders
from orderwright.orders import OwnedOrder
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import append_events
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


class EraseCustomer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Erase a customer's personal data, in all of the orders too."""

    customer_id: UUID


class EraseGuest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Erase the personal data of an order that has no customer record."""

    order_id: UUID


async def erase_customers(tx: Transaction, ctx: Context, commands: Sequence[EraseCustomer]) -> list[Outcome]:
    """Erase the personal data of customers. Orders, money, store credit and stock stay, with ids in place of people.

    Contacts keep their ids and roles; customers lose their identity, references and metadata, so that the same person
    is somebody new with the next order. Refused orders of theirs go. At the end it waits for orders that are being
    placed, which may have found the customer before, and erases them too: none is left when this commits.

    Permission: `customers.erase`, by a caller that is not limited to locations. Locks: the lock of words,
    customers, contacts, each in id order, the lock of erasures. Appends `customer.erased`. Outcomes, in precedence:
    `customer_not_found`, `channel_not_allowed` (a caller limited to channels needs those of all the customer's orders),
    `already_erased`, `erased`. Twenty-seven statements, three more where orders came meanwhile.
    Notes, files and labels of the orders go too, notes on the customer, and what was said with them. Who was merged
    into a customer is erased with them, and leads to them.
    """
    _require(ctx)
    await customers.lock_words(tx)
    named = await customers.lock_customers(tx, [command.customer_id for command in commands])
    ids = [named[c.customer_id].id if c.customer_id in named else c.customer_id for c in commands]
    found = {customer.id: customer for customer in named.values()}
    aliases = await customers.lock_aliases(tx, found)
    owned = await orders.orders_of_customers(tx, found)
    contacts = await customers.lock_erasable_contacts(tx, [order.id for order in owned], found)
    owner_of = orders.owners_of_contacts(contacts, owned)
    counts = Counter(owner_of.values())
    if ctx.channels is not None:  # a customer of whom it sees no order is none for the caller
        seen = {order.customer_id for order in owned if ctx.may_channel(order.channel_id)}
        found = {customer_id: customer for customer_id, customer in found.items() if customer_id in seen}
    elsewhere = [o.customer_id for o in owned if o.customer_id is not None and not ctx.may_channel(o.channel_id)]
    added = {*await orders.annotated_orders(tx, [order.id for order in owned])}
    added |= await fulfillment.orders_with_labels(tx, [order.id for order in owned])
    said = await messages.erasable_messages(tx, [order.id for order in owned], found)
    left = counts + Counter(customer_id for customer_id in found if customer_id in said)
    left += Counter(o.customer_id for o in owned if (o.id in added or o.id in said) and o.customer_id is not None)
    left += Counter(await customers.noted_customers(tx, found))
    outcomes = customers.decide_erasures(ids, found, left, elsewhere)
    erased = [found[o.id] for o in outcomes if o.ok and o.id is not None]
    if not erased:
        return outcomes
    going = {customer.id for customer in erased}
    mine = [contact for contact in contacts if owner_of[contact.id] in going]
    await customers.empty_contacts(tx, mine)
    theirs = [order.id for order in owned if order.customer_id in going]
    await orders.erase_annotations(tx, theirs)
    await fulfillment.erase_labels(tx, theirs)
    await messages.erase_messages(tx, ctx, theirs, going)
    await customers.erase_customer_notes(tx, going)
    other_names = [alias for alias in aliases if alias.merged_into in going]
    await draft_orders.delete_drafts_of_people(tx, customers.reachable_at(mine, owner_of))
    refused = await orders.delete_refused(
        tx,
        orders.orders_by_owner(o for o in owned if o.customer_id in going),
        customers.reachable_at(mine, owner_of),
        [(customer.id, customer.identity_hash) for customer in erased]
        + [(alias.merged_into, alias.identity_hash) for alias in other_names],
    )
    await customers.forget_identities(tx, sorted(going | {alias.id for alias in other_names}))
    act_id = await record_act(tx, ctx, "erase_customers")
    await record_changes(
        tx, act_id, [changed("customer", i, {"erased": False}, {"erased": True}) for i in sorted(going)]
    )
    counts += await _erase_what_came(tx, going)
    events = [customers.erased_event(ctx, c, counts[c.id], refused[c.id]) for c in erased]
    await append_events(tx, act_id, events)
    return outcomes


async def erase_guests(tx: Transaction, ctx: Context, commands: Sequence[EraseGuest]) -> list[Outcome]:
    """Erase the personal data of orders that have no customer record, with their notes, files, labels and messages;
    the orders stay.

    Permission: `customers.erase`, by a caller that is not limited to locations. Locks: the lock of words,
    orders, contacts. Appends `order.erased`. Outcomes, in precedence: `order_not_found`, `customer_known`,
    `already_erased`, `erased`.
    """
    _require(ctx)
    ids = [command.order_id for command in commands]
    await customers.lock_words(tx)
    locked = await orders.lock_own_orders(tx, ctx, ids)
    owned = await orders.whose_orders(tx, locked)
    guests = {o.id: o for o in owned.values() if o.customer_id is None}
    contacts = await customers.lock_erasable_contacts(tx, guests, [])
    owner_of = {contact.id: contact.order_id for contact in contacts if contact.order_id is not None}
    counts = Counter(owner_of.values())
    added = {*await orders.annotated_orders(tx, guests), *await fulfillment.orders_with_labels(tx, guests)}
    said = await messages.erasable_messages(tx, guests, [])
    outcomes: list[Outcome] = []
    going: dict[UUID, OwnedOrder] = {}
    for order_id in ids:
        nothing_left = order_id in going or not (counts[order_id] or order_id in added or order_id in said)
        outcome = orders.decide_guest(owned.get(order_id), nothing_left)
        if outcome.ok:
            going[order_id] = owned[order_id]
        outcomes.append(outcome)
    if going:
        await customers.empty_contacts(tx, contacts)
        await orders.erase_annotations(tx, going)
        await fulfillment.erase_labels(tx, going)
        await messages.erase_messages(tx, ctx, going, [])
        await draft_orders.delete_drafts_of_people(tx, customers.reachable_at(contacts, owner_of))
        refused = await orders.delete_refused(
            tx, {i: [order] for i, order in going.items()}, customers.reachable_at(contacts, owner_of), []
        )
        story = orders.OrderStory(locked, ctx.now)
        for order_id in going:
            story.tell(order_id, "order.erased", {"contacts": counts[order_id], "orders": refused[order_id]})
        await story.write(tx, await record_act(tx, ctx, "erase_guests"))
    return outcomes


def _require(ctx: Context) -> None:
    """Who may erase: an address is not of a location, so a caller limited to some may not."""
    ctx.require("customers.erase")
    ctx.require_all_locations("People are not of a location.")


async def _erase_what_came(tx: Transaction, customer_ids: Iterable[UUID]) -> Counter[UUID]:
    """Erase what orders brought that were being placed meanwhile; returns how many contacts, by customer."""
    await customers.wait_for_intake(tx)
    owned = await orders.orders_of_customers(tx, customer_ids)
    late = await customers.lock_erasable_contacts(tx, [order.id for order in owned], [])
    await customers.empty_contacts(tx, late)
    return Counter(orders.owners_of_contacts(late, owned).values())
