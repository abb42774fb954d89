"""The SQL of fulfillments, by type."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class FulfillmentRow(NamedTuple):
    """A fulfillment."""

    id: UUID
    order_id: UUID
    location_id: UUID
    method: str
    state: str
    due_at: datetime
    version: int


class AllocationRow(NamedTuple):
    """What a fulfillment has to bring of one component. `quantity` is wanted in all; the rest says how far it is."""

    fulfillment_id: UUID
    line_n: int
    component_n: int
    order_id: UUID
    sku_id: UUID
    location_id: UUID
    pool_id: UUID
    quantity: int
    picked: int
    packed: int
    shipped: int
    delivered: int
    closed: bool = False  # where they are, by now

    @property
    def unpicked(self) -> int:
        """Units still allocated."""
        return self.quantity - self.picked - self.packed - self.shipped


class OrderOfRow(NamedTuple):
    """Which order something belongs to."""

    id: UUID
    order_id: UUID


class ShipmentRow(NamedTuple):
    """A shipment."""

    id: UUID
    fulfillment_id: UUID
    order_id: UUID
    carrier: str
    service: str
    state: str


class ParcelRow(NamedTuple):
    """A parcel and where its tracking stands."""

    id: UUID
    shipment_id: UUID
    order_id: UUID
    fulfillment_id: UUID
    n: int
    weight_g: int | None
    carrier: str
    tracking_number: str | None
    state: str
    tracked_at: datetime | None
    service: str
    shipped_at: datetime | None


class UnitRow(NamedTuple):
    """Units of a component in a parcel. The first three name the allocation that they are of."""

    fulfillment_id: UUID
    line_n: int
    component_n: int
    order_id: UUID
    parcel_id: UUID
    n: int
    quantity: int


class DerivedShipment(NamedTuple):
    """A shipment that is in another state now, by that of its parcels."""

    id: UUID
    fulfillment_id: UUID
    order_id: UUID
    state: str


class LabelRow(NamedTuple):
    """A label's file."""

    media_type: str
    content: bytes


class NewTracking(NamedTuple):
    """A tracking event. Column order of `insert_tracking.sql` and `tracking_of.sql`."""

    parcel_id: UUID
    key: str
    code: str
    place: str | None
    happened_at: datetime


class TrackedRow(NamedTuple):
    """A tracking event that is new."""

    parcel_id: UUID
    key: str


class LoadRow(NamedTuple):
    """How many fulfillments of a location are due at one cut-off."""

    location_id: UUID
    fulfillments: int


class BreakableRow(NamedTuple):
    """Unpicked units of a SKU that an order has allocated at a location."""

    order_id: UUID
    sku_id: UUID
    location_id: UUID
    unpicked: int


ORDERS_OF_FULFILLMENTS = query(__package__, "orders_of_fulfillments", OrderOfRow)
READ_FULFILLMENTS = query(__package__, "read_fulfillments", FulfillmentRow)
FULFILLMENTS_OF_ORDERS = query(__package__, "fulfillments_of_orders", FulfillmentRow)
READ_ALLOCATIONS = query(__package__, "read_allocations", AllocationRow)
APPEND_FULFILLMENTS = append("fulfillment", "id order_id location_id method due_at state")
APPEND_ALLOCATIONS = append(
    "allocation", "fulfillment_id line_n component_n order_id sku_id location_id pool_id quantity"
)
APPEND_HANDED_FULFILLMENTS = append("fulfillment", "id order_id location_id due_at delivered_at method state")
APPEND_HANDED_ALLOCATIONS = append(
    "allocation",
    "fulfillment_id line_n component_n order_id sku_id location_id pool_id quantity shipped delivered",
)
MOVE_ALLOCATIONS = statement(__package__, "move_allocations")
CHANGE_STATE = query(__package__, "change_state", OrderOfRow)
STAMP_TRACKING = statement(__package__, "stamp_tracking")
LOCATION_LOAD = query(__package__, "location_load", LoadRow)
BREAKABLE_ALLOCATIONS = query(__package__, "breakable_allocations", BreakableRow)
APPEND_SHIPMENTS = append("shipment", "id fulfillment_id order_id carrier service state")
APPEND_PARCELS = append(
    "parcel",
    "id shipment_id order_id n weight_g length_mm width_mm height_mm carrier tracking_number state",
)
APPEND_UNITS = append("parcel_unit", "parcel_id line_n component_n quantity")
LOCK_TRACKING = statement(__package__, "lock_tracking")
UNITS_OF_PARCELS = query(__package__, "units_of_parcels", UnitRow)
UNITS_HERE = query(__package__, "units_here", UnitRow)
TAKE_UNITS = statement(__package__, "take_units")
SHIP_PARCELS = statement(__package__, "ship_parcels")
DERIVE_SHIPMENTS = query(__package__, "derive_shipments", DerivedShipment)
PARCELS_BY_ID = query(__package__, "parcels_by_id", ParcelRow)
PUT_LABELS = statement(__package__, "put_labels")
READ_LABEL = query(__package__, "read_label", LabelRow)
DELETE_LABELS = statement(__package__, "delete_labels")
ERASE_LABELS = statement(__package__, "erase_labels")
ORDERS_WITH_LABELS = query(__package__, "orders_with_labels", OrderOfRow)
RETRACK_PARCELS = statement(__package__, "retrack_parcels")
SHIPMENTS_OF_FULFILLMENTS = query(__package__, "shipments_of_fulfillments", ShipmentRow)
PARCELS_OF_SHIPMENTS = query(__package__, "parcels_of_shipments", ParcelRow)
PARCELS_BY_TRACKING = query(__package__, "parcels_by_tracking", ParcelRow)
SET_LABELS = statement(__package__, "set_labels")
CANCEL_PARCELS = statement(__package__, "cancel_parcels")
CHANGE_PARCELS = statement(__package__, "change_parcels")
TRACKING_OF = query(__package__, "tracking_of", NewTracking)
INSERT_TRACKING = query(__package__, "insert_tracking", TrackedRow)
