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


class PackFulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """What was picked is in one parcel."""

    fulfillment_id: UUID
    weight_g: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    carrier: Code = "builtin"
    service: Code = "standard"


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
