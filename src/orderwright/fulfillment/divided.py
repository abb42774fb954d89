"""What was picked, divided into parcels. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.fulfillment.commands import PackedParcel, PackFulfillment
from orderwright.fulfillment.errors import refuse
from orderwright.fulfillment.queries import AllocationRow
from orderwright.fulfillment.shipments import NewParcel
from orderwright.platform.ids import new_id
from orderwright.platform.outcomes import Outcome


class Divided(NamedTuple):
    """The parcels of a fulfillment, with all that was picked in them."""

    parcels: list[NewParcel]


def divide(command: PackFulfillment, allocations: Sequence[AllocationRow]) -> Divided | Outcome:
    """The parcels that a fulfillment is packed into, or why they cannot be.

    Precedence: `parcel_empty`, `unknown_line`, `units_differ`.
    """
    picked = {(a.line_n, a.component_n): a.picked for a in allocations if a.picked}
    parcels = command.parcels or [PackedParcel()]
    everything = [(line, component, units) for (line, component), units in picked.items()]
    if len(parcels) == 1 and not parcels[0].units:
        return Divided([_parcel(command, parcels[0], 1, everything)])
    if not all(parcel.units for parcel in parcels):
        return refuse("parcel_empty", parcel=next(n for n, p in enumerate(parcels, 1) if not p.units))
    found = dict.fromkeys(picked, 0)
    for unit in (unit for parcel in parcels for unit in parcel.units):
        if (unit.line, unit.component) not in found:
            return refuse("unknown_line", line=unit.line, component=unit.component)
        found[unit.line, unit.component] += unit.quantity
    for (line, component), units in found.items():
        if units != picked[line, component]:
            return refuse("units_differ", line=line, component=component, picked=picked[line, component], packed=units)
    return Divided([_parcel(command, parcel, n, _summed(parcel)) for n, parcel in enumerate(parcels, 1)])


def _summed(parcel: PackedParcel) -> list[tuple[int, int, int]]:
    units: dict[tuple[int, int], int] = {}
    for unit in parcel.units:
        units[unit.line, unit.component] = units.get((unit.line, unit.component), 0) + unit.quantity
    return [(line, component, quantity) for (line, component), quantity in units.items()]


def _parcel(command: PackFulfillment, said: PackedParcel, n: int, units: Sequence[tuple[int, int, int]]) -> NewParcel:
    weight_g = command.weight_g if said.weight_g is None else said.weight_g
    return NewParcel(new_id(), n, weight_g, said.length_mm, said.width_mm, said.height_mm, said.tracking_number, units)
