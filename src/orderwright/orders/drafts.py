"""Understand an order: look its codes up in the catalogue, explode kits, check its money. Pure.

What is wrong with the order itself refuses it. What a person can mend holds it instead: an unknown SKU, an inactive
one, and whatever is wrong with an order that is paid, came from a marketplace or was handed over at a till. Such an
order is never refused, unless it cannot be written down at all (two currencies in it, a rate that is no number).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from orderwright.catalog import ChannelFacts, LocationFacts, SkuFacts
from orderwright.orders.contract import Amount, Line, PlaceOrder, SignedAmount, UnitPrice
from orderwright.orders.errors import Refusal
from orderwright.orders.pricing import PricedOrder, price_order
from orderwright.platform.context import Context
from orderwright.platform.ids import UUID
from orderwright.platform.json_values import refuse_json
from orderwright.platform.money import CURRENCIES

PLACED_YEAR_MIN, PLACED_YEAR_MAX = 1900, 2200  # what is further off cannot be told in every zone, or is a mistake


class Catalogue(NamedTuple):
    """What a batch of orders refers to, by code."""

    channels: Mapping[str, ChannelFacts]
    skus: Mapping[str, SkuFacts]
    parts: Mapping[UUID, SkuFacts]  # components of kits, by id
    locations: Mapping[str, LocationFacts]
    parents: Mapping[str, UUID]  # orders that exist, by the text that names them


class HoldDraft(NamedTuple):
    """A hold to open: its type, the steps it blocks, and details without personal data."""

    type: str
    blocks: tuple[str, ...]
    detail: dict[str, Any]


class DraftComponent(NamedTuple):
    """A thing that a line is made of. `mode`: stock (needs ours), external (needs none of ours), pending (not
    understood), handed (left a till at the line's location already: a fact)."""

    line_n: int
    n: int
    sku: UUID | None
    quantity: int
    mode: str
    backorder_limit: int | None = None


class DraftLine(NamedTuple):
    """A line with its catalogue entry and components."""

    n: int
    line: Line
    sku: SkuFacts | None
    location: LocationFacts | None
    delivery: str
    components: list[DraftComponent]


class Draft(NamedTuple):
    """An order that is understood, not yet promised. `never_refused`: paid, from a marketplace or from a till."""

    command: PlaceOrder
    channel: ChannelFacts
    parent_id: UUID | None
    priced: PricedOrder
    lines: list[DraftLine]
    holds: list[HoldDraft]
    never_refused: bool


def understand(ctx: Context, order: PlaceOrder, catalogue: Catalogue) -> Draft | Refusal:
    """Turn an order into a draft, or say why it is refused. Precedence: as in `orders.errors.REFUSALS`."""
    if not PLACED_YEAR_MIN <= order.placed_at.year <= PLACED_YEAR_MAX:
        return Refusal("unstorable_value", {"field": "placed_at"})
    channel = catalogue.channels.get(order.channel)
    refusal = _check_channel(ctx, order, channel) or _check_currency(order) or _check_metadata(order)
    if refusal is not None or channel is None:
        return refusal or Refusal("unknown_channel", {"channel": order.channel})
    never_refused = channel.kind in ("marketplace", "pos") or any(p.state == "captured" for p in order.payments)
    priced = price_order(order, clamp=never_refused)
    lines = [_line(n, line, channel, catalogue) for n, line in enumerate(order.lines, 1)]
    holds: dict[str, HoldDraft] = {}
    for fault in _faults(order, channel, catalogue, priced, lines):
        if not never_refused or fault.code == "amount_out_of_range":
            return fault
        hold = _INSTEAD.get(fault.code, HoldDraft(fault.code, ("source", "release", "ship"), {}))
        holds.setdefault(hold.type, hold._replace(detail=fault.details))
    if isinstance(priced, Refusal):
        return priced
    if priced.difference_minor:
        priced = priced._replace(rounding_minor=priced.rounding_minor + priced.difference_minor, difference_minor=0)
    parent_id = catalogue.parents.get(order.parent) if order.parent is not None else None
    return Draft(order, channel, parent_id, priced, lines, [*holds.values(), *_holds_of_lines(lines)], never_refused)


# What holds an order that is never refused, where it is not simply named and blocking like the refusal's code.
_INSTEAD = {
    "totals_do_not_add_up": HoldDraft("totals_mismatch", ("source", "release", "ship"), {}),
    "price_differs": HoldDraft("price_differs", ("source",), {}),
}


def _faults(
    order: PlaceOrder,
    channel: ChannelFacts,
    catalogue: Catalogue,
    priced: PricedOrder | Refusal,
    lines: Sequence[DraftLine],
) -> Iterator[Refusal]:
    """What is wrong with an order of a known channel, in the precedence of refusals."""
    if order.parent is not None and order.parent not in catalogue.parents:
        yield Refusal("unknown_parent", {"parent": order.parent})
    for line in lines:
        if line.line.location is not None and line.location is None:
            yield Refusal("unknown_location", {"line": line.n, "location": line.line.location})
    for line in lines:
        if line.line.delivery == "pickup" and line.line.location is None:
            yield Refusal("location_needed", {"line": line.n})
    if order.ship_to is None and any(line.delivery == "ship" for line in lines):
        yield Refusal("address_needed", {})
    if isinstance(priced, Refusal):
        yield priced
        return
    if priced.clamped:
        yield Refusal("discount_exceeds_lines", {})
    if priced.difference_minor:
        detail = {"difference": priced.difference_minor, "expected": order.total.amount - priced.difference_minor}
        yield Refusal("totals_do_not_add_up", detail)
    differing = _differing_price(order, lines) if channel.verify_prices else None
    if differing is not None:
        yield Refusal("price_differs", differing)


def _check_channel(ctx: Context, order: PlaceOrder, channel: ChannelFacts | None) -> Refusal | None:
    if channel is None:
        return Refusal("unknown_channel", {"channel": order.channel})
    if not channel.active:
        return Refusal("channel_inactive", {"channel": order.channel})
    if not ctx.may_channel(channel.id):
        return Refusal("channel_not_allowed", {"channel": order.channel})
    return None


def _check_currency(order: PlaceOrder) -> Refusal | None:
    """One known currency throughout."""
    currency = order.currency
    amounts: list[Amount | SignedAmount | UnitPrice] = [order.total]
    if order.rounding is not None:
        amounts.append(order.rounding)
    for line in order.lines:
        amounts.append(line.unit_price)
        amounts.extend(discount.amount for discount in line.discounts)
        amounts.extend(tax.amount for tax in line.taxes)
    for charge in (*order.shipping, *order.fees):
        amounts.append(charge.amount)
        amounts.extend(tax.amount for tax in charge.taxes)
    amounts.extend(discount.amount for discount in order.discounts)
    amounts.extend(tax.amount for tax in order.taxes)
    amounts.extend(payment.amount for payment in order.payments)
    same = all(amount.currency == currency for amount in amounts)
    if not same:
        return Refusal("currency_mismatch", {"currency": currency})
    return None if currency in CURRENCIES else Refusal("unknown_currency", {"currency": currency})


def _check_metadata(order: PlaceOrder) -> Refusal | None:
    refused = refuse_json(order.metadata)
    return None if refused is None else Refusal(refused, {"field": "metadata"})


def _line(n: int, line: Line, channel: ChannelFacts, catalogue: Catalogue) -> DraftLine:
    sku = catalogue.skus.get(line.sku)
    location = catalogue.locations.get(line.location) if line.location is not None else None
    delivery = "digital" if sku is not None and sku.kind == "digital" else line.delivery
    handed = is_handed_over(channel.kind, delivery, location is not None)
    if sku is None or not (sku.active or handed):
        components = [DraftComponent(n, 1, sku.id if sku else None, line.quantity, "pending")]
    else:
        components = components_of(n, sku, line.quantity, delivery, catalogue.parts, handed=handed)
    return DraftLine(n, line, sku, location, delivery, components)


def is_handed_over(channel_kind: str, delivery: str, has_location: bool) -> bool:
    """Whether a line tells of goods that left a till already: a fact, whatever the books say."""
    return channel_kind == "pos" and delivery == "pickup" and has_location


def components_of(
    line_n: int, sku: SkuFacts, quantity: int, delivery: str, parts: Mapping[UUID, SkuFacts], *, handed: bool = False
) -> list[DraftComponent]:
    """What `quantity` units of a known SKU are made of: the components of a kit that needs stock of ours (`parts` has
    them), else the SKU itself."""
    if delivery in ("digital", "channel"):
        return [DraftComponent(line_n, 1, sku.id, quantity, "external")]
    if not sku.components:
        return [_component(line_n, 1, sku, quantity, handed=handed)]
    return [
        _component(line_n, n, parts[part_id], quantity * per_kit, handed=handed)
        for n, (part_id, per_kit) in enumerate(sku.components, 1)
    ]


def _component(line_n: int, n: int, part: SkuFacts, quantity: int, *, handed: bool) -> DraftComponent:
    if part.kind == "digital":
        return DraftComponent(line_n, n, part.id, quantity, "external")
    if handed:
        return DraftComponent(line_n, n, part.id, quantity, "handed")
    return DraftComponent(line_n, n, part.id, quantity, "stock", part.backorder_limit)


def _holds_of_lines(lines: Sequence[DraftLine]) -> list[HoldDraft]:
    """One hold a type, naming the lines."""
    unknown = [line.n for line in lines if line.sku is None]
    inactive = [line.n for line in lines if line.sku is not None and line.components[0].mode == "pending"]
    holds = []
    if unknown:
        codes = [lines[n - 1].line.sku for n in unknown]
        holds.append(HoldDraft("unknown_sku", ("source",), {"lines": unknown, "skus": codes}))
    if inactive:
        codes = [lines[n - 1].line.sku for n in inactive]
        holds.append(HoldDraft("inactive_sku", ("source",), {"lines": inactive, "skus": codes}))
    return holds


def _differing_price(order: PlaceOrder, lines: Sequence[DraftLine]) -> dict[str, Any] | None:
    for line in lines:
        sku = line.sku
        if sku is None or sku.price_minor is None or sku.currency != order.currency:
            continue
        if Decimal(line.line.unit_price.amount) != sku.price_minor:
            return {"line": line.n, "catalogue_price": {"amount": sku.price_minor, "currency": sku.currency}}
    return None
