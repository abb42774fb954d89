"""Does the money of an order add up, and what is each line's share of it? Pure functions (law M2)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import add, sub
from typing import NamedTuple

from orderwright.orders.contract import Charge, Discount, PlaceOrder, Tax, UnitPrice
from orderwright.orders.errors import Refusal
from orderwright.platform.fields import MINOR_MAX
from orderwright.platform.money import prorate, round_minor

RATE_MAX = 1_000  # exclusive: what `order_charge.rate` holds
_SUM_MAX = 10**18  # what an order's sums may reach: a few of them still fit 64 bits


class PricedCharge(NamedTuple):
    """Shipping, a fee, a discount or a tax, with each line's share of it in minor units, in line order."""

    kind: str
    code: str | None
    name: str | None
    rate: Decimal | None
    amount_minor: int
    shares_minor: list[int]


class PricedOrder(NamedTuple):
    """The order's money in minor units: by line, by charge and in total. `charge_taxes_minor` is what each line carries
    of the taxes on shipping and fees. `difference_minor` is what was given as total less what the parts make: 0 when
    it adds up. `clamped`: discounts were cut to what they reduce."""

    subtotals_minor: list[int]
    charge_taxes_minor: list[int]
    charges: list[PricedCharge]
    lines_minor: int
    shipping_minor: int
    fees_minor: int
    discount_minor: int
    tax_minor: int
    rounding_minor: int
    total_minor: int
    difference_minor: int
    clamped: bool = False

    def shares(self) -> dict[str, list[int]]:
        """What each line carries of all charges of a kind, by kind."""
        nothing = [0] * len(self.subtotals_minor)
        totals = dict.fromkeys(("shipping", "fee", "discount", "tax"), nothing)
        for charge in self.charges:
            so_far, more = totals[charge.kind], charge.shares_minor
            totals[charge.kind] = more if so_far is nothing else list(map(add, so_far, more))
        return totals


def unit_price_minor(price: UnitPrice) -> Decimal:
    """A unit price as a decimal of minor units."""
    return Decimal(price.amount)


def subtotal_minor(quantity: int, price: UnitPrice) -> int:
    """Quantity times unit price, rounded half up to the minor unit."""
    amount = price.amount
    return quantity * amount if type(amount) is int else round_minor(quantity * Decimal(amount))


def price_order(order: PlaceOrder, *, clamp: bool = False) -> PricedOrder | Refusal:
    """Add the order up and fix each line's share of every charge, losing nothing (largest remainder).

    Order discounts are shared by what line discounts left; taxes of the whole order and of charges by the same;
    shipping and fees by subtotal. Refuses amounts that cannot be, and discounts larger than what they reduce, never
    a wrong total: whether that is refused or held depends on the channel. With `clamp`, discounts are cut to what
    they reduce instead.
    """
    impossible = _impossible(order)
    if impossible is not None:
        return Refusal("amount_out_of_range", {"field": impossible})
    subtotals = [subtotal_minor(line.quantity, line.unit_price) for line in order.lines]
    charges, left, excess = _discounts(order, subtotals)
    if excess and not clamp:
        return Refusal("discount_exceeds_lines", {})
    for kind, given in (("shipping", order.shipping), ("fee", order.fees)):
        charges.extend(_charge(kind, item, subtotals) for item in given)
    charge_taxes = [0] * len(subtotals)
    charges.extend(_taxes(order, left, charge_taxes))
    total = _total(order, subtotals, charge_taxes, charges, clamped=excess > 0)
    if max(total.lines_minor, total.shipping_minor, total.fees_minor, total.tax_minor) > _SUM_MAX:
        return Refusal("amount_out_of_range", {"field": "total"})
    return total


def _impossible(order: PlaceOrder) -> str | None:
    """The first field with a decimal that is no amount or no rate; the contract bounds the integers."""
    for i, line in enumerate(order.lines):
        amount = line.unit_price.amount
        if not isinstance(amount, int) and not (amount.is_finite() and 0 <= amount <= MINOR_MAX):
            return f"lines[{i}].unit_price"
        if line.taxes and not _rates_are_possible(line.taxes):
            return f"lines[{i}].taxes"
    for name, charges in (("shipping", order.shipping), ("fees", order.fees)):
        for charge in charges:
            if charge.taxes and not _rates_are_possible(charge.taxes):
                return f"{name}.taxes"
    return "taxes" if order.taxes and not _rates_are_possible(order.taxes) else None


def _rates_are_possible(taxes: Sequence[Tax]) -> bool:
    for tax in taxes:  # noqa: SIM110  # half the time, on every order
        if not is_possible_rate(tax):
            return False
    return True


def is_possible_rate(tax: Tax) -> bool:
    """Whether a tax has no rate, or one that can be stored."""
    return tax.rate is None or (tax.rate.is_finite() and 0 <= tax.rate < RATE_MAX)


def _discounts(order: PlaceOrder, subtotals: Sequence[int]) -> tuple[list[PricedCharge], list[int], int]:
    """The discounts, none larger than what it reduces; what they leave of each line; what was cut off them."""
    charges: list[PricedCharge] = []
    left, excess = list(subtotals), 0
    for discount, wanted in _line_discounts(order):
        shares = list(map(min, wanted, left))
        excess += sum(wanted) - sum(shares)
        left = list(map(sub, left, shares))
        charges.append(PricedCharge("discount", discount.code, discount.name, None, sum(shares), shares))
    for discount in order.discounts:
        amount = min(discount.amount.amount, sum(left))
        excess += discount.amount.amount - amount
        shares = prorate(amount, left)
        left = list(map(sub, left, shares))
        charges.append(PricedCharge("discount", discount.code, discount.name, None, amount, shares))
    return charges, left, excess


def _line_discounts(order: PlaceOrder) -> list[tuple[Discount, list[int]]]:
    """Discounts of lines, those of the same code and name together."""
    merged: dict[tuple[str | None, str | None], tuple[Discount, list[int]]] = {}
    for i, line in enumerate(order.lines):
        for discount in line.discounts:
            entry = merged.setdefault((discount.code, discount.name), (discount, [0] * len(order.lines)))
            entry[1][i] += discount.amount.amount
    return list(merged.values())


def _charge(kind: str, charge: Charge, weights: Sequence[int]) -> PricedCharge:
    amount = charge.amount.amount
    return PricedCharge(kind, charge.code, charge.name, None, amount, prorate(amount, weights))


def _taxes(order: PlaceOrder, weights: Sequence[int], on_charges: list[int]) -> list[PricedCharge]:
    """Taxes of lines, of shipping and fees, and of the whole order, those of the same name and rate together. Adds
    those of shipping and fees to `on_charges`, by line."""
    merged: dict[tuple[str | None, Decimal | None], list[int]] = {}
    for i, line in enumerate(order.lines):
        for tax in line.taxes:
            entry = merged.setdefault((tax.name, tax.rate), [0] * len(order.lines))
            entry[i] += tax.amount.amount
    for taxes in (*[charge.taxes for charge in (*order.shipping, *order.fees)], order.taxes):
        for tax in taxes:
            key, shares = (tax.name, tax.rate), prorate(tax.amount.amount, weights)
            so_far = merged.get(key)
            merged[key] = shares if so_far is None else list(map(add, so_far, shares))
            if taxes is not order.taxes:
                on_charges[:] = map(add, on_charges, shares)
    return [PricedCharge("tax", None, name, rate, sum(shares), shares) for (name, rate), shares in merged.items()]


def _total(
    order: PlaceOrder, subtotals: list[int], charge_taxes: list[int], charges: list[PricedCharge], *, clamped: bool
) -> PricedOrder:
    sums = {"shipping": 0, "fee": 0, "discount": 0, "tax": 0}
    for charge in charges:
        sums[charge.kind] += charge.amount_minor
    lines = sum(subtotals)
    rounding = order.rounding.amount if order.rounding else 0
    made = lines + sums["shipping"] + sums["fee"] - sums["discount"] + rounding
    if not order.prices_include_tax:
        made += sums["tax"]
    return PricedOrder(
        subtotals_minor=subtotals,
        charge_taxes_minor=charge_taxes,
        charges=charges,
        lines_minor=lines,
        shipping_minor=sums["shipping"],
        fees_minor=sums["fee"],
        discount_minor=sums["discount"],
        tax_minor=sums["tax"],
        rounding_minor=rounding,
        total_minor=order.total.amount,
        difference_minor=order.total.amount - made,
        clamped=clamped,
    )
