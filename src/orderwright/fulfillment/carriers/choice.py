"""Whether a parcel can go with the carrier that packing names. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from orderwright.fulfillment.carriers import Carrier
from orderwright.fulfillment.commands import PackFulfillment
from orderwright.fulfillment.errors import refuse
from orderwright.platform.outcomes import Outcome


def refuse_carrier(command: PackFulfillment, carriers: Mapping[str, Carrier]) -> Outcome | None:
    """Why no label could be bought for a parcel, or None. Precedence: `unknown_carrier`, `unknown_service`."""
    carrier = carriers.get(command.carrier)
    if carrier is None:
        return refuse("unknown_carrier", carrier=command.carrier, carriers=sorted(carriers))
    if command.service not in carrier.services:
        return refuse("unknown_service", service=command.service, services=sorted(carrier.services))
    return None
