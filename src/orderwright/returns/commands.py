"""What people, carriers and warehouses say of returns, and the codes of a "no"."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.platform.fields import Code, Quantity, ShortText, Slug
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.versions import VERSION_CONFLICT, SeenVersion
from orderwright.returns.policy import Condition, Grade, Method, ReturnTerms

ITEMS_MAX = 1_000
RefundTo = Literal["payment", "store_credit"]
Disposition = Literal["restock", "quarantine", "refurbish", "return_to_vendor", "scrap", "send_back"]

MESSAGES: dict[str, str] = {
    "order_not_found": "There is no such order. Check the id.",
    "return_not_found": "There is no such return. Check the id.",
    "unexpected_not_found": "There is no such parked parcel. Check the id.",
    "duplicate_in_batch": "The same one is named twice in this call. Send each once.",
    "version_conflict": VERSION_CONFLICT,
    "wrong_state": "In its present state this cannot be done. Read it again.",
    "unknown_line": "The order has no such line that is sent. Read it again.",
    "duplicate_line": "A line is named twice. Name each once, with all its units.",
    "not_shipped": "Nothing of this line has left. Cancel it instead.",
    "exceeds_returnable": "Fewer units can come back: the rest has not left, is on its way back, or came back.",
    "not_returnable": "The channel takes nothing back.",
    "final_sale": "This article was sold for good.",
    "window_closed": "The time to give it back is over.",
    "condition_not_accepted": "The channel does not take it back in this condition.",
    "method_not_offered": "The channel does not take returns in this way. Choose another `method`.",
    "not_received": "Fewer units wait here to be looked at. Receive them first, or correct the item.",
    "already_credited": "Its money was given back when it came, so it cannot be refused. Accept it.",
    "not_inspected": "Units of it wait to be looked at. Inspect them first.",
    "wrong_disposition": "Only what is refused is sent back to the customer.",
    "unknown_channel": "There is no channel of this code. Create it first, or correct `channel`.",
    "channel_not_allowed": "The key or role is limited to other channels. Use one for this channel.",
    "wrong_rate": "A rate is a fraction of 1, from 0 to 1, with six decimals at most.",
    "unknown_time_zone": "The time zone is not in the IANA database. Send a name such as Europe/Berlin.",
    "too_large": "The terms are too long. Name fewer categories.",
    "not_of_order": "Goods of this parcel are not of this order. Dispose of it, or name another order.",
    "unknown_carrier": "There is no such carrier here. Name one of those that `carriers` lists.",
    "unknown_service": "The carrier has no such service. Name one of those that `services` lists.",
    "of_exchange": "It is part of an exchange. Cancel that: the new goods are cancelled with it.",
    "unknown_goods": "The parcel has goods of an unknown SKU. Create the SKU and receive them by a return.",
}


class RequestedLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a line that are to come back, and why. `condition` is what the customer says."""

    line: Annotated[int, Meta(ge=1)]
    quantity: Quantity
    reason: Slug = "changed_mind"
    condition: Condition | None = None


_Lines = Annotated[list[RequestedLine], Meta(min_length=1, max_length=ITEMS_MAX)]


class QuoteReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What giving lines of an order back would bring, to the payments or in store credit (`refund_to`)."""

    order_id: UUID
    lines: _Lines
    method: Method = "label"
    refund_to: RefundTo = "payment"


class RequestReturn(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of an order are to come back, to where they left from or to `location`; what they bring goes to the
    payments in their order, or to the customer's store credit (`refund_to`). `override`: take them against the policy,
    which needs the scope `returns.override`."""

    order_id: UUID
    lines: _Lines
    method: Method = "label"
    location: Code | None = None
    tracking_number: Code | None = None
    refund_to: RefundTo = "payment"
    override: bool = False


class ReturnCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A step on one return that needs nothing more said: scan, cancel."""

    return_id: UUID


class CountedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a SKU that are there: of a kit, its parts."""

    sku: Code
    quantity: Quantity


_OrderRef = Annotated[str, Meta(max_length=40, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
_Counted = Annotated[list[CountedItem], Meta(min_length=1, max_length=ITEMS_MAX)]


class ReceiveReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What was in the parcel, whatever was announced; at the return's location, or at another."""

    return_id: UUID
    items: _Counted
    location: Code | None = None


class InspectedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody found. Without a `disposition`, grades a and b are restocked, c is kept, d is scrapped. Not
    accepted: the charge stands, and the goods are kept or sent back."""

    sku: Code
    quantity: Quantity
    grade: Grade = "a"
    disposition: Disposition | None = None
    accepted: bool = True


class InspectReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of units of a return, where they are."""

    return_id: UUID
    items: Annotated[list[InspectedItem], Meta(min_length=1, max_length=ITEMS_MAX)]
    location: Code | None = None


class CloseReturn(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing more will come. What was credited on the carrier's scan and never came is charged again, unless
    `waive_missing`."""

    return_id: UUID
    waive_missing: bool = False


class ParkReturn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parcel came back, and nobody knows of which order. `reference` must not hold personal data."""

    location: Code
    items: _Counted
    tracking_number: Code | None = None
    reference: ShortText | None = None


class ResolveParked(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a parked parcel is (`order_id`): it becomes a return of that order, received. Or, when nobody's, what to do
    with the goods."""

    unexpected_id: UUID
    order_id: _OrderRef | None = None
    disposition: Disposition = "restock"


class PutReturnPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The terms of a channel from now on. What was asked for before keeps its own. `version`: which one the writer saw
    (0: none); another by now is refused."""

    channel: Code
    terms: ReturnTerms
    version: SeenVersion | None = None


def refuse(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
