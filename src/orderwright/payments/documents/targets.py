"""What of an order is to be invoiced by now, part by part and to the cent. Pure (law M2).

It follows the money: at placement all that is charged, at shipment what has left is worth (`payments.shares`), so that
invoices come to what is captured. A line's part grows with its units from the front, whatever the order of shipments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.orders import LineMoneyRow
from orderwright.payments.accounts import Account
from orderwright.payments.documents.items import Item, Key
from orderwright.payments.documents.tax_split import TaxShare, own_taxes, parts_of
from orderwright.payments.shares import LineUnits, OrderUnits, charged, front
from orderwright.platform.money import prorate

CHARGES: Key = ("charges", 0)
ROUNDING: Key = ("rounding", 0)
ALLOWANCE: Key = ("allowance", 0)
Taxes = Mapping[int, Sequence[TaxShare]]  # of an order's lines; each of its taxes is said of every line


def to_invoice(units: OrderUnits, taxes: Taxes, *, at_placement: bool) -> dict[Key, Item]:
    """What the invoices of an order, less its credit notes, are to come to by what its goods say.

    `at_placement`: all that is not cancelled; otherwise what has left. Shipping, fees and rounding come with the last
    unit; before, a line brings its share. Nothing is left of an order of which all is cancelled.
    """
    if units.all_cancelled:
        return {}
    whole = at_placement or not units.open_units
    found: dict[Key, Item] = {}
    charges = _Charges()
    for line in units.lines:
        n, quantity = line.line.n, line.line.quantity
        count = quantity - line.cancelled if whole else line.left
        shares = taxes.get(n, ())
        own = _own_taxes(line.line, shares, units)
        if count:
            found["line", n] = _goods(line, count, shares, own, units)
        charges.add(line.line, quantity if whole else line.left, shares, own, units)
    item = charges.item(units)
    if not item.is_worthless:
        found[CHARGES] = item
    if whole and units.order.rounding_minor:
        rounding = units.order.rounding_minor
        found[ROUNDING] = Item(0, rounding, 0)
    return found


def given_up(units: OrderUnits, balances: Mapping[Account, int], taxes: Taxes) -> Item | None:
    """What the ledger took back beyond cancelled units, as one negative item; None where that is nothing.

    Returns and allowances: entries of any kind on the accounts of charges that the units do not explain. The taxes are
    those of the order, in proportion to what they come to.
    """
    taxed = units.order.prices_include_tax
    now = charged(units)
    accounts = (
        Account.LINES, Account.SHIPPING, Account.FEES, Account.DISCOUNTS, Account.TAX, Account.TAX_INCLUDED,
        Account.ROUNDING, Account.ALLOWANCES,
    )  # fmt: skip
    gross = now.total(prices_include_tax=taxed) + sum(balances.get(account, 0) for account in accounts)
    tax = now.tax + balances.get(Account.TAX, 0)
    if not gross and not tax:
        return None
    names, sums = _of_order(taxes)
    amounts = prorate(tax, sums) if sums else []
    parts = parts_of(names, amounts, gross - tax, split=True)
    minus = [part._replace(base_minor=-part.base_minor, tax_minor=-part.tax_minor) for part in parts]
    return Item(0, tax - gross, -tax, minus)


def _own_taxes(line: LineMoneyRow, shares: Sequence[TaxShare], units: OrderUnits) -> list[int]:
    value = line.subtotal_minor - line.discount_minor
    own = line.tax_minor - line.charge_tax_minor
    return own_taxes(shares, own, value, inclusive=units.order.prices_include_tax)


def _goods(line: LineUnits, count: int, shares: Sequence[TaxShare], own: Sequence[int], units: OrderUnits) -> Item:
    money = line.line
    value = front(money.subtotal_minor, money.quantity, count) - front(money.discount_minor, money.quantity, count)
    tax = front(money.tax_minor - money.charge_tax_minor, money.quantity, count)
    net = value - tax if units.order.prices_include_tax else value
    return Item(count, net, tax, parts_of(shares, prorate(tax, own) if own else [], net))


def _of_order(taxes: Taxes) -> tuple[list[TaxShare], list[int]]:
    """An order's taxes, and what each comes to."""
    lines = list(taxes.values())
    if not lines:
        return [], []
    sums = [sum(shares[i].share_minor for shares in lines) for i in range(len(lines[0]))]
    return [tax._replace(share_minor=amount) for tax, amount in zip(lines[0], sums, strict=True)], sums


class _Taxed(NamedTuple):
    tax: TaxShare
    amount_minor: int


class _Charges:
    """Shipping and fees, and the taxes on them, summed up over lines."""

    def __init__(self) -> None:
        self.amount_minor = 0  # with tax
        self.tax_minor = 0
        self.by_tax: dict[int, _Taxed] = {}

    def add(
        self, line: LineMoneyRow, count: int, shares: Sequence[TaxShare], own: Sequence[int], units: OrderUnits
    ) -> None:
        """A line's share, as far as `count` of its units bring it."""
        on_charges = [share.share_minor - part for share, part in zip(shares, own, strict=True)]
        amount = line.shipping_minor + line.fees_minor
        if not units.order.prices_include_tax:
            amount += line.charge_tax_minor
        tax = front(line.charge_tax_minor, line.quantity, count)
        self.amount_minor += front(amount, line.quantity, count)
        self.tax_minor += tax
        parts = prorate(tax, on_charges) if on_charges else []
        for i, (share, part) in enumerate(zip(shares, parts, strict=True)):
            so_far = self.by_tax.get(i, _Taxed(share._replace(share_minor=0), 0))
            of_order = so_far.tax.share_minor + share.share_minor
            self.by_tax[i] = _Taxed(so_far.tax._replace(share_minor=of_order), so_far.amount_minor + part)

    def item(self, units: OrderUnits) -> Item:
        """All of it."""
        net = self.amount_minor - self.tax_minor
        names = [taxed.tax for taxed in self.by_tax.values()]
        return Item(
            0, net, self.tax_minor, parts_of(names, [t.amount_minor for t in self.by_tax.values()], net, split=True)
        )
