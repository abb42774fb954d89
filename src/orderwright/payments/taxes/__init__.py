"""Taxes: what the system needs of one that knows them. An engine is one module that fits `TaxEngine`.

Built in: `as_placed` (the order's own rates, where nothing is configured), `jurisdictions` (a table of rates) and
`eu_vat`. docs/explanation/taxes.md shows what they answer. All amounts are integers in minor units of the question's
currency; rates are fractions (0.19 for 19 %). A question may hold personal data (a VAT id, a postal code): it is never
stored or logged, and no answer repeats it (law T5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol


class TaxedKind(StrEnum):
    """What a tax is on."""

    LINE = "line"
    SHIPPING = "shipping"
    FEE = "fee"


class Rounding(StrEnum):
    """Where fractions of a minor unit are rounded, half up. The two may differ by a unit a tax and order."""

    LINE = "line"  # each tax of each line
    ORDER = "order"  # each tax of the order; lines get shares by largest remainder


class Place(NamedTuple):
    """Where goods come from or go to. `region` is a code of ISO 3166-2, with or without the country (`CA`, `US-CA`)."""

    country: str
    region: str | None = None
    postal_code: str | None = None

    @property
    def region_key(self) -> str:
        """The region as rates know it: in capitals, without the country; '' for none."""
        return (self.region or "").strip().upper().removeprefix(f"{self.country}-")

    @property
    def postal_key(self) -> str:
        """The postal code as rates know it: capitals and digits alone; '' for none."""
        return "".join(c for c in (self.postal_code or "").upper() if c.isascii() and c.isalnum())


class TaxShare(NamedTuple):
    """What one tax takes of one line, shipping charge or fee. Name and rate are None where the order gave none.

    `jurisdiction` says who takes it: `US`, `US-IL`, `US-IL 606`, `DE`. A rate of 0 is a tax of nothing, which is said.
    """

    name: str | None
    rate: Decimal | None
    amount_minor: int
    jurisdiction: str | None = None


class TaxedLine(NamedTuple):
    """A line with the taxes that it has: as placed, or after its last edit. `amount_minor` is after discounts.

    `charge_tax_minor` is what of its taxes is its share of those on shipping and fees (`order_line.charge_tax_minor`).
    """

    key: str
    quantity: int
    amount_minor: int
    taxes: Sequence[TaxShare] = ()
    tax_class: str | None = None
    charge_tax_minor: int = 0


class TaxItem(NamedTuple):
    """A line, a shipping charge or a fee to be taxed. `key` is unique in its question; `amount_minor` is not negative,
    and after all discounts: it holds the tax where the question's prices do."""

    key: str
    amount_minor: int
    tax_class: str | None = None
    quantity: int = 1
    kind: TaxedKind = TaxedKind.LINE


class TaxQuestion(NamedTuple):
    """One order, or what of it is to be taxed. `on` is the day whose rates hold. `placed` are the order's lines with
    the taxes that they have, for an engine that goes by them."""

    currency: str
    prices_include_tax: bool
    ship_from: Place
    ship_to: Place
    on: date
    items: Sequence[TaxItem]
    vat_id: str | None = None
    placed: Sequence[TaxedLine] = ()


class TaxNote(NamedTuple):
    """Why some items are taxed as they are, for invoices and for staff. `code` is stable."""

    code: str
    message: str
    keys: Sequence[str]


# Notes that say that a tax is not known: what is charged all the same would be a guess.
UNKNOWN = frozenset({"no_rate", "territory_rates", "no_destination"})


class TaxAnswer(NamedTuple):
    """The taxes of every item by its key; none for an item that nobody taxes."""

    taxes: Mapping[str, Sequence[TaxShare]]
    notes: Sequence[TaxNote] = ()

    @property
    def tax_minor(self) -> int:
        """The tax of the whole question."""
        return sum(share.amount_minor for shares in self.taxes.values() for share in shares)

    @property
    def unknown(self) -> list[str]:
        """The keys of items whose tax is not known."""
        return sorted({key for note in self.notes if note.code in UNKNOWN for key in note.keys})

    def item_tax_minor(self, key: str) -> int:
        """The tax of one item."""
        return sum(share.amount_minor for share in self.taxes[key])


class TaxEngine(Protocol):
    """Knows the taxes of orders. Answers one a question, in order, exact to the minor unit, and keeps nothing.

    An engine of our own does no I/O in `assess`: what it needs is loaded when it is made. One that asks a service is
    called outside any database transaction. An exception means that none of the questions was answered.
    """

    @property
    def code(self) -> str:
        """The name by which settings know it."""
        ...

    async def assess(self, questions: Sequence[TaxQuestion]) -> list[TaxAnswer]: ...
