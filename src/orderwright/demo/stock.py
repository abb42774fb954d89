"""What the demo's locations hold before the first order: enough for a while, with a few SKUs that run low."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from orderwright.demo.people import mix
from orderwright.demo.products import Catalogue, Product
from orderwright.demo.world import locations

ORDERS_COVERED = 20_000  # the distribution centres can serve about so many orders before shelves empty
LINES_AN_ORDER = 2.2
_SCARCE_ONE_IN = 60  # SKUs that run out within minutes
_STORE_SHARE_PERCENT = 40  # of SKUs that a store carries
_MINIMUM = 24
_STORE_MINIMUM = 8  # above what counts as low, so that an alarm means that something was sold
_SCARCE_UNITS = 4  # at a distribution centre, and up to three more


class OpeningStock(NamedTuple):
    """Units of a SKU at a location."""

    sku: str
    location: str
    quantity: int


class OpeningSupply(NamedTuple):
    """Units of a SKU on their way to a pool, which preorders may be promised from."""

    sku: str
    pool: str
    due_on: date
    quantity: int


def stock(
    catalogue: Catalogue, *, seed: int = 0, orders_covered: int = ORDERS_COVERED, lines_an_order: float = LINES_AN_ORDER
) -> Iterator[OpeningStock]:
    """Opening stock by SKU and location: distribution centres hold everything, a store two fifths of it.

    Quantities follow how well a product sells in the real baskets. One SKU in 60 is scarce: a handful of units, so
    that it runs low once it is sold, and not before.
    """
    all_lines = sum(product.lines for product in catalogue.products.values())
    places = locations(date(2000, 1, 1))  # any year: only codes and pools are used
    for product in catalogue.products.values():
        demand = _demand(product, all_lines, lines_an_order) * orders_covered
        scarce = is_scarce(product, seed)
        for n, place in enumerate(places):
            bits = mix(seed, product.product_id, 100 + n)
            if place.pool == "dcs":
                usual = max(_MINIMUM, round(demand * (40 + bits % 21) / 100))
                yield OpeningStock(product.code, place.code, _SCARCE_UNITS + bits % 4 if scarce else usual)
            elif not scarce and bits % 100 < _STORE_SHARE_PERCENT:
                shelf = max(_STORE_MINIMUM, round(demand * (1 + (bits >> 8) % 3) / 100))
                yield OpeningStock(product.code, place.code, shelf)


def supplies(catalogue: Catalogue, today: date, *, seed: int = 0) -> Iterator[OpeningSupply]:
    """Dated supply for half of the scarce SKUs: a pallet in three to twelve days."""
    for product in catalogue.products.values():
        bits = mix(seed, product.product_id, 98)
        if is_scarce(product, seed) and bits % 2 == 0:
            yield OpeningSupply(product.code, "dcs", today + timedelta(days=3 + (bits >> 8) % 10), 240)


def is_scarce(product: Product, seed: int = 0) -> bool:
    """Whether the product runs out soon after the start."""
    return mix(seed, product.product_id, 99) % _SCARCE_ONE_IN == 0


def _demand(product: Product, all_lines: int, lines_an_order: float) -> float:
    """Units of the product in one order, on average."""
    return lines_an_order * product.lines / all_lines * product.units / product.lines
