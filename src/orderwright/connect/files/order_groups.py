"""Orders of a table: rows of the same external_id that stand together are the lines of one order.

A row that cannot be read may have been part of an order. Whichever neighbour it mentions is left out with it: an order
that is taken is taken whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.connect.files.items import Item
from orderwright.connect.files.order_rows import Defaults, OrderRow, build_order, order_header, read_row
from orderwright.connect.files.source import Position
from orderwright.connect.files.tables import Row, Table
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import LINES_MAX
from orderwright.platform.text_lines import RowError

_STRAYS_MAX = 1_000


def order_items(table: Table, defaults: Defaults) -> Iterator[Item[PlaceOrder]]:
    """The orders of a table, in its order. Memory holds one order. Raises InvalidRequest for a wrong header."""
    header = order_header(table.header, table.where, defaults)
    return _items(table, header, defaults)


class _Order:
    """The rows of one order, as they are read."""

    def __init__(self, row: OrderRow, end: Position) -> None:
        self.id = row.order["external_id"]
        self.line = row.line
        self.rows = [row]
        self.errors: list[RowError] = []
        self.end = end

    def add(self, row: OrderRow, end: Position) -> None:
        if len(self.rows) < LINES_MAX:
            self.rows.append(row)
        elif not any(error.code == "too_many_lines" for error in self.errors):
            message = f"The order has more than {LINES_MAX:,} rows. Split it into several orders."
            self.errors.append(RowError(row.line, None, message, "too_many_lines"))
        self.end = end

    def item(self, defaults: Defaults) -> Item[PlaceOrder]:
        built = build_order(self.rows, defaults)
        errors = sorted(self.errors + (built if isinstance(built, list) else []), key=lambda e: e.line)
        command = built if isinstance(built, PlaceOrder) and not errors else None
        return Item(self.line, self.id, command, errors, len(self.rows), self.end)


def _items(table: Table, header: list[str], defaults: Defaults) -> Iterator[Item[PlaceOrder]]:
    order: _Order | None = None
    strays: list[Row] = []  # rows that cannot be read, since the last row of the order
    for row in table.rows:
        if row.errors or (read := _read(header, row)) is None:
            stray = row if row.errors else row._replace(errors=[_nameless(row.line)])
            if order is not None and not strays and _belongs(stray, order.id, header):
                order.errors += stray.errors
                order.end = stray.end
                continue
            strays.append(stray)
            if len(strays) >= _STRAYS_MAX:
                if order is not None:
                    yield order.item(defaults)
                    order = None
                yield from map(_stray_item, strays)
                strays.clear()
            continue
        if order is not None and read.order["external_id"] == order.id:
            order.errors += [error for stray in strays for error in stray.errors]
            strays.clear()
            order.add(read, row.end)
            continue
        if order is not None:
            yield order.item(defaults)
        order = _Order(read, row.end)
        # From the first one on that mentions the order, all are its own: none may be told before the order is.
        first = next((i for i, stray in enumerate(strays) if _mentions(stray, order.id)), len(strays))
        yield from map(_stray_item, strays[:first])
        order.errors += [error for stray in strays[first:] for error in stray.errors]
        strays.clear()
    if order is not None:
        yield order.item(defaults)
    yield from map(_stray_item, strays)


def _read(header: list[str], row: Row) -> OrderRow | None:
    """The row, unless it does not say whose it is."""
    read = read_row(header, row.line, row.cells)
    return read if "external_id" in read.order else None


def _nameless(line: int) -> RowError:
    return RowError(line, "external_id", "It is empty: write the order's external_id in each of its rows.",
                    "missing_value")  # fmt: skip


def _belongs(stray: Row, order_id: str, header: list[str]) -> bool:
    """Whether a row behind an order seems to be one of its lines: it mentions the order, or starts no other."""
    if _mentions(stray, order_id):
        return True
    if len(stray.cells) != len(header):
        return False
    read = read_row(header, stray.line, stray.cells).order
    return not {"external_id", "placed_at", "total", "total_minor"} & set(read)


def _mentions(stray: Row, order_id: str) -> bool:
    return any(cell.strip() == order_id for cell in stray.cells)


def _stray_item(stray: Row) -> Item[PlaceOrder]:
    return Item(stray.line, "", None, stray.errors, 1, stray.end)
