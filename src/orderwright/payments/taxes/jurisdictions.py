"""Taxes by a table of rates. The jurisdictions in which a place lies all take theirs: a country, a region of it, and
every postal prefix that its postal code begins with, longer ones besides shorter ones (county and city).

Within one jurisdiction the rates for the item's class stand instead of those for every class: a rate of 0 for `food`
frees food there and nowhere else. Goods are taxed where they go to. Shipping is taxed by rates that say so, and by
those of its own class. Each tax is rounded by itself, as the sales taxes of Canada are; where a state of the United
States wants its taxes rounded together, give their sum as one rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from orderwright.payments.taxes import Rounding, TaxAnswer, TaxedKind, TaxItem, TaxNote, TaxQuestion
from orderwright.payments.taxes.amounts import Portion, Rate, tax_portions
from orderwright.payments.taxes.queries import TaxRateRow
from orderwright.payments.taxes.read_tax_rates import jurisdictions_of, rates_for
from orderwright.platform.db import Transaction

CODE = "jurisdictions"
NO_RATE = TaxNote("no_rate", "There is no rate for this place on this day: nothing is taxed. Add its rates.", ())
_Jurisdiction = tuple[str, str, str]
_Table = Mapping[_Jurisdiction, Sequence[TaxRateRow]]


class JurisdictionTaxes:
    """The engine for a table of rates, which holds those of the questions that it is made for."""

    code = CODE

    def __init__(self, rates: Iterable[TaxRateRow], *, rounding: Rounding = Rounding.LINE) -> None:
        table: defaultdict[_Jurisdiction, list[TaxRateRow]] = defaultdict(list)
        for row in rates:
            table[row.country, row.region, row.postal_prefix].append(row)
        self._table: _Table = table
        self._rounding = rounding

    async def assess(self, questions: Sequence[TaxQuestion]) -> list[TaxAnswer]:
        """One answer a question, in order."""
        return [assess_by_table(self._table, question, self._rounding) for question in questions]


async def load_jurisdiction_taxes(
    tx: Transaction, questions: Sequence[TaxQuestion], *, rounding: Rounding = Rounding.LINE
) -> JurisdictionTaxes:
    """The engine with the merchant's rates for some questions. One statement, or none."""
    return JurisdictionTaxes(await rates_for(tx, questions), rounding=rounding)


def assess_by_table(table: _Table, question: TaxQuestion, rounding: Rounding = Rounding.LINE) -> TaxAnswer:
    """The taxes of one question by rates that are grouped by jurisdiction. Pure."""
    places = [
        [row for row in table[jurisdiction] if _holds(row, question.on)]
        for jurisdiction in jurisdictions_of(question.ship_to)
        if jurisdiction in table
    ]
    portions = [Portion(item.key, item.amount_minor, _rates_of(item, places)) for item in question.items]
    taxes = tax_portions(portions, inclusive=question.prices_include_tax, rounding=rounding)
    notes = [] if any(places) else [NO_RATE._replace(keys=list(taxes))]
    return TaxAnswer(taxes, notes)


def _holds(row: TaxRateRow, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)


def _rates_of(item: TaxItem, places: Sequence[Sequence[TaxRateRow]]) -> tuple[Rate, ...]:
    """The rates for an item, of every jurisdiction, by name where one has several. Compound ones come last."""
    found = [
        Rate(row.name, row.rate, jurisdiction_name(row), row.compound)
        for rows in places
        for row in _of_class(item, rows)
    ]
    return tuple(sorted(found, key=lambda rate: rate.compound))


def _of_class(item: TaxItem, rows: Sequence[TaxRateRow]) -> list[TaxRateRow]:
    own = [row for row in rows if item.tax_class and row.tax_class == item.tax_class]
    if own:
        return own
    return [row for row in rows if not row.tax_class and (item.kind != TaxedKind.SHIPPING or row.applies_to_shipping)]


def jurisdiction_name(row: TaxRateRow) -> str:
    """`US`, `US-IL`, `US-IL 606`, `ES 35`."""
    region = f"{row.country}-{row.region}" if row.region else row.country
    return f"{region} {row.postal_prefix}" if row.postal_prefix else region
