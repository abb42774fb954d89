"""What the screens say: stages, alarms, stuck work and events in sentences that a new colleague understands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from orderwright.insights import AlarmRow, LatestEvent, Minute, Stages, StockAlarms, Stuck, StuckRow
from orderwright.orders import OrderStatus
from orderwright.platform.money import exponent

# One look for a state everywhere. neutral: waiting; blue: in work; green: done well; amber: needs a look; red: failed
# or late. Each tone has a shape of its own, since colour alone says nothing to many people.
Tone = Literal["neutral", "blue", "green", "amber", "red"]


class Badge(NamedTuple):
    """A state as it is shown: word and tone."""

    word: str
    tone: Tone


class Tile(NamedTuple):
    """A stage of the strip, with the orders in it and a line that explains it."""

    key: str
    badge: Badge
    orders: int
    note: str


STATUSES: dict[str, Badge] = {
    OrderStatus.PLACED: Badge("Placed", "neutral"),
    OrderStatus.BACKORDERED: Badge("Backordered", "amber"),
    OrderStatus.ALLOCATED: Badge("Allocated", "blue"),
    OrderStatus.PICKING: Badge("Picking", "blue"),
    OrderStatus.PACKED: Badge("Packed", "blue"),
    OrderStatus.PARTLY_SHIPPED: Badge("Partly shipped", "blue"),
    OrderStatus.SHIPPED: Badge("Shipped", "blue"),
    OrderStatus.DELIVERED: Badge("Delivered", "green"),
    OrderStatus.CANCELLED: Badge("Cancelled", "neutral"),
}
HELD = Badge("Held", "amber")

_EVENTS = {
    "order.placed": "Placed",
    "order.verified": "Checked",
    "order.held": "Held: {type}",
    "order.released": "Hold released: {type}",
    "order.resolved": "Put right",
    "order.sourced": "Locations chosen",
    "order.cancelled": "Cancelled",
    "order.backorder_filled": "Backorder filled",
    "fulfillment.released": "Released to its location",
    "fulfillment.picking": "Picking began",
    "fulfillment.picked": "Picked",
    "fulfillment.short": "Picked short",
    "fulfillment.packed": "Packed",
    "fulfillment.handed_over": "Handed over",
    "fulfillment.rejected": "Rejected by its location",
    "fulfillment.cancelled": "Fulfillment cancelled",
    "fulfillment.broken": "Stock lost before it was picked",
    "shipment.labelled": "Label bought",
    "shipment.shipped": "Shipped",
    "shipment.tracked": "Parcel {code}",
    "shipment.delivered": "Delivered",
    "stock.received": "Stock received",
    "stock.adjusted": "Stock corrected",
}


def tiles(stages: Stages) -> list[Tile]:
    """The strip: eight stages in the order in which an order passes them."""
    count = stages.by_status
    partly = count[OrderStatus.PARTLY_SHIPPED]
    return [
        _tile(OrderStatus.PLACED, count, "waits for a location"),
        Tile("held", HELD, stages.held, "waits for a person"),
        _tile(OrderStatus.BACKORDERED, count, "waits for supply"),
        _tile(OrderStatus.ALLOCATED, count, "waits for a picker"),
        _tile(OrderStatus.PICKING, count, "being picked"),
        _tile(OrderStatus.PACKED, count, "waits for the carrier"),
        Tile(
            OrderStatus.SHIPPED,
            STATUSES[OrderStatus.SHIPPED],
            count[OrderStatus.SHIPPED] + partly,
            f"{number(partly)} of them in part" if partly else "on the way",
        ),
        _tile(OrderStatus.DELIVERED, count, "arrived"),
    ]


def _tile(status: OrderStatus, count: Mapping[OrderStatus, int], note: str) -> Tile:
    return Tile(status.value, STATUSES[status], count[status], note)


def stages_title(stages: Stages) -> str:
    """What the chart of stages shows, as a finding."""
    if stages.total == 0:
        return "No orders yet"
    if stages.open == 0:
        return "No open orders: everything is delivered or cancelled"
    still_open = [tile for tile in tiles(stages) if tile.key not in ("held", OrderStatus.DELIVERED) and tile.orders]
    largest = sorted(still_open, key=lambda tile: -tile.orders)[:2]
    said = ", ".join(f"{number(tile.orders)} {tile.badge.word.lower()}" for tile in largest)
    return f"{number(stages.open)} open: {said}"


def minutes_title(minutes: list[Minute]) -> str:
    """What the chart of throughput shows: the pace of the last five whole minutes, as a finding."""
    whole = minutes[:-1]
    if not any(minute.placed or minute.delivered for minute in whole):
        return f"Nothing was placed or delivered in the last {len(whole)} minutes"
    recent = whole[-5:]
    placed = sum(minute.placed for minute in recent) / len(recent)
    delivered = sum(minute.delivered for minute in recent) / len(recent)
    pace = f"{_pace(placed)} placed and {_pace(delivered)} delivered a minute"
    return f"{pace}: work piles up" if placed > 1.2 * delivered + 1 else f"{pace}: work keeps up"


def alarms_summary(alarms: StockAlarms) -> str:
    """How bad it is, in one line."""
    parts = []
    if alarms.short:
        parts.append(f"{number(alarms.short)} short")
    if alarms.out > alarms.short:
        parts.append(f"{number(alarms.out - alarms.short)} sold out")
    if alarms.low:
        parts.append(f"{number(alarms.low)} low")
    if alarms.backordered:
        parts.append(f"{plural(alarms.backordered, 'unit')} backordered")
    return ", ".join(parts)


def alarm_badge(row: AlarmRow) -> Badge:
    """Short, out or low."""
    if row.available_to_promise < 0:
        return Badge("Short", "red")
    if row.available_to_promise == 0:
        return Badge("Out", "red")
    return Badge("Low", "amber")


def alarm_text(row: AlarmRow) -> str:
    """What a pool can still promise of a SKU, and who waits."""
    if row.available_to_promise < 0:
        text = f"{plural(-row.available_to_promise, 'unit')} more promised than there are"
    elif row.available_to_promise == 0:
        text = "nothing left to promise"
    else:
        text = f"{number(row.available_to_promise)} left to promise"
    return f"{text}, {number(row.backordered)} backordered" if row.backordered else text


def stuck_summary(stuck: Stuck) -> str:
    """How much, in one line."""
    parts = []
    if stuck.set_aside:
        parts.append(f"{number(stuck.set_aside)} set aside after failing")
    if stuck.late:
        parts.append(f"{number(stuck.late)} late")
    return ", ".join(parts)


def stuck_badge(row: StuckRow, now: datetime) -> Badge:
    """Set aside, or how late: "2 h late"."""
    if row.set_aside_at is not None:
        return Badge("Set aside", "red")
    return Badge(f"{span(now - row.late_since)} late", "amber")


def stuck_subject(row: StuckRow, number_format: str) -> str:
    """What the work is about."""
    if row.order_number is not None:
        named = order_number(row.order_number, number_format)
        return f"{named} at {row.location}" if row.location else named
    return f"SKU {row.sku}" if row.sku else "something that is no longer there"


def event_text(event: LatestEvent) -> str:
    """What happened, in words. Types that nobody wrote a sentence for are spelled out: "Parcel lost"."""
    template = _EVENTS.get(event.type)
    if template is None:
        subject, _, verb = event.type.partition(".")
        return f"{words(subject).capitalize()} {words(verb)}"
    return template.format_map(_Said(event.data)).strip()


def event_subject(event: LatestEvent, number_format: str) -> str:
    """What it happened to: an order's number, or the code in the data."""
    if event.order_number is not None:
        return order_number(event.order_number, number_format)
    for key in ("code", "sku", "location"):
        if isinstance(event.data.get(key), str):
            return str(event.data[key])
    return ""


def order_number(value: int, number_format: str) -> str:
    """An order's number in the merchant's format: "#100234"."""
    return number_format.replace("{number}", str(value))


def number(value: int) -> str:
    """1,204"""
    return f"{value:,}"


def plural(value: int, noun: str) -> str:
    """1 unit, 2 units"""
    return f"{number(value)} {noun}" if value == 1 else f"{number(value)} {noun}s"


def money(minor: int, currency: str) -> str:
    """$84.90, or 84.90 EUR for what is not dollars."""
    digits = exponent(currency)
    text = f"{minor / 10**digits:,.{digits}f}" if digits else f"{minor:,}"
    return f"${text}" if currency == "USD" else f"{text} {currency}"


def words(name: str) -> str:
    """A name of the code as words: `unknown_sku` is "unknown SKU"."""
    return name.replace("_", " ").replace("sku", "SKU")


def span(duration: timedelta) -> str:
    """A duration in its largest unit: 40 s, 12 min, 2 h, 3 d."""
    seconds = max(0, int(duration.total_seconds()))
    for limit, size, unit in ((60, 1, "s"), (3_600, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86_400} d"


def _pace(value: float) -> str:
    return number(round(value)) if value >= 10 or value == 0 else f"{value:.1f}"


class _Said(dict[str, Any]):
    """Values of an event as words; what is missing is left out."""

    def __missing__(self, key: str) -> str:
        return ""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key) if key in self else ""
        return words(value) if isinstance(value, str) else value
