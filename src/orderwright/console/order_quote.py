"""An order as it is typed: what it comes to, what would be promised for it, and the order that is made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.console.frame import ConsoleScreen
from orderwright.platform.fields import NO_NUL, Code, Country, Quantity
from orderwright.platform.money import exponent

Text = Annotated[str, Meta(max_length=200, pattern=NO_NUL)]
Cash = Annotated[Decimal, Meta()]


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it is typed. No price: the catalogue's."""

    sku: Code
    quantity: Quantity = 1
    price: Cash | None = None


class EntryForm(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it is typed; amounts are decimals of the channel's currency. `entry` is who it is for ever."""

    entry: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{8,60}\Z")]
    channel: Code
    lines: Annotated[list[EntryLine], Meta(min_length=1, max_length=100)]
    name: Text | None = None
    email: Annotated[str, Meta(max_length=320, pattern=NO_NUL)] | None = None
    phone: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] | None = None
    country: Country | None = None
    company: Text | None = None
    line1: Text | None = None
    line2: Text | None = None
    city: Text | None = None
    region: Text | None = None
    postal_code: Annotated[str, Meta(max_length=20, pattern=NO_NUL)] | None = None
    shipping: Cash | None = None
    discount: Cash | None = None
    tax: Cash | None = None
    payment: Literal["invoice", "bank_transfer", "cash_on_delivery", "cash"] | None = None
    tags: Text | None = None
    note: Annotated[str, Meta(max_length=4000, pattern=NO_NUL)] | None = None


class Priced(NamedTuple):
    """A line with what the catalogue says of it. `left`: units that the channel's pools can promise now. `promised`:
    what placing would come to for it now; None where that was not asked."""

    sku: str
    name: str | None
    quantity: int
    unit_minor: int
    left: int | None
    known: bool
    promised: Any = None


class Quote(NamedTuple):
    """What the order comes to, in minor units of the currency, and what is wrong with it by field."""

    currency: str
    lines: Sequence[Priced]
    subtotal: int
    shipping: int
    discount: int
    tax: int
    errors: Mapping[str, str]
    promise: Any = None

    @property
    def total(self) -> int:
        """What is charged."""
        return self.subtotal + self.shipping + self.tax - self.discount


async def quote_typed(screen: ConsoleScreen, typed: EntryForm) -> Quote:
    """What the order comes to, and what is wrong with it by field."""
    codes = list(dict.fromkeys(line.sku for line in typed.lines))
    channel = await screen.find("read_channel", path={"code": typed.channel})
    if channel is None:
        return Quote("USD", (), 0, 0, 0, 0, {"channel": "Choose a channel."})
    *skus, availability = await asyncio.gather(
        *(screen.find("read_sku", path={"code": code}) for code in codes), _availability(screen, codes)
    )
    known = {sku.code: sku for sku in skus if sku is not None}
    left = {
        one.sku: sum(pool.available_to_promise for pool in one.pools if pool.pool in channel.pools)
        for one in (availability.data if availability is not None else ())
    }
    currency: str = channel.currency
    errors: dict[str, str] = {}
    lines = []
    for n, line in enumerate(typed.lines):
        sku = known.get(line.sku)
        price = None if sku is None or sku.price is None or sku.price.currency != currency else sku.price.amount
        if line.price is not None:
            price = _minor(line.price, currency, f"lines.{n}.price", errors)
        if sku is None:
            errors[f"lines.{n}.sku"] = "There is no SKU of this code. Look it up in the catalogue."
        elif price is None:
            errors[f"lines.{n}.price"] = f"The catalogue has no price in {currency}. Type one."
        free = left.get(line.sku) if sku is not None and sku.kind == "stocked" else None
        name = sku.name if sku is not None else None
        lines.append(Priced(line.sku, name, line.quantity, price or 0, free, sku is not None))
    subtotal = sum(line.unit_minor * line.quantity for line in lines)
    extra = {
        name: _minor(value, currency, name, errors) if (value := getattr(typed, name)) is not None else 0
        for name in ("shipping", "discount", "tax")
    }
    if extra["discount"] > subtotal:
        errors["discount"] = "The discount is more than the lines come to."
    return Quote(currency, lines, subtotal, extra["shipping"], extra["discount"], extra["tax"], errors)


async def quote_with_promise(screen: ConsoleScreen, typed: EntryForm) -> Quote:
    """What the order comes to, with what each line would be promised now, and for which day."""
    quote: Quote
    quote, promise = await asyncio.gather(quote_typed(screen, typed), _promise(screen, typed))
    if promise is None or not promise.lines or not quote.lines:
        return quote._replace(promise=promise)
    lines = [line._replace(promised=said) for line, said in zip(quote.lines, promise.lines, strict=True)]
    return quote._replace(lines=lines, promise=promise)


async def _promise(screen: ConsoleScreen, typed: EntryForm) -> Any:
    lines = [{"sku": line.sku, "quantity": line.quantity} for line in typed.lines]
    body: dict[str, Any] = {"channel": typed.channel, "lines": lines, "paid": typed.payment == "cash"}
    if typed.country:
        body["ship_to"] = {"country": typed.country, "postal_code": typed.postal_code}
    said = await screen.do("quote_order_promise", body=body)
    return said.value if said.problem is None else None


def said_of_short(line: Any, formats: Any) -> str:
    """What becomes of a line that is short, in a few words."""
    rest = line.rest
    units = formats.number(rest.units)
    words = {
        "backorder": f"{units} would wait for supply",
        "preorder": f"{units} would come {formats.day(rest.due_on)}",
        "drop": "the line would be left out",
        "reject": "the order would be refused",
        "hold": "the order would be held",
    }
    return f"{formats.number(line.available)} of {formats.number(line.quantity)} now, {words[rest.becomes]}"


async def _availability(screen: ConsoleScreen, codes: Sequence[str]) -> Any:
    return await screen.find("read_availability", query={"sku": codes}) if screen.may("stock.read") else None


def _minor(amount: Decimal, currency: str, field: str, errors: dict[str, str]) -> int:
    """An amount in minor units; 0, and what is wrong, for one that is none."""
    places = exponent(currency)
    if not amount.is_finite() or not 0 <= amount < Decimal(10) ** 9:
        errors[field] = "Write an amount of 0 or more, such as 12.50."
        return 0
    scaled = amount.scaleb(places)
    if scaled != scaled.to_integral_value():
        errors[field] = f"Amounts in {currency} have {places} digits after the point at most."
    return int(scaled)


def order_of(typed: EntryForm, quote: Quote) -> dict[str, Any]:
    """The order as a channel would send it."""

    def money(minor: int) -> dict[str, Any]:
        return {"amount": minor, "currency": quote.currency}

    person = {name: value for name in ("name", "email", "phone") if (value := getattr(typed, name))}
    fields = ("company", "line1", "line2", "city", "region", "postal_code", "country")
    place = {name: value for name in fields if (value := getattr(typed, name))}
    order: dict[str, Any] = {
        "channel": typed.channel,
        "external_id": typed.entry,
        "currency": quote.currency,
        "placed_at": datetime.now(UTC),
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_price": money(line.unit_minor)} for line in quote.lines
        ],
        "total": money(quote.total),
        "tags": list(dict.fromkeys(filter(None, (part.strip() for part in (typed.tags or "").split(","))))),
    }
    if person:
        order["customer"] = person
    if typed.country:
        order["ship_to"] = {**person, **place}
    if quote.shipping:
        order["shipping"] = [{"code": "standard", "amount": money(quote.shipping)}]
    if quote.discount:
        order["discounts"] = [{"code": "desk", "amount": money(quote.discount)}]
    if quote.tax:
        order["taxes"] = [{"name": "Tax", "amount": money(quote.tax)}]
    if typed.payment is not None and quote.total:
        state = "captured" if typed.payment == "cash" else "pending"
        order["payments"] = [{"method": typed.payment, "state": state, "amount": money(quote.total)}]
    return order
