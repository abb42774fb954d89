"""What people and systems at a location tell us, as frozen structs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from orderwright.platform.fields import Code, Quantity, ShortText
from orderwright.platform.ids import UUID

TRACKED_MIN = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD_MAX = timedelta(days=1)  # of a carrier's clock, its zone mistaken included

PARCELS_MAX = 50  # of one fulfillment
Weight = Annotated[int, Meta(ge=0, le=100_000_000)]
Length = Annotated[int, Meta(ge=1, le=100_000)]
# As a scanner reads it and a label shows it: no spaces, no signs that a Code 128 or an address of a web page lacks.
TrackingNumber = Annotated[str, Meta(min_length=4, max_length=50, pattern=r"\A[A-Za-z0-9][A-Za-z0-9._/-]*\Z")]
TrackingReason = Literal["wrong_number", "other_carrier", "label_damaged", "changed_by_carrier"]
TrackingCode = Literal["accepted", "in_transit", "out_for_delivery", "exception", "delivered"]


class FulfillmentCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A step on one fulfillment that needs nothing more said: release, start picking, ship."""

    fulfillment_id: UUID


class ShortLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`missing` units of a component that were not found."""

    line: Annotated[int, Meta(ge=1)]
    component: Annotated[int, Meta(ge=1)] = 1
    missing: Quantity


class PickFulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything was picked, but for what `short` says."""

    fulfillment_id: UUID
    short: list[ShortLine] = field(default_factory=list)


class PackedUnits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a component that are in a parcel."""

    line: Annotated[int, Meta(ge=1)]
    component: Annotated[int, Meta(ge=1)] = 1
    quantity: Quantity


class PackedParcel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parcel, and what is in it: without `units` all that was picked, where it is the only one. With a
    `tracking_number`, typed or scanned from a label of one's own, none is bought for it."""

    units: Annotated[list[PackedUnits], Meta(max_length=1_000)] = field(default_factory=list)
    weight_g: Weight | None = None
    length_mm: Length | None = None
    width_mm: Length | None = None
    height_mm: Length | None = None
    tracking_number: TrackingNumber | None = None


class PackFulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """What was picked is in parcels: in one, unless `parcels` says more. `weight_g` is that of each parcel that says
    none. `carrier`: one of those there are, or any where every parcel has a tracking number."""

    fulfillment_id: UUID
    weight_g: Weight | None = None
    carrier: Code = "builtin"
    service: Code = "standard"
    parcels: Annotated[list[PackedParcel], Meta(max_length=PARCELS_MAX)] = field(default_factory=list)


class ShipFulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """What was packed leaves: all parcels that are still here, or those whose numbers `parcels` says."""

    fulfillment_id: UUID
    parcels: Annotated[list[Annotated[int, Meta(ge=1)]], Meta(max_length=PARCELS_MAX)] = field(default_factory=list)


class ChangeTracking(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel goes with another carrier, or its tracking number was wrong."""

    parcel_id: UUID
    carrier: Code
    tracking_number: TrackingNumber
    reason: TrackingReason


class RejectFulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """The location will not do it. `out_of_stock` says that the goods are not there: they are booked as lost."""

    fulfillment_id: UUID
    reason: Literal["out_of_stock", "no_capacity", "closed", "damaged", "other"]


class RecordTracking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a carrier said of a parcel. `key` deduplicates: the carrier's own event id, or a hash of the event."""

    tracking_number: Code
    code: TrackingCode
    happened_at: Annotated[datetime, Meta(tz=True)]
    key: Code | None = None
    place: ShortText | None = None

    def is_plausible(self, now: datetime) -> bool:
        """Whether it may have happened when it says: what is recorded stays, and the newest wins."""
        return TRACKED_MIN <= self.happened_at <= now + AHEAD_MAX
