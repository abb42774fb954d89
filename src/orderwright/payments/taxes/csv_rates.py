"""Read rates of taxes from CSV files, a row at a time.

The header names the fields of `PutTaxRate`, in any order; an empty cell is a field that is not said. A rate is `0.19`
or `19 %`. What is wrong is told by line and column; the other rows are good all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

import msgspec

from orderwright.payments.taxes.contract import PutTaxRate
from orderwright.platform.cells import BOOLEANS, CellError
from orderwright.platform.csv_records import CsvRecords, check_header, shown
from orderwright.platform.text_lines import RowError

_FIELDS = {field.name: field for field in msgspec.structs.fields(PutTaxRate)}
_RATE = re.compile(r"(?P<number>[0-9]{1,3}(\.[0-9]{1,8})?)\s*(?P<percent>%)?\Z")
_FORMS = {
    "country": "two capital letters (ISO 3166-1)",
    "name": "the name of the tax, at most 100 characters",
    "rate": "a fraction such as 0.19, or 19 %",
    "valid_from": "a day such as 2027-01-01",
    "valid_to": "the last day, such as 2027-12-31",
    "region": "a code of ISO 3166-2 without the country, such as CA",
    "postal_prefix": "capitals and digits, at most 10",
    "tax_class": "the class of the goods, at most 100 characters",
    **dict.fromkeys(("applies_to_shipping", "compound", "remove"), "yes or no"),
}


class TaxRateCsvRow(NamedTuple):
    """A row that begins at `line` (the header is line 1): a command, or every error that was found in it."""

    line: int
    command: PutTaxRate | None
    errors: list[RowError]


def read_rate_rows(stream: BinaryIO) -> Iterator[TaxRateCsvRow]:
    """The rows of a CSV file as commands, as they are read: memory holds one row.

    Raises InvalidRequest when the header cannot be understood, since then no row can.
    """
    records = CsvRecords(stream)
    header = check_header(records.header(), list(_FIELDS), [name for name, f in _FIELDS.items() if f.required])
    for line, cells, errors in records:
        yield TaxRateCsvRow(line, None, errors) if errors else _read(line, header, cells)


def _read(line: int, header: Sequence[str], cells: Sequence[str]) -> TaxRateCsvRow:
    texts = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    values: dict[str, Any] = {}
    errors = []
    for name, field in _FIELDS.items():
        text = texts.get(name)
        if text is None:
            if field.required:
                errors.append(RowError(line, name, f"It is empty; allowed: {_FORMS[name]}.", "missing_value"))
            continue
        try:
            values[name] = _parse(name, field.type, text)
        except CellError as error:
            errors.append(RowError(line, name, f"{shown(text)} is not allowed; allowed: {error}."))
    return TaxRateCsvRow(line, None, errors) if errors else TaxRateCsvRow(line, PutTaxRate(**values), [])


def _parse(name: str, wanted: Any, text: str) -> Any:
    if name == "rate":
        return _parse_rate(text)
    try:
        return msgspec.convert(BOOLEANS.get(text.casefold(), text) if wanted is bool else text, wanted, strict=False)
    except msgspec.ValidationError:
        raise CellError(_FORMS[name]) from None


def _parse_rate(text: str) -> Decimal:
    """19 without a sign for percent is refused: nobody means nineteen times the price. So is 1: that is 1 %, or all."""
    found = _RATE.match(text)
    if found is None:
        raise CellError(_FORMS["rate"])
    rate = Decimal(found["number"]).scaleb(-2 if found["percent"] else 0)
    if rate > 1 or (rate == 1 and not found["percent"]):
        raise CellError(_FORMS["rate"])
    if rate != round(rate, 6):
        raise CellError("at most 6 decimals as a fraction, 4 in percent")
    return rate
