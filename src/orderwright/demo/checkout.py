"""How each channel's checkout turns a real basket into an order: person, address, discounts, tax, shipping, payment.

All amounts are whole cents, and add up by construction: total = lines + shipping + fees - discounts + tax, with no
rounding line. Pure: the same basket, seed and moment give the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from orderwright.demo.journey import Basket, BasketLine
from orderwright.demo.people import address, home, mix, person
from orderwright.demo.places import Place, State
from orderwright.demo.products import CURRENCY, Catalogue, Extra, Product
from orderwright.demo.world import nearest_store
from orderwright.orders.contract import (
    Amount,
    Charge,
    Delivery,
    Discount,
    Line,
    PaymentMethod,
    PaymentState,
    PlaceOrder,
    ReportedPayment,
    Tax,
    UnitPrice,
)

_PEOPLE_A_HOUSEHOLD = 16  # a household of the data stands for a street of people, or each would order all day
_PPM = 1_000_000
_OURS = "builtin"  # the provider by which the system moves the money of the merchant's own channels
_REFUSALS = ("tok_declined", "tok_insufficient_funds")
_EXACT_DIVISORS = frozenset((2, 4, 5, 8))  # quantities whose unit price is a short decimal


class Style(NamedTuple):
    """A channel's habits. Amounts in cents; `weight` of 100 orders come from it."""

    channel: str
    prefix: str
    weight: int
    shipping: int
    free_from: int  # goods for which shipping is free
    method: PaymentMethod
    state: PaymentState
    provider: str | None
    fee: tuple[str, int] | None = None
    one_tax: bool = False  # reports tax and coupons once for the order, not by line
    relay: bool = False


STYLES = (
    Style("web", "WEB", 34, 599, 3_500, "card", "pending", _OURS, one_tax=True),
    Style("app", "APP", 22, 399, 2_500, "wallet", "pending", _OURS),
    Style("bazaar", "BZR", 18, 499, 2_000, "marketplace", "captured", "bazaar", one_tax=True, relay=True),
    Style("social", "SOC", 9, 699, 5_000, "card", "captured", "cardhouse", fee=("GIFTWRAP", 199)),
    Style("wholesale", "PO", 8, 2_500, 20_000, "invoice", "pending", None),
    Style("assistant", "AST", 9, 499, 4_000, "card", "pending", _OURS, fee=("HANDLING", 99)),
)
_BY_BITS = tuple(style for style in STYLES for _ in range(style.weight))


class Options(NamedTuple):
    """What happens now and then, one in so many orders; 0 is never."""

    kits_one_in: int = 40
    gift_cards_one_in: int = 60
    pickups_one_in: int = 0  # of the app's orders
    marketplace_ships_one_in: int = 25  # of the marketplace's orders
    refused_one_in: int = 150  # of the payments that we move: the payer's bank says no


class _Priced(NamedTuple):
    """A line as it will be sent, with what it adds to the order in cents."""

    line: Line
    subtotal: int
    loyalty: int
    coupon: int
    tax: int


def order_of(
    basket: Basket, lines: Sequence[BasketLine], catalogue: Catalogue, options: Options, seed: int, placed_at: datetime
) -> PlaceOrder:
    """The order that one basket becomes, with these of its lines."""
    bits = mix(seed, basket.basket_id, basket.lap)
    style = _BY_BITS[bits % 100]
    number = (basket.lap * 10_000 + basket.household) * 100 + (bits >> 8) % _PEOPLE_A_HOUSEHOLD
    business = style.channel == "wholesale"
    place = home(number, seed)
    delivery, location = _delivery(style, bits, options, place)
    priced = [
        _priced(catalogue.products[line.product_id], line, style, None if business else place.state, delivery, location)
        for line in lines
    ]
    if not business and delivery == "ship":
        _swap_in_extra(priced, catalogue, options, bits, style, place.state)
    ships = any(entry.line.delivery == "ship" for entry in priced)
    goods = sum(entry.subtotal - entry.loyalty - entry.coupon for entry in priced)
    charges = _shipping(style, goods, place.state) if ships else []
    fees = [Charge(amount=_usd(style.fee[1]), code=style.fee[0])] if style.fee and (bits >> 20) % 4 == 0 else []
    tax = sum(entry.tax for entry in priced)
    coupons = sum(entry.coupon for entry in priced)
    total = goods + tax + sum(_charged(charge) for charge in (*charges, *fees))
    return PlaceOrder(
        channel=style.channel,
        external_id=_external_id(style, basket, seed),
        kind="wholesale" if business else "sale",
        currency=CURRENCY,
        placed_at=placed_at,
        customer=person(number, seed, relay=style.channel if style.relay else None),
        ship_to=address(number, seed, company=business, phone=not style.relay) if ships else None,
        bill_to=address(number, seed, company=True) if business else None,
        lines=[entry.line for entry in priced],
        shipping=charges,
        fees=fees,
        discounts=[Discount(amount=_usd(coupons), code="COUPON")] if style.one_tax and coupons else [],
        taxes=[Tax(amount=_usd(tax), name="Sales tax")] if style.one_tax and tax else [],
        total=_usd(total),
        payments=_payments(style, total, options, bits),
        requested_delivery_on=placed_at.date() + timedelta(days=5) if business else None,
        tags=["gift"] if (bits >> 24) % 30 == 0 else [],
        metadata={"basket": basket.basket_id},
    )


def _priced(
    product: Product, line: BasketLine, style: Style, state: State | None, delivery: Delivery, location: str | None
) -> _Priced:
    unit, quantity = _unit_price(line.gross, line.quantity), line.quantity
    subtotal = int(unit * quantity)
    loyalty = min(line.loyalty, subtotal)
    coupon = min(line.coupon, subtotal - loyalty)
    tax = _tax(state, subtotal - loyalty - coupon) if product.taxed else 0
    discounts = [Discount(amount=_usd(loyalty), code="LOYALTY")] if loyalty else []
    if coupon and not style.one_tax:
        discounts.append(Discount(amount=_usd(coupon), code="COUPON"))
    sent = Line(
        sku=product.code,
        quantity=quantity,
        unit_price=UnitPrice(unit, CURRENCY),
        reference=str(line.product_id),
        name=product.name,
        delivery=delivery,
        location=location,
        discounts=discounts,
        taxes=[_line_tax(state, tax)] if tax and state and not style.one_tax else [],
    )
    return _Priced(sent, subtotal, loyalty, coupon, tax)


def _unit_price(gross: int, quantity: int) -> int | Decimal:
    """Cents of one unit such that units times price are whole cents: exact where short, else rounded down."""
    unit, rest = divmod(gross, quantity)
    if rest and quantity in _EXACT_DIVISORS:
        return Decimal(gross) / quantity
    return max(unit, 1)


def _swap_in_extra(
    priced: list[_Priced], catalogue: Catalogue, options: Options, bits: int, style: Style, state: State
) -> None:
    """Now and then a kit or a gift card takes the first line's place."""
    if catalogue.kits and _now_and_then(bits >> 28, options.kits_one_in):
        extra: Extra = catalogue.kits[(bits >> 40) % len(catalogue.kits)]
    elif _now_and_then(bits >> 34, options.gift_cards_one_in):
        extra = catalogue.gift_cards[(bits >> 40) % len(catalogue.gift_cards)]
    else:
        return
    tax = _tax(state, extra.price) if extra.taxed else 0
    sent = Line(
        sku=extra.code,
        quantity=1,
        unit_price=UnitPrice(extra.price, CURRENCY),
        name=extra.name,
        delivery="ship" if extra.parts else "digital",
        taxes=[_line_tax(state, tax)] if tax and not style.one_tax else [],
    )
    priced[0] = _Priced(sent, extra.price, 0, 0, tax)


def _delivery(style: Style, bits: int, options: Options, place: Place) -> tuple[Delivery, str | None]:
    """How all lines are delivered, and the location where they are picked up."""
    if style.channel == "app" and _now_and_then(bits >> 12, options.pickups_one_in):
        return "pickup", nearest_store(place.latitude, place.longitude)
    if style.relay and _now_and_then(bits >> 12, options.marketplace_ships_one_in):
        return "channel", None
    return "ship", None


def _shipping(style: Style, goods: int, state: State) -> list[Charge]:
    if goods >= style.free_from:
        return []
    tax = _tax(state, style.shipping) if state.taxes_shipping and style.method != "invoice" else 0
    taxes = [_line_tax(state, tax)] if tax else []
    return [Charge(amount=_usd(style.shipping), code="STANDARD", name="Standard shipping", taxes=taxes)]


def _payments(style: Style, total: int, options: Options, bits: int) -> list[ReportedPayment]:
    """One payment of the total; of some wallets the last ten dollars come from a gift card.

    What the system is to authorize itself names the token of the payer's card, the rest the reference of whoever took
    the money.
    """
    if total == 0:
        return []
    reference = _token(options, bits) if style.provider == _OURS else f"{style.prefix.lower()}_{bits:016x}"
    card = 1_000 if style.method == "wallet" and (bits >> 44) % 12 == 0 and total > 1_000 else 0
    paid = [
        ReportedPayment(
            method=style.method,
            state=style.state,
            amount=_usd(total - card),
            provider=style.provider,
            reference=reference,
        )
    ]
    if card:
        paid.append(
            ReportedPayment(method="gift_card", state="captured", amount=_usd(card), reference=f"gc_{bits:012x}")
        )
    return paid


def _token(options: Options, bits: int) -> str:
    """The payer's card, as the built-in provider knows it."""
    refused = _now_and_then(bits >> 48, options.refused_one_in)
    return _REFUSALS[(bits >> 40) % len(_REFUSALS)] if refused else "tok_ok"


def _external_id(style: Style, basket: Basket, seed: int) -> str:
    """Differs between laps and seeds, since a channel never gives two orders the same."""
    lap = f".{basket.lap}" if basket.lap else ""
    return f"{style.prefix}-{basket.basket_id}{lap}{f'-s{seed}' if seed else ''}"


def _charged(charge: Charge) -> int:
    return charge.amount.amount + sum(tax.amount.amount for tax in charge.taxes)


def _tax(state: State | None, cents: int) -> int:
    """Rounded half up to the cent, as the states do."""
    return 0 if state is None else (cents * state.tax_ppm + _PPM // 2) // _PPM


def _line_tax(state: State, cents: int) -> Tax:
    return Tax(amount=_usd(cents), name=f"{state.code} sales tax", rate=_rate(state.tax_ppm))


@cache
def _rate(ppm: int) -> Decimal:
    return (Decimal(ppm) / _PPM).normalize()


def _usd(cents: int) -> Amount:
    return Amount(cents, CURRENCY)


def _now_and_then(bits: int, one_in: int) -> bool:
    return bool(one_in) and bits % one_in == 0
