"""What is said of exchanges, and the codes of a "no" that only they have."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from orderwright.orders.contract import Address, Charge, Discount, ReportedPayment, Tax, Text, UnitPrice
from orderwright.platform.fields import Code, Quantity
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.returns.commands import ITEMS_MAX, RequestedLine
from orderwright.returns.policy import Method

Mode = Literal["on_return", "advance"]
LineNumber = Annotated[int, Meta(ge=1)]

EXCHANGE_MESSAGES: dict[str, str] = {
    "exchange_not_found": "There is no such exchange. Check the id.",
    "price_needed": (
        "A new line needs `unit_price`, or `in_place_of`: a line that comes back here with as many units, whose price "
        "it then has."
    ),
    "payment_needed": (
        "What comes back does not pay for the new goods. Send `payments` for the rest (in an advance exchange, for all "
        "of it: it is set aside and let go when the goods are back), or `override`."
    ),
    "has_left": "The new goods have left, so the exchange cannot be undone. Return them.",
    "on_its_way": "The goods are on their way back or here, so the exchange cannot be undone. Return the new goods.",
}


class NewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """New goods. `in_place_of`: at what the same number of units of that line, which come back, were sold for (goods,
    discounts and taxes), so that the customer owes nothing. With `unit_price`: at that, less `discounts`; without
    `taxes` by the channel's tax engine."""

    sku: Code
    quantity: Quantity
    in_place_of: LineNumber | None = None
    unit_price: UnitPrice | None = None
    name: Text | None = None
    discounts: Annotated[list[Discount], Meta(max_length=20)] = field(default_factory=list)
    taxes: Annotated[list[Tax], Meta(max_length=20)] = field(default_factory=list)


class RequestExchange(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of an order come back for others, which are promised now. `mode`: they leave when what comes back has paid
    for them (`on_return`), or at once (`advance`). `payments` is for what the goods that come back do not pay; in
    advance, for all. They go where the order went, or to `ship_to`. `override`: against the policy, or with less
    payment, which needs the scope `returns.override`."""

    order_id: UUID
    lines: Annotated[list[RequestedLine], Meta(min_length=1, max_length=ITEMS_MAX)]
    new_lines: Annotated[list[NewLine], Meta(min_length=1, max_length=ITEMS_MAX)]
    mode: Mode = "on_return"
    method: Method = "label"
    location: Code | None = None
    tracking_number: Code | None = None
    shipping: Annotated[list[Charge], Meta(max_length=20)] = field(default_factory=list)
    payments: Annotated[list[ReportedPayment], Meta(max_length=20)] = field(default_factory=list)
    ship_to: Address | None = None
    override: bool = False


class ExchangeCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A step on one exchange that needs nothing more said: cancel."""

    exchange_id: UUID


def refuse_exchange(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, EXCHANGE_MESSAGES[code], **details)
