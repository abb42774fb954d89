"""What only this interface reads, by type: rows joined over slices, shaped as they are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class KnownSku(NamedTuple):
    """A SKU, and how often SKUs had been written when it was read."""

    version: int
    code: str
    id: UUID
    name: str


class AvailabilityOfSku(NamedTuple):
    """What a pool can promise of the SKU at a place of a list, in units. No pool and no figures: none ever had any."""

    place: int
    pool: str | None
    available_to_promise: int | None
    reserved: int | None
    promised: int | None
    backordered: int | None


class StockLine(NamedTuple):
    """What a location has of a SKU, in units, a column a bucket."""

    sku_id: UUID
    location_id: UUID
    sku: str
    location: str
    available: int
    withheld: int
    allocated: int
    picked: int
    packed: int
    quarantine: int
    damaged: int
    in_transit: int


class SupplyLine(NamedTuple):
    """Dated supply: `quantity` units still to come, `preordered` of them spoken for."""

    id: UUID
    sku: str
    pool: str
    due_on: date
    quantity: int
    preordered: int
    reference: str | None
    version: int
    created_at: datetime


class FulfillmentLine(NamedTuple):
    """What a fulfillment has to bring of one component, and how far it is, in units."""

    line_n: int
    component_n: int
    sku: str
    name: str
    gtin: str | None
    quantity: int
    picked: int
    packed: int
    shipped: int
    delivered: int


class FulfillmentFacts(NamedTuple):
    """A fulfillment, with the number and channel of its order and the code of its location."""

    id: UUID
    order_id: UUID
    order_number: int
    channel_id: UUID
    location_id: UUID
    location: str
    method: str
    state: str
    due_at: datetime
    released_at: datetime | None
    picked_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    entered_at: datetime
    version: int


class ShipmentFacts(NamedTuple):
    """A shipment, with the number and channel of its order and where it leaves from."""

    id: UUID
    fulfillment_id: UUID
    order_id: UUID
    order_number: int
    channel_id: UUID
    location_id: UUID
    carrier: str
    service: str
    state: str
    created_at: datetime


class ParcelFacts(NamedTuple):
    """A parcel. `label`, `events` and `units` are JSON text."""

    id: UUID
    n: int
    weight_g: int | None
    carrier: str
    tracking_number: str | None
    state: str
    tracked_at: datetime | None
    label: str | None
    events: str
    shipped_at: datetime | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    units: str
    label_type: str | None


class VisibleOrder(NamedTuple):
    """An order that the actor may see."""

    id: UUID
    status: str


class DecisionRow(NamedTuple):
    """A sourcing decision, with who made it. `explanation` is JSON text."""

    n: int
    outcome: str
    explanation: str
    decided_at: datetime
    actor: str
    on_behalf_of: str | None
    reason: str | None
    request_id: str


class ExcludedRow(NamedTuple):
    """A location that an order is not offered to again."""

    location: str
    reason: str
    since: datetime


class SeenPlace(NamedTuple):
    """A location whose stock a caller may see, and the code of its pool."""

    location_id: UUID
    pool: str


class Revision(NamedTuple):
    """Which revision a schema is at."""

    revision: str


KNOWN_SKUS = query(__package__, "known_skus", KnownSku)
AVAILABILITY_OF_SKUS = query(__package__, "availability_of_skus", AvailabilityOfSku)
SEEN_PLACES = query(__package__, "seen_places", SeenPlace)
STOCK_AT_LOCATION = query(__package__, "stock_at_location", StockLine)
STOCK_OF_SKUS = query(__package__, "stock_of_skus", StockLine)
SUPPLIES_PAGE = query(__package__, "supplies_page", SupplyLine)
SUPPLY_BY_ID = query(__package__, "supply_by_id", SupplyLine)
FULFILLMENTS_AT_LOCATION = query(__package__, "fulfillments_at_location", FulfillmentFacts)
FULFILLMENTS_PAGE = query(__package__, "fulfillments_page", FulfillmentFacts)
FULFILLMENTS_OF_ORDER = query(__package__, "fulfillments_of_order", FulfillmentFacts)
FULFILLMENT_BY_ID = query(__package__, "fulfillment_by_id", FulfillmentFacts)
FULFILLMENT_LINES = query(__package__, "fulfillment_lines", FulfillmentLine)
SHIPMENTS = query(__package__, "shipments", ShipmentFacts)
PARCELS_OF_SHIPMENT = query(__package__, "parcels_of_shipment", ParcelFacts)
VISIBLE_ORDER = query(__package__, "visible_order", VisibleOrder)
SOURCING_DECISIONS = query(__package__, "sourcing_decisions", DecisionRow)
SOURCING_EXCLUSIONS = query(__package__, "sourcing_exclusions", ExcludedRow)
SCHEMA_VERSION = query(__package__, "schema_version", Revision, schema="operator")
