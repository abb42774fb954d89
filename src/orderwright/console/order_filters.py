"""What a list of orders is asked for, as it stands in an address, as chips show it, and as the interface takes it.

In an address each filter is a text: days are those of the reader, amounts are decimals. A view keeps them as the
interface takes them: instants, and minor units. What may hold personal data (what was typed into the box) is never in
an address or a view.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from orderwright.console import words_order_list as say
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.money import exponent

LISTS = ("status", "channel", "location", "tag", "hold", "country", "payment", "has", "kind")
FLAGS = ("held", "late", "attention")
DAYS = ("placed_from", "placed_to", "promised_from", "promised_to")
AMOUNTS = ("total_from", "total_to")
TEXTS = ("currency", "sku", "customer", "priority_from")
NAMES = (*LISTS, *FLAGS, *DAYS, *AMOUNTS, *TEXTS)
_AMOUNT_MAX = Decimal(10) ** 12

Params = dict[str, tuple[str, ...]]


class Chip(NamedTuple):
    """A filter that is set: what it says, and the address of the list without it."""

    text: str
    without: str


def params_in(given: Mapping[str, Sequence[str]]) -> Params:
    """The filters among what an address or a form says."""
    return {name: kept for name in NAMES if (kept := tuple(v.strip() for v in given.get(name, ()) if v.strip()))}


def params_of_view(filters: Mapping[str, Any], zone: ZoneInfo) -> Params:
    """A view's filters as an address has them."""
    params: Params = {}
    currency = str(filters.get("currency") or "USD")
    for name, value in filters.items():
        if value is None or value == []:
            continue
        if name in ("placed_after", "placed_before"):
            local = datetime.fromisoformat(str(value)).astimezone(zone)
            before = name == "placed_before"
            day = (local - timedelta(microseconds=1)).date() if before else local.date()
            params["placed_to" if before else "placed_from"] = (day.isoformat(),)
        elif name in AMOUNTS:
            params[name] = (str(Decimal(int(value)).scaleb(-exponent(currency))),)
        elif isinstance(value, bool):
            params[name] = ("true" if value else "false",)
        elif name in NAMES:
            params[name] = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    return params


def filters_of(params: Params, zone: ZoneInfo) -> dict[str, Any]:
    """The filters as the interface takes them. Raises InvalidRequest for a day or an amount that is none."""
    filters: dict[str, Any] = {name: list(params[name]) for name in LISTS if name in params}
    filters |= {name: params[name][0] == "true" for name in FLAGS if name in params}
    filters |= {name: params[name][0] for name in TEXTS if name in params}
    if "priority_from" in filters:
        filters["priority_from"] = _whole(filters["priority_from"])
    days = {name: _day(name, params[name][0]) for name in DAYS if name in params}
    if "placed_from" in days:
        filters["placed_after"] = _midnight(days["placed_from"], zone)
    if "placed_to" in days:
        filters["placed_before"] = _midnight(days["placed_to"] + timedelta(days=1), zone)
    filters |= {name: days[name].isoformat() for name in ("promised_from", "promised_to") if name in days}
    for name in AMOUNTS:
        if name in params:
            if "currency" not in filters:
                raise InvalidRequest("Say the currency of the total too.", field="currency")
            filters[name] = _minor(params[name][0], filters["currency"])
    return filters


def query_of(params: Params, **more: str | None) -> str:
    """Filters as a query string."""
    pairs = [(name, value) for name, value in more.items() if value]
    pairs += [(name, value) for name in NAMES for value in params.get(name, ())]
    return urlencode(pairs)


def without(params: Params, *names: str) -> Params:
    """Filters less some."""
    return {name: values for name, values in params.items() if name not in names}


def chips(params: Params, address: str, view: str, day: Any) -> list[Chip]:
    """A chip for each filter that is set. `day` writes a day as the reader does."""
    found = []
    for name in NAMES:
        if name not in params or name == "currency":  # the currency is said with the amount
            continue
        rest = without(params, name)
        if name in AMOUNTS and not {*AMOUNTS} & rest.keys():
            rest = without(rest, "currency")
        shown = [day(date.fromisoformat(v)) if name in DAYS else v for v in params[name]]
        found.append(Chip(say.filter_text(name, shown, params), f"{address}?{query_of(rest, view=view, set='1')}"))
    return found


def _midnight(day: date, zone: ZoneInfo) -> str:
    return datetime.combine(day, time(), zone).astimezone(UTC).isoformat()


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not date(1990, 1, 1) <= day <= date(2199, 12, 31):
        raise InvalidRequest("This is not a day. Choose one, such as 2026-11-26.", field=name)
    return day


def _minor(text: str, currency: str) -> int:
    try:
        amount = Decimal(text.replace(",", "."))
        if not abs(amount) < _AMOUNT_MAX or not re.fullmatch(r"[A-Z]{3}", currency):
            raise InvalidOperation
        return int(amount.scaleb(exponent(currency)).to_integral_value())
    except (InvalidOperation, ValueError, KeyError):
        raise InvalidRequest("This is not an amount. Write one such as 50 or 49.90.", field="total_from") from None


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,3}", text, re.ASCII):
        raise InvalidRequest("A priority is a whole number from -100 to 100.", field="priority_from")
    return int(text)


def hidden_fields(params: Params) -> Iterable[tuple[str, str]]:
    """Filters as hidden fields of a form."""
    return [(name, value) for name in NAMES for value in params.get(name, ())]
