"""Answer, announce and keep: outcomes, events and the inbox of refused orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from orderwright.customers import identity_hash
from orderwright.orders.contract import PlaceOrder
from orderwright.orders.drafts import Draft
from orderwright.orders.errors import Refusal
from orderwright.orders.outcomes import PlaceOutcome
from orderwright.orders.queries import APPEND_INBOX, ORDERS_EXIST
from orderwright.orders.write_placements import PlacedOrder, encode
from orderwright.platform.acts import record_acts
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.events import NewEvent
from orderwright.platform.ids import UUID, decode_id, new_ids


def refuse(refusal: Refusal) -> PlaceOutcome:
    """The outcome of a refused order."""
    return PlaceOutcome(code=refusal.code, message=refusal.message, details=refusal.details)


def accept(order: PlacedOrder, number: int, status: str) -> PlaceOutcome:
    """The outcome of a placed order."""
    placement = order.placement
    return PlaceOutcome(
        code="placed",
        order_id=order.id,
        number=number,
        status=status,
        holds=[hold.type for hold in placement.holds],
        backordered=sum(b.quantity for b in placement.backorders),
        dropped_lines=placement.dropped_lines,
    )


def placed_events(order: PlacedOrder, now: datetime) -> list[NewEvent]:
    """`order.placed`, then `order.held` for each hold. Codes, quantities and amounts only (law T5)."""
    placement = order.placement
    command = placement.draft.command
    data = {
        "channel": command.channel,
        "external_id": command.external_id,
        "kind": command.kind,
        "status": placement.status.value,
        "placed_at": command.placed_at,
        "total": {"amount": command.total.amount, "currency": command.currency},
        "lines": len(command.lines),
        "units": sum(line.quantity for line in command.lines),
        "backordered": sum(b.quantity for b in placement.backorders),
        "dropped_lines": placement.dropped_lines,
    }
    events = [NewEvent(order.id, 1, "order.placed", data, now)]
    for seq, hold in enumerate(placement.holds, 2):
        events.append(NewEvent(order.id, seq, "order.held", {"type": hold.type, "blocks": hold.blocks}, now))
    return events


def identity_hashes(drafts: Sequence[Draft], key: bytes) -> list[bytes | None]:
    """Who each order is from, as a keyed hash; None for a guest without any."""
    hashes = []
    for draft in drafts:
        command = draft.command
        buyer, ship_to = command.customer, command.ship_to
        hashes.append(
            identity_hash(
                key,
                email=(buyer.email if buyer else None) or (ship_to.email if ship_to else None),
                phone=(buyer.phone if buyer else None) or (ship_to.phone if ship_to else None),
                country=ship_to.country if ship_to else None,
                channel=command.channel,
                external_id=buyer.external_id if buyer else None,
            )
        )
    return hashes


async def parents_of(tx: Transaction, commands: Sequence[PlaceOrder]) -> dict[str, UUID]:
    """The parent orders that exist, by the id text that names them. One statement, or none."""
    wanted: dict[str, UUID] = {}
    for command in commands:
        if command.parent is not None:
            try:
                wanted[command.parent] = decode_id("ord", command.parent)
            except InvalidId:
                continue
    if not wanted:
        return {}
    found = {row.id for row in await ORDERS_EXIST.fetch(tx, sorted(set(wanted.values())))}
    return {text: order_id for text, order_id in wanted.items() if order_id in found}


async def keep_refused(
    tx: Transaction, origins: Sequence[Context], answers: Sequence[tuple[PlaceOrder, PlaceOutcome]]
) -> None:
    """Keep the bodies of refused orders in the inbox, where a person can mend and send them again (law T1).

    `origins` holds who sent each. Two statements when any was refused.
    """
    refused = [
        (origin, command, outcome)
        for origin, (command, outcome) in zip(origins, answers, strict=True)
        if not outcome.accepted
    ]
    if not refused:
        return
    acts = await record_acts(tx, [origin for origin, _, _ in refused], "place_orders")
    rows = [
        (new, command.channel, command.external_id, outcome.code, outcome.message or "", encode(command), act)
        for new, act, (_, command, outcome) in zip(new_ids(len(refused)), acts, refused, strict=True)
    ]
    await APPEND_INBOX.run(tx, rows)


def decode_order(body: bytes) -> PlaceOrder:
    """One order from JSON. Raises msgspec.ValidationError naming the field."""
    return msgspec.json.decode(body, type=PlaceOrder)
