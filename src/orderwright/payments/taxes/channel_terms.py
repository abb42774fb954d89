"""How the orders of a channel are taxed, as it is said from outside."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.payments.taxes import Place, Rounding
from orderwright.payments.taxes.contract import Region
from orderwright.payments.taxes.eu_rates import VatClass
from orderwright.payments.taxes.eu_vat import EuVatSettings
from orderwright.platform.fields import Code, Country
from orderwright.platform.versions import SeenVersion

EngineName = Literal["as_placed", "jurisdictions", "eu_vat"]
_PostalCode = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"\A[A-Za-z0-9 -]+\Z")]
_Area = Annotated[str, Meta(pattern=r"\A[A-Z]{2}(-[A-Z0-9]{1,12})?\Z")]


class ShipFrom(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where goods leave from, as far as taxes care. `region` is a code of ISO 3166-2 without the country."""

    country: Country
    region: Region | None = None
    postal_code: _PostalCode | None = None


class VatRate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rate that holds instead of the known one: of a member state (`FR`) or of a territory with rates of its own
    (`PT-20`), for a class of goods. A fraction: 0.2 for 20 %."""

    area: _Area
    vat_class: VatClass
    rate: Annotated[Decimal, Meta()]


class EuVatTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a seller in the European Union is taxed. Distance sales to consumers are taxed where they go to (and are
    reported by the one-stop shop, OSS), unless `below_threshold`: then where the seller is, as long as goods leave from
    `established_in` (left out: wherever they leave from). `classes`: VAT class by tax class, where the names differ."""

    below_threshold: bool = False
    established_in: Country | None = None
    classes: Annotated[dict[Code, VatClass], Meta(max_length=200)] = {}
    rates: Annotated[list[VatRate], Meta(max_length=200)] = []


class TaxTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """By which engine what changes of a channel's orders is taxed. `as_placed`: by the rates that an order came with.
    `jurisdictions`: by the table of rates, where goods go to. `eu_vat`: as the law of the European Union has it, which
    needs to know where goods leave from. `rounding`: fractions are rounded by `line`, or once for each tax of an
    `order`."""

    engine: EngineName = "as_placed"
    ship_from: ShipFrom | None = None
    rounding: Literal["line", "order"] = "line"
    eu_vat: EuVatTerms | None = None

    @property
    def by_place(self) -> bool:
        """Whether what is charged depends on where goods go to."""
        return self.engine != "as_placed"

    @property
    def origin(self) -> Place:
        """Where goods leave from; nowhere, where nobody said."""
        place = self.ship_from
        return Place("") if place is None else Place(place.country, place.region, place.postal_code)

    def rates(self) -> Iterator[Decimal]:
        """The rates that are said."""
        return (rate.rate for rate in (self.eu_vat.rates if self.eu_vat else ()))

    def vat_settings(self) -> EuVatSettings:
        """What the engine `eu_vat` is made with."""
        said = self.eu_vat or EuVatTerms()
        rates = {(rate.area, rate.vat_class): rate.rate for rate in said.rates}
        return EuVatSettings(said.below_threshold, said.established_in, said.classes, rates, Rounding(self.rounding))


class PutChannelTax(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a channel's orders are taxed when they change, from now on. Whatever `terms` leave out is as built in.
    `version`: which one the writer saw (0: none); another by now is refused."""

    channel: Code
    terms: TaxTerms
    version: SeenVersion | None = None
