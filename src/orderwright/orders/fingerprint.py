"""What an order said, as keyed hashes: a replay is compared with it field by field, without keeping what it said.

A fingerprint is a row of records, each of a field's number (1 byte) and a keyed hash of its value (6 bytes); a field
that holds its default has none, and a struct inside is hashed by the fields it has today plus those it grows later
where they are set. So a new field with a default changes no earlier fingerprint. Without the key nobody can try
names or addresses against the hashes (law T5).

Values are hashed in one form, however the JSON was spelled: order of keys, `1.50` or `1.5`, a time in another zone.
The order of lists counts: it is content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import NODEFAULT, structs

from orderwright.orders import contract

LINES_NAMED_MAX = 50  # later lines are hashed together, so that a fingerprint stays under 500 bytes
_HASH_BYTES = 6
_RECORD_BYTES = 1 + _HASH_BYTES
_DEPTH_MAX = 100  # metadata nested deeper is hashed as it is spelled
_EXPONENT_MAX = 40  # decimals with more digits before or after the point are hashed as digits and exponent

_encoder = msgspec.json.Encoder(order="sorted")
_encode, _encode_lines = _encoder.encode, _encoder.encode_lines
_Values = tuple[Any, ...]


# ---- structs as tuples ----


def _reader(struct: type[msgspec.Struct], *pinned: str) -> Callable[[Any], _Values]:
    """Reads a struct as the values of its pinned fields, then (name, value) of each later field that is set.

    `pinned` is for ever: which fields, and in which order. `field.part` reads inside a struct.
    """
    get: Callable[[Any], _Values] = attrgetter(*pinned)
    known = {name.partition(".")[0] for name in pinned}
    later = [(f.name, default_of(f)) for f in structs.fields(struct) if f.name not in known]
    if not later:
        return get

    def read(value: Any) -> _Values:
        extra = ((name, getattr(value, name)) for name, default in later if getattr(value, name) != default)
        return (*get(value), *extra)

    return read


def default_of(field: structs.FieldInfo) -> Any:
    """The default of a struct's field; `NODEFAULT` when it must be given."""
    return field.default if field.default_factory is NODEFAULT else field.default_factory()


_amount = _reader(contract.Amount, "amount", "currency")
_signed_amount = _reader(contract.SignedAmount, "amount", "currency")
_person = _reader(contract.Person, "external_id", "name", "email", "phone")
_address = _reader(
    contract.Address,
    *("country", "name", "company", "email", "phone", "line1", "line2", "city", "region", "postal_code"),
    *("latitude", "longitude"),
)
_discount = _reader(contract.Discount, "amount.amount", "amount.currency", "code", "name")
_get_payment = _reader(
    contract.ReportedPayment, "method", "state", "amount.amount", "amount.currency", "provider", "reference"
)
_get_tax = _reader(contract.Tax, "rate", "amount.amount", "amount.currency", "name")
_get_charge = _reader(contract.Charge, "taxes", "amount.amount", "amount.currency", "code", "name")
_get_line = _reader(
    contract.Line,
    *("unit_price.amount", "discounts", "taxes", "unit_price.currency", "sku", "quantity", "reference", "name"),
    *("delivery", "location"),
)


def _payment(payment: contract.ReportedPayment) -> _Values:
    values = _get_payment(payment)
    return values if payment.due_on is None else (*values, payment.due_on)  # it came later: what is stored stays


def _tax(tax: contract.Tax) -> _Values:
    rate, *rest = _get_tax(tax)
    return (rate if rate is None else canonical_decimal(rate), *rest)


def _charge(charge: contract.Charge) -> _Values:
    taxes, *rest = _get_charge(charge)
    return ([_tax(tax) for tax in taxes] if taxes else 0, *rest)


def _line(line: contract.Line) -> _Values:
    price, discounts, taxes, *rest = _get_line(line)
    return (
        price if type(price) is int else canonical_decimal(price),
        [_discount(discount) for discount in discounts] if discounts else 0,
        [_tax(tax) for tax in taxes] if taxes else 0,
        *rest,
    )


def _each(read: Callable[[Any], _Values]) -> Callable[[Sequence[Any]], list[_Values]]:
    return lambda items: [read(item) for item in items]


# ---- values in one spelling ----


def _instant(moment: datetime) -> datetime:
    zone = moment.tzinfo
    try:
        return moment if zone is UTC else moment.replace(tzinfo=UTC) if zone is None else moment.astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar: as it is spelled
        return moment


def canonical_decimal(value: Decimal | int) -> int | str:
    """`1.50` and `1.5` alike, and `2.0` like the integer 2; one with a large exponent is never written out."""
    written = str(value)
    if "E" in written:
        value = Decimal(value)
        if not -_EXPONENT_MAX <= value.adjusted() <= _EXPONENT_MAX:
            sign, digits, exponent = value.as_tuple()
            short = "".join(map(str, digits)).rstrip("0")
            return f"{'-' if sign else ''}{short}e{int(exponent) + len(digits) - len(short)}" if short else 0
        written = format(value, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    whole = len(written) <= _EXPONENT_MAX and written.removeprefix("-").isdigit()
    return int(written) if whole else written


def canonical_json(value: Any, depth: int = 0) -> Any:
    """Metadata with whole floats as integers: a 1 that passed through JavaScript is still the 1.0 it was."""
    kind = type(value)
    if kind is float:
        return int(value) if value.is_integer() else value
    if depth < _DEPTH_MAX:
        if kind is dict:
            return {name: canonical_json(item, depth + 1) for name, item in value.items()}
        if kind is list:
            return [canonical_json(item, depth + 1) for item in value]
    return value


# ---- the fingerprint ----

_LINE, _LATER_LINES = 3, 4
# For ever: a number is stored with each hash. A new field of `PlaceOrder` takes the next number; none is used again.
FIELDS: dict[str, tuple[int, Callable[[Any], Any] | None]] = {
    "currency": (1, None),
    "placed_at": (2, _instant),
    "total": (5, _amount),
    "kind": (6, None),
    "parent": (7, None),
    "prices_include_tax": (8, None),
    "customer": (9, _person),
    "ship_to": (10, _address),
    "bill_to": (11, _address),
    "shipping": (12, _each(_charge)),
    "fees": (13, _each(_charge)),
    "discounts": (14, _each(_discount)),
    "taxes": (15, _each(_tax)),
    "rounding": (16, _signed_amount),
    "payments": (17, _each(_payment)),
    "requested_ship_on": (18, None),
    "requested_delivery_on": (19, None),
    "priority": (20, None),
    "tags": (21, None),
    "metadata": (22, canonical_json),
}
_NAMES = {number: name for name, (number, _) in FIELDS.items()}
_defaults = {f.name: default_of(f) for f in structs.fields(contract.PlaceOrder)}
_steps = [(bytes([number]), _defaults[name], canonical) for name, (number, canonical) in FIELDS.items()]
_get_order = attrgetter(*FIELDS)
_LINE_MARK, _LATER_LINES_MARK = bytes([_LINE]), bytes([_LATER_LINES])


class Spelled(NamedTuple):
    """What an order says, field by field in its one form. `marks`: the field's number, a byte each."""

    marks: list[bytes]
    texts: bytes  # JSON, a line each

    def may_hold_nul(self) -> bool:
        """Whether any text of the order may hold a NUL. No for nearly every order."""
        return b"\\u0000" in self.texts


def spell(order: contract.PlaceOrder) -> Spelled:
    """All that an order says but who it is (channel, external id)."""
    marks: list[bytes] = []
    said: list[Any] = []
    for (mark, default, canonical), value in zip(_steps, _get_order(order), strict=True):
        if value != default:
            marks.append(mark)
            said.append(value if canonical is None else canonical(value))
    lines = list(map(_line, order.lines))
    said += lines[:LINES_NAMED_MAX]
    marks += [_LINE_MARK] * min(len(lines), LINES_NAMED_MAX)
    if len(lines) > LINES_NAMED_MAX:
        said.append(lines[LINES_NAMED_MAX:])
        marks.append(_LATER_LINES_MARK)
    return Spelled(marks, _encode_lines(said))


def fingerprint(said: Spelled, key: bytes) -> bytes:
    """The fingerprint of what an order says. `key`: 16 to 64 secret bytes."""
    start = blake2b(digest_size=_HASH_BYTES, key=key).copy
    found: list[bytes] = []
    for mark, text in zip(said.marks, said.texts[:-1].split(b"\n"), strict=True):
        state = start()
        state.update(text)
        found += (mark, state.digest())
    return b"".join(found)


def differing_fields(old: bytes, new: bytes) -> list[str]:
    """The names of the fields in which two orders differ: `total`, `lines[2]` (counted from 0), `lines[50:]`."""
    if old == new:
        return []
    before, after = _records(old), _records(new)
    return [_name(*place) for place in sorted(before.keys() | after.keys()) if before.get(place) != after.get(place)]


def basket_hash(order: contract.PlaceOrder, key: bytes) -> bytes:
    """8 bytes that are the same for orders of the same units of the same SKUs for the same total."""
    units: dict[str, int] = {}
    for line in order.lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    content = _encode((sorted(units.items()), order.total.amount, order.currency))
    return blake2b(content, digest_size=8, key=key).digest()


def _records(stored: bytes) -> dict[tuple[int, int], bytes]:
    """A fingerprint's hashes by (field number, line counted from 0)."""
    found: dict[tuple[int, int], bytes] = {}
    lines = 0
    for at in range(0, len(stored), _RECORD_BYTES):
        number, value = stored[at], stored[at + 1 : at + _RECORD_BYTES]
        place = (number, lines if number == _LINE else 0)
        lines += number == _LINE
        found[place] = value
    return found


def _name(number: int, n: int) -> str:
    if number == _LINE:
        return f"lines[{n}]"
    if number == _LATER_LINES:
        return f"lines[{LINES_NAMED_MAX}:]"
    return _NAMES.get(number, f"field {number}")  # written by a later version
