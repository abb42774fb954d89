"""What of an order cannot be written down as it was sent, and the order without that. Pure.

An order that may be refused is refused for it. One that may not (paid, from a marketplace or a till) is taken without
it and held, and what was sent is kept whole in the inbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from orderwright.orders.contract import Charge, Discount, PlaceOrder, Tax
from orderwright.orders.errors import Refusal
from orderwright.orders.pricing import is_possible_rate
from orderwright.platform.fields import METADATA_BYTES_MAX
from orderwright.platform.json_values import jsonb_bytes_max, refuse_json
from orderwright.platform.money import CURRENCIES

PLACED_MIN = datetime(1990, 1, 1, tzinfo=UTC)  # histories reach back; clocks that were never set say 1970 or 1980
AHEAD_MAX = timedelta(days=1)  # of a sender's clock, its zone mistaken included
FIELDS_NAMED_MAX = 50

_person_texts = attrgetter("name", "email", "phone")
_address_texts = attrgetter("name", "company", "email", "phone", "line1", "line2", "city", "region", "postal_code")


class Without(NamedTuple):
    """An order as it can be written down. `fields`: the paths of what was stripped. `payments`: those left out, by
    number from 1. `placed_at`: what it said, where the time of receipt stands in its place."""

    order: PlaceOrder
    fields: list[str]
    payments: list[dict[str, Any]]
    placed_at: datetime | None


def is_of_one_currency(order: PlaceOrder) -> bool:
    """Whether all that makes the total is in the order's currency. Payments are not looked at."""
    currency = order.currency
    if order.total.currency != currency or (order.rounding is not None and order.rounding.currency != currency):
        return False
    for line in order.lines:
        if line.unit_price.currency != currency or not (
            _are_in(currency, line.discounts) and _are_in(currency, line.taxes)
        ):
            return False
    for charges in (order.shipping, order.fees):
        for charge in charges:
            if charge.amount.currency != currency or not _are_in(currency, charge.taxes):
                return False
    return _are_in(currency, order.discounts) and _are_in(currency, order.taxes)


def _are_in(currency: str, items: Iterable[Discount | Tax]) -> bool:
    for item in items:  # noqa: SIM110  # a third faster, on every order
        if item.amount.currency != currency:
            return False
    return True


def find_nul(order: PlaceOrder) -> str | None:
    """The path of the first text that holds a NUL, which cannot be stored."""
    return _strip(order)[1][0] if _has_nul(order) else None


def find_unstorable(order: PlaceOrder, now: datetime, *, may_hold_nul: bool = True) -> Refusal | None:
    """The first thing, in the precedence of refusals, that keeps an order of one currency from being written down as
    it is; `payments` may be in others. None for nearly every order. `may_hold_nul`: False where it is known that no
    text holds a NUL."""
    for payment in order.payments:
        if payment.amount.currency != order.currency:
            return Refusal("currency_mismatch", {"currency": order.currency})
    if order.currency not in CURRENCIES:
        return Refusal("unknown_currency", {"currency": order.currency})
    if may_hold_nul and _has_nul(order):
        return Refusal("unstorable_value", {"field": _strip(order)[1][0]})
    refused = refuse_json(order.metadata) if order.metadata else None
    if refused is not None:
        return Refusal(refused, {"field": "metadata"})
    if not PLACED_MIN <= order.placed_at <= now + AHEAD_MAX:
        return Refusal("implausible_time", {"field": "placed_at"})
    return None


def write_without(order: PlaceOrder, now: datetime) -> Without:
    """The order without what `find_unstorable` finds, and without impossible tax rates. An unknown currency stays: it
    can be written down."""
    given, fields = _strip(order) if _has_nul(order) else (order, [])
    metadata = _storable_metadata(order.metadata)
    fields += ["metadata"] if len(metadata) < len(order.metadata) else []
    given, of_rates = _without_rates(given)
    out = [
        {"payment": n, "amount": payment.amount.amount, "currency": payment.amount.currency}
        for n, payment in enumerate(order.payments, 1)
        if payment.amount.currency != order.currency
    ]
    odd_time = None if PLACED_MIN <= order.placed_at <= now + AHEAD_MAX else order.placed_at
    mended = msgspec.structs.replace(
        given,
        metadata=metadata,
        payments=[payment for payment in given.payments if payment.amount.currency == order.currency],
        placed_at=now if odd_time is not None else order.placed_at,
    )
    return Without(mended, [*fields, *of_rates][:FIELDS_NAMED_MAX], out, odd_time)


# ---- texts ----


def _has_nul(order: PlaceOrder) -> bool:
    """Whether any text holds a NUL; metadata is looked at elsewhere, and codes cannot."""
    texts: list[str | None] = []
    if order.customer is not None:
        texts += _person_texts(order.customer)
    if order.ship_to is not None:
        texts += _address_texts(order.ship_to)
    if order.bill_to is not None:
        texts += _address_texts(order.bill_to)
    for line in order.lines:
        texts.append(line.name)
        if line.discounts or line.taxes:
            _add_names(texts, line.discounts, line.taxes)
    for charge in (*order.shipping, *order.fees):
        texts.append(charge.name)
        _add_names(texts, charge.taxes)
    _add_names(texts, order.discounts, order.taxes)
    for payment in order.payments:
        texts += (payment.provider, payment.reference)
    return "\0" in "".join(filter(None, texts))


def _add_names(texts: list[str | None], *groups: Sequence[Discount | Tax | Charge]) -> None:
    for group in groups:
        for item in group:
            texts.append(item.name)  # noqa: PERF401  # most groups are empty: a comprehension each would cost more


def _strip(order: PlaceOrder) -> tuple[PlaceOrder, list[str]]:
    """The order without NULs in its texts, and the paths of those; a text that holds nothing else is left out."""
    fields: list[str] = []
    plain = msgspec.to_builtins(msgspec.structs.replace(order, metadata={}))
    mended = msgspec.convert(_without_nul(plain, "", fields), PlaceOrder)
    return msgspec.structs.replace(mended, metadata=order.metadata, placed_at=order.placed_at), fields


def _without_nul(value: Any, path: str, fields: list[str]) -> Any:
    if isinstance(value, str) and "\0" in value:
        fields.append(path)
        return value.replace("\0", "") or None
    if isinstance(value, dict):
        return {name: _without_nul(item, f"{path}.{name}" if path else name, fields) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item, f"{path}[{n}]", fields) for n, item in enumerate(value)]
    return value


# ---- metadata, rates ----


def _storable_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata, or as many of its entries as can be stored, the small ones first."""
    if refuse_json(metadata) is None:
        return metadata
    fine = {name: value for name, value in metadata.items() if refuse_json({name: value}) is None}
    kept, left = {}, METADATA_BYTES_MAX
    for name, size in sorted(((name, _bytes_max(name, fine[name])) for name in fine), key=lambda item: item[1]):
        left -= size
        if left < 0:
            break
        kept[name] = fine[name]
    return kept


def _bytes_max(name: str, value: Any) -> int:
    entry = {name: value}
    return max(jsonb_bytes_max(entry), len(msgspec.json.encode(entry)))


def _without_rates(order: PlaceOrder) -> tuple[PlaceOrder, list[str]]:
    """The order without tax rates that are none; the taxes themselves stay."""
    fields: list[str] = []

    def taxes(path: str, given: list[Tax]) -> list[Tax]:
        if all(is_possible_rate(tax) for tax in given):
            return given
        fields.append(path)
        return [tax if is_possible_rate(tax) else msgspec.structs.replace(tax, rate=None) for tax in given]

    def charges(name: str, given: list[Charge]) -> list[Charge]:
        return [msgspec.structs.replace(c, taxes=taxes(f"{name}[{n}].taxes", c.taxes)) for n, c in enumerate(given)]

    lines = [
        msgspec.structs.replace(line, taxes=taxes(f"lines[{n}].taxes", line.taxes))
        for n, line in enumerate(order.lines)
    ]
    mended = msgspec.structs.replace(
        order,
        lines=lines,
        shipping=charges("shipping", order.shipping),
        fees=charges("fees", order.fees),
        taxes=taxes("taxes", order.taxes),
    )
    return (mended, fields) if fields else (order, [])
