"""Understand an order: look its codes up in the catalogue, explode kits, check its money. Pure.

What is wrong with the order itself refuses it. What a person can mend holds it instead: an unknown SKU, an inactive
one, money that does not fit (another currency than the channel's, more paid than it costs), and whatever is wrong with
an order that is paid, came from a marketplace or was handed over at a till. Such an order is never refused, unless it
cannot be written down at all (docs/adr/0009): no such channel, lines in two currencies, a sum beyond all bounds. What
else of it cannot be written down is left out (`orders.storable`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from orderwright.catalog import ChannelFacts, LocationFacts, SkuFacts
from orderwright.orders.contract import EXCHANGE, MANAGED_PROVIDERS, STORE_CREDIT, Line, PlaceOrder
from orderwright.orders.errors import Refusal
from orderwright.orders.pricing import PricedOrder, price_order
from orderwright.orders.queries import ParentRow
from orderwright.orders.storable import Without, find_unstorable, is_of_one_currency, write_without
from orderwright.platform.context import Context
from orderwright.platform.ids import UUID
from orderwright.platform.money import CURRENCIES

ALL_STEPS = ("source", "release", "ship")
UNITS_MAX = 2**31 - 1  # what `component.ordered` holds


class Catalogue(NamedTuple):
    """What a batch of orders refers to, by code."""

    channels: Mapping[str, ChannelFacts]
    skus: Mapping[str, SkuFacts]
    parts: Mapping[UUID, SkuFacts]  # components of kits, by id
    locations: Mapping[str, LocationFacts]
    parents: Mapping[str, ParentRow]  # orders that exist, by the text that names them


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


def understand(ctx: Context, order: PlaceOrder, catalogue: Catalogue, *, may_hold_nul: bool = True) -> Draft | Refusal:
    """Turn an order into a draft, or say why it is refused. Precedence: as in `orders.errors.REFUSALS`.
    `may_hold_nul`: as in `find_unstorable`."""
    channel = catalogue.channels.get(order.channel)
    refusal = refuse_by_limits(ctx, order, catalogue)
    if refusal is None and not is_of_one_currency(order):
        refusal = Refusal("currency_mismatch", {"currency": order.currency})
    if refusal is not None or channel is None:
        return refusal or Refusal("unknown_channel", {"channel": order.channel})
    never_refused = channel.kind in ("marketplace", "pos") or any(p.state == "captured" for p in order.payments)
    holds: dict[str, HoldDraft] = {}
    unstorable = find_unstorable(order, ctx.now, may_hold_nul=may_hold_nul)
    priced = price_order(order, clamp=never_refused)
    if never_refused and (unstorable is not None or isinstance(priced, Refusal)):
        without = write_without(order, ctx.now)
        order, priced = without.order, price_order(without.order, clamp=True)
        holds = {hold.type: hold for hold in _holds_for(without)}
    elif unstorable is not None:
        return unstorable
    lines = [_line(n, line, channel, catalogue) for n, line in enumerate(order.lines, 1)]
    parent_id = _parent(ctx, order, catalogue)
    for fault in _faults(order, channel, parent_id, priced, lines):
        if not never_refused or fault.code == _NEVER_HELD:
            return fault
        hold = _INSTEAD.get(fault.code, HoldDraft(fault.code, ALL_STEPS, {}))
        holds.setdefault(hold.type, hold._replace(detail=fault.details))
    if isinstance(priced, Refusal):
        return priced
    if priced.difference_minor:
        priced = priced._replace(rounding_minor=priced.rounding_minor + priced.difference_minor, difference_minor=0)
    found = [*holds.values(), *holds_for_money(order, channel), *_holds_of_lines(lines)]
    return Draft(order, channel, parent_id, priced, lines, found, never_refused)


def draft_of(order: PlaceOrder, first_n: int, priced: PricedOrder, catalogue: Catalogue) -> Draft:
    """Lines that are added to an order, as a draft to be promised like any other; numbered from `first_n`."""
    channel = catalogue.channels[order.channel]
    lines = [_line(n, line, channel, catalogue) for n, line in enumerate(order.lines, first_n)]
    return Draft(order, channel, None, priced, lines, [], never_refused=False)


def _holds_for(without: Without) -> Iterator[HoldDraft]:
    """What holds an order that is taken without something that it said, or in a currency that nobody knows."""
    if without.payments:
        yield HoldDraft("currency_mismatch", ALL_STEPS, {"payments": without.payments})
    if without.order.currency not in CURRENCIES:
        yield HoldDraft("unknown_currency", ALL_STEPS, {"currency": without.order.currency})
    if without.fields:
        yield HoldDraft("content_dropped", ALL_STEPS, {"fields": without.fields})
    if without.placed_at is not None:
        yield HoldDraft("implausible_time", ALL_STEPS, {"placed_at": without.placed_at.isoformat()})


PAYMENT_PENDING = "payment_pending"  # until what we are to authorize is authorized
AWAITING_RETURN = "awaiting_return"  # until what comes back in exchange has paid for it
PAYMENT_REFUSED = "payment_refused"  # until there is another payment, or somebody decides


def holds_for_money(order: PlaceOrder, channel: ChannelFacts) -> Iterator[HoldDraft]:
    """What holds any order: its channel's limits are in another currency, or more is paid than it costs."""
    if order.currency != channel.currency and order.currency in CURRENCIES:
        yield HoldDraft("currency_differs", ALL_STEPS, {"currency": order.currency, "channel": channel.currency})
    if order.payments:
        reported = sum(payment.amount.amount for payment in order.payments)
        if reported > order.total.amount:
            yield HoldDraft("overpaid", ("release", "ship"), {"reported": reported, "total": order.total.amount})
        if any(p.state == "pending" and p.provider in MANAGED_PROVIDERS and p.amount.amount for p in order.payments):
            yield HoldDraft(PAYMENT_PENDING, ("release", "ship"), {})


_NEVER_HELD = "amount_out_of_range"  # there is no way to write it down
# What holds an order that is never refused, where it is not simply named and blocking like the refusal's code.
_INSTEAD = {
    "totals_do_not_add_up": HoldDraft("totals_mismatch", ALL_STEPS, {}),
    "price_differs": HoldDraft("price_differs", ("source",), {}),
}


def _faults(
    order: PlaceOrder,
    channel: ChannelFacts,
    parent_id: UUID | None,
    priced: PricedOrder | Refusal,
    lines: Sequence[DraftLine],
) -> Iterator[Refusal]:
    """What is wrong with an order of a known channel, in the precedence of refusals."""
    if not channel.active:  # after the identity: what was placed while it was open is here all the same
        yield Refusal("channel_inactive", {"channel": order.channel})
    if order.parent is not None and parent_id is None:
        yield Refusal("unknown_parent", {"parent": order.parent})
    yield from _faults_of_places(channel, lines)
    if order.ship_to is None and any(line.delivery == "ship" for line in lines):
        yield Refusal("address_needed", {})
    if any(p.provider == EXCHANGE for p in order.payments):
        yield Refusal("provider_reserved", {"provider": EXCHANGE})
    if any(p.provider == STORE_CREDIT and p.state != "pending" for p in order.payments):  # no account was asked
        yield Refusal("store_credit_not_pending", {})
    if (too_many := too_many_units(lines)) is not None:
        yield too_many
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


def _faults_of_places(channel: ChannelFacts, lines: Sequence[DraftLine]) -> Iterator[Refusal]:
    """Where lines cannot come from. What left a till at a location that is not open is a fact all the same."""
    named = [line for line in lines if line.line.location is not None]
    for line in named:
        if line.location is None:
            yield Refusal("unknown_location", {"line": line.n, "location": line.line.location})
    for line in named:
        handed = is_handed_over(channel.kind, line.delivery, has_location=True)
        if line.location is not None and not (line.location.active or handed):
            yield Refusal("location_inactive", {"line": line.n, "location": line.line.location})
    for line in lines:
        if line.line.delivery == "pickup" and line.line.location is None:
            yield Refusal("location_needed", {"line": line.n})


def too_many_units(lines: Sequence[DraftLine]) -> Refusal | None:
    """For the first line whose kits have more components than can be counted."""
    for line in lines:
        if line.sku is not None and line.sku.components and any(c.quantity > UNITS_MAX for c in line.components):
            return Refusal("amount_out_of_range", {"field": f"lines[{line.n - 1}].quantity"})
    return None


def refuse_by_limits(ctx: Context, order: PlaceOrder, catalogue: Catalogue) -> Refusal | None:
    """What the caller is limited to comes before everything else, also before an earlier order is looked for."""
    channel = catalogue.channels.get(order.channel)
    return _check_channel(ctx, order, channel) or _check_locations(ctx, order, catalogue)


def _check_channel(ctx: Context, order: PlaceOrder, channel: ChannelFacts | None) -> Refusal | None:
    if channel is None:
        return Refusal("unknown_channel", {"channel": order.channel})
    if not ctx.may_channel(channel.id):
        return Refusal("channel_not_allowed", {"channel": order.channel})
    return None


def _check_locations(ctx: Context, order: PlaceOrder, catalogue: Catalogue) -> Refusal | None:
    """Who is limited to locations brings or hands over there: each line names one of them."""
    if ctx.locations is None:
        return None
    for n, line in enumerate(order.lines, 1):
        location = catalogue.locations.get(line.location) if line.location is not None else None
        if location is None or location.id not in ctx.locations:
            return Refusal("location_not_allowed", {"line": n})
    return None


def _parent(ctx: Context, order: PlaceOrder, catalogue: Catalogue) -> UUID | None:
    """The parent order, where there is one that the caller may see."""
    row = catalogue.parents.get(order.parent) if order.parent is not None else None
    return row.id if row is not None and ctx.may_order(row.channel_id, row.location_ids) else None


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
