"""What the screens say: stages, alarms, stuck work and events in sentences that a new colleague understands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from orderwright.insights import (
    COUNTED_MAX,
    LOW_UNITS,
    WAITING,
    AlarmRow,
    LatestEvent,
    Minute,
    Stages,
    StockAlarms,
    Stuck,
    StuckRow,
)
from orderwright.orders import OrderStatus
from orderwright.platform.ids import UUID
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
    "order.placed": "Order placed",
    "order.verified": "Order checked",
    "order.held": "Order held: {type}",
    "order.released": "Hold released: {type}",
    "order.resolved": "Order put right",
    "order.sourced": "Locations chosen",
    "order.units_moved": "Units moved to another location",
    "order.cancelled": "Units cancelled",
    "order.edited": "Order edited",
    "order.delayed": "Promise moved",
    "order.backorder_filled": "Backorder filled",
    "order.erased": "Personal data erased",
    "fulfillment.released": "Sent to a location",
    "fulfillment.picking": "Picking begun",
    "fulfillment.picked": "Goods picked",
    "fulfillment.short": "Goods not found",
    "fulfillment.packed": "Goods packed",
    "fulfillment.handed_over": "Goods handed over",
    "fulfillment.rejected": "Rejected by a location",
    "fulfillment.cancelled": "Fulfillment cancelled",
    "fulfillment.recalled": "Recalled from a location",
    "fulfillment.broken": "Stock lost before the pick",
    "shipment.labelled": "Label bought",
    "shipment.retracked": "Tracking number changed",
    "shipment.label_kept": "Label brought",
    "shipment.shipped": "Shipment handed over",
    "shipment.tracked": "Parcel {code}",
    "shipment.delivered": "Shipment delivered",
    "stock.received": "Stock received",
    "stock.adjusted": "Stock corrected",
    "supply.expected": "Supply announced",
    "supply.changed": "Supply changed",
    "payment.refund_asked": "Refund asked for",
    "payment.changed_elsewhere": "Payment changed at its provider",
    "store_credit.issued": "Store credit given",
    "store_credit.refunded": "Refunded to store credit",
    "return.requested": "Return announced",
    "return.received": "Goods came back",
    "return.parked": "Parcel came back that nobody expects",
    "customer.erased": "Personal data erased",
}
EVENTS_SHOWN = 16
# What need not be said when the same act told the second, which includes it.
_INCLUDED = {
    "shipment.tracked": ("shipment.delivered", "order.delivered"),
    "shipment.delivered": ("order.delivered",),
    "shipment.shipped": ("order.shipped", "order.delivered"),
    "order.shipped": ("order.delivered",),
}
_WAITING = {state.name: state for state in WAITING}
_JUDGED_MINUTES = 3  # fewer say nothing about whether work keeps up: what was placed is on its way


def tiles(stages: Stages) -> list[Tile]:
    """The strip: eight stages in the order in which an order passes them. Held orders are counted as held alone."""
    partly = stages.moving(OrderStatus.PARTLY_SHIPPED)
    return [
        _tile(OrderStatus.PLACED, stages, "waits for a location"),
        Tile("held", HELD, sum(stages.held.values()), "waits for a person"),
        _tile(OrderStatus.BACKORDERED, stages, "waits for supply"),
        _tile(OrderStatus.ALLOCATED, stages, "waits for a picker"),
        _tile(OrderStatus.PICKING, stages, "being picked"),
        _tile(OrderStatus.PACKED, stages, "waits for the carrier"),
        Tile(
            OrderStatus.SHIPPED,
            STATUSES[OrderStatus.SHIPPED],
            stages.moving(OrderStatus.SHIPPED) + partly,
            f"{number(partly)} of them in part" if partly else "on the way",
        ),
        _tile(OrderStatus.DELIVERED, stages, "arrived"),
    ]


def _tile(status: OrderStatus, stages: Stages, note: str) -> Tile:
    return Tile(status.value, STATUSES[status], stages.moving(status), note)


def stages_title(stages: Stages) -> str:
    """What the chart of stages shows, as a finding."""
    if stages.total == 0:
        return "No orders yet"
    if stages.open == 0:
        return "No open orders: everything is delivered or cancelled"
    still_open = [tile for tile in tiles(stages) if tile.key != OrderStatus.DELIVERED and tile.orders]
    largest = sorted(still_open, key=lambda tile: -tile.orders)[:2]
    said = ", ".join(f"{number(tile.orders)} {tile.badge.word.lower()}" for tile in largest)
    return f"{number(stages.open)} open: {said}"


def minutes_title(minutes: Sequence[Minute]) -> str:
    """What the chart of throughput shows: the pace of the last whole minutes, five at most, as a finding.

    Only minutes that were lived count: not those before the first order, nor the one in which it came.
    """
    began = next((n for n, minute in enumerate(minutes) if minute.placed or minute.delivered), None)
    if began is None:
        return f"Nothing was placed or delivered in the last {len(minutes) - 1} minutes"
    recent = minutes[:-1][began + 1 if began else 0 :][-5:]
    if not recent:
        placed, delivered = sum(m.placed for m in minutes), sum(m.delivered for m in minutes)
        return f"The first minutes: {plural(placed, 'order')} placed, {plural(delivered, 'shipment')} delivered so far"
    window = "the last minute" if len(recent) == 1 else f"the last {len(recent)} minutes"
    placed_mean = sum(minute.placed for minute in recent) / len(recent)
    delivered_mean = sum(minute.delivered for minute in recent) / len(recent)
    if not placed_mean and not delivered_mean:
        return f"Nothing was placed or delivered in {window}"
    pace = f"{_pace(placed_mean)} orders placed, {_pace(delivered_mean)} shipments delivered a minute in {window}"
    if len(recent) < _JUDGED_MINUTES:
        return pace
    return f"{pace}: work {'piles up' if placed_mean > 1.2 * delivered_mean + 1 else 'keeps up'}"


def alarms_summary(alarms: StockAlarms) -> str:
    """How bad it is, in one line. Each SKU counts once."""
    counts = ((alarms.short, "short"), (alarms.out, "out"), (alarms.low, "low"), (alarms.owed, "waited for"))
    parts = [f"{number(count)} {word}" for count, word in counts if count]
    if alarms.backordered:
        parts.append(f"{plural(alarms.backordered, 'unit')} backordered")
    return ", ".join(parts)


def alarm_badge(row: AlarmRow) -> Badge:
    """Short, out, low or waited for: the worst pool says it."""
    if row.least < 0:
        return Badge("Short", "red")
    if row.least == 0:
        return Badge("Out", "red")
    return Badge("Low" if row.least <= LOW_UNITS else "Owed", "amber")


def alarm_text(row: AlarmRow) -> str:
    """What each pool can still promise of a SKU, the least first, who waits, and what is coming."""
    parts = [f"{_left(units)} {pool}" for pool, units in zip(row.pools, row.available, strict=True)]
    if row.backordered:
        parts.append(f"{number(row.backordered)} backordered")
    if row.coming and row.coming_on is not None:
        parts.append(f"{number(row.coming)} due {row.coming_on:%a %-d %b}")
    return "; ".join(parts)


def _left(units: int) -> str:
    if units < 0:
        return f"{number(-units)} promised too many in"
    return f"{number(units)} left in" if units else "none left in"


def stuck_summary(stuck: Stuck) -> str:
    """How much, in one line."""
    parts = []
    if stuck.set_aside:
        parts.append(f"{_at_least(stuck.set_aside)} set aside after failing")
    if stuck.late:
        parts.append(f"{_at_least(stuck.late)} late")
    return ", ".join(parts)


def _at_least(count: int) -> str:
    return f"{number(count)} or more" if count >= COUNTED_MAX else number(count)


def stuck_badge(row: StuckRow, now: datetime) -> Badge:
    """Set aside, or how late: "2 h late"."""
    if row.set_aside_at is not None:
        return Badge("Set aside", "red")
    return Badge(f"{span(now - row.late_since)} late", "amber")


def stuck_subject(row: StuckRow, number_format: str) -> str:
    """What waits."""
    if row.order_number is not None:
        named = order_number(row.order_number, number_format)
        return f"{named} at {row.location_name}" if row.location_name else named
    return f"SKU {row.sku}" if row.sku else "something that is no longer there"


def stuck_text(row: StuckRow) -> str:
    """What it waits for: "An order has an open hold: over limit."."""
    what = _WAITING[row.state].what if row.state in _WAITING else words(row.state).capitalize()
    if row.state == "held":
        return f"{what.rstrip('.')}: {words(row.detail or '')}."
    return what


def stuck_owner(row: StuckRow) -> str:
    """Who looks after it: "Customer care"."""
    return words(_WAITING[row.state].owner).capitalize() if row.state in _WAITING else "Operator"


def fold_events(events: Sequence[LatestEvent]) -> list[LatestEvent]:
    """The newest events without those that another of the same order and act says too, or includes."""
    told: set[tuple[int | None, UUID, str]] = {
        (event.order_number, event.act_id, event.type) for event in events if event.order_number is not None
    }
    shown: dict[object, LatestEvent] = {}
    for event in events:
        if not _is_included(event, told):
            said = (event.order_number, event.act_id, event_text(event))
            shown.setdefault(event.position if event.order_number is None else said, event)
    return list(shown.values())[:EVENTS_SHOWN]


def _is_included(event: LatestEvent, told: set[tuple[int | None, UUID, str]]) -> bool:
    if event.type == "shipment.tracked" and event.data.get("code") != "delivered":
        return False
    return any((event.order_number, event.act_id, type_) in told for type_ in _INCLUDED.get(event.type, ()))


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


def instant(moment: datetime, zone: ZoneInfo) -> str:
    """An exact instant for people, in the merchant's zone: "Mon 23 Nov 2026, 14:02:31 CST"."""
    return moment.astimezone(zone).strftime("%a %-d %b %Y, %H:%M:%S %Z")


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day in the merchant's zone: "14:02:31"."""
    return moment.astimezone(zone).strftime("%H:%M:%S")


def field(name: str) -> str:
    """A field's name as people say it, where what is wrong is summed up: `lines.0.unit_price` is "Unit price"."""
    said = name.rpartition(".")[2].replace("_", " ")
    return said[:1].upper() + said[1:]
