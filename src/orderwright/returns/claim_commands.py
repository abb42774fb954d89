"""What customers, staff and carriers say of claims, and the codes of a "no"."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.orders.contract import Address, Amount
from orderwright.platform.fields import Code, Quantity, Slug
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.returns.claims import ClaimKind, Party, Resolution
from orderwright.returns.commands import CountedItem

LINES_MAX = 1_000

MESSAGES: dict[str, str] = {
    "order_not_found": "There is no such order. Check the id.",
    "claim_not_found": "There is no such claim. Check the id.",
    "duplicate_in_batch": "The same claim is named twice in this call. Send each once.",
    "wrong_state": "In its present state this cannot be done. Read the claim again.",
    "unknown_line": "The order has no such line that is sent. Read it again.",
    "duplicate_line": "A line is named twice. Name each once, with all its units.",
    "not_shipped": "Nothing of this line has left. Cancel it, or change the order.",
    "exceeds_claimable": "Fewer units can be claimed: the rest has not left, came back, is on its way back, or was"
    " claimed before.",
    "unknown_parcel": "Not all of the lines left in a parcel with this tracking number. Correct or leave out"
    " `tracking_number`, or make a claim for each parcel.",
    "parcel_needed": "The lines left in several parcels. Name one by `tracking_number`, and make a claim for each.",
    "line_not_claimed": "The claim has no such line. Read it again.",
    "nothing_to_send": "All lines are to be refunded. Resolve the claim by `refund`.",
    "amount_needed": "An allowance needs an `amount` of one minor unit or more; nothing else has one.",
    "allowance_for_late_only": "Only what came late is allowed for. Refund the units, or send others.",
    "currency_differs": "The order is in another currency. Send the amount in it.",
    "exceeds_worth": "An allowance is no more than what the claimed units and their delivery cost.",
    "nothing_to_refund": "The claimed units cost nothing. Send others, or refund the order that they were sent for.",
    "items_needed": "Say in `items` which goods to send; only `replace` has them.",
    "carrier_amount_needed": "Nothing was asked or paid. Send an amount of one minor unit or more.",
    "no_parcel": "The claim names no parcel, so there is nothing to ask a carrier for.",
}


class ClaimedLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a line with which something is wrong."""

    line: Annotated[int, Meta(ge=1)]
    quantity: Quantity


class OpenClaim(msgspec.Struct, frozen=True, kw_only=True):
    """Something is wrong with goods that left. `tracking_number`: the parcel, where the lines left in several. `party`:
    who caused it; without it, that is concluded from what is known."""

    order_id: UUID
    kind: ClaimKind
    lines: Annotated[list[ClaimedLine], Meta(min_length=1, max_length=LINES_MAX)]
    tracking_number: Code | None = None
    party: Party | None = None


class ResolveClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer gets, without sending anything back: the money of the units (`refund`), a part of it because
    they came late (`allowance`, with an `amount`), the same goods again (`reship`) or others (`replace`, with `items`).

    `refund_lines`: lines of a reshipped or replaced claim that are refunded instead. `with_shipping`: their share of
    what delivery cost too; without it, where units came late or are lost. `ship_to`: another address than the order's.
    `party`: who caused it, where that is known better by now.
    """

    claim_id: UUID
    resolution: Resolution
    refund_lines: Annotated[list[Annotated[int, Meta(ge=1)]], Meta(max_length=LINES_MAX)] = []
    with_shipping: bool | None = None
    amount: Amount | None = None
    items: Annotated[list[CountedItem], Meta(max_length=LINES_MAX)] = []
    ship_to: Address | None = None
    party: Party | None = None


class RejectClaim(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing comes of a claim. `reason` is a code: `not_proven`, `too_late`, `arrived` ..."""

    claim_id: UUID
    reason: Slug = "not_proven"


class FileCarrierClaim(msgspec.Struct, frozen=True, kw_only=True):
    """The carrier was asked for money. `reference`: its number of the claim."""

    claim_id: UUID
    amount: Amount
    reference: Code | None = None


class SettleCarrierClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What the carrier answered: it `paid` so much, or, without an amount, denied it for a `reason`, a code."""

    claim_id: UUID
    paid: Amount | None = None
    reason: Slug = "denied"


def refuse_claim(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
