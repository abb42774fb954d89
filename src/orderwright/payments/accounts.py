"""The accounts of an order's money ledger, and what moves between them. Pure (law M1).

One entry is both sides: the account that is debited and the one that is credited, so debits equal credits by
construction, and what an account stands at is the sum of its entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from orderwright.platform.ids import UUID


class Account(StrEnum):
    """Where money of an order is, or what it is for."""

    RECEIVABLE = "receivable"  # what the customer owes for the order: its balance due
    LINES = "lines"
    SHIPPING = "shipping"
    FEES = "fees"
    DISCOUNTS = "discounts"
    TAX = "tax"  # owed to the authorities
    TAX_INCLUDED = "tax_included"  # the part of lines, shipping and fees that is tax, where prices include it
    ROUNDING = "rounding"
    ALLOWANCES = "allowances"  # given up out of goodwill or for a fault
    WRITE_OFFS = "write_offs"  # owed, and not collected
    PAYER = "payer"  # memo: at the payer, free
    AUTHORIZED = "authorized"  # memo: at the payer, set aside for us
    CAPTURED = "captured"  # with us
    STORE_CREDIT = "store_credit"  # owed to the customer, to be spent here
    EXCHANGED = "exchanged"  # what came back brought it, and it pays for the new goods of an exchange


class Entry(NamedTuple):
    """`amount_minor` (above 0) moves from the account `credit` to the account `debit`. `kind` says in what."""

    order_id: UUID
    debit: Account
    credit: Account
    amount_minor: int
    kind: str
    payment_id: UUID | None = None
    request_id: UUID | None = None
    subject_id: UUID | None = None


def given_up_back(order_id: UUID, amount_minor: int, allowances_minor: int) -> list[Entry]:
    """What was given up for goods that came back is not given up any more: allowances first, then what was written
    off. `allowances_minor`: what there is of those."""
    allowance = min(amount_minor, max(0, allowances_minor))
    entries = [
        Entry(order_id, Account.RECEIVABLE, Account.ALLOWANCES, allowance, "allowance_back"),
        Entry(order_id, Account.RECEIVABLE, Account.WRITE_OFFS, amount_minor - allowance, "write_off_back"),
    ]
    return [entry for entry in entries if entry.amount_minor]


def credit_entry(order_id: UUID, amount_minor: int, subject_id: UUID | None = None) -> Entry:
    """What is owed to the customer becomes store credit; a negative amount is taken back from it."""
    debit, credit = Account.RECEIVABLE, Account.STORE_CREDIT
    if amount_minor < 0:
        debit, credit = credit, debit
    return Entry(order_id, debit, credit, abs(amount_minor), "store_credit", subject_id=subject_id)


class Charges(NamedTuple):
    """What an order is charged, in minor units. `tax` is all of it, also where prices include it."""

    lines: int = 0
    shipping: int = 0
    fees: int = 0
    discounts: int = 0
    tax: int = 0
    rounding: int = 0

    def total(self, *, prices_include_tax: bool) -> int:
        """What the customer owes for it (law M2)."""
        tax = 0 if prices_include_tax else self.tax
        return self.lines + self.shipping + self.fees - self.discounts + tax + self.rounding

    def less(self, other: Charges) -> Charges:
        """What these are more than others."""
        return Charges(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


# By kind of charge: the accounts that it is debited and credited to.
_EXCLUSIVE: Mapping[str, tuple[Account, Account]] = {
    "lines": (Account.RECEIVABLE, Account.LINES),
    "shipping": (Account.RECEIVABLE, Account.SHIPPING),
    "fees": (Account.RECEIVABLE, Account.FEES),
    "discounts": (Account.DISCOUNTS, Account.RECEIVABLE),
    "tax": (Account.RECEIVABLE, Account.TAX),
    "rounding": (Account.RECEIVABLE, Account.ROUNDING),
}
_INCLUSIVE = {**_EXCLUSIVE, "tax": (Account.TAX_INCLUDED, Account.TAX)}


def charge_entries(
    order_id: UUID, charges: Charges, kind: str, *, prices_include_tax: bool, subject_id: UUID | None = None
) -> list[Entry]:
    """The entries that charge an order these amounts; negative ones take charges back."""
    accounts = _INCLUSIVE if prices_include_tax else _EXCLUSIVE
    entries = []
    for name, amount in zip(Charges._fields, charges, strict=True):
        if amount:
            debit, credit = accounts[name]
            if amount < 0:
                debit, credit, amount = credit, debit, -amount  # noqa: PLW2901  # the same, the other way round
            entries.append(Entry(order_id, debit, credit, amount, kind, subject_id=subject_id))
    return entries
