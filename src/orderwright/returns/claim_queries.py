"""The SQL of claims, by type."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class ClaimRow(NamedTuple):
    """A line of a claim, with the claim."""

    id: UUID
    order_id: UUID
    kind: str
    state: str
    party: str
    location_id: UUID | None
    parcel_id: UUID | None
    carrier_state: str
    file_by: date | None
    resolution: str | None
    reason: str | None
    child_order_id: UUID | None
    allowance_minor: int
    carrier_reference: str | None
    carrier_reason: str | None
    expected_minor: int | None
    recovered_minor: int
    child_cancelled: bool
    line_n: int
    quantity: int
    credited: int
    replaced: int
    lines_minor: int
    discounts_minor: int
    tax_minor: int
    shipping_minor: int


class OrderOfClaim(NamedTuple):
    """Which order a claim is of."""

    id: UUID
    order_id: UUID


class SentRow(NamedTuple):
    """A line that left in a fulfillment, and a parcel of that. `due_at`: by when it had to leave."""

    order_id: UUID
    line_n: int
    fulfillment_id: UUID
    location_id: UUID
    due_at: datetime
    shipped_at: datetime | None
    parcel_id: UUID | None
    tracking_number: str | None
    sku_code: str
    name: str | None


READ_CLAIMS = query(__package__, "read_claims", ClaimRow)
ORDERS_OF_CLAIMS = query(__package__, "orders_of_claims", OrderOfClaim)
READ_SENT = query(__package__, "read_sent", SentRow)
APPEND_CLAIMS = append("claim", "id order_id kind state party location_id parcel_id carrier_state file_by")
APPEND_CLAIM_LINES = append("claim_line", "claim_id line_n order_id quantity")
CHANGE_CLAIMS = statement(__package__, "change_claims")
CHANGE_CLAIM_LINES = statement(__package__, "change_claim_lines")
