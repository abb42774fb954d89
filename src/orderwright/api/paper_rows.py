"""Rows of what papers of the floor show."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class PaperRow(NamedTuple):
    """From where, to whom, of which order; and of a parcel, if one was asked for."""

    id: UUID
    order_id: UUID
    order_number: int
    channel_id: UUID
    location_id: UUID
    packed_at: datetime | None
    placed_at: datetime
    shop: str
    from_name: str
    from_line1: str | None
    from_line2: str | None
    from_city: str | None
    from_region: str | None
    from_postal_code: str | None
    from_country: str
    name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    erased: bool
    service: str | None
    parcel_id: UUID | None
    n: int | None
    weight_g: int | None
    carrier: str | None
    tracking_number: str | None
    labelled: bool | None
    state: str | None
    parcels: int


class SlipRow(NamedTuple):
    """Units of a component in a parcel; parcel 0: in none."""

    parcel: int
    line_n: int
    component_n: int
    sku: str
    name: str
    gtin: str | None
    quantity: int


class PickRow(NamedTuple):
    """Units to be picked for a fulfillment."""

    id: UUID
    order_number: int
    method: str
    due_at: datetime
    sku: str
    name: str
    gtin: str | None
    quantity: int


class NamedLocation(NamedTuple):
    """A location's name, country and clock."""

    name: str
    country: str
    time_zone: str


PAPER_FACTS = query(__package__, "paper_facts", PaperRow)
SLIP_LINES = query(__package__, "slip_lines", SlipRow)
PICK_LINES = query(__package__, "pick_lines", PickRow)
LOCATION_NAMED = query(__package__, "location_named", NamedLocation)
