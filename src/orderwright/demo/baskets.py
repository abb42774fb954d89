"""Real baskets as orders: a stream that never ends, the same for the same seed, and may begin anywhere.

One basket is one order. The i-th order does not depend on where the stream began, so that a demo that was stopped goes
on where it was. About one order in 200 has something wrong on purpose, so that there is something to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from math import log

import msgspec

from orderwright.demo.checkout import Options, order_of
from orderwright.demo.journey import Basket, BasketLine, basket_sizes, baskets
from orderwright.demo.people import mix
from orderwright.demo.products import Catalogue
from orderwright.orders.contract import LINES_MAX, PlaceOrder
from orderwright.platform.clock import utc_now

WRONG_ONE_IN = 200
_BLOCK = 64
_FAULTS = ("unknown_sku", "postal_code", "again")


def orders(
    catalogue: Catalogue,
    *,
    seed: int = 0,
    start: int = 0,
    limit: int | None = None,
    mean_lines: float | None = None,
    wrong_one_in: int = WRONG_ONE_IN,
    options: Options | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[PlaceOrder]:
    """Orders number `start` to `start + limit` (without end by default), placed when `clock` says they are taken.

    `mean_lines` cuts baskets so that orders have so many lines on average (7.3 uncut): most get one or two, a few
    many. `wrong_one_in` orders one has an unknown SKU or a bad postal code, or is sent twice; 0 is none.
    Raises `DemoDataMissing`, and ValueError for a mean below one line.
    """
    cut = _whole if mean_lines is None else _cutter(catalogue, mean_lines, seed)
    options = options or Options()
    first = max(start - 1, 0) // _BLOCK * _BLOCK
    stop = None if limit is None else start + limit
    before: tuple[Basket, list[BasketLine]] | None = None
    for basket, lines in cut(baskets(catalogue.products, first)):
        if stop is not None and basket.ordinal >= stop:
            return
        if basket.ordinal >= start:
            again = before is not None and _fault(before[0].ordinal, seed, wrong_one_in) == "again"
            source = before if again and before is not None else (basket, lines)
            order = order_of(*source, catalogue, options, seed, clock())
            if again:
                order = msgspec.structs.replace(order, external_id=f"{order.external_id}-2")
            yield _spoil(order, _fault(basket.ordinal, seed, wrong_one_in))
        before = basket, lines


def _whole(stream: Iterable[Basket]) -> Iterator[tuple[Basket, list[BasketLine]]]:
    """Baskets with all their lines."""
    for basket in stream:
        yield basket, basket.lines[:LINES_MAX]


def _cutter(
    catalogue: Catalogue, mean_lines: float, seed: int
) -> Callable[[Iterable[Basket]], Iterator[tuple[Basket, list[BasketLine]]]]:
    """What cuts baskets so that every block of 64 orders has the wanted mean, to the line.

    How many lines are left is drawn from a geometric distribution whose parameter suits the sizes of the baskets;
    then a block's draws are mended by a line here and there.
    """
    ratio = _ratio(basket_sizes(catalogue.products), mean_lines)

    def cut(stream: Iterable[Basket]) -> Iterator[tuple[Basket, list[BasketLine]]]:
        stream = iter(stream)
        while block := list(islice(stream, _BLOCK)):
            counts = [min(len(basket.lines), _draw(basket, ratio, seed)) for basket in block]
            begin = block[0].ordinal
            wanted = int((begin + len(block)) * mean_lines) - int(begin * mean_lines)
            _mend(counts, [len(basket.lines) for basket in block], wanted)
            for basket, kept in zip(block, counts, strict=True):
                turn = mix(seed, basket.basket_id, 8) % len(basket.lines)
                yield basket, (basket.lines + basket.lines)[turn : turn + kept]

    return cut


def _draw(basket: Basket, ratio: float, seed: int) -> int:
    """A number of lines, geometrically distributed: more than j with probability ratio^j."""
    even = (mix(seed, basket.ordinal, 7) + 1) / 2**64  # in (0, 1]
    return LINES_MAX if ratio >= 1.0 else 1 + int(log(even) / log(ratio))


def _mend(counts: list[int], sizes: list[int], wanted: int) -> None:
    """Change counts by one at a time, in turn, until they add up to `wanted` or cannot: each stays in 1..size."""
    short = wanted - sum(counts)
    step = 1 if short > 0 else -1
    changed = True
    while short and changed:
        changed = False
        for i, size in enumerate(sizes):
            if short and 1 <= counts[i] + step <= size:
                counts[i] += step
                short -= step
                changed = True


def _ratio(sizes: dict[int, int], mean_lines: float) -> float:
    """The q for which orders of min(basket, geometric) lines have this mean: sum of P(basket >= j) * q^(j-1)."""
    if mean_lines < 1:
        raise ValueError("mean_lines: an order has at least one line")
    total = sum(sizes.values())
    tails = [sum(n for size, n in sizes.items() if size >= j) / total for j in range(1, max(sizes) + 1)]
    low, high = 1e-9, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        mean = sum(tail * middle**j for j, tail in enumerate(tails))
        low, high = (middle, high) if mean < mean_lines else (low, middle)
    return high


def _fault(ordinal: int, seed: int, one_in: int) -> str | None:
    if one_in == 0 or (ordinal + mix(seed, 9)) % one_in:
        return None
    return _FAULTS[mix(seed, ordinal, 10) % len(_FAULTS)]


def _spoil(order: PlaceOrder, fault: str | None) -> PlaceOrder:
    """The order with a mistake of the kind that people and channels make."""
    if fault == "unknown_sku":
        last = order.lines[-1]
        unknown = msgspec.structs.replace(last, sku=f"OLD-{last.sku}"[:100])
        return msgspec.structs.replace(order, lines=[*order.lines[:-1], unknown])
    if fault == "postal_code" and order.ship_to is not None:
        wrong = msgspec.structs.replace(order.ship_to, postal_code="00000")
        return msgspec.structs.replace(order, ship_to=wrong)
    return order
