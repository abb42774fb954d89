"""What a document is about, in parts that add up: units of a line, shipping and fees, rounding. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

Key = tuple[str, int]  # kind and reference, as in `document_line`


class TaxPart(NamedTuple):
    """One tax of something: on how much it is, and what it comes to, in minor units. Without name and rate: no tax."""

    name: str | None
    rate: Decimal | None
    base_minor: int
    tax_minor: int


class Item(NamedTuple):
    """Units with their amounts in minor units; `gross` is `net` and `tax` together."""

    units: int
    net_minor: int
    tax_minor: int
    taxes: Sequence[TaxPart] = ()

    @property
    def gross_minor(self) -> int:
        """What is to be paid for it."""
        return self.net_minor + self.tax_minor

    @property
    def sign(self) -> int:
        """Whether it is owed to us (1), to the customer (-1), or nothing (0)."""
        return next((1 if value > 0 else -1 for value in (self.gross_minor, self.tax_minor, self.units) if value), 0)

    @property
    def is_worthless(self) -> bool:
        """Whether it has no amounts at all: a free unit, or nothing."""
        return not (self.net_minor or self.tax_minor)


NOTHING = Item(0, 0, 0)
Items = Mapping[Key, Item]


def plus(one: Item, other: Item, sign: int = 1) -> Item:
    """Two items together; with `sign` -1 one less the other."""
    return Item(
        one.units + sign * other.units,
        one.net_minor + sign * other.net_minor,
        one.tax_minor + sign * other.tax_minor,
        add_taxes([*one.taxes, *(t._replace(base_minor=sign * t.base_minor, tax_minor=sign * t.tax_minor)
                                 for t in other.taxes)]),
    )  # fmt: skip


def negative(item: Item) -> Item:
    """The same, owed the other way."""
    return plus(NOTHING, item, -1)


def add_taxes(parts: Iterable[TaxPart]) -> list[TaxPart]:
    """Taxes of the same name and rate together, in the order in which they come first; without those of nothing."""
    sums: dict[tuple[str | None, Decimal | None], list[int]] = {}
    for name, rate, base, tax in parts:
        entry = sums.setdefault((name, rate), [0, 0])
        entry[0] += base
        entry[1] += tax
    return [TaxPart(*key, base, tax) for key, (base, tax) in sums.items() if base or tax]


def missing(wanted: Items, so_far: Items) -> dict[Key, Item]:
    """What is still to be said, so that all that was said comes to what is wanted."""
    keys = dict.fromkeys([*wanted, *so_far])
    found = {key: plus(wanted.get(key, NOTHING), so_far.get(key, NOTHING), -1) for key in keys}
    return {key: item for key, item in found.items() if item.units or not item.is_worthless}


def tax_data(taxes: Iterable[TaxPart]) -> list[list[Any]]:
    """Taxes as they are stored."""
    return [[t.name, None if t.rate is None else f"{t.rate.normalize():f}", t.base_minor, t.tax_minor] for t in taxes]


def tax_parts(data: Iterable[Sequence[Any]]) -> list[TaxPart]:
    """Taxes as they were stored."""
    return [TaxPart(name, None if rate is None else Decimal(rate), base, tax) for name, rate, base, tax in data]
