"""An order as a short story: where it is, in one sentence; the steps it has gone and will go; its parcels. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from orderwright.fulfillment import tracking_url
from orderwright.portal.tongues import N_, Translate

State = Literal["done", "now", "next", "stop"]
PARCEL_STATES = {
    "label_wanted": N_("Ready to leave"),
    "labelled": N_("Ready to leave"),
    "shipped": N_("Handed to the carrier"),  # labelled, and gone
    "in_transit": N_("On its way"),
    "out_for_delivery": N_("Being delivered today"),
    "exception": N_("Delayed by the carrier"),
    "delivered": N_("Delivered"),
    "cancelled": N_("Cancelled"),
}
_HERE = frozenset({"label_wanted", "labelled"})
CARRIER_SAYS = {
    "accepted": N_("The carrier has it"),
    "in_transit": N_("On its way"),
    "out_for_delivery": N_("Being delivered"),
    "exception": N_("Something delays it"),
    "delivered": N_("Delivered"),
}


class Step(NamedTuple):
    """A step of the story. `at` is when it was done, or for when it is promised."""

    title: str
    state: State
    at: Any = None
    detail: str = ""


class Tally(NamedTuple):
    """An order's units, by where they are."""

    ordered: int
    cancelled: int
    waiting: int
    here: int
    working: int
    shipped: int
    delivered: int
    returned: int
    external: int

    @property
    def left(self) -> int:
        """Units that were to be sent and are not cancelled."""
        return self.ordered - self.cancelled - self.external


class Story(NamedTuple):
    """What a shopper wants to know. `headline` says it; `note` says more where something is not as it should be."""

    headline: str
    note: str
    steps: list[Step]
    tone: Literal["good", "plain", "warn"]


def tally(order: Any) -> Tally:
    """Units of an order, by where they are. `here`: can still be cancelled; `working`: somebody has begun on them."""
    parts = [component for line in order.lines for component in line.components]
    return Tally(
        ordered=sum(p.ordered for p in parts),
        cancelled=sum(p.cancelled for p in parts),
        waiting=sum(p.backordered for p in parts),
        here=sum(p.pending + p.promised + p.allocated for p in parts),
        working=sum(p.picked + p.packed for p in parts),
        shipped=sum(p.shipped for p in parts),
        delivered=sum(p.delivered for p in parts),
        returned=sum(p.returned for p in parts),
        external=sum(p.external for p in parts),
    )


def is_late(order: Any, units: Tally, today: date) -> bool:
    """Whether the promised day is over and not all has left."""
    return order.promised_on is not None and order.promised_on < today and units.shipped < units.left


def tell(order: Any, today: date, day: Any, translate: Translate) -> Story:
    """The story of an order, on a day. `day` writes a day as the shopper does."""
    units = tally(order)
    late = is_late(order, units, today)
    due = order.promised_on if order.promised_on is not None and order.promised_on >= today else None
    headline, tone = _headline(order, units, late, due, day, translate)
    return Story(headline, _note(order, units, late, day, translate), _steps(order, units, translate), tone)


def _headline(  # noqa: PLR0911  # one return a sentence
    order: Any, units: Tally, late: bool, due: date | None, day: Any, _: Translate
) -> tuple[str, Literal["good", "plain", "warn"]]:
    if order.status == "cancelled":
        return _("Your order is cancelled"), "plain"
    if units.left and units.delivered >= units.left:
        at = max((f.delivered_at for f in order.fulfillments if f.delivered_at), default=None)
        return (_("Delivered on %(day)s", day=day(at)) if at else _("Delivered")), "good"
    if any(hold.type == "awaiting_return" for hold in order.holds):
        return _("Waiting for what you send back"), "plain"
    if order.holds:
        return _("We are checking your order"), "plain"
    if late:
        return _("Your order is late"), "warn"
    if units.waiting and not units.here + units.working + units.shipped:
        return _("Waiting for supply"), "warn"
    if due is not None:
        return _("Arriving by %(day)s", day=day(due)), "good"
    if units.shipped:
        return _("On its way"), "good"
    return _("We have your order"), "good"


def _note(order: Any, units: Tally, late: bool, day: Any, _: Translate) -> str:
    if late:
        return _("It was promised for %(day)s. We are sorry that it takes longer.", day=day(order.promised_on))
    if units.waiting and order.status != "cancelled":
        dates = sorted(b.expected_on for b in order.backorders if b.expected_on is not None)
        if dates:
            return _("Some of it comes in on %(day)s and is sent then.", day=day(dates[-1]))
        return _("Some of it is not in stock. It is sent as soon as it comes in.")
    if 0 < units.shipped < units.left:
        return _("Part of it has left; the rest follows.")
    return ""


def _steps(order: Any, units: Tally, _: Translate) -> list[Step]:
    steps = [Step(_("Order received"), "done", order.placed_at)]
    if order.status == "cancelled":
        return [*steps, Step(_("Cancelled"), "stop")]
    sent = [f.shipped_at for f in order.fulfillments if f.shipped_at]
    arrived = [f.delivered_at for f in order.fulfillments if f.delivered_at]
    pickup = bool(order.fulfillments) and all(f.method == "pickup" for f in order.fulfillments)
    all_sent = units.left > 0 and units.shipped >= units.left
    all_here = units.left > 0 and units.delivered >= units.left
    preparing: State = "done" if all_sent else "now"
    steps.append(Step(_("Being prepared"), preparing, detail=_("Waiting for supply") if units.waiting else ""))
    if pickup:
        return [*steps, Step(_("Picked up"), "done" if all_here else "next", max(arrived, default=None))]
    title = _("Partly on its way") if units.shipped and not all_sent else _("On its way")
    steps.append(Step(title, "next" if not units.shipped else "done" if all_here else "now", max(sent, default=None)))
    steps.append(Step(_("Delivered"), "done" if all_here else "next", max(arrived) if all_here and arrived else None))
    return steps


class Parcel(NamedTuple):
    """A parcel. `says` are the carrier's words, newest first, as (sentence, place, when)."""

    carrier: str
    number: str | None
    url: str | None
    state: str
    says: list[tuple[str, str | None, Any]]
    items: list[str]


def parcels_of(order: Any, shipments: Sequence[Any], translate: Translate) -> list[Parcel]:
    """The parcels of an order. `shipments` in full, with what carriers said."""
    names = {(line.n, c.n): c.name or line.name or line.sku for line in order.lines for c in line.components}
    found: list[Parcel] = []
    for shipment in shipments:
        for parcel in shipment.parcels:
            left = parcel.shipped_at is not None and parcel.state in _HERE
            items = [f"{u.quantity} × {names[u.line, u.component]}" for u in parcel.units]
            state = PARCEL_STATES.get("shipped" if left else parcel.state)
            number = parcel.tracking_number
            url = tracking_url(parcel.carrier, number)
            found.append(
                Parcel(carrier_name(parcel.carrier), number, url, translate(state) if state else "",
                       _said(parcel.events, translate), items)
            )  # fmt: skip
    return found


def carrier_name(code: str) -> str:
    """A carrier as people call it."""
    return "" if code == "builtin" else code.upper() if len(code) <= 4 else code.title()


def _said(events: Sequence[Any], translate: Translate) -> list[tuple[str, str | None, Any]]:
    said = [(CARRIER_SAYS.get(e.code), e.place, e.happened_at) for e in events]
    return [(translate(words), place, at) for words, place, at in reversed(said) if words is not None]
