"""The columns of a table of orders: one row a line of an order, rows of one order together.

Columns of the order stand in its first row; in its other rows they are empty or the same. Amounts are decimals in major
units (`19.99`), or whole minor units in a column whose name ends in `_minor` (`total_minor` 1999).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple, get_args

import msgspec

from orderwright.orders.contract import (
    Address,
    Amount,
    Charge,
    Discount,
    Line,
    Person,
    PlaceOrder,
    ReportedPayment,
    SignedAmount,
    Tax,
    UnitPrice,
)
from orderwright.platform.cells import BOOLEANS, CellError, describe_type
from orderwright.platform.json_values import check_nesting
from orderwright.platform.money import CURRENCIES, exponent
from orderwright.platform.wording import DAY, MOMENT, OF_COUNTRY, OF_CURRENCY

MINOR = "_minor"
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?\Z")
_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")


class Reading(NamedTuple):
    """What the cells of one order are read by. `currency` is None when its own cell is wrong."""

    currency: str | None
    zone: tzinfo


Parse = Callable[[str, Reading], Any]


class Column(NamedTuple):
    """A column: how a cell becomes a value (or a CellError), the value's type, and in words what to write."""

    name: str
    parse: Parse
    type: Any
    allowed: str
    help: str
    required: bool = False


def _text(text: str, _: Reading) -> str:
    return text


def _whole(text: str, _: Reading) -> int:
    if not _WHOLE.match(text):
        raise CellError
    return int(text)


def _number(text: str, _: Reading) -> float:
    if not _DECIMAL.match(text):
        raise CellError
    return float(text)


def _rate(text: str, _: Reading) -> Decimal:
    if not _DECIMAL.match(text):
        raise CellError
    return Decimal(text)


def _boolean(text: str, _: Reading) -> bool:
    if (value := BOOLEANS.get(text.casefold())) is None:
        raise CellError
    return value


def _currency(text: str, _: Reading) -> str:
    if text not in CURRENCIES:
        raise CellError
    return text


def _moment(text: str, reading: Reading) -> datetime:
    """An instant in UTC; one without an offset is local."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=reading.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CellError from None


def _day(text: str, _: Reading) -> date:
    try:
        return date.fromisoformat(text[:10] if text[10:] in ("", "T00:00:00") else text)
    except ValueError:
        raise CellError from None


def _list(text: str, _: Reading) -> list[str]:
    return [item.strip() for item in text.split(";") if item.strip()]


def _json(text: str, _: Reading) -> Any:
    try:
        check_nesting(text.encode())
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        raise CellError from None


def parse_amount(text: str, reading: Reading) -> int:
    """Major units as minor units of the order's currency. Raises CellError, also for more decimals than it has."""
    minor = parse_price(text, reading)
    if isinstance(minor, Decimal):
        raise CellError(f"at most {exponent(reading.currency or '')} decimals in {reading.currency}")
    return minor


def parse_price(text: str, reading: Reading) -> int | Decimal:
    """Like `parse_amount`, and where it is finer than a minor unit, a decimal of minor units."""
    if not _DECIMAL.match(text) or reading.currency is None:
        raise CellError
    return _shortest(Decimal(text).scaleb(exponent(reading.currency)))


def _minor_price(text: str, _: Reading) -> int | Decimal:
    if not _DECIMAL.match(text):
        raise CellError
    return _shortest(Decimal(text))


def _shortest(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value


def _type_of(struct: type[msgspec.Struct], field: str) -> Any:
    """The type of a field of the contract, without None."""
    wanted = next(f.type for f in msgspec.structs.fields(struct) if f.name == field)
    args = get_args(wanted)
    return args[0] if type(None) in args else wanted


def _plain(
    name: str, struct: type[msgspec.Struct], field: str, help_: str, *, parse: Parse = _text, required: bool = False
) -> Column:
    wanted = _type_of(struct, field)
    return Column(name, parse, wanted, _ALLOWED.get(field) or describe_type(wanted), help_, required)


def _amounts(
    name: str, help_: str, struct: type[msgspec.Struct] = Amount, *, required: bool = False
) -> tuple[Column, Column]:
    """An amount in major units, or in minor units."""
    wanted = _type_of(struct, "amount")
    parse, parse_minor = (parse_price, _minor_price) if struct is UnitPrice else (parse_amount, _whole)
    sign = "with a minus if need be" if struct is SignedAmount else "not below 0"
    whole = "minor units such as 1999 or 1999.5" if struct is UnitPrice else "whole minor units such as 1999"
    return (
        Column(name, parse, wanted, f"an amount such as 19.99, {sign}", help_, required),
        Column(name + MINOR, parse_minor, wanted, f"{whole}, {sign}", f"{help_}, in minor units"),
    )


_ALLOWED = {
    "currency": OF_CURRENCY,
    "country": OF_COUNTRY,
    "placed_at": MOMENT,
    "requested_ship_on": DAY,
    "requested_delivery_on": DAY,
    "tags": "words such as gift;rush, at most 50",
    "metadata": "a JSON object",
    "rate": "a fraction such as 0.19",
}


def _address(prefix: str, what: str) -> list[Column]:
    helps = {
        "name": "recipient", "company": "company", "email": "e-mail", "phone": "telephone", "line1": "street",
        "line2": "second line", "city": "city", "region": "state or province", "postal_code": "postal code",
        "country": "country, two letters; needed where there is an address", "latitude": "latitude",
        "longitude": "longitude",
    }  # fmt: skip
    numbers = {"latitude": _number, "longitude": _number}
    return [
        _plain(f"{prefix}_{field}", Address, field, f"{what}: {text}", parse=numbers.get(field, _text))
        for field, text in helps.items()
    ]


ORDER_COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        _plain("external_id", PlaceOrder, "external_id", "the channel's own number of the order", required=True),
        _plain("channel", PlaceOrder, "channel", "code of the channel; by default that of --channel"),
        _plain("currency", PlaceOrder, "currency", "currency of all amounts", parse=_currency, required=True),
        _plain("placed_at", PlaceOrder, "placed_at", "when it was placed", parse=_moment, required=True),
        *_amounts("total", "what the customer pays in all; must be what the parts make", required=True),
        _plain("kind", PlaceOrder, "kind", "sale, unless it is something else"),
        _plain("parent", PlaceOrder, "parent", "id of the order that this one belongs to"),
        _plain("prices_include_tax", PlaceOrder, "prices_include_tax", "yes: tax is in the prices", parse=_boolean),
        _plain("priority", PlaceOrder, "priority", "higher goes first", parse=_whole),
        _plain("requested_ship_on", PlaceOrder, "requested_ship_on", "ship on this day", parse=_day),
        _plain("requested_delivery_on", PlaceOrder, "requested_delivery_on", "deliver on this day", parse=_day),
        _plain("tags", PlaceOrder, "tags", "words to find it by", parse=_list),
        _plain("metadata", PlaceOrder, "metadata", "anything else", parse=_json),
        _plain("customer_id", Person, "external_id", "the channel's own id of the customer"),
        _plain("customer_name", Person, "name", "who ordered"),
        _plain("customer_email", Person, "email", "e-mail of who ordered"),
        _plain("customer_phone", Person, "phone", "telephone of who ordered"),
        *_address("ship_to", "where it goes"),
        *_address("bill_to", "who pays"),
        *_amounts("shipping", "charged for shipping"),
        _plain("shipping_name", Charge, "name", "name of the shipping service"),
        *_amounts("shipping_tax", "tax on shipping"),
        *_amounts("fee", "another fee"),
        _plain("fee_name", Charge, "name", "name of the fee"),
        *_amounts("fee_tax", "tax on the fee"),
        *_amounts("discount", "reduction of the whole order, as a positive amount"),
        _plain("discount_code", Discount, "code", "code of that reduction"),
        _plain("discount_name", Discount, "name", "name of that reduction"),
        *_amounts("tax", "tax on the whole order"),
        _plain("tax_name", Tax, "name", "name of that tax"),
        _plain("tax_rate", Tax, "rate", "its rate", parse=_rate),
        *_amounts("rounding", "rounding difference, may be negative", SignedAmount),
        *_amounts("payment", "what was paid or promised"),
        _plain("payment_method", ReportedPayment, "method", "how"),
        _plain("payment_state", ReportedPayment, "state", "how far it got"),
        _plain("payment_provider", ReportedPayment, "provider", "by whom"),
        _plain("payment_reference", ReportedPayment, "reference", "the provider's reference"),
    )
}

LINE_COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        _plain("sku", Line, "sku", "code of the SKU", required=True),
        _plain("quantity", Line, "quantity", "units", parse=_whole, required=True),
        *_amounts("unit_price", "price of one unit; may have more decimals", UnitPrice, required=True),
        _plain("line_reference", Line, "reference", "the channel's own id of the line"),
        _plain("line_name", Line, "name", "what the customer read"),
        _plain("delivery", Line, "delivery", "ship, unless it is something else"),
        _plain("location", Line, "location", "code of the location where it is picked up"),
        *_amounts("line_discount", "reduction of the line, as a positive amount"),
        _plain("line_discount_code", Discount, "code", "code of that reduction"),
        *_amounts("line_tax", "tax on the line"),
        _plain("line_tax_name", Tax, "name", "name of that tax"),
        _plain("line_tax_rate", Tax, "rate", "its rate", parse=_rate),
    )
}
COLUMNS = {**ORDER_COLUMNS, **LINE_COLUMNS}
