"""The rows of one order as the order that a channel would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

import msgspec

from orderwright.connect.files.order_columns import COLUMNS, LINE_COLUMNS, MINOR, ORDER_COLUMNS, Column, Reading
from orderwright.orders import PlaceOrder
from orderwright.platform.cells import CellError
from orderwright.platform.csv_records import check_header, shown
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.money import CURRENCIES
from orderwright.platform.text_lines import RowError

Cells = Mapping[str, str]  # of one row, by column, without the empty ones
_NEEDED = [column for column in COLUMNS.values() if column.required]
_PERSON = ("external_id", "name", "email", "phone")
_ADDRESS = [name.removeprefix("bill_to_") for name in ORDER_COLUMNS if name.startswith("bill_to_")]


class OrderRow(NamedTuple):
    """A row of an order: what it says of the order, and of its own line."""

    line: int
    order: Cells
    item: Cells


class Defaults(NamedTuple):
    """What a file does not say: the channel of orders that name none, the zone of times without an offset."""

    channel: str | None
    zone: tzinfo


def order_header(cells: Sequence[str], where: str, defaults: Defaults) -> list[str]:
    """The names of the columns. Raises InvalidRequest when they cannot be those of orders."""
    header = check_header(cells, list(COLUMNS), (), where)
    for column in _NEEDED:
        if column.name not in header and column.name + MINOR not in header:
            raise InvalidRequest(f"{where}: The column {column.name} is missing: {column.help}.")
    for name in header:
        if name.endswith(MINOR) and name.removesuffix(MINOR) in header:
            both = f"{name.removesuffix(MINOR)} and {name}"
            raise InvalidRequest(f"{where}: There are both {both}. Keep one of them.")
    if "channel" not in header and defaults.channel is None:
        raise InvalidRequest(f"{where}: The column channel is missing. Add it, or name the channel with --channel.")
    return header


def read_row(header: Sequence[str], line: int, cells: Sequence[str]) -> OrderRow:
    """A row's texts without those that are empty."""
    order: dict[str, str] = {}
    item: dict[str, str] = {}
    for name, cell in zip(header, cells, strict=True):
        if text := cell.strip():
            (order if name in ORDER_COLUMNS else item)[name] = text
    return OrderRow(line, order, item)


def build_order(rows: Sequence[OrderRow], defaults: Defaults) -> PlaceOrder | list[RowError]:
    """The order that the rows make, or all that is wrong with them."""
    first = rows[0]
    currency = first.order.get("currency")
    reading = Reading(currency if currency in CURRENCIES else None, defaults.zone)
    try:
        values = {_field(name): ORDER_COLUMNS[name].parse(text, reading) for name, text in first.order.items()}
        items = [
            {_field(name): LINE_COLUMNS[name].parse(text, reading) for name, text in row.item.items()} for row in rows
        ]
        values.setdefault("channel", defaults.channel)
        if all(_agree(first, row) for row in rows):
            return msgspec.convert(_assemble(values, items), PlaceOrder)
    except (CellError, KeyError, msgspec.ValidationError, ValueError, OverflowError) as error:
        return _errors(rows, reading, defaults) or [RowError(first.line, None, f"The order is wrong: {error}.")]
    return _errors(rows, reading, defaults)


def _field(name: str) -> str:
    return name.removesuffix(MINOR)


def _agree(first: OrderRow, row: OrderRow) -> bool:
    return row is first or all(first.order.get(name) == text for name, text in row.order.items())


# ---- values as an order ----


def _assemble(values: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The order as its JSON would be. Raises KeyError for what is missing."""
    currency = values["currency"]
    plain = {
        name: values[name]
        for name in ("external_id", "channel", "currency", "placed_at", "kind", "parent", "prices_include_tax",
                     "priority", "requested_ship_on", "requested_delivery_on", "tags", "metadata")
        if name in values
    }  # fmt: skip
    order = plain | {
        "total": _money(values["total"], currency),
        "lines": [_line(item, currency) for item in items],
        "shipping": _charge(values, "shipping", currency),
        "fees": _charge(values, "fee", currency),
        "discounts": _detailed(values, "discount", ("code", "name"), currency),
        "taxes": _detailed(values, "tax", ("name", "rate"), currency),
    }
    if values.get("rounding"):
        order["rounding"] = _money(values["rounding"], currency)
    if person := {field: values[name] for field in _PERSON if (name := _person_column(field)) in values}:
        order["customer"] = person
    for prefix in ("ship_to", "bill_to"):
        if address := {field: values[name] for field in _ADDRESS if (name := f"{prefix}_{field}") in values}:
            order[prefix] = address
    if any(name.startswith("payment") for name in values):
        details = {f: values[f"payment_{f}"] for f in ("provider", "reference") if f"payment_{f}" in values}
        amount = _money(values["payment"], currency)
        method, state = values["payment_method"], values["payment_state"]
        order["payments"] = [{"method": method, "state": state, "amount": amount, **details}]
    return order


def _line(item: Mapping[str, Any], currency: str) -> dict[str, Any]:
    line = {
        "sku": item["sku"],
        "quantity": item["quantity"],
        "unit_price": _money(item["unit_price"], currency),
        "discounts": _detailed(item, "line_discount", ("code",), currency),
        "taxes": _detailed(item, "line_tax", ("name", "rate"), currency),
    }
    for field, name in (("reference", "line_reference"), ("name", "line_name")):
        if name in item:
            line[field] = item[name]
    return line | {name: item[name] for name in ("delivery", "location") if name in item}


def _person_column(field: str) -> str:
    return "customer_id" if field == "external_id" else f"customer_{field}"


def _money(amount: Any, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def _detailed(values: Mapping[str, Any], name: str, fields: Sequence[str], currency: str) -> list[dict[str, Any]]:
    """An amount with its details, unless it is nothing at all; details alone are of the amount 0."""
    details = {field: values[f"{name}_{field}"] for field in fields if f"{name}_{field}" in values}
    amount = values.get(name, 0)
    return [{"amount": _money(amount, currency), **details}] if amount or details else []


def _charge(values: Mapping[str, Any], name: str, currency: str) -> list[dict[str, Any]]:
    charges = _detailed(values, name, ("name",), currency)
    tax = values.get(f"{name}_tax")
    if tax:
        charges = charges or [{"amount": _money(0, currency)}]
        charges[0]["taxes"] = [{"amount": _money(tax, currency)}]
    return charges


# ---- what is wrong, cell by cell ----


def _errors(rows: Sequence[OrderRow], reading: Reading, defaults: Defaults) -> list[RowError]:
    """Every error of an order's rows, in the order of rows and columns."""
    first = rows[0]
    errors = _errors_of_order(first, reading, defaults)
    for row in rows:
        if row is not first:
            errors += [
                RowError(row.line, name, f"{shown(text)} is not what the order's first row (line {first.line}) says.",
                         "row_differs")
                for name, text in row.order.items()
                if first.order.get(name) != text
            ]  # fmt: skip
        errors += _wrong_cells(row.line, row.item, LINE_COLUMNS, reading)
    return errors


def _errors_of_order(first: OrderRow, reading: Reading, defaults: Defaults) -> list[RowError]:
    errors = _wrong_cells(first.line, first.order, ORDER_COLUMNS, reading)
    has = first.order.__contains__
    missing = [f"{prefix}_country" for prefix in ("ship_to", "bill_to")
               if any(name.startswith(prefix) for name in first.order) and not has(f"{prefix}_country")]  # fmt: skip
    if any(name.startswith("payment") for name in first.order):
        missing += [name for name in ("payment_method", "payment_state") if not has(name)]
        missing += ["payment"] if not has("payment") and not has("payment" + MINOR) else []
    if not has("channel") and defaults.channel is None:
        missing.append("channel")
    return errors + [_missing(first.line, ORDER_COLUMNS[name]) for name in missing]


def _wrong_cells(line: int, cells: Cells, columns: Mapping[str, Column], reading: Reading) -> list[RowError]:
    errors = [
        _missing(line, column)
        for column in columns.values()
        if column.required and column.name not in cells and column.name + MINOR not in cells
    ]
    for name, text in cells.items():
        column = columns[name]
        try:
            msgspec.convert(column.parse(text, reading), column.type)
        except (CellError, msgspec.ValidationError, ValueError, OverflowError) as error:
            if reading.currency is None and name + MINOR in COLUMNS:
                continue  # nothing can be said of an amount without its currency
            allowed = (isinstance(error, CellError) and str(error)) or column.allowed
            errors.append(RowError(line, name, f"{shown(text)} is not allowed; allowed: {allowed}."))
    return errors


def _missing(line: int, column: Column) -> RowError:
    return RowError(line, column.name, f"It is empty; allowed: {column.allowed}.", "missing_value")
