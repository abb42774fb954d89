"""The money of an order after an edit. Pure (law M2).

What is not touched keeps its amounts to the cent. A discount is shared by what the lines are worth by now; where units
of a line are cancelled, its share is stored for the whole line so that the units that are left carry just that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.orders import ChargeRow, EditableRow, EditedOrder, EditLineRow, EditPlan, LineAmounts, PricedOrder
from orderwright.orders.contract import Charge, Discount
from orderwright.payments.shares import front
from orderwright.payments.taxes import TaxAnswer, TaxedLine, TaxItem, TaxShare
from orderwright.payments.taxes.as_placed import own_taxes
from orderwright.payments.taxes.recompute import TaxCharge, items_to_ask, recompute, tax_charges, taxes_by_line
from orderwright.platform.ids import UUID
from orderwright.platform.money import prorate
from orderwright.platform.outcomes import Outcome, no


class Repriced(NamedTuple):
    """An order's money after an edit: its sums, what each line carries, and its charges."""

    order: EditedOrder
    lines: list[LineAmounts]
    charges: list[ChargeRow]


class Pricing:
    """One edit, priced: first `wrong` and `to_ask`, then `finish` with what the tax engine answered."""

    def __init__(
        self,
        order: EditableRow,
        lines: Sequence[EditLineRow],
        charges: Sequence[ChargeRow],
        plan: EditPlan,
        added: PricedOrder | None,
        classes: Sequence[str | None],
        off: Mapping[int, int],
    ) -> None:
        """`added` prices the plan's added lines, whose tax classes are `classes`; `off` are units that the plan takes
        off lines."""
        self._order, self._lines, self._plan, self._added = order, lines, plan, added
        self._kept = [line.ordered - off.get(line.n, 0) for line in lines]
        self._charges = list(charges)
        self._more = len(added.subtotals_minor) if added else 0
        self._discounts, self.wrong = self._shared_discounts()
        taxes = [TaxCharge(c.name, c.rate, c.shares_minor) for c in charges if c.kind == "tax"]
        self._before = [
            TaxedLine(
                str(line.n), line.quantity, line.subtotal_minor - line.discount_minor, mine, line.tax_class,
                line.charge_tax_minor,
            )
            for line, mine in zip(lines, taxes_by_line(taxes, len(lines)), strict=True)
        ]  # fmt: skip
        self._after = [
            TaxItem(before.key, before.amount_minor - discount, before.tax_class, before.quantity)
            for before, discount in zip(self._before, self._discounts, strict=False)
        ] + self._new_items(classes)
        self._everything = False

    def _shared_discounts(self) -> tuple[list[int], Outcome | None]:
        """What each line, those that are added included, carries of the new discounts; or why that cannot be."""
        carried = [0] * (len(self._lines) + self._more)
        left = self._worth()
        for discount, line_n in self._plan.discounts:
            mine = [i for i, line in enumerate(self._lines) if line_n in (None, line.n)]
            mine += range(len(self._lines), len(carried)) if line_n is None else []
            amount = discount.amount.amount
            if amount > sum(left[i] for i in mine):
                return carried, no(
                    "discount_exceeds_lines",
                    "The discount is larger than what is ordered by now.",
                    left=sum(left[i] for i in mine),
                )
            for i, share in zip(mine, prorate(amount, [left[i] for i in mine]), strict=True):
                left[i] -= share
                carried[i] += self._whole(i, share, carried[i])
        return carried, None

    def _worth(self) -> list[int]:
        """What the ordered units of each line cost by now, after discounts."""
        worth = [
            front(line.subtotal_minor, line.quantity, kept) - front(line.discount_minor, line.quantity, kept)
            for line, kept in zip(self._lines, self._kept, strict=True)
        ]
        if self._added is not None:
            shares = self._added.shares()["discount"]
            worth += [s - d for s, d in zip(self._added.subtotals_minor, shares, strict=True)]
        return worth

    def _whole(self, i: int, share: int, so_far: int) -> int:
        """What to add to the discount of a whole line, of which `so_far` was added already, so that its units that are
        left carry `share` more: the least that does, so that it never exceeds what the line costs."""
        if i >= len(self._lines) or not share:
            return share
        line, kept = self._lines[i], self._kept[i]
        stored = line.discount_minor + so_far
        each, odd = divmod(front(stored, line.quantity, kept) + share, kept)
        least = each * line.quantity + odd if odd else (each - 1) * line.quantity + kept
        return least - stored

    def _new_items(self, classes: Sequence[str | None]) -> list[TaxItem]:
        if self._added is None:
            return []
        start = len(self._lines)
        worth = self._worth()[start:]
        return [
            TaxItem(f"+{i}", worth[i] - self._discounts[start + i], classes[i], line.quantity)
            for i, line in enumerate(self._plan.added)
            if not line.taxes
        ]

    @property
    def placed(self) -> list[TaxedLine]:
        """The lines with the taxes that they have, for an engine that goes by them."""
        return self._before

    def to_ask(self, *, everything: bool = False) -> list[TaxItem]:
        """What the tax engine is to be asked. `everything`: the address changed, and the engine goes by it."""
        self._everything = everything
        return items_to_ask(self._before, self._after, everything=everything)

    def finish(self, answer: TaxAnswer | None, contact_id: UUID | None) -> Repriced:
        """The money after the edit. `contact_id`: of a new address."""
        found = recompute(
            self._before,
            self._after,
            answer,
            prices_include_tax=self._order.prices_include_tax,
            everything=self._everything,
        )
        taxes = {line.key: list(line.taxes) for line in found}
        width = len(self._lines) + self._more
        on_lines = [taxes[line.key] for line in self._before]
        on_lines += [taxes.get(f"+{i}") or self._given_taxes(i) for i in range(self._more)]
        shipping, on_charges = self._shipping(width)
        if on_charges is not None:
            on_lines = self._with_charge_taxes(on_lines, on_charges)
        charge_tax = [sum(t.amount_minor for t in mine) for mine in on_charges] if on_charges else None
        charges = self._charges_after(width, shipping, tax_charges(on_lines))
        lines = self._amounts(width, charges, charge_tax)
        return Repriced(self._sums(charges, contact_id), lines, charges)

    def _given_taxes(self, i: int) -> list[TaxShare]:
        """The taxes that an added line came with."""
        assert self._added is not None
        return [
            TaxShare(c.name, c.rate, c.shares_minor[i])
            for c in self._added.charges
            if c.kind == "tax" and c.shares_minor[i]
        ]

    def _shipping(self, width: int) -> tuple[list[Charge] | None, list[list[TaxShare]] | None]:
        """The new shipping charges, and what each line carries of all taxes on shipping and fees then; None for as it
        was. Charges without taxes of their own are taxed as shipping and fees were, in proportion."""
        new = self._plan.shipping
        if new is None:
            return None, None
        weights = self._worth() if any(self._worth()) else [1] * width
        fees = sum(c.amount_minor for c in self._charges if c.kind == "fee")
        was = fees + sum(c.amount_minor for c in self._charges if c.kind == "shipping")
        will = fees + sum(c.amount.amount for c in new if not c.taxes)
        carried: list[list[TaxShare]] = [[] for _ in range(width)]
        for tax in tax_charges(self._charge_taxes()):
            amount = round_half_up_of(sum(tax.shares_minor) * will, was)
            for i, share in enumerate(prorate(amount, weights)):
                carried[i].append(TaxShare(tax.name, tax.rate, share))
        for charge in new:
            for given in charge.taxes:
                for i, share in enumerate(prorate(given.amount.amount, weights)):
                    carried[i].append(TaxShare(given.name, given.rate, share))
        return new, [[t for t in mine if t.amount_minor] for mine in carried]

    def _charge_taxes(self) -> list[list[TaxShare]]:
        """What of each line's taxes is on shipping and fees."""
        return [
            [
                tax._replace(amount_minor=tax.amount_minor - own)
                for tax, own in zip(line.taxes, own_taxes(line), strict=True)
            ]
            for line in self._before
        ]

    def _with_charge_taxes(
        self, on_lines: Sequence[Sequence[TaxShare]], on_charges: Sequence[Sequence[TaxShare]]
    ) -> list[list[TaxShare]]:
        """Taxes of lines with those on shipping and fees in place of what they were."""
        old = self._charge_taxes() + [[] for _ in range(self._more)]
        result = []
        for mine, was, will in zip(on_lines, old, on_charges, strict=True):
            less = {(tax.name, tax.rate): tax.amount_minor for tax in was}
            kept = [tax._replace(amount_minor=tax.amount_minor - less.get((tax.name, tax.rate), 0)) for tax in mine]
            result.append([*kept, *will])
        return result

    def _charges_after(
        self, width: int, shipping: Sequence[Charge] | None, taxes: Sequence[TaxCharge]
    ) -> list[ChargeRow]:
        """All charges, with a share for every line."""
        order_id = self._order.order_id
        zeros = [0] * self._more
        rows = [
            row._replace(shares_minor=[*row.shares_minor, *zeros])
            for row in self._charges
            if row.kind != "tax" and not (row.kind == "shipping" and shipping is not None)
        ]
        weights = self._worth() if any(self._worth()) else [1] * width
        for charge in shipping or ():
            shares = prorate(charge.amount.amount, weights)
            rows.append(ChargeRow(order_id, 0, "shipping", charge.code, charge.name, None, sum(shares), shares))
        if self._added is not None:
            first = [0] * len(self._lines)
            rows += [
                ChargeRow(order_id, 0, c.kind, c.code, c.name, c.rate, c.amount_minor, [*first, *c.shares_minor])
                for c in self._added.charges
                if c.kind == "discount"
            ]
        rows += self._discount_rows()
        rows += [
            ChargeRow(order_id, 0, "tax", None, t.name, t.rate, sum(t.shares_minor), list(t.shares_minor))
            for t in taxes
        ]
        return [row._replace(n=n) for n, row in enumerate(rows, 1)]

    def _discount_rows(self) -> list[ChargeRow]:
        """The new discounts: one row, by the first one's code and name, where there are several by all of them."""
        if not self._plan.discounts:
            return []
        given: list[Discount] = [discount for discount, _ in self._plan.discounts]
        code = given[0].code if len({d.code for d in given}) == 1 else None
        name = given[0].name if len({d.name for d in given}) == 1 else None
        shares = list(self._discounts)
        return [ChargeRow(self._order.order_id, 0, "discount", code, name, None, sum(shares), shares)]

    def _amounts(self, width: int, charges: Sequence[ChargeRow], charge_tax: Sequence[int] | None) -> list[LineAmounts]:
        numbers = [line.n for line in self._lines]
        numbers += [max(numbers, default=0) + i for i in range(1, self._more + 1)]
        was = [line.charge_tax_minor for line in self._lines] + [0] * self._more
        carried = was if charge_tax is None else charge_tax
        sums = {kind: [0] * width for kind in ("discount", "tax", "shipping", "fee")}
        for charge in charges:
            for i, share in enumerate(charge.shares_minor):
                sums[charge.kind][i] += share
        return [
            LineAmounts(
                self._order.order_id, n, sums["discount"][i], sums["tax"][i], carried[i], sums["shipping"][i]
            )
            for i, n in enumerate(numbers)
        ]  # fmt: skip

    def _sums(self, charges: Sequence[ChargeRow], contact_id: UUID | None) -> EditedOrder:
        def of(kind: str) -> int:
            return sum(charge.amount_minor for charge in charges if charge.kind == kind)

        lines = sum(line.subtotal_minor for line in self._lines)
        lines += sum(self._added.subtotals_minor) if self._added else 0
        units = sum(line.quantity for line in self._lines) + sum(line.quantity for line in self._plan.added)
        tax = 0 if self._order.prices_include_tax else of("tax")
        total = lines + of("shipping") + of("fee") - of("discount") + tax + self._order.rounding_minor
        return EditedOrder(
            self._order.order_id, lines, of("shipping"), of("discount"), of("tax"), total,
            len(self._lines) + self._more, units, contact_id,
        )  # fmt: skip


def round_half_up_of(numerator: int, denominator: int) -> int:
    """A fraction of non-negative integers, rounded half up; 0 of nothing."""
    return (2 * numerator + denominator) // (2 * denominator) if denominator else 0
