"""One cell of a catalogue's CSV file as a value of a field, and in words what a field takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from orderwright.catalog.contract import Price
from orderwright.platform.cells import BOOLEANS, CellError, describe_type
from orderwright.platform.json_values import check_nesting
from orderwright.platform.money import CURRENCIES, exponent

_PART = re.compile(r"(?P<sku>.+?)(?::(?P<quantity>[0-9]+))?\Z")
_TIME = re.compile(r"[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?\Z")
_PRICE = re.compile(r"(?P<amount>[0-9]{1,20}(\.[0-9]{1,10})?)(?:\s+(?P<currency>[A-Za-z]{3}))?\Z")


def parse_cell(name: str, wanted: Any, text: str) -> Any:
    """The value of a cell that is not empty, checked against the type of its field. Raises CellError."""
    try:
        raw = _PARSERS.get(name, _plain)(text, wanted)
        return msgspec.convert(raw, wanted, strict=False)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise CellError(describe(name, wanted)) from None


def parse_price(text: str, currency: str | None) -> Price:
    """`19.99 USD`, or a whole number of minor units whose currency stands in the column `currency`.

    Raises CellError, also for more decimals than the currency has (ISO 4217).
    """
    found = _PRICE.match(text)
    unit = (found["currency"] or currency or "").upper() if found else ""
    if found is None or unit not in CURRENCIES:
        raise CellError(_PRICE_FORM)
    if found["currency"] is None:
        if "." in found["amount"]:
            raise CellError(_PRICE_FORM)
        minor = Decimal(found["amount"])
    else:
        if currency is not None and currency.upper() != unit:
            raise CellError("the same currency as in the column `currency`")
        minor = Decimal(found["amount"]).scaleb(exponent(unit))
    try:
        if minor != minor.to_integral_value():
            raise CellError(f"at most {exponent(unit)} decimals in {unit}")
        return msgspec.convert({"amount": int(minor), "currency": unit}, Price)
    except (msgspec.ValidationError, InvalidOperation):
        raise CellError(_PRICE_FORM) from None


def describe(name: str, wanted: Any) -> str:
    """What a column takes, for people."""
    return _FORMS.get(name) or describe_type(wanted)


def _plain(text: str, wanted: Any) -> Any:
    if wanted is bool:
        return BOOLEANS.get(text.casefold(), text)
    return text


def _json(text: str, _: Any) -> Any:
    check_nesting(text.encode())
    return msgspec.json.decode(text)


def _parts(text: str, _: Any) -> list[dict[str, Any]]:
    """`MUG-B:2;TEA-100:1` as kit parts; without a number it is one unit."""
    found = [_PART.match(part.strip()) for part in text.split(";")]
    if None in found:
        raise ValueError(text)
    return [{"sku": part["sku"], "quantity": int(part["quantity"] or 1)} for part in found if part]


def _list(text: str, _: Any) -> list[str]:
    return [item.strip() for item in text.split(";")]


def _time(text: str, _: Any) -> time:
    if not _TIME.match(text):
        raise ValueError(text)
    return time.fromisoformat(text.rjust(8 if text.count(":") == 2 else 5, "0"))


_PARSERS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(("attributes", "metadata", "external_refs", "checks"), _json),
    **dict.fromkeys(("open_weekdays", "holidays", "pools"), _list),
    "components": _parts,
    "cutoff": _time,
}
_PRICE_FORM = "an amount with its currency such as 19.99 USD, or whole minor units with the column `currency`"
_FORMS = {
    "price": _PRICE_FORM,
    "components": "codes and units such as MUG-B:2;TEA-100:1, at most 100",
    "pools": "codes such as EAST;WEST, at most 50",
    "open_weekdays": "days such as 1;2;3;4;5, Monday is 1",
    "holidays": "dates such as 2026-12-25;2027-01-01",
    "cutoff": "a local time such as 16:00",
    "attributes": "a JSON object",
    "metadata": "a JSON object",
    "external_refs": "a JSON object of texts",
    "checks": "a JSON object of the channel's limits",
    "gtin": "8 to 14 digits",
    "country": "two capital letters (ISO 3166-1)",
    "currency": "three capital letters (ISO 4217)",
}
