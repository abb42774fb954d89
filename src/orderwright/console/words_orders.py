"""What the page of an order says: states, where units are, what is late, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orderwright.console.words import Badge, Tone, number, plural, span, words
from orderwright.console.words_events import who
from orderwright.console.words_operations import hold
from orderwright.platform.money import exponent
from orderwright.screens import Formats

FULFILLMENTS: Mapping[str, Badge] = {
    "open": Badge("Waits for release", "neutral"), "released": Badge("To be picked", "blue"),
    "picking": Badge("Picking", "blue"), "picked": Badge("Picked", "blue"), "packed": Badge("Packed", "blue"),
    "shipped": Badge("Shipped", "blue"), "delivered": Badge("Delivered", "green"),
    "rejected": Badge("Rejected", "amber"), "cancelled": Badge("Cancelled", "neutral"),
}  # fmt: skip
PARCELS: Mapping[str, Badge] = {
    "label_wanted": Badge("Waits for a label", "neutral"), "labelled": Badge("Has a label", "blue"),
    "in_transit": Badge("On the way", "blue"), "out_for_delivery": Badge("Out for delivery", "blue"),
    "exception": Badge("Trouble on the way", "amber"), "delivered": Badge("Delivered", "green"),
    "cancelled": Badge("Cancelled", "neutral"),
}  # fmt: skip
RETURNS: Mapping[str, Badge] = {
    "requested": Badge("Announced", "neutral"), "in_transit": Badge("Coming back", "blue"),
    "received": Badge("Came back", "blue"), "inspected": Badge("Looked at", "blue"),
    "closed": Badge("Closed", "green"), "cancelled": Badge("Cancelled", "neutral"),
}  # fmt: skip
EXCHANGES: Mapping[str, Badge] = {
    "open": Badge("Open", "blue"), "settled": Badge("Settled", "green"), "cancelled": Badge("Cancelled", "neutral"),
    "lapsed": Badge("Lapsed", "amber"),
}  # fmt: skip
CLAIMS: Mapping[str, Badge] = {
    "open": Badge("Waits for a decision", "amber"), "resolved": Badge("Resolved", "green"),
    "rejected": Badge("Rejected", "neutral"),
}  # fmt: skip
PAYMENTS: Mapping[str, Badge] = {
    "pending": Badge("Pending", "neutral"), "authorized": Badge("Authorized", "blue"),
    "partly_captured": Badge("Partly captured", "blue"), "captured": Badge("Captured", "green"),
    "partly_refunded": Badge("Partly refunded", "neutral"), "refunded": Badge("Refunded", "neutral"),
    "voided": Badge("Let go", "neutral"),
}  # fmt: skip
DOCUMENTS = {"invoice": "Invoice", "credit_note": "Credit note", "receipt": "Receipt"}
KINDS = {"exchange": "exchange", "replacement": "replacement", "reship": "replacement"}
OVER = frozenset({"shipped", "delivered", "cancelled"})
_DONE = frozenset({"shipped", "delivered", "rejected", "cancelled"})
_PLACES = (
    ("pending", "not understood yet"), ("backordered", "waiting for supply"), ("promised", "promised"),
    ("allocated", "at a location"), ("picked", "picked"), ("packed", "packed"), ("shipped", "on the way"),
    ("delivered", "delivered"), ("returned", "came back"), ("cancelled", "cancelled"), ("external", "not sent by us"),
)  # fmt: skip


class Wrong(NamedTuple):
    """The one thing that is wrong: what, what to do, and how bad it is."""

    text: str
    advice: str
    tone: Tone


class Count(NamedTuple):
    """Units of a line, in those three figures that everybody asks for, and where the others are."""

    ordered: int
    shipped: int
    left: int
    where: str


def count(line: Any) -> Count:
    """Where a line's units are. Of a kit the parts are counted into whole kits: the part that is least far says it."""
    parts = [part for part in line.components if part.ordered]
    if not parts:
        return Count(line.quantity, 0, line.quantity, "")
    ordered = line.quantity - min(_kits(line, p.cancelled, p.ordered) for p in parts)
    gone = min(_kits(line, p.shipped + p.delivered + p.returned + p.external, p.ordered) for p in parts)
    unit = "parts " if len(parts) > 1 else ""
    where = ", ".join(
        f"{number(total)} {unit}{word}" for name, word in _PLACES if (total := sum(getattr(p, name) for p in parts))
    )
    return Count(ordered, min(gone, ordered), max(ordered - gone, 0), where)


def _kits(line: Any, units: int, ordered: int) -> int:
    """Units of a part as whole units of its line."""
    return int(units * line.quantity // ordered)


def promise(order: Any, now: datetime, f: Formats) -> Badge:
    """Whether what was promised will be kept: "Promise: Thu, Nov 26, on track"."""
    if order.status == "cancelled":
        return Badge("No promise: cancelled", "neutral")
    if order.promised_on is None:
        return Badge("No day promised yet", "amber" if order.backorders else "neutral")
    day = f.day(order.promised_on)
    if order.status == "delivered":
        return Badge(f"Promised for {day}", "green")
    late = (today(order.promise_zone, now) - order.promised_on).days
    if late > 0:
        return Badge(f"Promise: {day}, {plural(late, 'day')} late", "red")
    if any(due_is_late(one, now) for one in order.fulfillments) or order.backorders or order.held:
        return Badge(f"Promise: {day}, at risk", "amber")
    return Badge(f"Promise: {day}, on track", "green")


def parcel(one: Any) -> Badge:
    """How a parcel does. Between the hand-over and the carrier's first word it is with the carrier."""
    if one.state == "labelled" and one.shipped_at is not None:
        return Badge("With the carrier", "blue")
    return PARCELS[one.state]


def brings(work: Any) -> str:
    """What a location brings: "2 × MUG-B (1 picked), 1 × TEA-100"."""
    units: dict[str, list[int]] = {}
    for part in work.allocations:
        total = units.setdefault(part.sku, [0, 0])
        total[0] += part.quantity
        total[1] += part.picked
    return ", ".join(
        f"{number(quantity)} × {sku}{f' ({number(picked)} picked)' if 0 < picked < quantity else ''}"
        for sku, (quantity, picked) in units.items()
    )


def today(zone: str | None, now: datetime) -> date:
    """The day at the destination."""
    return now.astimezone(ZoneInfo(zone or "UTC")).date()


def due_is_late(fulfillment: Any, now: datetime) -> bool:
    """Whether a location should have handed it over by now."""
    return fulfillment.state not in _DONE and fulfillment.due_at < now


def due(fulfillment: Any, now: datetime) -> Badge | None:
    """How long a location still has: "40 min left", "2 h late". None where it is done."""
    if fulfillment.state in _DONE:
        return None
    left: timedelta = fulfillment.due_at - now
    if left < timedelta(0):
        return Badge(f"{span(-left)} late", "red")
    return Badge(f"{span(left)} left", "amber" if left < timedelta(hours=1) else "neutral")


def wrong(order: Any, claims: Sequence[Any], now: datetime, f: Formats) -> Wrong | None:
    """The one thing that is wrong with an order, the worst first; None where all is well."""
    return (
        _held(order, now)
        or _refused(order, f)
        or _late(order, now)
        or _in_trouble(order)
        or _claimed(claims)
        or _waiting(order, f)
        or _unpaid(order, f)
    )


def _held(order: Any, now: datetime) -> Wrong | None:
    if not order.holds:
        return None
    worst = order.holds[0]
    what, advice = hold(worst.type)
    note = worst.detail.get("note")
    said = f"{what} \u201c{note}\u201d." if note else what
    more = f" And {plural(len(order.holds) - 1, 'more hold')}." if len(order.holds) > 1 else ""
    return Wrong(f"Held for {span(now - worst.since)}: {said}{more}", "" if note else advice, "amber")


def _refused(order: Any, f: Formats) -> Wrong | None:
    for payment in order.payments:
        if payment.refused:
            text = f"A payment of {f.money(payment.amount)} was refused: {words(payment.refused)}."
            return Wrong(text, "Try it again, or record another payment.", "red")
    return None


def _late(order: Any, now: datetime) -> Wrong | None:
    for work in order.fulfillments:
        if due_is_late(work, now):
            text = f"{work.location_name} is {span(now - work.due_at)} late."
            return Wrong(text, "Ask the location how it goes.", "red")
    return None


def _in_trouble(order: Any) -> Wrong | None:
    for work in order.fulfillments:
        for one in work.shipment.parcels if work.shipment else ():
            if one.state == "exception":
                text = f"The carrier reports trouble with parcel {one.n} from {work.location_name}."
                return Wrong(text, "Follow the parcel, or open a claim.", "amber")
    return None


def _claimed(claims: Sequence[Any]) -> Wrong | None:
    if not any(claim.state == "open" for claim in claims):
        return None
    return Wrong("A claim waits for a decision.", "Decide what the customer gets.", "amber")


def _waiting(order: Any, f: Formats) -> Wrong | None:
    if not order.backorders:
        return None
    units = sum(one.quantity for one in order.backorders)
    days = [one.expected_on for one in order.backorders]
    when = f"expected {f.day(max(days))}" if all(days) else "nobody knows until when"
    waits = "unit waits" if units == 1 else "units wait"
    return Wrong(f"{number(units)} {waits} for supply, {when}.", "Wait, ship what is here, or cancel.", "amber")


def _unpaid(order: Any, f: Formats) -> Wrong | None:
    if order.status not in ("shipped", "delivered") or order.balance_due.amount <= 0:
        return None
    return Wrong(
        f"It has left, and {f.money(order.balance_due)} is still to be paid.", "Collect or write off.", "amber"
    )


def hold_text(one: Any) -> str:
    """What holds an order, and since when it does."""
    return hold(one.type)[0]


def address_lines(contact: Any) -> list[str]:
    """A contact, line by line, without e-mail and telephone."""
    town = " ".join(part for part in (contact.city, contact.region, contact.postal_code) if part)
    lines = (contact.name, contact.company, contact.line1, contact.line2, town, contact.country)
    return [line for line in lines if line]


def size(count_bytes: int) -> str:
    """How large a file is: 12 KB."""
    return (
        f"{max(1, round(count_bytes / 1024)):,} KB" if count_bytes < 1_048_576 else f"{count_bytes / 1_048_576:.1f} MB"
    )


def why_here(decision: Any) -> str:
    """A sourcing decision in a line: "Chosen: CHI and ST12. No place had all of it." """
    chosen = [one["location"] for one in decision.explanation.get("candidates", ()) if one.get("chosen")]
    if decision.explanation.get("named_location"):
        return "The order names the location."
    rule = RULES.get(str(decision.explanation.get("rule")), "")
    return f"{' and '.join(chosen) or 'Nobody'}: {rule}" if rule else words(decision.outcome).capitalize()


RULES = {
    "complete": "one location has all of it, the nearest that does.",
    "split": "no location had all of it, so several bring it.",
    "partial": "only a part of it is anywhere; the rest waits.",
    "none": "no location has any of it.",
    "chosen": "somebody chose it.",
}
AGAINST = {
    "excluded": "said no to this order before", "inactive": "is closed", "no_capacity": "has no capacity left",
    "covers_less": "has less of it", "farther": "is farther away", "out_of_stock": "has none of it",
    "moved_away": "was to bring it before",
}  # fmt: skip


MOVED_BECAUSE = {
    "customer_asked": "The customer asked for it", "sooner": "It gets there sooner", "cheaper": "It costs less to send",
    "together": "It can be sent together", "keep_stock": "The other location is to keep its units",
    "location_cannot": "The other location cannot send it", "other": "Something else",
}  # fmt: skip


def against(reason: str | None) -> str:
    """Why a location was not chosen."""
    return AGAINST.get(reason or "", words(reason or "")) if reason else ""


def author(actor: str, names: Mapping[str, str]) -> str:
    """Who wrote a note, or brought a file."""
    return who(actor, None, names)


def unit_price(f: Formats, price: Any) -> str:
    """A price of one unit, which may be finer than a minor unit."""
    amount = Decimal(str(price.amount))
    if amount == int(amount):
        return f.minor(int(amount), price.currency)
    return f"{f.number(amount.scaleb(-exponent(price.currency)))} {price.currency}"
