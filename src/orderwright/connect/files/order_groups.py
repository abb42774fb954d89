"""Orders of a table: rows of the same external_id that stand together are the lines of one order.

A row that cannot be read may have been part of an order. Whichever neighbour it mentions is left out with it: an order
that is taken is taken whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.connect.files.items import Item
from orderwright.connect.files.order_rows import Defaults, OrderRow, build_order, order_header, read_row
from orderwright.connect.files.tables import Row, Table
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import LINES_MAX
from orderwright.platform.text_lines import RowError

_STRAYS_MAX = 1_000
_CELLS_KNOWN = frozenset({"not_utf8", "invalid_value"})  # faults of a row that still says whose it is
_STARTS = frozenset({"placed_at", "total", "total_minor"})  # what the first row of an order has


def order_items(table: Table, defaults: Defaults) -> Iterator[Item[PlaceOrder]]:
    """The orders of a table, in its order. Memory holds one order. Raises InvalidRequest for a wrong header."""
    header = order_header(table.header, table.where, defaults)
    return _items(table, header, defaults)


class _Order:
    """The rows of one order, as they are read."""

    def __init__(self, first: OrderRow, row: Row) -> None:
        self.id = first.order["external_id"]
        self.line = first.line
        self.rows = [first]
        self.errors = list(row.errors)
        self.end = row.end

    def add(self, read: OrderRow, row: Row) -> None:
        """Another row of the order, as it was read."""
        self.errors += row.errors
        if len(self.rows) < LINES_MAX:
            self.rows.append(read)
        elif not any(error.code == "too_many_lines" for error in self.errors):
            message = f"The order has more than {LINES_MAX:,} rows. Split it into several orders."
            self.errors.append(RowError(row.line, None, message, "too_many_lines"))
        self.end = row.end

    def item(self, defaults: Defaults) -> Item[PlaceOrder]:
        """The order, or all that is wrong with it."""
        built = build_order(self.rows, defaults)
        told = {(error.line, error.column) for error in self.errors}
        more = [e for e in built if (e.line, e.column) not in told] if isinstance(built, list) else []
        errors = sorted(self.errors + more, key=lambda e: e.line)
        command = built if isinstance(built, PlaceOrder) and not errors else None
        return Item(self.line, self.id, command, errors, len(self.rows), self.end)


def _items(table: Table, header: list[str], defaults: Defaults) -> Iterator[Item[PlaceOrder]]:
    groups = _Groups(header, defaults)
    for row in table.rows:
        yield from groups.take(row)
    yield from groups.finish()


class _Groups:
    """The order at hand, and the strays behind it: rows of which nobody knows yet whose they are."""

    def __init__(self, header: list[str], defaults: Defaults) -> None:
        self._header, self._defaults = header, defaults
        self._order: _Order | None = None
        self._strays: list[Row] = []

    def take(self, row: Row) -> Iterator[Item[PlaceOrder]]:
        """Put a row where it belongs; what is complete with it comes out."""
        whole = len(row.cells) == len(self._header) and all(error.code in _CELLS_KNOWN for error in row.errors)
        read = read_row(self._header, row.line, row.cells) if whole else None
        if read is None or "external_id" not in read.order:
            yield from self._take_stray(row, read)
        elif self._order is not None and read.order["external_id"] == self._order.id:
            self._give_strays_to(self._order, 0)
            self._order.add(read, row)
        else:
            yield from self._finish_order()
            order = _Order(read, row)
            # From the first one on that mentions it all are its own: none may be told before the order is.
            first = next((i for i, s in enumerate(self._strays) if _mentions(s, order.id)), len(self._strays))
            yield from map(_stray_item, self._strays[:first])
            self._give_strays_to(order, first)
            self._order = order

    def finish(self) -> Iterator[Item[PlaceOrder]]:
        """What is left when the table ends."""
        yield from self._finish_order()
        yield from map(_stray_item, self._strays)
        self._strays = []

    def _take_stray(self, row: Row, read: OrderRow | None) -> Iterator[Item[PlaceOrder]]:
        stray = row._replace(errors=[*row.errors, _nameless(row.line)]) if read is not None else row
        self._strays.append(stray)
        order = self._order
        if order is not None:
            goes_on = read is not None and not _STARTS.intersection(read.order) and len(self._strays) == 1
            if goes_on or _mentions(stray, order.id):
                self._give_strays_to(order, 0)
                order.end = stray.end
        if len(self._strays) >= _STRAYS_MAX:
            yield from self.finish()

    def _give_strays_to(self, order: _Order, first: int) -> None:
        order.errors += [error for stray in self._strays[first:] for error in stray.errors]
        self._strays = []

    def _finish_order(self) -> Iterator[Item[PlaceOrder]]:
        if self._order is not None:
            yield self._order.item(self._defaults)
            self._order = None


def _nameless(line: int) -> RowError:
    message = "It is empty: write the order's external_id in each of its rows."
    return RowError(line, "external_id", message, "missing_value")


def _mentions(stray: Row, order_id: str) -> bool:
    return any(cell.strip() == order_id for cell in stray.cells)


def _stray_item(stray: Row) -> Item[PlaceOrder]:
    return Item(stray.line, "", None, stray.errors, 1, stray.end)
