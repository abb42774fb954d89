"""Which units of an order a parcel holds, and what becomes of them when somebody has looked. Pure (law G4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderwright.inventory import CUSTOMER, LOSS, SUPPLIER, Move, Place
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns.books import Goods, OrderBook, Return, ReturnLine
from orderwright.returns.commands import InspectedItem, refuse
from orderwright.returns.policy import restocking_rate
from orderwright.returns.queries import InspectionRow, SoldRow
from orderwright.returns.states import ReturnState

UNANNOUNCED = "unannounced"  # the reason of a line that nobody had asked to return
_BY_GRADE = {"a": "restock", "b": "restock", "c": "quarantine", "d": "scrap"}


class Counted(NamedTuple):
    """Units of a SKU in a parcel."""

    sku_id: UUID | None
    sku_code: str
    quantity: int


class TakenIn(NamedTuple):
    """What a parcel was. `units`: (component, how many) of the order; `over` is not of it: too many, or another SKU."""

    units: list[tuple[SoldRow, int]]
    over: list[Counted]


def take_in(book: OrderBook, one: Return, location_id: UUID, counted: Iterable[Counted]) -> TakenIn:
    """Give the counted units to what the return announced, then to more units of its lines, then to other lines of the
    order; the rest is over. Changes the return."""
    taken = TakenIn([], [])
    for item in counted:
        left = item.quantity
        for part, most in _places(book, one, item.sku_id):
            units = min(left, most, part.shipped - book.back(part))
            if units > 0:
                left -= units
                _add(book, one, location_id, part, units)
                taken.units.append((part, units))
        if left:
            taken.over.append(item._replace(quantity=left))
    if taken.units:
        one.move_to(ReturnState.RECEIVED)
    return taken


def waiting_for(book: OrderBook, counted: Sequence[Counted]) -> Return | None:
    """The oldest return of an order that is announced and still waits for all of these goods; None where there is
    none."""
    for one in book.returns.values():
        left = {n: line.quantity for n, line in one.lines.items()}
        wanted: dict[UUID | None, int] = {}
        for part in (part for n in left for part in book.parts(n)):
            missing = left[part.line_n] * part.each - one.received((part.line_n, part.component_n))
            missing = max(0, min(missing, part.shipped - book.back(part)))
            wanted[part.sku_id] = wanted.get(part.sku_id, 0) + missing
        for item in counted:
            wanted[item.sku_id] = wanted.get(item.sku_id, 0) - item.quantity
        if one.is_open and all(units >= 0 for units in wanted.values()):
            return one
    return None


def _places(book: OrderBook, one: Return, sku_id: UUID | None) -> list[tuple[SoldRow, int]]:
    """Components that units of a SKU may be of, in turn, with how many at most."""
    mine = [part for part in book.all_parts() if part.sku_id == sku_id and sku_id is not None]
    announced = [part for part in mine if part.line_n in one.lines]
    expected = [
        (part, one.lines[part.line_n].quantity * part.each - one.received((part.line_n, part.component_n)))
        for part in announced
    ]
    others = [part for part in mine if part.line_n not in one.lines]
    return expected + [(part, part.shipped) for part in announced + others]


def _add(book: OrderBook, one: Return, location_id: UUID, part: SoldRow, units: int) -> None:
    if part.line_n not in one.lines:
        one.lines[part.line_n] = ReturnLine(
            return_id=one.id, line_n=part.line_n, order_id=one.order_id, quantity=0, reason=UNANNOUNCED, condition=None,
            restocking_rate=restocking_rate(one.terms, book.article(part.line_n), UNANNOUNCED),
        )  # fmt: skip
    key = (part.line_n, part.component_n, location_id)
    if key in one.goods:
        one.goods[key].received += units
    else:
        one.goods[key] = Goods(
            return_id=one.id, line_n=part.line_n, component_n=part.component_n, location_id=location_id,
            order_id=one.order_id, sku_id=part.sku_id, received=units,
        )  # fmt: skip


class Found(NamedTuple):
    """An inspected item with its SKU and a new id."""

    item: InspectedItem
    sku_id: UUID


def inspect(
    one: Return, location_id: UUID, found: Sequence[Found], new_ids: Iterable[UUID]
) -> list[InspectionRow] | Outcome:
    """What was found, by component, or why it cannot be. Changes the return. Precedence: `wrong_disposition`,
    `already_credited`, `not_received`."""
    wanted: dict[UUID, int] = {}
    for item, sku_id in found:
        if item.accepted and item.disposition == "send_back":
            return refuse("wrong_disposition", sku=item.sku)
        if not item.accepted and one.terms.refund_on != "inspection":
            return refuse("already_credited", sku=item.sku)
        wanted[sku_id] = wanted.get(sku_id, 0) + item.quantity
    here = [g for g in one.goods.values() if g.location_id == location_id]
    for item, sku_id in found:
        waiting = sum(g.received - g.inspected for g in here if g.sku_id == sku_id)
        if wanted[sku_id] > waiting:
            return refuse("not_received", sku=item.sku, waiting=waiting)
    ids = iter(new_ids)
    rows = []
    for item, sku_id in found:
        left = item.quantity
        for goods in here:
            units = min(left, goods.received - goods.inspected) if goods.sku_id == sku_id else 0
            if units:
                left -= units
                rows.append(_look(one, goods, item, units, next(ids)))
    return rows


def _look(one: Return, goods: Goods, item: InspectedItem, units: int, new_id: UUID) -> InspectionRow:
    disposition = item.disposition or _BY_GRADE[item.grade]
    goods.inspected += units
    if disposition == "send_back":
        goods.sent_back += units
    row = InspectionRow(
        new_id, one.id, goods.line_n, goods.component_n, goods.location_id, units, item.grade, disposition,
        item.accepted,
    )  # fmt: skip
    one.inspections.append(row)
    return row


def target_of(disposition: str, location_id: UUID) -> Place | None:
    """Where goods go from quarantine; None: they stay."""
    return {
        "restock": Place(location_id, "available"),
        "refurbish": Place(location_id, "damaged"),
        "return_to_vendor": SUPPLIER,
        "scrap": LOSS,
        "send_back": CUSTOMER,
    }.get(disposition)


def moves_of(book: OrderBook, one: Return, rows: Iterable[InspectionRow]) -> list[Move]:
    """How the goods move that were looked at."""
    moves = []
    for row in rows:
        target = target_of(row.disposition, row.location_id)
        if target is not None:
            sku_id = book.part((row.line_n, row.component_n)).sku_id
            here = Place(row.location_id, "quarantine")
            moves.append(
                Move(sku_id, here, target, row.quantity, "return", one.id, one.order_id, row.line_n, row.component_n)
            )
    return moves


def settle_state(book: OrderBook, one: Return) -> None:
    """The state after somebody has looked: closed once all that was announced came and was looked at."""
    if one.uninspected:
        return
    one.move_to(ReturnState.INSPECTED)
    if all(book.came(one, line.line_n) >= line.quantity for line in one.lines.values()):
        one.move_to(ReturnState.CLOSED)
