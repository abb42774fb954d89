"""The money of an order after an edit. Pure (law M2).

What is not touched keeps its amounts to the cent. A discount is shared by what the lines are worth by now; where units
of a line are cancelled, its share is stored for the whole line so that the units that are left carry just that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.orders import ChargeRow, EditableRow, EditedOrder, EditLineRow, EditPlan, LineAmounts, PricedOrder
from orderwright.orders.contract import Charge, Discount
from orderwright.payments.charge_taxes import (
    LineTaxes,
    new_charges,
    open_charges,
    put_charge_taxes,
    taxes_of_new,
    taxes_of_open,
)
from orderwright.payments.placed_taxes import placed_lines
from orderwright.payments.shares import front
from orderwright.payments.taxes import TaxAnswer, TaxedLine, TaxItem, TaxShare
from orderwright.payments.taxes.as_placed import own_taxes
from orderwright.payments.taxes.recompute import TaxCharge, alike, items_to_ask, recompute, tax_charges
from orderwright.platform.ids import UUID
from orderwright.platform.money import prorate
from orderwright.platform.outcomes import Outcome, no


class Repriced(NamedTuple):
    """An order's money after an edit: its sums, what each line carries, and its charges. Its tax was
    `tax_before_minor`; the codes of `tax_notes` say why what is new is taxed as it is."""

    order: EditedOrder
    lines: list[LineAmounts]
    charges: list[ChargeRow]
    tax_before_minor: int
    tax_notes: list[str]


class Pricing:
    """One edit, priced: first `wrong` and `to_ask`, then `finish` with what the tax engine answered.

    Where the address changes and the engine goes by it, all that is still open is taxed anew. Lines that have left
    keep their taxes, with those on their shares of shipping and fees; so do lines that are fetched, which the address
    does not touch. Of a line of which a part has left no tax can change: its units share it evenly.
    """

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
        self._before = placed_lines(lines, charges)
        self._after = [
            TaxItem(before.key, before.amount_minor - discount, before.tax_class, before.quantity)
            for before, discount in zip(self._before, self._discounts, strict=False)
        ] + self._new_items(classes)
        self._left = [line.gone > 0 and kept <= line.gone for line, kept in zip(lines, self._kept, strict=True)]
        self._stays = {
            str(line.n)
            for line, kept, left in zip(lines, self._kept, self._left, strict=True)
            if left or not kept or line.delivery == "pickup"
        }
        self._moved = self._by_place = False

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

    @property
    def given_minor(self) -> int:
        """What the edit lets the customer have for nothing: new discounts and cheaper shipping, and what it takes off
        more than it adds, where it does both. Goods that are only taken off give back what they cost."""
        off = sum(discount.amount.amount for discount, _ in self._plan.discounts)
        if self._plan.shipping is not None:
            stood = sum(c.amount_minor for c in self._charges if c.kind == "shipping")
            off += max(0, stood - sum(c.amount.amount for c in self._plan.shipping))
        if self._added is None:
            return off
        worth = self._worth()
        were = sum(
            front(line.subtotal_minor, line.quantity, line.ordered)
            - front(line.discount_minor, line.quantity, line.ordered)
            for line in self._lines
        )
        return off + max(0, were - sum(worth))

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

    def to_ask(self, *, moved: bool = False, by_place: bool = False) -> list[TaxItem]:
        """What the tax engine is to be asked. `by_place`: it goes by places, so it knows shipping too; `moved`: and the
        place is another, so that all that is open is asked anew."""
        self._moved, self._by_place = moved and by_place, by_place
        lines = items_to_ask(self._before, self._after, everything=self._moved, kept=self._stays)
        return [*lines, *self._charges_to_ask()]

    def _charges_to_ask(self) -> list[TaxItem]:
        if not self._by_place:
            return []
        if self._plan.shipping is not None:
            fees = open_charges(self._charges, [False] * len(self._lines), ("fee",)) if self._moved else []
            return [*new_charges(self._plan.shipping), *fees]
        return open_charges(self._charges, self._left, ("shipping", "fee")) if self._moved else []

    def beside(self) -> list[TaxItem]:
        """The goods of the order that are not to be asked, where charges are that may be taxed as the goods are."""
        if not self._charges_to_ask():
            return []
        asked = {i.key for i in items_to_ask(self._before, self._after, everything=self._moved, kept=self._stays)}
        gone = {str(line.n) for line, kept in zip(self._lines, self._kept, strict=True) if not kept}
        return [item for item in self._after if item.key not in asked and item.key not in gone]

    def finish(self, answer: TaxAnswer | None, contact_id: UUID | None, *, abroad: bool = True) -> Repriced | Outcome:
        """The money after the edit, or why it cannot be. `contact_id`: of a new address; `abroad`: in another country
        than the one before, so that a tax is another one even where it comes to the same."""
        found = recompute(
            self._before,
            self._after,
            answer,
            prices_include_tax=self._order.prices_include_tax,
            everything=self._moved,
            kept=self._stays,
            abroad=abroad,
        )
        taxes = {line.key: list(line.taxes) for line in found}
        width = len(self._lines) + self._more
        was = self._charge_taxes() + [[] for _ in range(self._more)]
        carried = self._carried(was, answer, width, abroad=abroad)
        if (wrong := self._partly_left(taxes, answer, was, carried, abroad=abroad)) is not None:
            return wrong
        on_lines: Sequence[Sequence[TaxShare]] = [taxes[line.key] for line in self._before]
        on_lines = [*on_lines, *(taxes.get(f"+{i}") or self._given_taxes(i) for i in range(self._more))]
        if carried is not None:
            on_lines = put_charge_taxes(on_lines, was, carried)
        charge_tax = [sum(t.amount_minor for t in mine) for mine in carried] if carried is not None else None
        charges = self._charges_after(width, self._plan.shipping, tax_charges(on_lines))
        lines = self._amounts(width, charges, charge_tax)
        before = sum(line.tax_minor for line in self._lines)
        notes = sorted({note.code for note in answer.notes}) if answer is not None else []
        return Repriced(self._sums(charges, contact_id), lines, charges, before, notes)

    def _partly_left(
        self,
        taxes: Mapping[str, Sequence[TaxShare]],
        answer: TaxAnswer | None,
        was: LineTaxes,
        carried: LineTaxes | None,
        *,
        abroad: bool,
    ) -> Outcome | None:
        """Why lines of which a part has left cannot be taxed for the new address; None where nothing changes."""
        partly = [
            i
            for i, (line, kept) in enumerate(zip(self._lines, self._kept, strict=True))
            if 0 < line.gone < kept and str(line.n) not in self._stays
        ]
        if not self._moved or not partly:
            return None
        stays = recompute(
            self._before, self._after, answer, prices_include_tax=self._order.prices_include_tax, kept=self._stays
        )
        changed = [
            self._lines[i].n
            for i in partly
            if abroad
            or not alike(taxes[self._before[i].key], stays[i].taxes)
            or (self._plan.shipping is None and carried is not None and not alike(was[i], carried[i]))
        ]
        if not changed:
            return None
        return no(
            "tax_partly_charged",
            "A part of this line has left, taxed for the old address. In the same edit set its quantity to what has"
            " left, and add the rest as a line of its own.",
            line=changed[0],
            gone=next(line.gone for line in self._lines if line.n == changed[0]),
        )

    def _given_taxes(self, i: int) -> list[TaxShare]:
        """The taxes that an added line came with."""
        assert self._added is not None
        return [
            TaxShare(c.name, c.rate, c.shares_minor[i])
            for c in self._added.charges
            if c.kind == "tax" and c.shares_minor[i]
        ]

    def _carried(self, was: LineTaxes, answer: TaxAnswer | None, width: int, *, abroad: bool) -> LineTaxes | None:
        """What each line carries of the taxes on shipping and fees after the edit; None for as it was."""
        new = self._plan.shipping
        answered = answer.taxes if answer is not None else {}
        if new is not None:
            weights = self._worth() if any(self._worth()) else [1] * width
            asked = answered if self._by_place else None
            return taxes_of_new(new, self._charges, asked, was, weights, fees_anew=self._moved)
        if not self._moved:
            return None
        left = [*self._left, *([True] * self._more)]  # what is added carries none of the charges that there were
        carried = taxes_of_open(self._charges, left, answered, was)
        the_same = alike([t for mine in was for t in mine], [t for mine in carried for t in mine])
        return None if the_same and not abroad else carried

    def _charge_taxes(self) -> LineTaxes:
        """What of each line's taxes is on shipping and fees."""
        return [
            [
                tax._replace(amount_minor=tax.amount_minor - own)
                for tax, own in zip(line.taxes, own_taxes(line), strict=True)
            ]
            for line in self._before
        ]

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
        if not self._moved:  # a tax of nothing is said of the whole order: that the buyer accounts for it, and the like
            said = {(tax.name, tax.rate) for tax in taxes}
            rows += [
                row._replace(shares_minor=[*row.shares_minor, *zeros])
                for row in self._charges
                if row.kind == "tax" and not (row.amount_minor or row.rate) and (row.name, row.rate) not in said
            ]
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
