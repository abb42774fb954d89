"""Where the goods of work go that a location rejects. Pure."""

from __future__ import annotations

from orderwright.fulfillment.commands import RejectFulfillment
from orderwright.inventory import LOSS, Place
from orderwright.platform.ids import UUID


def goods_of_rejected(command: RejectFulfillment, location_id: UUID) -> Place:
    """Lost where the location says that they are not there, damaged where it says so, else available again."""
    if command.reason == "out_of_stock":
        return LOSS
    return Place(location_id, "damaged" if command.reason == "damaged" else "available")
