"""Write placed orders: rows for every table of this slice, a column at a time. Eight statements at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from orderwright.customers import NewContact, normalise_phone
from orderwright.orders.contract import Address, Person
from orderwright.orders.fingerprint import basket_hash
from orderwright.orders.placement import Placement
from orderwright.orders.pricing import unit_price_minor
from orderwright.orders.queries import (
    APPEND_CHARGES,
    APPEND_COMPONENTS,
    APPEND_LINES,
    APPEND_ORDERS,
    APPEND_PROMISES,
    APPEND_TAGS,
    INSERT_BACKORDERS,
    INSERT_HOLDS,
    TAKE_NUMBERS,
)
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, new_id, new_ids

_json = msgspec.json.Encoder()


class PlacedOrder(NamedTuple):
    """A placement with the ids that it is written under."""

    id: UUID
    placement: Placement
    customer_id: UUID | None
    parent_id: UUID | None
    contacts: list[NewContact]


def contacts_of(order_id: UUID, customer_id: UUID | None, placement: Placement, first_id: UUID) -> list[NewContact]:
    """The contacts of an order. The buyer shares the ship-to row unless a name, e-mail or phone would be lost."""
    command = placement.draft.command
    buyer, ship_to, bill_to = command.customer, command.ship_to, command.bill_to
    made: list[NewContact] = []
    spare = chain((first_id,), iter(new_id, None))  # most orders have one
    if ship_to is not None:
        shared = buyer if buyer is not None and _fits(buyer, ship_to) else None
        made.append(_contact(next(spare), customer_id, order_id, "ship_to", ship_to, shared))
        if shared is not None:
            buyer = None
    if buyer is not None:
        made.append(_contact(next(spare), customer_id, order_id, "buyer", None, buyer))
    if bill_to is not None:
        made.append(_contact(next(spare), customer_id, order_id, "bill_to", bill_to, None))
    return made


def new_address(contact_id: UUID, customer_id: UUID | None, order_id: UUID, address: Address) -> NewContact:
    """Where an order goes from now on."""
    return _contact(contact_id, customer_id, order_id, "ship_to", address, None)


def _fits(buyer: Person, ship_to: Address) -> bool:
    """Whether one row can hold both: nothing that the two say differs."""
    return buyer.name in (None, ship_to.name) and all(
        mine is None or theirs is None or mine == theirs
        for mine, theirs in ((buyer.email, ship_to.email), (buyer.phone, ship_to.phone))
    )


def _contact(
    contact_id: UUID,
    customer_id: UUID | None,
    order_id: UUID,
    role: str,
    address: Address | None,
    person: Person | None,
) -> NewContact:
    name = (address.name if address else None) or (person.name if person else None)
    email = (address.email if address else None) or (person.email if person else None)
    phone = (address.phone if address else None) or (person.phone if person else None)
    phone = normalise_phone(phone, address.country if address else None) or phone
    if address is None:
        return NewContact(
            contact_id, customer_id, order_id, role, name, None, email, phone,
            None, None, None, None, None, None, None, None,
        )  # fmt: skip
    return NewContact(
        contact_id, customer_id, order_id, role, name, address.company, email, phone,
        address.line1, address.line2, address.city, address.region, address.postal_code, address.country,
        address.latitude, address.longitude,
    )  # fmt: skip


async def write_placements(tx: Transaction, act_ids: Sequence[UUID], orders: Sequence[PlacedOrder]) -> dict[UUID, int]:
    """Write orders with their lines, components, promises, backorders, charges and holds.

    `act_ids` holds the act of each. Returns each order's number. Takes no locks beyond the new rows.
    """
    if not orders:
        return {}
    numbers = [row.number for row in await TAKE_NUMBERS.fetch(tx, len(orders))]
    await APPEND_ORDERS.run(tx, [_order_row(tx.hash_key, o, n) for o, n in zip(orders, numbers, strict=True)])
    await APPEND_LINES.run(tx, [row for o in orders for row in _line_rows(o)])
    components = [
        (o.id, c.component.line_n, c.component.n, c.component.sku, q.ordered, q.pending, q.external, q.cancelled,
         q.backordered, q.promised)
        for o in orders for c in o.placement.components for q in (c.quantities,)
    ]  # fmt: skip
    await APPEND_COMPONENTS.run(tx, components)
    await APPEND_PROMISES.run(tx, [(o.id, *promise) for o in orders for promise in o.placement.promises])
    backorders = [
        (o.id, *b[:5], o.placement.draft.command.priority, b.quantity) for o in orders for b in o.placement.backorders
    ]
    if backorders:
        await INSERT_BACKORDERS.run(tx, *columns(backorders, 8))
    charges = [(o.id, n, *charge) for o in orders for n, charge in enumerate(o.placement.draft.priced.charges, 1)]
    await APPEND_CHARGES.run(tx, charges)
    holds = [
        (o.id, h.type, array_literal(h.blocks), encode(h.detail), act)
        for o, act in zip(orders, act_ids, strict=True)
        for h in o.placement.holds
    ]
    if holds:
        await INSERT_HOLDS.fetch(tx, new_ids(len(holds)), *columns(holds, 5))
    tags = [(o.id, tag) for o in orders for tag in dict.fromkeys(o.placement.draft.command.tags)]
    await APPEND_TAGS.run(tx, tags)
    return {order.id: number for order, number in zip(orders, numbers, strict=True)}


def encode(value: Any) -> str:
    """JSON text for a jsonb parameter."""
    return _json.encode(value).decode()


def array_literal(values: Sequence[int] | Sequence[str]) -> str:
    """A PostgreSQL array literal of integers or of plain words."""
    return "{" + ",".join(map(str, values)) + "}"


def _order_row(hash_key: bytes, order: PlacedOrder, number: int) -> tuple[Any, ...]:
    placement = order.placement
    command, priced = placement.draft.command, placement.draft.priced
    roles: Mapping[str, UUID] = {contact.role: contact.id for contact in order.contacts}
    return (
        order.id, number, placement.draft.channel.id, command.external_id, command.kind, order.parent_id,
        placement.status,
        len(placement.holds), command.priority, command.currency, command.prices_include_tax, priced.lines_minor,
        priced.shipping_minor, priced.fees_minor, priced.discount_minor, priced.tax_minor, priced.rounding_minor,
        priced.total_minor, order.customer_id, roles.get("buyer") or roles.get("ship_to"), roles.get("ship_to"),
        roles.get("bill_to"), command.placed_at, command.requested_ship_on, command.requested_delivery_on,
        placement.promised_on, basket_hash(command, hash_key),
        encode(command.metadata) if command.metadata else "{}", 1 + len(placement.holds), len(placement.draft.lines),
        sum([line.line.quantity for line in placement.draft.lines]),
    )  # fmt: skip


def _line_rows(order: PlacedOrder) -> list[tuple[Any, ...]]:
    draft = order.placement.draft
    priced = draft.priced
    shares = priced.shares()
    discounts, taxes, shipping, fees = shares["discount"], shares["tax"], shares["shipping"], shares["fee"]
    return [
        (
            order.id, line.n, line.line.reference, line.sku.id if line.sku else None, line.line.sku,
            line.line.name or (line.sku.name if line.sku else None), line.line.quantity,
            unit_price_minor(line.line.unit_price), priced.subtotals_minor[i], discounts[i], taxes[i], shipping[i],
            fees[i], line.delivery, line.location.id if line.location else None, priced.charge_taxes_minor[i],
        )
        for i, line in enumerate(draft.lines)
    ]  # fmt: skip
