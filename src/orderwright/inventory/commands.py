"""What a warehouse tells the goods ledger, and the codes of a "no"."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.platform.fields import QUANTITY_MAX, Code, Quantity, ShortText
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no

AdjustmentReason = Literal["count", "damage", "theft", "expired", "found", "correction", "other"]

MESSAGES: dict[str, str] = {
    "unknown_sku": "There is no SKU of this code. Create it first, or correct `sku`.",
    "unknown_location": "There is no location of this code. Create it first, or correct `location`.",
    "unknown_pool": "There is no pool of this code. Create it first, or correct `pool`.",
    "location_not_allowed": "The key or role is limited to other locations. Use one for this location.",
    "location_inactive": "The location is not open: nothing comes in there. Open it, or correct `location`.",
    "not_stocked": "Kits and digital SKUs have no stock of their own. Name a component instead.",
    "zero_quantity": "The quantity is 0: nothing would move. Send how many units to add or take.",
    "too_many_units": "More units would be there than can be counted (2,147,483,647). Correct the quantity.",
    "insufficient_stock": "Fewer units are there than would go; the rest is picked, packed or elsewhere. Count again.",
    "stock_changed": "The stock changed while this was decided. Read it again and repeat.",
    "supply_not_found": "There is no expected supply of this id. Check it, and the merchant of the key.",
    "duplicate_in_batch": "The same supply is named twice in this call. Send each once.",
    "unknown_supply": "There is no such expected supply for this SKU and pool. Correct `supply`.",
}


SupplyRef = Annotated[str, Meta(max_length=40, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]


class ReceiveStock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a SKU arrived at a location. `supply` is the id of the dated supply that they are part of."""

    sku: Code
    location: Code
    quantity: Quantity
    reference: ShortText | None = None
    supply: SupplyRef | None = None


class ExpectSupply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a SKU are on their way to a pool, due on a local date. Preorders may be promised them."""

    sku: Code
    pool: Code
    quantity: Quantity
    due_on: date
    reference: ShortText | None = None


class ChangeSupply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dated supply will be more or less, earlier or later. `quantity` counts units that are still to come: 0 when none
    will. What is left out stays."""

    supply_id: UUID
    quantity: Annotated[int, Meta(ge=0, le=QUANTITY_MAX)] | None = None
    due_on: date | None = None
    reference: ShortText | None = None


class AdjustStock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Correct the `available` units of a SKU at a location by `delta`, and why."""

    sku: Code
    location: Code
    delta: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
    reason: AdjustmentReason
    reference: ShortText | None = None


def refuse(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
