"""The statements of the table of rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


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


class ChannelTaxRow(NamedTuple):
    """How a channel is taxed; `terms` is JSON."""

    channel_id: UUID
    version: int
    terms: str


class ListedChannelTaxRow(NamedTuple):
    """The same, by the channel's code, and since when."""

    channel: str
    version: int
    created_at: datetime
    terms: str


LOCK_TAX_RATES = statement(__package__, "lock_tax_rates")
READ_RATES_OF_TAXES = query(__package__, "read_rates_of_taxes", TaxRateRow)
READ_RATES_OF_PLACES = query(__package__, "read_rates_of_places", TaxRateRow)
LIST_TAX_RATES = query(__package__, "list_tax_rates", TaxRateRow)
DELETE_TAX_RATES = statement(__package__, "delete_tax_rates")
PUT_TAX_RATES = statement(__package__, "put_tax_rates")
READ_CHANNEL_TAXES = query(__package__, "read_channel_taxes", ChannelTaxRow)
LIST_CHANNEL_TAXES = query(__package__, "list_channel_taxes", ListedChannelTaxRow)
LOCK_CHANNELS = statement(__package__, "lock_channels")
APPEND_CHANNEL_TAXES = append("channel_tax", "channel_id version terms act_id")
