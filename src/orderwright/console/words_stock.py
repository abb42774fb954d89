"""What the pages of stock say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orderwright.console.words import Badge, words

BUCKETS: dict[str, str] = {
    "available": "Available", "withheld": "Withheld", "allocated": "Allocated", "picked": "Picked", "packed": "Packed",
    "quarantine": "Quarantine", "damaged": "Damaged", "in_transit": "In transit",
}  # fmt: skip
BOUNDARIES = {"supplier": "supplier", "customer": "customer", "loss": "lost", "opening": "opening stock"}
ALARMS: dict[str, Badge] = {
    "short": Badge("Promised too much", "red"),
    "out": Badge("Out", "amber"),
    "low": Badge("Low", "amber"),
    "waited_for": Badge("Waited for", "blue"),
}
ALARM_HELP = {
    "short": "Orders were promised more than there is.",
    "out": "The pool has nothing left to promise.",
    "low": "The pool can promise five units or fewer.",
    "waited_for": "Orders wait for units of it.",
}
REASONS: dict[str, str] = {
    "count": "Counted", "damage": "Damaged", "theft": "Stolen", "expired": "Expired", "found": "Found",
    "correction": "Correction of a mistake", "other": "Another reason",
}  # fmt: skip
KINDS: dict[str, str] = {
    "receipt": "Received", "adjustment": "Adjusted", "allocation": "Allocated to an order", "pick": "Picked",
    "pack": "Packed", "shipment": "Left the house", "short_pick": "Not found when picking", "opening": "Opening stock",
    "return": "Came back",
}  # fmt: skip
_W, _H = 100.0, 24.0
_HIGH = 2.0


def kind(name: str) -> str:
    """What a movement was for."""
    said = KINDS.get(name)
    return said if said is not None else words(name).capitalize()


def place(location: str | None, bucket: str) -> str:
    """Where goods were: "DC-COLUMBUS, available"; a boundary: "supplier"."""
    if location is None:
        return BOUNDARIES.get(bucket, bucket)
    return f"{location}, {BUCKETS[bucket].lower()}"


def who(actor: str, me: str) -> str:
    """Who did it: "you", "a colleague", "by itself"."""
    if actor == me:
        return "you"
    kind_of, _, name = actor.partition(":")
    if kind_of == "user":
        return "a colleague"
    if kind_of == "key":
        return f"the key {name}"
    return "by itself"


def line(levels: Sequence[int]) -> str:
    """The points of a line in a box of 100 by 24: the last day at the right, zero at the bottom."""
    top = max(*levels, 1)
    step = _W / (len(levels) - 1)
    return " ".join(
        f"{n * step:.1f},{_H - _HIGH - (_H - 2 * _HIGH) * max(v, 0) / top:.1f}" for n, v in enumerate(levels)
    )


def trend_says(levels: Sequence[int]) -> str:
    """A trend in words: "120 now, 80 thirty days ago"."""
    return f"{levels[-1]} available now, {levels[0]} at the beginning; most {max(levels)}, least {min(levels)}"


def parts(rows: Sequence[Any]) -> list[tuple[Any, list[tuple[str, float, float, int]]]]:
    """The bars of a picture of rows of balances: each row with its buckets as (name, from, width, units), in percent of
    the fullest."""
    most = max((sum(getattr(row, b) for b in BUCKETS) for row in rows), default=0) or 1
    found = []
    for row in rows:
        at, bars = 0.0, []
        for bucket in BUCKETS:
            units = getattr(row, bucket)
            if units:
                width = 100.0 * units / most
                bars.append((bucket, round(at, 3), round(width, 3), units))
                at += width
        found.append((row, bars))
    return found


def effects_of_receipt(form: Any, waiting: int) -> list[tuple[str, str]]:
    """What a receipt does."""
    told = [
        (f"{form.sku} at {form.location}", f"{form.quantity:,} more available"),
        ("The pool may promise", f"{form.quantity:,} more"),
    ]
    if waiting:
        told.append((f"{waiting:,} units are waited for", "those who wait are served first"))
    return told


def effects_of_adjustment(sku: str, location: str, delta: int, row: Any) -> list[tuple[str, str]]:
    """What a correction does: before and after, and whom it takes units from. `row` is the balance there now."""
    now = row.available if row is not None else 0
    promise = row.available_to_promise if row is not None else 0
    told = [(f"Available of {sku} at {location}", f"{now:,} now, {now + delta:,} then")]
    if now + delta < 0 and row is not None:
        taken = min(-(now + delta), row.allocated)
        told[0] = (f"Available of {sku} at {location}", f"{now:,} now, 0 then")
        told.append(("Allocated to orders", f"{taken:,} are taken back; their orders are sourced again"))
    told.append(("The pool may promise", f"{promise:,} now, {promise + delta:,} then"))
    return told


def refusal(code: str, detail: str, details: Mapping[str, Any] | None = None) -> str:
    """A "no" of stock, for people."""
    said = REFUSALS.get(code)
    return said if said is not None else detail


REFUSALS = {
    "unknown_sku": "There is no SKU of this code.",
    "unknown_location": "There is no location of this code.",
    "location_inactive": "The location is closed: nothing comes in there.",
    "zero_quantity": "Nothing would change: write how many units to add, or to take away with a minus.",
    "insufficient_stock": "Fewer units are there than you take away. Count again.",
    "supply_not_found": "This supply is no longer there. Show the page again.",
    "unknown_supply": "That supply is of another SKU or pool.",
    "not_stocked": "Kits and digital goods have no stock of their own. Receive their components.",
    "above_limit": "This is more than you may correct without approval. Ask for approval, or correct less.",
}
