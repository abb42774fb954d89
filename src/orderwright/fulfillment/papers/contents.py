"""What stands on papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Address(NamedTuple):
    """An address, by what is known of it. `country` is a code."""

    name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None

    def lines(self, home: str | None) -> list[str]:
        """The address as it is written; the country where it is not that of `home`."""
        town = " ".join(filter(None, (self.city, self.region, self.postal_code)))
        country = self.country if self.country != home else None
        return [part for part in (self.name, self.company, self.line1, self.line2, town, country) if part]


class PrintedLabel(NamedTuple):
    """The label of a parcel: `n` of `parcels`."""

    sender: Address
    to: Address
    tracking_number: str
    service: str
    order: str
    n: int
    parcels: int
    weight_g: int | None
    packed_at: datetime


class SlipLine(NamedTuple):
    """Units of a SKU."""

    sku: str
    name: str
    gtin: str | None
    quantity: int


class PackingSlip(NamedTuple):
    """What lies in with the goods: what is in each parcel, or in all where it is not packed yet. No prices: it may be
    a present. `code`: what a scan on the floor finds the order by."""

    sender: Address
    to: Address
    shop: str
    order: str
    code: str
    placed_at: datetime
    parcels: Sequence[tuple[str, Sequence[SlipLine]]]


class PickSheet(NamedTuple):
    """What is to be picked for an order, with a code to scan on the floor."""

    order: str
    code: str
    method: str
    due_at: datetime
    lines: Sequence[SlipLine]
