"""Tax what orders that follow from earlier ones sell, by the engines of their channels. Nothing is written.

Where they go to is read for the calculation and kept nowhere (law T5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from orderwright import catalog, customers, orders, payments
from orderwright.orders import ParentFacts, PlaceOrder
from orderwright.orders.contract import Amount, Tax
from orderwright.payments.taxes import Place, TaxAnswer, TaxedKind, TaxedLine, TaxItem, TaxShare
from orderwright.payments.taxes.of_channels import ChannelQuestion, assess_taxes
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no


class Untaxed(NamedTuple):
    """A child whose lines (by index) have no taxes yet, or whose shipping has none. `command` adds up without them."""

    id: UUID
    parent: ParentFacts
    command: PlaceOrder
    lines: Sequence[int]

    @property
    def wanted(self) -> bool:
        """Whether there is anything to be taxed."""
        return bool(self.lines) or any(not charge.taxes for charge in self.command.shipping)


async def tax_children(tx: Transaction, children: Sequence[Untaxed]) -> dict[UUID, PlaceOrder | Outcome]:
    """Children with the taxes of their lines and shipping in them; or `tax_unknown`, where the engine has no rate.

    Their totals are not theirs any more: `orders.child_command` makes them anew. Seven statements at most, or none.
    """
    if not children:
        return {}
    parents = sorted({child.parent.order_id for child in children})
    _, lines = await orders.read_editable(tx, parents)
    charges = await orders.read_charges(tx, parents)
    placed = {i: payments.placed_lines(lines.get(i, ()), charges.get(i, ())) for i in parents}
    skus = await catalog.skus_by_code(tx, sorted({line.sku for child in children for line in child.command.lines}))
    homes = [c.parent.ship_to_contact_id for c in children if c.command.ship_to is None]
    known = await customers.read_places(tx, [home for home in homes if home is not None])
    places = {i: Place(row.country, row.region, row.postal_code) for i, row in known.items()}
    classes = {code: sku.tax_class for code, sku in skus.items()}
    questions = [_question(child, placed[child.parent.order_id], classes, places) for child in children]
    answers = await assess_taxes(tx, questions)
    return {c.id: _with_taxes(c, answer) for c, answer in zip(children, answers, strict=True)}


def _question(
    child: Untaxed, placed: Sequence[TaxedLine], classes: Mapping[str, str | None], places: Mapping[UUID, Place]
) -> ChannelQuestion:
    command, parent = child.command, child.parent
    items = []
    for i in child.lines:
        line = command.lines[i]
        off = sum(discount.amount.amount for discount in line.discounts)
        amount = max(0, orders.subtotal_minor(line.quantity, line.unit_price) - off)
        items.append(TaxItem(f"l{i}", amount, classes.get(line.sku), line.quantity))
    items += [
        TaxItem(f"s{i}", charge.amount.amount, None, 1, TaxedKind.SHIPPING)
        for i, charge in enumerate(command.shipping)
        if not charge.taxes
    ]
    to = command.ship_to
    nowhere = Place("")
    home = places.get(parent.ship_to_contact_id, nowhere) if parent.ship_to_contact_id is not None else nowhere
    ship_to = Place(to.country, to.region, to.postal_code) if to is not None else home
    return ChannelQuestion(
        parent.channel_id, parent.currency, parent.prices_include_tax, ship_to, command.placed_at.date(), items,
        placed=placed,
    )  # fmt: skip


def _with_taxes(child: Untaxed, answer: TaxAnswer) -> PlaceOrder | Outcome:
    """The child with the taxes that the engine named."""
    command = child.command
    if answer.unknown:
        skus = sorted({command.lines[int(key[1:])].sku for key in answer.unknown if key.startswith("l")})
        return no(
            "tax_unknown",
            "There is no rate for where the new goods go to. Put the rates of the place, or send `taxes`.",
            skus=skus,
        )
    currency = command.currency
    lines = list(command.lines)
    for i in child.lines:
        taxes = _taxes(answer.taxes.get(f"l{i}", ()), currency)
        lines[i] = msgspec.structs.replace(lines[i], taxes=taxes)
    shipping = [
        charge
        if charge.taxes
        else msgspec.structs.replace(charge, taxes=_taxes(answer.taxes.get(f"s{i}", ()), currency))
        for i, charge in enumerate(command.shipping)
    ]
    return msgspec.structs.replace(command, lines=lines, shipping=shipping)


def _taxes(shares: Sequence[TaxShare], currency: str) -> list[Tax]:
    return [Tax(amount=Amount(share.amount_minor, currency), name=share.name, rate=share.rate) for share in shares]
