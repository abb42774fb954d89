"""What the list of orders says: filters, states, promises, what became of each order of a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from orderwright.console.words import HELD, STATUSES, Badge, words
from orderwright.console.words_refusals import REFUSALS
from orderwright.orders import OrderStatus
from orderwright.search import OrderSummary

_DONE = (OrderStatus.DELIVERED, OrderStatus.CANCELLED)
PAYMENTS = {
    "unpaid": "Nothing set aside or paid", "authorized": "Set aside, not taken", "captured": "Taken",
    "refunded": "Refunded", "refused": "Refused by the provider", "open_balance": "Open balance",
}  # fmt: skip
THINGS = {
    "return": "A return", "open_return": "An open return", "exchange": "An exchange", "claim": "A claim",
    "open_claim": "An open claim", "note": "A note", "attachment": "An attachment",
}  # fmt: skip
KINDS = {
    "sale": "Sale", "exchange": "Exchange", "replacement": "Replacement", "transfer": "Transfer",
    "wholesale": "Wholesale",
}  # fmt: skip
STATUS_WORDS = {str(status): badge.word for status, badge in STATUSES.items()}
_LISTED = {
    "status": ("Status", STATUS_WORDS), "channel": ("Channel", {}), "location": ("Location", {}), "tag": ("Tag", {}),
    "hold": ("Held for", {}), "country": ("Ships to", {}), "payment": ("Payment", PAYMENTS), "has": ("Has", THINGS),
    "kind": ("Kind", KINDS),
}  # fmt: skip
_FLAGS = {
    ("held", True): "Held", ("held", False): "Not held", ("late", True): "Late", ("late", False): "Not late",
    ("attention", True): "Needs attention", ("attention", False): "Needs no attention",
}  # fmt: skip
_SHOWN_MAX = 3

# What a person reads where the interface speaks to programs.
_REFUSALS = {
    "order_not_found": "It is not there, or not for you.",
    "already_cancelled": "It is cancelled already.",
    "already_final": "It is finished: nothing of it can be stopped.",
    "already_shipped": "It is shipped already: start a return instead.",
    "already_picked": "It is picked already: recall it on its own page.",
    "not_cancellable": "Nothing of it can be cancelled any more.",
    "no_such_hold": "It is not held.",
    "order_held": "It is held: release the hold first.",
    "nothing_to_source": "Nothing of it waits for a location.",
    "too_many_tags": "It has as many tags as an order may have.",
    "channel_not_allowed": "It is of a channel that is not yours.",
    "location_not_allowed": "It ships from a location that is not yours.",
}


def filter_text(name: str, shown: Sequence[str], params: Mapping[str, Sequence[str]]) -> str:
    """A filter in words: "Status: Placed, Allocated", "Placed from Thu, Nov 26"."""
    if name in _LISTED:
        title, named = _LISTED[name]
        said = [named.get(value, words(value) if name == "hold" else value) for value in shown[:_SHOWN_MAX]]
        more = f" and {len(shown) - _SHOWN_MAX} more" if len(shown) > _SHOWN_MAX else ""
        return f"{title}: {', '.join(said)}{more}"
    value = shown[0]
    flag = _FLAGS.get((name, value == "true"))
    if flag is not None:
        return flag
    currency = " ".join(params.get("currency", ()))
    texts = {
        "placed_from": f"Placed from {value}", "placed_to": f"Placed until {value}",
        "promised_from": f"Promised from {value}", "promised_to": f"Promised until {value}",
        "total_from": f"Total from {value} {currency}", "total_to": f"Total up to {value} {currency}",
        "sku": f"SKU: {value}", "customer": "Of one customer", "priority_from": f"Priority from {value}",
    }  # fmt: skip
    return texts[name]


def status_badge(order: OrderSummary) -> Badge:
    """How far it is."""
    return STATUSES.get(order.status) or Badge(words(order.status).capitalize(), "neutral")


def held_badge() -> Badge:
    """That it is held."""
    return HELD


def days_late(order: OrderSummary, today: date) -> int:
    """How many days the promise is over; 0 where it is not, or nothing is left to wait for."""
    if order.promised_on is None or order.status in _DONE:
        return 0
    return max(0, (today - order.promised_on).days)


def place(order: OrderSummary) -> str:
    """Where it goes: "Springfield, IL, US"."""
    return ", ".join(part for part in (order.city, order.region, order.country) if part)


def capped(count: int | None, at_least: bool, number: Any) -> str:
    """A count for a tab: "12", "999+", nothing where it cannot be counted."""
    return "" if count is None else f"{number(count)}{'+' if at_least else ''}"


def refusal(code: str, message: str | None) -> str:
    """Why an order was left as it is."""
    return _REFUSALS.get(code) or REFUSALS.get(code) or message or f"{words(code).capitalize()}."
