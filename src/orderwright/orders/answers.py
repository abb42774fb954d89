"""Answer, announce and keep: outcomes, events and the inbox of refused orders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from orderwright.customers import identity_hash
from orderwright.orders.contract import PlaceOrder
from orderwright.orders.drafts import Draft
from orderwright.orders.errors import CONTENT_DROPPED, LEFT_OUT, TAKEN_WITHOUT, Refusal
from orderwright.orders.fingerprint import differing_fields, fingerprint, spell
from orderwright.orders.outcomes import PlaceOutcome
from orderwright.orders.queries import APPEND_INBOX, ORDERS_EXIST, IdentityRow, ParentRow
from orderwright.orders.write_placements import PlacedOrder, encode
from orderwright.platform.acts import record_acts
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.events import NewEvent
from orderwright.platform.ids import UUID, decode_id, new_ids

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # not where the backslash is one of the text itself


def has_content(row: IdentityRow, command: PlaceOrder, hash_key: bytes) -> bool:
    """Whether the order that holds an identity is exactly this one."""
    return not differing_fields(row.fingerprint, fingerprint(spell(command), hash_key))


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
    return [_identity_of(draft.command, key) for draft in drafts]


def _identity_of(command: PlaceOrder, key: bytes) -> bytes | None:
    """The buyer, by what is said of the buyer; the recipient (it may be a present) only where no buyer is named."""
    buyer, ship_to = command.customer, command.ship_to
    who = buyer or ship_to
    return identity_hash(
        key,
        email=who.email if who else None,
        phone=who.phone if who else None,
        country=ship_to.country if ship_to else None,
        channel=command.channel,
        external_id=buyer.external_id if buyer else None,
    )


async def parents_of(tx: Transaction, commands: Sequence[PlaceOrder]) -> dict[str, ParentRow]:
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
    found = {row.id: row for row in await ORDERS_EXIST.fetch(tx, sorted(set(wanted.values())))}
    return {text: found[order_id] for text, order_id in wanted.items() if order_id in found}


async def keep_refused(
    tx: Transaction, origins: Sequence[Context], answers: Sequence[tuple[PlaceOrder, PlaceOutcome]]
) -> None:
    """Keep the bodies of refused orders in the inbox, where a person can mend and send them again (law T1); and those
    of orders that were taken without a part of them, as `content_dropped`.

    `origins` holds who sent each. Two statements when there are any.
    """
    kept = [
        (origin, command, _why_kept(outcome))
        for origin, (command, outcome) in zip(origins, answers, strict=True)
        if not outcome.accepted or (outcome.holds and not LEFT_OUT.isdisjoint(outcome.holds))
    ]
    if not kept:
        return
    acts = await record_acts(tx, [origin for origin, _, _ in kept], "place_orders")
    rows = [
        (
            new, command.channel, command.external_id, *why, _body(command), act, _identity_of(command, tx.hash_key)
        )
        for new, act, (_, command, why) in zip(new_ids(len(kept)), acts, kept, strict=True)
    ]  # fmt: skip
    await APPEND_INBOX.run(tx, rows)


def _why_kept(outcome: PlaceOutcome) -> tuple[str, str]:
    return (CONTENT_DROPPED, TAKEN_WITHOUT) if outcome.accepted else (outcome.code, outcome.message or "")


def _body(command: PlaceOrder) -> str:
    """An order as JSON that PostgreSQL takes: a NUL is a replacement character (U+FFFD) there."""
    text = encode(command)
    return _NUL.sub(r"\1\\ufffd", text) if "\\u0000" in text else text


def decode_order(body: bytes) -> PlaceOrder:
    """One order from JSON. Raises msgspec.ValidationError naming the field."""
    return msgspec.json.decode(body, type=PlaceOrder)
