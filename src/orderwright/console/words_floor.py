"""What the screens of the floor say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orderwright.console.words import Badge, span

STEPS: tuple[tuple[str, str], ...] = (
    ("open", "To release"), ("released", "To pick"), ("picking", "Being picked"), ("picked", "To pack"),
    ("packed", "To ship"),
)  # fmt: skip
STATES: dict[str, Badge] = {
    "open": Badge("To release", "neutral"),
    "released": Badge("To pick", "neutral"),
    "picking": Badge("Being picked", "blue"),
    "picked": Badge("To pack", "blue"),
    "packed": Badge("To ship", "blue"),
    "shipped": Badge("Shipped", "green"),
    "delivered": Badge("Delivered", "green"),
    "rejected": Badge("Rejected", "red"),
    "cancelled": Badge("Cancelled", "neutral"),
}
METHODS = {"ship": "Parcel", "pickup": "Pick-up here"}
LABELS = {"label_wanted": "the label is being bought", "labelled": "the label is there"}
SHORT_REASONS = (
    ("missing", "Not on the shelf"), ("damaged", "There, but damaged"), ("elsewhere", "Perhaps on another shelf"),
)  # fmt: skip
REJECT_REASONS = (
    ("out_of_stock", "The goods are not there"), ("damaged", "The goods are damaged"),
    ("no_capacity", "No time today"), ("closed", "Closed"), ("other", "Another reason"),
)  # fmt: skip
REJECT_SAYS = {
    "out_of_stock": "Its units are booked as lost here, and sourced again from another location.",
    "damaged": "Its units are sourced again from another location.",
}
SAID = {
    "released": "Released: it is on the list to pick.",
    "picking": "You pick this now.",
    "picked": "Picked. Next: pack it.",
    "picked_short": "Picked in part; the rest is sourced again. Next: pack it.",
    "packed": "Packed.",
    "shipped": "Shipped.",
    "handed_over": "Handed over.",
    "reject": "Rejected: its units are sourced again elsewhere.",
}
CHECKED = (
    ("number", "Order number and name"), ("code", "The code in the shopper's message"), ("id", "Photo ID"),
    ("known", "Somebody we know"),
)  # fmt: skip
NUMBER_REASONS = (
    ("wrong_number", "The number was wrong"), ("other_carrier", "It goes with another carrier"),
    ("label_damaged", "The label was damaged"), ("changed_by_carrier", "The carrier gave it another number"),
)  # fmt: skip
REFUSED = {
    "wrong_state": "Somebody was faster: this is {state} by now.",
    "order_held": "The order is held: it may not leave. Put it aside and ask.",
    "parcel_empty": "A parcel is empty. Say what is in it, or take it away.",
    "units_differ": "The parcels do not hold just what was picked. Count what is in each again.",
    "tracking_number_taken": "Another parcel has this tracking number. Scan the label that is on this one.",
    "unknown_parcel": "This parcel has left already.",
    "label_refused": "This is no label: bring a PDF, a PNG or a ZPL file.",
    "label_too_large": "The file is larger than 1 MB. Save the label alone.",
    "address_erased": "The address of the order was erased: no label is kept. Print it where it was made.",
    "label_missing": "The label is not there yet. Wait a moment, then ship it.",
    "fulfillment_not_found": "This is not here any more.",
    "short_too_large": "More are missing than were wanted. Count again.",
    "unknown_carrier": "There is no carrier of this name.",
    "unknown_service": "The carrier has no service of this name.",
}


def due(due_at: datetime, now: datetime) -> Badge:
    """How long is left: "40 min left", "2 h late"."""
    left = due_at - now
    if left.total_seconds() < 0:
        return Badge(f"{span(-left)} late", "red")
    return Badge(f"{span(left)} left", "amber" if left.total_seconds() < SOON_S else "neutral")


def refused(problem: Any) -> str:
    """A "no" of a step, for who stands at the shelf."""
    said = REFUSED.get(problem.code)
    if said is None:
        return str(problem.detail)
    state = STATES.get(str((problem.details or {}).get("state", "")))
    return said.format(state=state.word.lower() if state is not None else "further on")


def parcels_left(parcels: int) -> str:
    """What is still here after parcels left."""
    return f"Shipped. {parcels} parcel{'s are' if parcels > 1 else ' is'} still here."


def picker(actor: str | None, me: str) -> str:
    """Who picks: "you", "a colleague"."""
    return "" if actor is None else "you" if actor == me else "a colleague"


SOON_S = 3_600
