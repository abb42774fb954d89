"""Which arrivals can be booked, and what they leave of the dated supply that they are part of. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.inventory.commands import ReceiveStock, refuse
from orderwright.inventory.known_places import KnownPlace
from orderwright.inventory.queries import SupplyRow
from orderwright.inventory.room import Room
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.outcomes import Outcome


class Receipt(NamedTuple):
    """An arrival at a known place, as part of a supply or of none."""

    id: UUID
    place: KnownPlace
    command: ReceiveStock
    supply: SupplyRow | None = None


def only_open(place: KnownPlace | Outcome) -> KnownPlace | Outcome:
    """A place that goods may come in at: `location_inactive` where the location is closed."""
    if isinstance(place, Outcome) or place.location.active:
        return place
    return refuse("location_inactive", location=place.location.code)


def supply_id(command: ReceiveStock) -> UUID | None:
    """The supply that a command names; None where it names none, or what cannot be an id."""
    if command.supply is None:
        return None
    try:
        return decode_id("sup", command.supply)
    except InvalidId:
        return None


def decide_receipts(
    receipt_ids: Sequence[UUID],
    places: Sequence[KnownPlace | Outcome],
    commands: Sequence[ReceiveStock],
    supplies: Mapping[UUID, SupplyRow],
    room: Room,
) -> list[Receipt | Outcome]:
    """Each command as a receipt, in order of arrival, or why it is none. Uses `room` up. Precedence: why the place is
    not known, `unknown_supply`, `too_many_units`."""
    decided: list[Receipt | Outcome] = []
    for receipt_id, place, command in zip(receipt_ids, places, commands, strict=True):
        if isinstance(place, Outcome):
            decided.append(place)
            continue
        named = supply_id(command)
        supply = supplies.get(named) if named is not None else None
        if command.supply is not None and (supply is None or (supply.sku_id, supply.pool_id) != place.pool):
            decided.append(refuse("unknown_supply", supply=command.supply))
        elif not room.take(place.pair, place.pool, command.quantity):
            decided.append(refuse("too_many_units", sku=command.sku, location=command.location))
        else:
            decided.append(Receipt(receipt_id, place, command, supply))
    return decided


def supplies_less_receipts(receipts: Sequence[Receipt]) -> list[tuple[UUID, int, int]]:
    """How supplies change by what came in of them: (id, units still to come, units promised to preorders), to add.
    No supply falls below nothing, and none has promised more than is still to come."""
    came: dict[UUID, int] = {}
    supplies: dict[UUID, SupplyRow] = {}
    for receipt in receipts:
        if receipt.supply is not None:
            supplies[receipt.supply.id] = receipt.supply
            came[receipt.supply.id] = came.get(receipt.supply.id, 0) + receipt.command.quantity
    changes = []
    for supply in supplies.values():
        quantity = max(0, supply.quantity - came[supply.id])
        changes.append((supply.id, quantity - supply.quantity, min(0, quantity - supply.preordered)))
    return changes
