"""The statements of the table of rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class TaxRateRow(NamedTuple):
    """A rate as it is stored: '' for every region, postal code or class."""

    id: UUID
    version: int
    country: str
    region: str
    postal_prefix: str
    tax_class: str
    name: str
    rate: Decimal
    applies_to_shipping: bool
    compound: bool
    valid_from: date
    valid_to: date | None

    @property
    def tax(self) -> tuple[str, str, str, str, str]:
        """Which tax it is a rate of."""
        return self.country, self.region, self.postal_prefix, self.tax_class, self.name


LOCK_TAX_RATES = statement(__package__, "lock_tax_rates")
READ_RATES_OF_TAXES = query(__package__, "read_rates_of_taxes", TaxRateRow)
READ_RATES_OF_PLACES = query(__package__, "read_rates_of_places", TaxRateRow)
LIST_TAX_RATES = query(__package__, "list_tax_rates", TaxRateRow)
DELETE_TAX_RATES = statement(__package__, "delete_tax_rates")
PUT_TAX_RATES = statement(__package__, "put_tax_rates")
