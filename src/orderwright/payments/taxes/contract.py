"""What may be said of a rate of a tax, from outside."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.platform.fields import Code, Country
from orderwright.platform.versions import SeenVersion

PostalPrefix = Annotated[str, Meta(pattern=r"\A[A-Z0-9]{1,10}\Z")]
Region = Annotated[str, Meta(pattern=r"\A[A-Z0-9]{1,20}\Z")]


class PutTaxRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tax and what it is from a day on. Country to name say which tax; `rate` is a fraction, 0.19 for 19 %.

    `region` is a code of ISO 3166-2 without the country; `postal_prefix` is what postal codes begin with, in capitals
    and digits alone. What is left out is every one. `valid_to` is the last day. `compound`: it is on the other taxes
    too. With `remove` the rate is taken away, as if it had never been; orders keep the taxes that they have.
    `version`: which one the writer saw (0: none); another by now is refused.
    """

    country: Country
    name: Code
    rate: Annotated[Decimal, Meta()]
    valid_from: date
    region: Region | None = None
    postal_prefix: PostalPrefix | None = None
    tax_class: Code | None = None
    valid_to: date | None = None
    applies_to_shipping: bool = False
    compound: bool = False
    remove: bool = False
    version: SeenVersion | None = None

    @property
    def tax(self) -> tuple[str, str, str, str, str]:
        """Which tax it is a rate of, as it is stored: '' where nothing is said."""
        return self.country, self.region or "", self.postal_prefix or "", self.tax_class or "", self.name
