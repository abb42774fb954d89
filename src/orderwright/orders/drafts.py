"""Understand an order: look its codes up in the catalogue, explode kits, check its money. Pure.

What is wrong with the order itself refuses it. What a person can mend (an unknown SKU, an inactive one, and
totals of an order that is paid or came from a marketplace) holds it instead: such an order is never refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Catalogue(NamedTuple):
    """What a batch of orders refers to, by code."""

    channels: Mapping[str, ChannelFacts]
    skus: Mapping[str, SkuFacts]
    parts: Mapping[UUID, SkuFacts]  # components of kits, by id
    locations: Mapping[str, LocationFacts]


class HoldDraft(NamedTuple):
    """A hold to open: its type, the steps it blocks, and details without personal data."""

    type: str
    blocks: tuple[str, ...]
    detail: dict[str, Any]


class DraftComponent(NamedTuple):
    """A thing that a line is made of: `mode` is stock (needs ours), external (needs none) or pending (to be resolved)."""

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
    """An order that is understood, not yet promised. `never_refused`: paid, or from a marketplace."""

    command: PlaceOrder
    channel: ChannelFacts
    priced: PricedOrder
    lines: list[DraftLine]
    holds: list[HoldDraft]
    never_refused: bool


def understand(ctx: Context, order: PlaceOrder, catalogue: Catalogue) -> Draft | Refusal:
    """Turn an order into a draft, or say why it is refused. Precedence: as in `orders.errors.REFUSALS`."""
    channel = catalogue.channels.get(order.channel)
    refusal = _check_channel(ctx, order, channel) or _check_currency(order) or _check_rest(order, catalogue)
    if refusal is not None or channel is None:
        return refusal or Refusal("unknown_channel", {"channel": order.channel})
    priced = price_order(order)
    if isinstance(priced, Refusal):
        return priced
    never_refused = channel.kind == "marketplace" or any(p.state == "captured" for p in order.payments)
    holds: list[HoldDraft] = []
    if priced.difference_minor:
        detail = {"difference": priced.difference_minor, "expected": order.total.amount - priced.difference_minor}
        if not never_refused:
            return Refusal("totals_do_not_add_up", detail)
        holds.append(HoldDraft("totals_mismatch", ("source", "release", "ship"), detail))
        priced = priced._replace(rounding_minor=priced.rounding_minor + priced.difference_minor, difference_minor=0)
    lines = [_line(n, line, catalogue) for n, line in enumerate(order.lines, 1)]
    holds.extend(_holds_of_lines(lines))
    if channel.verify_prices:
        differing = _differing_price(order, lines)
        if differing is not None:
            if not never_refused:
                return Refusal("price_differs", differing)
            holds.append(HoldDraft("price_differs", ("source",), differing))
    return Draft(order, channel, priced, lines, holds, never_refused)


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


def _check_rest(order: PlaceOrder, catalogue: Catalogue) -> Refusal | None:
    ships = False
    for n, line in enumerate(order.lines, 1):
        if line.location is not None and line.location not in catalogue.locations:
            return Refusal("unknown_location", {"line": n, "location": line.location})
        if line.delivery == "pickup" and line.location is None:
            return Refusal("location_needed", {"line": n})
        ships = ships or line.delivery == "ship"
    if ships and order.ship_to is None:
        return Refusal("address_needed", {})
    refused = refuse_json(order.metadata)
    if refused is not None:
        return Refusal(refused, {"field": "metadata"})
    return None


def _line(n: int, line: Line, catalogue: Catalogue) -> DraftLine:
    sku = catalogue.skus.get(line.sku)
    location = catalogue.locations[line.location] if line.location is not None else None
    delivery = "digital" if sku is not None and sku.kind == "digital" else line.delivery
    if sku is None or not sku.active:
        components = [DraftComponent(n, 1, sku.id if sku else None, line.quantity, "pending")]
    elif delivery in ("digital", "channel"):
        components = [DraftComponent(n, 1, sku.id, line.quantity, "external")]
    elif sku.kind == "kit":
        components = [
            DraftComponent(n, i, part_id, line.quantity * per_kit, "stock", catalogue.parts[part_id].backorder_limit)
            for i, (part_id, per_kit) in enumerate(sku.components, 1)
        ]
    else:
        components = [DraftComponent(n, 1, sku.id, line.quantity, "stock", sku.backorder_limit)]
    return DraftLine(n, line, sku, location, delivery, components)


def _holds_of_lines(lines: Sequence[DraftLine]) -> list[HoldDraft]:
    """One hold a type, naming the lines."""
    unknown = [line.n for line in lines if line.sku is None]
    inactive = [line.n for line in lines if line.sku is not None and not line.sku.active]
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
